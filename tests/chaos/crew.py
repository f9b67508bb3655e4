"""Who works: Celery workers and schedulers as they run everywhere, and clerks who do one thing.

Each is forked from the harness, which has imported everything and opened nothing. The constants of
time are those of the settings, a few dozen times shorter; the code is the real one.
"""

import os
import random
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.chaos.board import Board
from tests.chaos.children import Child, fork

WORKERS = 3
# A worker waits for a node no longer than this; elsewhere it is eight seconds.
ANSWER_SECONDS = 0.9
SETTINGS: dict[str, Any] = {
    "ANCHOR_CONFIRMATIONS": 3,
    "ANCHOR_SEAL_AGE_SECONDS": 0.2,
    "ANCHOR_SEAL_SIZE": 4,
    "ANCHOR_RESEND_SECONDS": 0.6,
    "ANCHOR_BUMP_SECONDS": 1.2,
    "ANCHOR_FEE_CAP_GWEI": 200.0,
    "SIGN_CHUNK_SIZE": 4,
}


class Crew:
    """The processes of one seed."""

    def __init__(self, board: Board, log: Path, plant: Callable[[], None]) -> None:
        """Decide for whom they work.

        Args:
            board: Where they may die.
            log: What they write to.
            plant: Called in every process before it works: plants a bug, or does nothing.
        """
        self._board, self._log, self._plant = board, log, plant
        self._workers: list[Child] = []
        self._schedulers: list[Child] = []
        self.schedulers_wanted = 1
        self.forked = 0
        # Who ended without being told to: nothing but a kill may end a worker.
        self.deserted: list[str] = []

    def tend(self) -> None:
        """Replace who died."""
        self._workers = self._alive(self._workers)
        self._schedulers = self._alive(self._schedulers)
        while len(self._workers) < WORKERS:
            self._workers.append(self._fork("worker", self._work))
        while len(self._schedulers) < self.schedulers_wanted:
            self._schedulers.append(self._fork("beat", _beat))
        while len(self._schedulers) > self.schedulers_wanted:
            self._schedulers.pop().kill()

    def kill_one(self, rng: random.Random) -> None:
        """Kill a worker or a scheduler wherever it is."""
        child = rng.choice([*self._workers, *self._workers, *self._schedulers] or [None])
        if child is not None:
            child.kill()
            self._forget(child)

    def kill_all(self) -> None:
        """Kill every worker and scheduler."""
        for child in (*self._workers, *self._schedulers):
            child.kill()
            self._forget(child)

    def clerk(self, name: str, do: Callable[[], None], *, seconds: float = 60.0) -> int:
        """Let a process of its own do one thing; return its exit status."""
        return self._fork(name, do).wait(seconds)

    def _fork(self, name: str, do: Callable[[], None]) -> Child:
        self.forked += 1

        def live() -> None:
            from blockchain.services import failpoints

            random.seed(secrets.randbits(64))
            failpoints.reached = self._board.reached
            self._plant()
            do()

        return fork(name, live, log=self._log)

    def _work(self) -> None:
        from celery import signals

        from config.celery import app

        signals.task_postrun.connect(lambda **_: self._board.rang(), weak=False)
        app.worker_main(
            [
                *("worker", "--pool", "solo", "--loglevel", "INFO", "--hostname"),
                *(f"{os.getpid()}@chaos", "--without-gossip", "--without-mingle"),
                "--without-heartbeat",
            ]
        )

    def _alive(self, children: list[Child]) -> list[Child]:
        for child in children:
            status = child.poll()
            if status is not None and status >= 0:
                self.deserted.append(f"{child.name} ended with {status}")
        return [child for child in children if child.poll() is None]

    def _forget(self, child: Child) -> None:
        for group in (self._workers, self._schedulers):
            if child in group:
                group.remove(child)


def aim(*, urls: list[str], manifests: Path, database_url: str) -> None:
    """Point this process, and all that will be forked from it, at the world of one seed."""
    from django.conf import settings
    from django.db import connections

    from blockchain import chains
    from blockchain.chains import evm

    settings.CHAIN_RPC_URLS = urls
    settings.MANIFEST_DIR = manifests
    for name, value in SETTINGS.items():
        setattr(settings, name, value)
    evm.ANSWER_SECONDS = ANSWER_SECONDS
    chains.get_chain.cache_clear()
    connections.close_all()
    connections["default"].settings_dict["NAME"] = database_url.rpartition("/")[2]
    connections["auditor"].settings_dict["NAME"] = database_url.rpartition("/")[2]


def _beat() -> None:
    from config.celery import app

    app.Beat(scheduler_cls="celery.beat:Scheduler", loglevel="INFO", pidfile=None).run()


def ring(rng: random.Random, times: int) -> Callable[[], None]:
    """Return what sends every alarm several times over, in any order."""
    from django.conf import settings

    calls: list[Any] = list(settings.CELERY_BEAT_SCHEDULE.values()) * times
    rng.shuffle(calls)

    def do() -> None:
        from config.celery import app

        for call in calls:
            app.send_task(call["task"], args=call["args"], **call["options"])

    return do


def database(url: str) -> dict[str, str]:
    """Return what psycopg2 needs of an address."""
    found = urlsplit(url)
    folder, _slash, name = found.path.rpartition("/")
    return {
        "host": folder[1:] if folder.startswith("//") else folder,
        "user": found.username or "",
        "password": found.password or "",
        "dbname": name,
    }
