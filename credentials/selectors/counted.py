"""Numbers that take a while to count: kept for some minutes, and counted again without the cache.

Nobody decides anything by the last badge that was opened, so what is shown may be some minutes old
where there is much, and says when it was counted.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.cache import cache
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
# Above so many rows counting takes longer than a person waits for a page.
MANY = 5_000
SECONDS = 600
# What a worker counts ahead, again and again, so that no page waits for it (selectors.ahead). Where
# workers are gone it is shown for so long, with the instant, and then counted by the page.
AHEAD_SECONDS = 3_600


def counted(
    key: str,
    *,
    count: Callable[[], T],
    is_much: Callable[[T], bool],
    seconds: int = SECONDS,
    ahead: bool = False,
) -> T:
    """Return what is kept under a key, or count it; keep it where it is much.

    Args:
        key: What it depends on, the issuer among it.
        count: What counts it.
        is_much: Whether what was counted is worth keeping.
        seconds: For how long.
        ahead: Count it though it is kept, and keep it until it is counted ahead again.
    """
    found: T | None = None if ahead else kept(key)
    if found is not None:
        return found
    found = count()
    if is_much(found):
        with suppress(RedisError):
            cache.set(key, found, timeout=AHEAD_SECONDS if ahead else seconds)
    return found


def kept(key: str) -> Any:
    """Return what is kept under a key; None where nothing is, or the cache does not answer."""
    try:
        return cache.get(key)
    except RedisError:
        return None


def forget(key: str) -> None:
    """Let something be counted anew when it is asked for next."""
    with suppress(RedisError):
        cache.delete(key)
