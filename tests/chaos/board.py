"""The board that all processes share: fail points that are armed, passed, died or dawdled at."""

import fcntl
import mmap
import os
import signal
import struct
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from blockchain.services import failpoints as witness
from credentials.services import failpoints as awards

POINTS = (*awards.POINTS, *witness.POINTS)
_CELL = struct.Struct("=IIII")
ARMED, PASSED, KILLED, SLOW = range(4)
# Whoever dawdles at a point holds its locks while alarms ring several times over.
DAWDLE_SECONDS = 1.5


class Board:
    """Four counters for each fail point, in memory that forks share.

    A process that is killed while it holds a record lock gives it back, as with no other lock.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _CELL.size * len(POINTS))
        self._rung = mmap.mmap(-1, _CELL.size)
        self._lock = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the board

    def reached(self, point: str) -> None:
        """Count who comes by; kill or delay them if that is wanted; for `failpoints.reached`."""
        place = POINTS.index(point) * _CELL.size
        with self._locked():
            armed, passed, killed, slow = _CELL.unpack_from(self._memory, place)
            dies, dawdles = armed > 0, slow > 0
            _CELL.pack_into(
                self._memory, place, armed - dies, passed + 1, killed + dies, slow - dawdles
            )
        if dies:
            os.kill(os.getpid(), signal.SIGKILL)
        if dawdles:
            time.sleep(DAWDLE_SECONDS)

    def rang(self) -> None:
        """Count an alarm that a worker has answered."""
        with self._locked():
            count = _CELL.unpack(self._rung[:])[0]
            self._rung[:] = _CELL.pack(count + 1, 0, 0, 0)

    def answered(self) -> int:
        """Return how many alarms were answered."""
        count: int = _CELL.unpack(self._rung[:])[0]
        return count

    def arm(self, point: str, deaths: int = 1) -> None:
        """Let the next ones that pass the point die there."""
        self._set(point, ARMED, deaths)

    def delay(self, point: str, times: int) -> None:
        """Let the next ones that pass the point take their time there."""
        self._set(point, SLOW, times)

    def disarm(self) -> None:
        """Let everybody live, and at once."""
        for point in POINTS:
            self.arm(point, 0)
            self.delay(point, 0)

    def _set(self, point: str, column: int, value: int) -> None:
        place = POINTS.index(point) * _CELL.size
        with self._locked():
            cell = list(_CELL.unpack_from(self._memory, place))
            cell[column] = value
            _CELL.pack_into(self._memory, place, *cell)

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
