"""How often one client may ask: a verification costs a process and a dozen fetches.

Counted in the cache, in fixed windows, under a name that cannot be turned back into an address.
What the cache does not know is let through: it holds no truth, and without it pages still work.
"""

import ipaddress
import logging
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

_log = logging.getLogger(__name__)
# What one household or one machine gets: the rest of an IPv6 address is for it to choose.
_IPV6_PREFIX = 64
# What a client may do, and how many times VERIFY_LIMIT of it: a class that gets its badges opens
# them at once, and has one address.
_SHARES: Mapping[str, int] = {"verify": 1, "count": 20}


def admit(
    *, remote: str, forwarded: str, now: datetime, act: str = "verify", cost: int = 1
) -> int | None:
    """Count one more act of a client.

    Args:
        act: "verify", or "count": to say that a public page was opened.
        remote: The address that the connection comes from.
        forwarded: The header X-Forwarded-For; read only where PROXY_COUNT says that it is ours.
        now: The instant of the request.
        cost: As how many acts of the kind it counts.

    Returns:
        None where it may go on; else the seconds after which it may come again.
    """
    name = name_of(remote=remote, forwarded=forwarded)
    if settings.VERIFY_LIMIT <= 0 or not name:
        return None
    seconds = settings.VERIFY_LIMIT_SECONDS
    window, passed = divmod(int(now.timestamp()), seconds)
    key = f"{act}:{window}:{name}"
    try:
        cache.add(key, 0, timeout=seconds)
        count = cache.incr(key, cost)
    except ValueError:  # it went between the two: its window is over
        return None
    except RedisError as error:
        _log.warning("What clients ask for is not limited: %s", type(error).__name__)
        return None
    return seconds - passed if count > settings.VERIFY_LIMIT * _SHARES[act] else None


def name_of(*, remote: str, forwarded: str) -> str:
    """Return the name under which a client is counted, 32 characters; empty where it is unknown.

    Args:
        remote: As for `admit`.
        forwarded: Likewise.
    """
    client = _client(remote, forwarded)
    if not client:
        return ""
    about = "credentials.services.limiting"
    return salted_hmac(about, client, algorithm="sha256").hexdigest()[:32]


def _client(remote: str, forwarded: str) -> str:
    """Return whom to count: an IPv4 address, an IPv6 network; an empty text where nobody is known.

    Each proxy adds the address that it sees, so the one that counts is as far from the end as there
    are proxies of ours; whatever stands before it, anybody may have written.
    """
    address, proxies = remote, settings.PROXY_COUNT
    if proxies > 0:
        seen = [part.strip() for part in forwarded.split(",")][-proxies:]
        address = seen[0] if len(seen) == proxies and seen[0] else remote
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, _IPV6_PREFIX), strict=False))
    return str(found)
