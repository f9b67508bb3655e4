"""The embedded stack as a person starts it, and who works for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Self

import psycopg2
from celery import Celery

from config.embedded.process import BASE

if TYPE_CHECKING:
    from collections.abc import Callable

# By which word in its command the first process of a part is known.
MARKS = {
    "postgres": b"bin/postgres",
    "valkey": b"valkey-server",
    "chain": b"config.embedded.devchain",
    "web": b"gunicorn",
    "worker": b"\0worker\0",
    "beat": b"celery.beat:Scheduler",
}
PARTS = tuple(MARKS)
# What a person may have set, and a stack of its own must not inherit from the tests.
NOT_OURS = (
    *("DATABASE_URL", "REDIS_URL", "CHAIN_RPC_URL", "PUBLIC_URL", "DEBUG", "SECRET_KEY"),
    *("LEARNER_KEK", "SIGNING_KEK", "SUBMITTER_KEY", "CHAIN_PORT", "DJANGO_SETTINGS_MODULE"),
)


class Up:
    """`manage.py up` on a data folder, as a person starts it."""

    arguments: tuple[str, ...] = ("up",)
    patience = 150.0

    def __init__(self, data: Path, port: int) -> None:
        self.data, self.port = data, port
        self.start()

    def start(self) -> None:
        """Start it; again, if it ended."""
        self.output = ""
        environment = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "manage.py", *self.arguments, "--port", str(self.port)],
            cwd=BASE,
            env=environment | {"DATA_DIR": str(self.data)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line

    def ready(self) -> Self:
        until(
            lambda: "Ctrl-C stops it" in self.output or self.process.poll() is not None,
            self.patience,
        )
        assert self.process.poll() is None, self.output
        return self

    def ended(self) -> int:
        code = self.process.wait(60)
        self._reader.join(5)
        return code

    @property
    def environment(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.data / "environment.json").read_text())
        return found

    def pid(self, part: str) -> int:
        """Find the first process of a part."""
        return self.parts()[part]

    def parts(self) -> dict[str, int]:
        """Return the first process of each part that runs: it has the folder's lock, or its name.

        Who looks so often reads what is quickly read first.
        """
        found: dict[str, int] = {}
        for pid in everybody():
            command = command_of(pid)
            for part, mark in MARKS.items():
                if part not in found and mark in command and self._is_ours(pid):
                    found[part] = pid
        return found

    def kill(self) -> None:
        """End the supervisor as nobody should, and wait until it left nobody."""
        self.process.kill()
        self.ended()
        until(lambda: self.pids() == [], 30)

    def pids(self) -> list[int]:
        """Return every process that works for this stack."""
        return [pid for pid in everybody() if self._is_ours(pid)]

    def _is_ours(self, pid: int) -> bool:
        if pid == os.getpid():
            return False
        if os.fsencode(self.data) in command_of(pid):
            return True
        try:
            descriptors = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]
        except OSError:
            return False
        return str(self.data / "stack.lock") in descriptors

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}{path}", timeout=5
            ) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)


def everybody() -> list[int]:
    """Return the processes of this machine that live."""
    names = (entry.name for entry in Path("/proc").iterdir())
    return sorted(pid for pid in (int(name) for name in names if name.isdigit()) if lives(pid))


def lives(pid: int) -> bool:
    """Say whether a process is there, and not only its remains."""
    try:
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2][:1]
    except OSError:
        return False
    return state not in b"ZX"


def command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)


def worker_answers(up: Up) -> bool:
    broker = up.environment["REDIS_URL"]
    application = Celery(
        broker=broker.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host="),
        set_as_current=False,  # or every task of this process would be sent to that broker
    )
    try:
        return bool(application.control.ping(timeout=1, limit=1))
    except Exception:  # noqa: BLE001 - the broker may be away, in a dozen ways
        return False
    finally:
        application.close()


def connect(up: Up) -> psycopg2.extensions.connection:
    """Connect as workers do, who look across issuers."""
    parts = up.environment["DATABASE_URL"].removeprefix("postgres://").partition("@/")
    user, _, password = parts[0].partition(":")
    host, _, name = parts[2].rpartition("/")
    look = "-c acquis.across=on"
    return psycopg2.connect(host=host, user=user, password=password, dbname=name, options=look)
