"""Several stages, each in a process of its own, so that seeds run abreast."""

import atexit
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from tests.chaos import stage

if TYPE_CHECKING:
    from tests.chaos.storm import Outcome, Stage

# Of this process, where it is one of those that run seeds.
_ours: list["Stage"] = []


class Stages:
    """What runs a seed on whichever stage is free; threads may ask it at the same time."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def run(self, seed: int) -> "Outcome":
        """Run a seed and judge it."""
        return self._pool.submit(_run, seed).result()


@contextmanager
def built(jobs: int, logs: Path) -> Iterator[Stages]:
    """Build so many stages; stop them all at the end.

    They are started anew and not forked from here: each has its own servers, and settings that
    lead to them.
    """
    # What came of a seed names models.
    stage.know_models()
    with ProcessPoolExecutor(
        jobs, mp_context=get_context("spawn"), initializer=_enter, initargs=(logs,)
    ) as pool:
        yield Stages(pool)


def _enter(logs: Path) -> None:
    stack = ExitStack()
    atexit.register(stack.close)
    _ours.append(stack.enter_context(stage.built(logs)))


def _run(seed: int) -> "Outcome":
    return _ours[0].run(seed)
