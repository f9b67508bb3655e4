"""Processes that are forked from here, where everything is imported already: 20 ms each."""

import ctypes
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1


class Child:
    """A forked process."""

    def __init__(self, name: str, pid: int) -> None:
        self.name, self.pid = name, pid
        self._status: int | None = None

    def poll(self) -> int | None:
        """Return its exit status, negative for a signal; None while it runs."""
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = os.waitstatus_to_exitcode(status)
        return self._status

    def wait(self, seconds: float = 60.0) -> int:
        """Wait for its end, and kill it if that takes too long."""
        deadline = time.monotonic() + seconds
        while (status := self.poll()) is None:
            if time.monotonic() > deadline:
                return self.kill()
            time.sleep(0.003)
        return status

    def kill(self) -> int:
        """Kill it without a word."""
        if self._status is None:
            os.kill(self.pid, signal.SIGKILL)
            _pid, status = os.waitpid(self.pid, 0)
            self._status = os.waitstatus_to_exitcode(status)
        return self._status


def fork(name: str, do: Callable[[], None], *, log: Path | None = None) -> Child:
    """Run `do` in a process that ends with it, and with us; what it says goes to `log`."""
    parent = os.getpid()
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return Child(name, pid)
    status = 1
    try:
        _tie(parent)
        if log is not None:
            with log.open("ab") as file:
                os.dup2(file.fileno(), 1)
                os.dup2(file.fileno(), 2)
        do()
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001 - nothing of it may reach what was forked
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _tie(parent: int) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
