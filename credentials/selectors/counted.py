"""Numbers that take a while to count: kept for some minutes, and counted again without the cache.

Nobody decides anything by the last badge that was opened, so what is shown may be some minutes old
where there is much, and says when it was counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.core.cache import cache
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
# Above so many rows counting takes longer than a person waits for a page.
MANY = 5_000
SECONDS = 600


def counted(
    key: str, *, count: Callable[[], T], is_much: Callable[[T], bool], seconds: int = SECONDS
) -> T:
    """Return what is kept under a key, or count it; keep it where it is much.

    Args:
        key: What it depends on, the issuer among it.
        count: What counts it.
        is_much: Whether what was counted is worth keeping.
        seconds: For how long.
    """
    try:
        kept: T | None = cache.get(key)
    except RedisError:
        return count()
    if kept is not None:
        return kept
    found = count()
    if is_much(found):
        try:
            cache.set(key, found, timeout=seconds)
        except RedisError:
            return found
    return found
