"""Where an Open Badges 2.0 badge lives: which addresses an Issuer speaks for, and what differs.

Sources: Open Badges 2.0, "Hosted Verification" and VerificationObject.
"""

import re
from collections.abc import Mapping
from typing import Any

from credentials.core.report import Unavailable

Found = Mapping[str, Any] | Unavailable

_HTTPS = re.compile(r"(?i:https)://([A-Za-z0-9.-]{1,253})(?::([0-9]{1,5}))?(?:[/?#][^\\\s]*)?")


def difference(
    given: Mapping[str, Any], hosted: Mapping[str, Any], *, badge: Found, issuer: Found
) -> str | None:
    """Return where what was handed over is not what its own address answers; None where it is.

    Args:
        given: the Assertion, of anybody.
        hosted: what its address answers: that is the badge.
        badge: the BadgeClass of the hosted one, as it was fetched.
        issuer: the Issuer of that.

    Returns:
        A JSON pointer, bounded.
    """
    for name in ("id", *sorted({*given, *hosted} - {"@context", "badge", "id"})):
        if given.get(name) != hosted.get(name):
            return f"/{name}"[:200]
    shown, real = given.get("badge"), hosted.get("badge")
    return None if shown == real or _expands(shown, real, badge, issuer) else "/badge"


def _expands(given: object, real: object, badge: Found, issuer: Found) -> bool:
    """Say whether a BadgeClass that was handed over is the one that its address answers.

    Images are baked with the BadgeClass, and the Issuer in it, written out where the hosted
    Assertion has their addresses.
    """
    if not isinstance(given, Mapping):
        return name_of(given) == name_of(real) != ""
    if isinstance(badge, Unavailable) or name_of(given) != name_of(real):
        return False
    for name in {*given, *badge} - {"@context", "issuer"}:
        if given.get(name) != badge.get(name):
            return False
    shown = given.get("issuer")
    if not isinstance(shown, Mapping):
        return name_of(shown) == name_of(badge.get("issuer"))
    return isinstance(issuer, Mapping) and all(
        shown.get(name) == issuer.get(name) for name in {*shown, *issuer} - {"@context"}
    )


def in_scope(address: str, issuer: Mapping[str, Any], *, is_known: bool = False) -> bool:
    """Say whether an Issuer speaks for an address.

    Without a scope of its own, it does for those of its own origin. One that is known here may be
    without https, as on a developer's machine, and then its scope ends with a slash.

    Source: Open Badges 2.0, VerificationObject (Issuer) `startsWith` and `allowedOrigins`.
    """
    scope = issuer.get("verification")
    scope = scope if isinstance(scope, Mapping) else {}
    starts, origins = _texts(scope.get("startsWith")), _texts(scope.get("allowedOrigins"))
    host = origin(address)
    if is_known and any(each.endswith("/") and address.startswith(each) for each in starts):
        return True
    if not host:
        return False
    if not starts and not origins:
        return host == origin(str(issuer.get("id", "")))
    # Its host must be a whole one: https://example.org also starts https://example.org.evil/.
    begins = any(address.startswith(each) and origin(each) == host for each in starts)
    return begins or host in {origin(each) or each.lower() for each in origins}


def origin(address: str) -> str:
    """Return the host of an https address, with its port where that is not 443; else nothing.

    Only what every program reads alike is an address here: no user name, no escapes in the host.

    Source: RFC 6454 section 4.
    """
    found = _HTTPS.fullmatch(address)
    if found is None:
        return ""
    port = (found[2] or "443").lstrip("0")
    return found[1].lower() if port == "443" else f"{found[1].lower()}:{port}"


def name_of(value: object) -> str:
    """Return the id of something that is written as an address or as an object with one."""
    return next(iter(ids(value)), "")


def ids(value: object) -> tuple[str, ...]:
    """Return the ids of one or several things, each an address or an object with one."""
    named = (
        each.get("id") if isinstance(each, Mapping) else each
        for each in (value if isinstance(value, list) else [value])
    )
    return tuple(each for each in named if isinstance(each, str))


def _texts(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    return tuple(item for item in items if isinstance(item, str))
