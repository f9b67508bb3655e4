"""Questions about all that was issued in a name: what anybody may follow, and of whom it is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from badges import selectors as badges
from blockchain import selectors as witnessed
from credentials import models
from issuers import selectors as parties

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from issuers import models as issuers

# Entries of one answer: a morning's list of a large school takes a few.
PAGE = 200
LEAF_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Listed:
    """A credential as everybody may know of it.

    Attributes:
        issuer: Who issued it.
        leaf: What of it is on record: 32 bytes, hexadecimal; it leads to no page and no person.
        hour: In which it was signed.
        badge: What was issued.
        badge_address: Where that is described.
        state: How far its batch has come on a chain.
    """

    issuer: issuers.Issuer
    leaf: str
    hour: datetime
    badge: str
    badge_address: str
    state: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, the newest first, and the leaf before which the next page begins, if any."""

    entries: Sequence[Listed]
    following: str


class NoSuchEntry(Exception):  # noqa: N818 - it says what is missing
    """The issuer has no such leaf."""


def issued(*, issuer: issuers.Issuer, before: str = "") -> Page:
    """Return what was signed in an issuer's name, samples too; two queries, or three.

    Args:
        issuer: Whose.
        before: The last leaf of the page before; empty for the first page.

    Raises:
        NoSuchEntry: there is no such leaf.
    """
    rows = models.Credential.objects.of(issuer).filter(state=models.Credential.State.SIGNED)
    if before:
        last = rows.filter(leaf=_leaf(before)).values_list("signed_at", "id").first()
        if last is None:
            raise NoSuchEntry(before)
        signed_at, pk = last
        rows = rows.filter(Q(signed_at__lt=signed_at) | Q(signed_at=signed_at, id__lt=pk))
    found = list(
        rows.order_by("-signed_at", "-id")
        .select_related("achievement")
        .only("leaf", "signed_at", "issuer_id", "achievement__name", "achievement__uuid")[
            : PAGE + 1
        ]
    )
    page = found[:PAGE]
    states = witnessed.states_of([bytes(row.leaf or b"") for row in page])
    entries = tuple(
        Listed(
            issuer=issuer,
            leaf=bytes(row.leaf or b"").hex(),
            # To the hour: a list of instants would tell who was issued what beside whom.
            hour=row.signed_at.replace(minute=0, second=0, microsecond=0),
            badge=row.achievement.name,
            badge_address=badges.address(achievement=row.achievement),
            state=states.get(bytes(row.leaf or b""), witnessed.WAITING),
        )
        for row in page
        if row.signed_at is not None
    )
    return Page(entries, entries[-1].leaf if len(found) > PAGE else "")


def issued_under(*, domain: str) -> tuple[Sequence[issuers.Issuer], Sequence[Listed]]:
    """Return who ever proved a domain, and what was signed last in their names, newest first.

    Three queries for each of them, and one more.

    Args:
        domain: As `issuers.core.domains.domain` returns it.
    """
    holders = parties.holders_of(domain=domain)
    entries: list[Listed] = []
    for holder in holders:
        entries += issued(issuer=holder).entries
    return holders, sorted(entries, key=lambda each: each.hour, reverse=True)[:PAGE]


def _leaf(text: str) -> bytes:
    if len(text) != LEAF_DIGITS:
        raise NoSuchEntry(text[:LEAF_DIGITS])
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise NoSuchEntry(text) from None
