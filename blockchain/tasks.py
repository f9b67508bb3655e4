"""Alarm clocks. The row is the queue: a call lost, late or doubled changes nothing."""

import logging
from collections.abc import Callable

from celery import shared_task
from django.utils import timezone

from blockchain import services

log = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def seal_batches() -> None:
    """Make batches of the leaves that waited long enough."""
    _wake("sealed", lambda: services.seal(now=timezone.now()))


@shared_task(ignore_result=True)
def write_manifests() -> None:
    """Write the files that keep batches provable without a database."""
    _wake("written", services.write_missing_manifests)


@shared_task(ignore_result=True)
def broadcast_batches(chain: str = "") -> None:
    """Sign, store and send what is sealed: on one chain, or on all."""
    _wake(_on("broadcast", chain), lambda: services.broadcast(now=timezone.now(), chain=chain))


@shared_task(ignore_result=True)
def follow_batches(chain: str = "") -> None:
    """Read what became of what was sent: on one chain, or on all."""
    _wake(_on("followed", chain), lambda: services.follow(now=timezone.now(), chain=chain))


@shared_task(ignore_result=True)
def look_at_chains(chain: str = "") -> None:
    """Note what a chain shows, or all do, for people who look on."""
    services.look(now=timezone.now(), chain=chain)


def _on(done: str, chain: str) -> str:
    return f"{done} on {chain}" if chain else done


def _wake(done: str, service: Callable[[], int]) -> None:
    try:
        moved = service()
    except (services.Unavailable, services.NoSubmitter) as trouble:
        # An answer of the world, not a fault of ours: one line, and the next tick tries again.
        log.warning("nothing %s: %s", done, trouble)
        return
    if moved:
        log.info("%s: %d moved", done, moved)
