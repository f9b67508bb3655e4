"""A real worker, in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from django.conf import settings as live
from django.db import connection

if TYPE_CHECKING:
    from pathlib import Path


class Worker:
    """It works in the database and with the broker of the tests until it is ended."""

    def __init__(self, log: Path, *, options: list[str], **environment: str) -> None:
        database = connection.settings_dict
        host = database["HOST"] or "localhost"
        place = f"/{host}" if host.startswith("/") else f"{host}:{database['PORT'] or 5432}"
        owner = f"{database['USER']}:{database['PASSWORD']}"
        self._log = log
        with log.open("ab") as told:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
                [
                    *(sys.executable, "-m", "celery", "--app", "config", "worker"),
                    *("--loglevel", "WARNING", "--without-gossip", "--without-mingle"),
                    *("--without-heartbeat", *options),
                ],
                env=os.environ
                | {
                    "DJANGO_SETTINGS_MODULE": "config.settings",
                    "DATABASE_URL": f"postgres://{owner}@{place}/{database['NAME']}",
                    "MANIFEST_DIR": str(live.MANIFEST_DIR),
                    **environment,
                },
                stdout=told,
                stderr=told,
                start_new_session=True,
            )

    def told(self) -> str:
        """Return what it wrote so far."""
        return self._log.read_text()

    def end(self, how: int = signal.SIGTERM) -> None:
        """End it, and what it started: one that stays would hold what the next test waits for."""
        try:
            self._process.send_signal(how)
            self._process.wait(timeout=60)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
