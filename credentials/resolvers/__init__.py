"""What verification needs from the outside world: who speaks for whom, lists, documents.

Whatever goes wrong out there becomes `Unavailable`, with a reason in a few words that a reader may
see. Every question is paid from the `Budget` of one verification.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext as _

from credentials.core import canonical
from credentials.resolvers.budget import Budget
from credentials.resolvers.controllers import DOCUMENT_LIMIT, resolve
from issuers.resolvers.fetching import (
    LIMIT,
    PUBLIC,
    Fetched,
    Network,
    Unavailable,
    fetch,
)

__all__ = [
    "PUBLIC", "Budget", "Fetched", "Network", "Unavailable",
    "fetch", "fetch_badge", "fetch_hosted", "fetch_json", "fetch_key", "fetch_status_list",
    "resolve",
]  # fmt: skip

_CREDENTIAL_TYPES = (
    "application/vc, application/vc+ld+json, application/ld+json, application/json;q=0.9"
)
# One to the plain address and one to a language or a trailing slash: more is a maze.
_BADGE_REDIRECTS = 2
_READ = frozenset({HTTPStatus.OK.value})
# A hosted badge that was revoked is gone, and its place says why (Open Badges 2.0).
_READ_OR_GONE = _READ | {HTTPStatus.GONE.value}
_STATUS_LIST, _KEY, _HOSTED = "status list", "key", "document"


def fetch_status_list(url: str, *, budget: Budget) -> dict[str, Any] | str:
    """Return the status list at `url`: a JSON document, or a compact JWS; nothing in it is judged.

    Raises:
        Unavailable: it cannot be had, or is neither.

    Source: Bitstring Status List 1.0 section 3.2.
    """
    fetched = _fetch(
        url,
        accept=f"{_CREDENTIAL_TYPES}, application/vc+jwt;q=0.8, application/jwt;q=0.8",
        what=_STATUS_LIST,
        budget=budget,
    )
    if fetched.body.lstrip().startswith(b"{"):
        return _json(fetched.body, _STATUS_LIST)
    try:
        return fetched.body.decode("ascii").strip()
    except UnicodeDecodeError as error:
        raise Unavailable(_STATUS_LIST, _("what was found there is no JSON document")) from error


def fetch_key(url: str, *, budget: Budget) -> dict[str, Any]:
    """Return the one JWK at the `kid` of a token; nothing in it is judged.

    Raises:
        Unavailable: it cannot be had, or is no JSON object.

    Source: Open Badges 3.0 section 8.2.3.
    """
    body = _fetch(url, accept="application/jwk+json, application/json", what=_KEY, budget=budget)
    return _json(body.body, _KEY)


def fetch_json(url: str, *, what: str = _HOSTED, budget: Budget) -> dict[str, Any]:
    """Return the JSON object at `url`, strictly read.

    Raises:
        Unavailable: it cannot be had, or is no JSON object.
    """
    body = _fetch(url, accept=_CREDENTIAL_TYPES, what=what, budget=budget).body
    return _json(body, what)


def fetch_hosted(url: str, *, budget: Budget) -> tuple[Mapping[str, Any], bool]:
    """Return the Open Badges 2.0 Assertion at its own address, and whether it is gone (410).

    Without redirects: the address is the badge's name, and its host answers for it.

    Raises:
        Unavailable: it cannot be had, or is no JSON object.

    Source: Open Badges 2.0, "Assertion" and "Hosted Badges".
    """
    fetched = _fetch(
        url,
        accept="application/ld+json, application/json;q=0.9",
        what=_HOSTED,
        budget=budget,
        statuses=_READ_OR_GONE,
    )
    if fetched.status not in _READ:
        try:
            return canonical.loads(fetched.body), True
        except canonical.MalformedDocument:
            return {}, True
    return _json(fetched.body, _HOSTED), False


def fetch_badge(url: str, *, budget: Budget, limit: int = LIMIT) -> bytes:
    """Return the bytes at `url`: a document, a token, or an image with one inside.

    Redirects are followed, twice at most: the badge is believed for its signature, or fetched again
    from its own address, not for where it was found.

    Raises:
        Unavailable: it cannot be had.
    """
    return fetch(
        url,
        accept=f"{_CREDENTIAL_TYPES}, image/png;q=0.8, image/svg+xml;q=0.8, application/jwt;q=0.8",
        limit=limit,
        redirects=_BADGE_REDIRECTS,
        seconds=budget.spend(_HOSTED),
        network=budget.network,
        statuses=_READ_OR_GONE,
    ).body


def _fetch(
    url: str, *, accept: str, what: str, budget: Budget, statuses: frozenset[int] = _READ
) -> Fetched:
    return fetch(
        url,
        accept=accept,
        limit=DOCUMENT_LIMIT,
        what=what,
        seconds=budget.spend(what),
        network=budget.network,
        statuses=statuses,
    )


def _json(body: bytes, what: str) -> dict[str, Any]:
    try:
        return canonical.loads(body)
    except canonical.MalformedDocument as error:
        raise Unavailable(what, _("what was found there is no JSON document")) from error
