"""The board that all processes share: fail points that are armed, passed, and died at."""

import fcntl
import mmap
import os
import signal
import struct
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from blockchain.services import failpoints as witness
from credentials.services import failpoints as awards

POINTS = (*awards.POINTS, *witness.POINTS)
_CELL = struct.Struct("=III")
ARMED, PASSED, KILLED = range(3)


class Board:
    """Three counters for each fail point, in memory that forks share.

    A process that is killed while it holds a record lock gives it back, as with no other lock.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _CELL.size * len(POINTS))
        self._rung = mmap.mmap(-1, _CELL.size)
        self._lock = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the board

    def reached(self, point: str) -> None:
        """Count who comes by, and kill them where the point is armed; for `failpoints.reached`."""
        place = POINTS.index(point) * _CELL.size
        with self._locked():
            armed, passed, killed = _CELL.unpack_from(self._memory, place)
            dies = armed > 0
            _CELL.pack_into(self._memory, place, armed - dies, passed + 1, killed + dies)
        if dies:
            os.kill(os.getpid(), signal.SIGKILL)

    def rang(self) -> None:
        """Count an alarm that a worker has answered."""
        with self._locked():
            count, _zero, _zero = _CELL.unpack(self._rung[:])
            self._rung[:] = _CELL.pack(count + 1, 0, 0)

    def answered(self) -> int:
        """Return how many alarms were answered."""
        count: int = _CELL.unpack(self._rung[:])[0]
        return count

    def arm(self, point: str, deaths: int = 1) -> None:
        """Let the next ones that pass the point die there."""
        place = POINTS.index(point) * _CELL.size
        with self._locked():
            _armed, passed, killed = _CELL.unpack_from(self._memory, place)
            _CELL.pack_into(self._memory, place, deaths, passed, killed)

    def disarm(self) -> None:
        """Let everybody live."""
        for point in POINTS:
            self.arm(point, 0)

    def clear(self) -> None:
        """Begin again: nothing armed, nothing counted."""
        with self._locked():
            self._memory[:] = bytes(len(self._memory))

    def killed(self) -> Counter[str]:
        """Return how many died at each point."""
        return self._read(KILLED)

    def passed(self) -> Counter[str]:
        """Return how often each point was passed or died at."""
        return self._read(PASSED)

    def _read(self, column: int) -> Counter[str]:
        with self._locked():
            cells = list(_CELL.iter_unpack(self._memory[:]))
        return Counter({point: cell[column] for point, cell in zip(POINTS, cells, strict=True)})

    @contextmanager
    def _locked(self) -> Iterator[None]:
        fcntl.lockf(self._lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self._lock, fcntl.LOCK_UN)
