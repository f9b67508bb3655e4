"""Keep programs running: start again what ends, wait for what should come."""

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.embedded.folder import EmbeddedError
from config.embedded.process import Conversation, Guard, Program, set_aside, tail

POLL_SECONDS = 0.02
# How long a part waits before it is tried again, after each failure in a row.
BACKOFF_SECONDS = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)
STEADY_SECONDS = 30.0
# While starting, a part that fails this often will not come: better to say why.
MOST_FAILURES = 4
# Generous: a slow disk, a cold cache, a machine with other work.
PATIENCE_SECONDS = 300.0


class AskedToStop(Exception):  # noqa: N818 - nothing is wrong
    """Somebody wants the stack stopped while it starts."""


@dataclass
class Part:
    """A program that should be running."""

    program: Program
    process: subprocess.Popen[bytes]
    started_at: float
    failures: int = 0
    due_at: float | None = None


class Keeper:
    """The programs of one stack. Every method belongs to one thread, the one that starts them."""

    def __init__(
        self,
        *,
        lock: int,
        logs: Path,
        say: Callable[[str], None],
        asked: threading.Event,
    ) -> None:
        """Start the watchdog.

        Args:
            lock: The descriptor that every program inherits.
            logs: Where each program has its log.
            say: Where a line for the person goes.
            asked: Set when the stack should stop.
        """
        self.guard = Guard(inherit=[lock])
        self.parts: dict[str, Part] = {}
        self._logs, self._say, self._asked = logs, say, asked
        self._is_up = False

    def launch(self, program: Program, *, pipes: bool = False) -> subprocess.Popen[bytes]:
        """Start a program that is to end by itself."""
        return self.guard.start(program, log=self.log_of(program.name), pipes=pipes)

    def keep(self, program: Program) -> None:
        """Start a program that is to run from now on."""
        self.parts[program.name] = Part(program, self.launch(program), time.monotonic())

    def log_of(self, name: str) -> Path:
        """Return where a program's log is."""
        return self._logs / f"{name}.log"

    def all_are_up(self) -> None:
        """From now on, a part that fails is tried again for ever."""
        self._is_up = True

    def tend(self) -> None:
        """Start again what has ended.

        Raises:
            EmbeddedError: a part fails again and again while the stack starts.
        """
        self.guard.check()
        now = time.monotonic()
        for part in self.parts.values():
            code = part.process.poll()
            if code is None:
                continue
            if part.due_at is None:
                part.due_at = now + self._mourn(part, code, now)
            if now >= part.due_at:
                part.process, part.started_at, part.due_at = self.launch(part.program), now, None

    def _mourn(self, part: Part, code: int, now: float) -> float:
        """Take note of an end and return how long to wait before the next try."""
        name = part.program.name
        self.guard.ended(part.process)
        part.failures = 1 if now - part.started_at > STEADY_SECONDS else part.failures + 1
        if part.failures >= MOST_FAILURES and not self._is_up:
            log = self.log_of(name)
            raise EmbeddedError(f"{name} does not start; the end of {log} says:\n{tail(log)}")
        pause = BACKOFF_SECONDS[min(part.failures, len(BACKOFF_SECONDS)) - 1]
        why = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        self._say(
            f"{name} ended ({why}): starting it again" + (f" in {pause:g} s" if pause else "")
        )
        return pause

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for something, and tend the parts meanwhile.

        Raises:
            AskedToStop: somebody does not want it any more.
            EmbeddedError: it does not come.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if self._asked.is_set():
                raise AskedToStop
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"{what} did not answer in {PATIENCE_SECONDS:.0f} s; see {self._logs}"
                )
            self.tend()
            time.sleep(POLL_SECONDS)

    def until_ended(self, process: subprocess.Popen[bytes], name: str) -> None:
        """Wait for a program to end well.

        Raises:
            EmbeddedError: it ended badly; with the end of its log.
        """
        self.until(lambda: process.poll() is not None, name)
        self.guard.ended(process)
        if process.returncode:
            raise EmbeddedError(f"{name} failed:\n{tail(self.log_of(name))}")

    def until_said(self, conversation: Conversation, word: str, name: str) -> str:
        """Wait for a program to say a line that begins with this word, and return the line.

        Raises:
            EmbeddedError: it ended, or said something else.
        """
        ended = conversation.process.poll
        self.until(lambda: conversation.has_news() or ended() is not None, name)
        said = conversation.listen()
        if not said.startswith(word):
            conversation.process.wait()
            raise EmbeddedError(f"{name} failed:\n{tail(self.log_of(name))}")
        return said

    def trim_logs(self) -> None:
        """Keep logs from growing without end."""
        for name in self.parts:
            set_aside(self.log_of(name))

    def stop(self, first: Sequence[str]) -> None:
        """Stop the parts named first, then the others: those who ask before those who are asked."""
        for group in (True, False):
            self.guard.stop(
                [part.process for name, part in self.parts.items() if (name in first) is group]
            )
