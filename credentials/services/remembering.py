"""What the last audit came to, for whoever looks on. The audit itself writes nothing.

It is kept in the cache: it may be lost with it, and then nobody has looked yet.
"""

import logging
from collections.abc import Mapping
from typing import Any

from django.core.cache import cache
from redis import RedisError

log = logging.getLogger(__name__)
KEY = "acquis.fsck"
MOST_FINDINGS = 20


def remember(report: Mapping[str, Any], *, with_chain: bool) -> None:
    """Keep what an audit came to: its JSON form, of its findings the first ones.

    A cache that does not answer is no reason to fail an audit.
    """
    kept = {**report, "findings": report["findings"][:MOST_FINDINGS], "withChain": with_chain}
    try:
        cache.set(KEY, kept, timeout=None)
    except RedisError:
        log.warning("what this audit came to could not be kept for the operator's page")


def remembered() -> Mapping[str, Any] | None:
    """Return what the last audit came to; None where nobody looked, or the cache does not know."""
    try:
        found: Mapping[str, Any] | None = cache.get(KEY)
    except RedisError:
        return None
    return found
