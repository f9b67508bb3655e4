"""When each alarm was last answered: that beat rings and that workers work, for whoever looks on.

A worker notes in the cache each task that it ended well. Nothing rests on it: a cache that forgets
knows again with the next ring.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from redis import Redis, RedisError

QUEUE = "celery"
WEEK = 7 * 86_400
# A worker that is busy answers late; one that is not there does not answer at all.
PATIENCE, LEAST = 12, timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One line of Celery's calendar, and when a worker last answered it."""

    name: str
    answered_at: datetime | None
    is_late: bool


def note(sender: Any = None, **_more: Any) -> None:
    """Note that a task ended well: of Celery's signal `task_success`."""
    with contextlib.suppress(RedisError):
        cache.set(_key(sender.name, sender.request.args or ()), time.time(), timeout=WEEK)


def alarms(*, now: datetime) -> list[Alarm] | None:
    """Return every alarm; None where the cache does not answer."""
    calendar: dict[str, Any] = settings.CELERY_BEAT_SCHEDULE
    lines = calendar.items()
    keys = {name: _key(line["task"], line["args"]) for name, line in lines}
    try:
        known = cache.get_many(keys.values())
    except RedisError:
        return None
    found = []
    for name, line in lines:
        noted = known.get(keys[name])
        at = None if noted is None else datetime.fromtimestamp(noted, UTC)
        patience = max(timedelta(seconds=line["schedule"]) * PATIENCE, LEAST)
        found.append(Alarm(name, at, is_late=at is None or now - at > patience))
    return found


def queued() -> int | None:
    """Return how many messages wait for a worker; None where the broker does not answer."""
    try:
        client = Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
        return int(client.llen(QUEUE))
    except RedisError:
        return None


def _key(task: str, arguments: Any) -> str:
    return ":".join(["acquis.answered", task, *map(str, arguments)])
