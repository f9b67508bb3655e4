"""A badge as its holder sees it in their wallet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from credentials.serializers import following

if TYPE_CHECKING:
    from datetime import datetime

    from credentials.selectors.holding import Held


@dataclass(frozen=True, slots=True)
class Card:
    """One badge in a list.

    Attributes:
        token: of its page.
        name: of the badge, in `language`.
        issuer: who issued it.
        image: path of its picture.
        standing: how it stands.
    """

    token: str
    name: str
    language: str
    issuer: str
    image: str
    standing: following.Standing
    valid_from: datetime
    valid_until: datetime | None


def card_of(held: Held, *, now: datetime) -> Card:
    """Return what a list shows of a badge; no query."""
    credential = held.credential
    badge = credential.achievement
    return Card(
        token=credential.token,
        name=badge.name,
        language=badge.language,
        issuer=credential.issuer.name,
        image=reverse("achievement-image", args=[badge.uuid]),
        standing=following.standing(credential, now=now, is_corrected=held.is_replaced),
        valid_from=credential.valid_from,
        valid_until=credential.valid_until,
    )
