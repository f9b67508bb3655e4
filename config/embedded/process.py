"""Start programs that cannot outlive us, and stop them in order."""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

from config.embedded import launch, watchdog

User = Literal["same", "namespace", "nobody"]
BASE = Path(__file__).resolve().parent.parent.parent
# A log that reaches this size is set aside once, so that two of them bound what a part may write.
LOG_BYTES = 10_000_000


@dataclass(frozen=True)
class Program:
    """How to start a part, as whom, and the signal that stops it in order."""

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str] = field(repr=False)
    stop_signal: signal.Signals = signal.SIGTERM
    user: User = "same"


class Guard:
    """Starts programs, each the leader of its own process group, and tells the watchdog.

    Every child gets `inherit`, the lock of the data folder. The thread that starts a program must
    live as long as the program should: Linux sends the signal of a parent's death when that
    *thread* ends.
    """

    def __init__(self, *, inherit: Sequence[int] = (), grace: float = watchdog.GRACE) -> None:
        self._inherit = tuple(inherit)
        self._grace = grace
        self._groups: dict[int, int] = {}
        self._folders: list[Path] = []
        self._watchdog = self._start_watchdog()

    def _start_watchdog(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", watchdog.__file__, str(self._grace)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=self._inherit,
            cwd="/",
            text=True,
        )

    def check(self) -> None:
        """Start the watchdog again if somebody killed it."""
        if self._watchdog.poll() is None:
            return
        self._watchdog = self._start_watchdog()
        for folder in self._folders:
            self._tell(f"remove {folder}")
        for group, number in self._groups.items():
            self._tell(f"watch {group} {number}")

    def _tell(self, line: str) -> None:
        pipe = self._watchdog.stdin
        if pipe is None:  # pragma: no cover - it was opened with one
            return
        with contextlib.suppress(
            BrokenPipeError
        ):  # check() starts another one, and tells it everything
            pipe.write(line + "\n")
            pipe.flush()

    def start(self, program: Program, *, log: Path, pipes: bool = False) -> subprocess.Popen[bytes]:
        """Start a program that writes to `log`, or with `pipes` speaks with us."""
        set_aside(log)
        with log.open("ab") as output:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-I", "-S", launch.__file__),
                    *(str(os.getpid()), str(int(program.stop_signal)), program.user),
                    *program.command,
                ],
                stdin=subprocess.PIPE if pipes else subprocess.DEVNULL,
                stdout=subprocess.PIPE if pipes else output,
                stderr=output,
                start_new_session=True,
                pass_fds=self._inherit,
                cwd=BASE,
                env=dict(program.environment),
            )
        self._groups[process.pid] = int(program.stop_signal)
        self._tell(f"watch {process.pid} {int(program.stop_signal)}")
        return process

    def ended(self, process: subprocess.Popen[bytes]) -> None:
        """Take note that a program ended, and end what it left: Celery's and gunicorn's workers."""
        watchdog.tell(process.pid, signal.SIGKILL)
        if self._groups.pop(process.pid, None) is not None:
            self._tell(f"forget {process.pid}")

    def remove_afterwards(self, folder: Path) -> None:
        """Let the watchdog remove this folder if we are killed."""
        self._folders.append(folder)
        self._tell(f"remove {folder}")

    def stop(self, processes: Sequence[subprocess.Popen[bytes]]) -> None:
        """Ask these programs to stop, wait for them, and kill those that do not."""
        running = {process.pid: process for process in processes if process.poll() is None}
        for pid, process in running.items():
            process.send_signal(self._groups.get(pid, signal.SIGTERM))
        deadline = time.monotonic() + self._grace
        while running and time.monotonic() < deadline:
            running = {pid: process for pid, process in running.items() if process.poll() is None}
            if running:
                time.sleep(0.02)
        for pid, process in running.items():
            watchdog.tell(pid, signal.SIGKILL)
            process.wait()
        for process in processes:
            self.ended(process)

    def close(self) -> None:
        """Take leave of the watchdog: everything was stopped."""
        self._tell("done")
        if self._watchdog.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._watchdog.stdin.close()
        self._watchdog.wait()


class Conversation:
    """A child that we tell things and that tells us things, a line at a time."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def tell(self, line: str) -> None:
        """Say a line; a child that has ended does not hear it, and its end is noticed elsewhere."""
        if self.process.stdin is not None:
            try:
                self.process.stdin.write(line.encode() + b"\n")
                self.process.stdin.flush()
            except BrokenPipeError:
                pass

    def has_news(self) -> bool:
        """Say whether `listen` would return at once."""
        out = self.process.stdout
        return out is not None and bool(select.select([out], [], [], 0)[0])

    def listen(self) -> str:
        """Return the next line; empty when the child has ended."""
        return self.process.stdout.readline().decode().strip() if self.process.stdout else ""


def set_aside(log: Path) -> None:
    """Keep one former log. Programs hold the file open, hence a copy and not a new name."""
    try:
        if log.stat().st_size > LOG_BYTES:
            log.with_suffix(".old.log").write_bytes(log.read_bytes())
            os.truncate(log, 0)
    except FileNotFoundError:
        log.touch(mode=0o600)


def tail(log: Path, lines: int = 12) -> str:
    """Return the last lines of a log, for an error message."""
    try:
        with log.open("rb") as file:
            _to_the_end(file)
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def _to_the_end(file: IO[bytes]) -> None:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 8000))
