"""Which addresses of the outside world may be asked: the form of a URL, the IP behind a name.

Both are decided by lists of our own: `ipaddress.is_global` of Python 3.11 calls NAT64, 6to4 and
IPv4-compatible forms of 127.0.0.1 global, and what it answers changes between releases.

Source: IANA IPv4 and IPv6 Special-Purpose Address Registries; RFC 6890, RFC 6052 (NAT64), RFC 3056
(6to4).
"""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from issuers.core import domains

HTTPS = 443
# Browsers and servers agree up to about this length; nothing that we look for is longer.
MAX_URL = 2048

_FORBIDDEN_IPV4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT; some clouds keep their metadata here
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # the host agent of Azure, on a public address
        "169.254.0.0/16",  # link-local; the metadata of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
# Global unicast is 2000::/3 and nothing else. That leaves out loopback, unique local, link-local,
# site-local, multicast, and every form that embeds an IPv4 address outside of it: mapped,
# compatible, translated, NAT64 (64:ff9b::/96).
_GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")
_FORBIDDEN_IPV6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks, AMT
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, embeds an IPv4 address
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # 6bone, given back
        "3fff::/20",  # documentation
    )
)


class RefusedAddress(ValueError):  # noqa: N818 - it says what is wrong
    """The URL is none that we ask; the message says why, in words for the person who gave it."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to ask and for what: the host in lower case, path and query for the request line."""

    host: str
    path: str


def parse(url: str) -> Target:
    """Read `url` and return what may be asked.

    Only https to a registered name on port 443, without user name or password; everything in ASCII,
    so that no two programs read a different host in it. The fragment is dropped.

    Args:
        url: Text from anybody.

    Returns:
        Host, and path with query.

    Raises:
        RefusedAddress: it is anything else.

    Source: RFC 3986 section 3; trust model T24.
    """
    if len(url) > MAX_URL:
        raise RefusedAddress(_("the address is too long"))
    # Not left to urlsplit: it drops tabs and line feeds silently, and takes "\" for a part of the
    # host.
    if not re.fullmatch(r"[!#-;=?-\[\]_a-z~]+", url):
        raise RefusedAddress(_("the address holds characters that do not belong into one"))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise RefusedAddress(_("it is not an address")) from error
    if parts.scheme != "https":
        raise RefusedAddress(_("only https addresses are read"))
    if "@" in parts.netloc:
        raise RefusedAddress(_("the address holds a user name or a password"))
    if port not in (None, HTTPS):
        raise RefusedAddress(_("only port 443 is asked"))
    host = (parts.hostname or "").lower()
    if len(host) > domains.MAX_NAME or not domains.NAME.fullmatch(host):
        raise RefusedAddress(_("the address does not name a public host"))
    if host.rpartition(".")[2] in domains.AT_HAND:
        raise RefusedAddress(_("the address does not name a public host"))
    path = parts.path or "/"
    return Target(host, f"{path}?{parts.query}" if parts.query else path)


def is_public(address: str) -> bool:
    """Say whether `address` is an IP address of the public internet that a host can have.

    Args:
        address: IPv4 or IPv6 as a resolver gives it, perhaps with a zone ("fe80::1%eth0").

    Returns:
        False for everything private, local, reserved, multicast, translated or unreadable.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in network for network in _FORBIDDEN_IPV4)
    return (
        ip.scope_id is None
        and ip in _GLOBAL_IPV6
        and not any(ip in network for network in _FORBIDDEN_IPV6)
    )
