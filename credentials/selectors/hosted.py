"""What this installation serves of the Open Badges 2.0 edition, read without asking itself."""

from __future__ import annotations

import re
import uuid as uuids
from typing import TYPE_CHECKING, Any

from badges import selectors as catalogue
from credentials import selectors
from credentials.selectors import openbadges2
from credentials.selectors.holding import privacy
from issuers import selectors as issuers

if TYPE_CHECKING:
    from issuers import models as issuer_rows

_PLACE = re.compile(
    r"/issuers/(?P<slug>[-a-zA-Z0-9_]{1,255})/ob2"
    r"(?:/(?P<part>achievements|assertions|keys)/(?P<name>[-a-zA-Z0-9_]{1,255})"
    r"(?P<form>\.json|\.png|\.svg|\.jws)?|/(?P<list>revoked))?"
)


def token_at(*, path: str) -> str | None:
    """Return the name of the credential whose Assertion is at a path; None for any other path."""
    found = _PLACE.fullmatch(path)
    return found["name"] if found and found["part"] == "assertions" else None


def document_at(*, path: str) -> dict[str, Any] | None:
    """Return the document at a path of this installation; None where there is none.

    An Assertion that was revoked says so; one whose holder keeps back a part of it is not there.

    Raises:
        NotSigned, Erased: there is no document to make it from.
    """
    found = _PLACE.fullmatch(path)
    issuer = issuers.find_by_slug(slug=found["slug"]) if found else None
    if found is None or issuer is None:
        return None
    try:
        return _part(issuer, found)
    except openbadges2.INEXPRESSIBLE:
        return None


def _part(issuer: issuer_rows.Issuer, found: re.Match[str]) -> dict[str, Any] | None:
    if found["list"]:
        return openbadges2.revocation_list(issuer=issuer)
    if found["part"] is None:
        return openbadges2.issuer(issuer=issuer)
    if found["part"] == "keys":
        return openbadges2.cryptographic_key(issuer=issuer, kid=found["name"])
    if found["part"] == "achievements":
        return _badge_class(issuer, found["name"])
    return _assertion(issuer, found["name"])


def _assertion(issuer: issuer_rows.Issuer, name: str) -> dict[str, Any] | None:
    credential = selectors.find_by_token(token=name)
    if credential is None or credential.issuer_id != issuer.pk:
        return None
    shown = privacy.shown_of(credential=credential)
    if shown.is_hidden or not shown.is_whole:
        return None
    return openbadges2.hosted(credential=credential)


def _badge_class(issuer: issuer_rows.Issuer, name: str) -> dict[str, Any] | None:
    try:
        uuid = uuids.UUID(name)
    except ValueError:
        return None
    achievement = catalogue.find_published(uuid=uuid)
    if achievement is None or achievement.issuer_id != issuer.pk:
        return None
    return openbadges2.badge_class(achievement=achievement)
