"""A badge as its holder sees it in their wallet, and what they take along of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from credentials import selectors
from credentials.core import canonical
from credentials.serializers import following

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from django_stubs_ext import StrOrPromise

    from credentials.selectors.holding import Held


# What the names of files end in, by the name in the address.
FILES = {
    "png": ".png", "svg": ".svg", "pdf": ".pdf", "json": ".json", "jwt": ".jwt",
    "proof.html": "-proof.html", "anchor.json": "-anchor.json", "qr.png": "-qr.png",
    "qr.svg": "-qr.svg",
}  # fmt: skip
WORDS: Sequence[tuple[str, StrOrPromise, StrOrPromise]] = (
    (
        "png",
        _("Badge image (PNG)"),
        _("For you, your CV, your profile: the image, with the signed badge inside"),
    ),
    ("pdf", _("Certificate (PDF)"), _("To print: it leads back to this page")),
    (
        "json",
        _("Signed badge (JSON)"),
        _("For a wallet or another tool: exactly what the issuer signed"),
    ),
    (
        "proof.html",
        _("Proof dossier (HTML)"),
        _(
            "For the archive: one file that checks the badge by itself, even when issuer and "
            "platform are gone"
        ),
    ),
    ("svg", _("Badge image (SVG)"), _("Sharp at every size, with the signed badge inside")),
    (
        "jwt",
        _("Token (VC-JWT, RS256)"),
        _("For a tool that asks for a token; it is made when it is first asked for"),
    ),
    (
        "anchor.json",
        _("Receipt (JSON)"),
        _("Keep it beside the badge: it leads from the badge to its public record"),
    ),
    ("qr.png", _("QR code (PNG)"), _("Whoever scans it reads the page of the badge")),
    ("qr.svg", _("QR code (SVG)"), _("Sharp at every size")),
)


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


def list_of(held: Sequence[Held], *, emails: Sequence[str], now: datetime) -> bytes:
    """Return what somebody holds, as JSON; no query."""
    return canonical.jcs(
        {
            "type": "Badges",
            "takenOn": now.isoformat(),
            "addresses": list(emails),
            "badges": [
                {
                    "id": selectors.address(token=each.credential.token),
                    "name": each.credential.achievement.name,
                    "issuer": each.credential.issuer.name,
                    "learner": each.credential.learner.name,
                    "validFrom": each.credential.valid_from.isoformat(),
                    "standing": following.standing(each.credential, now=now).code,
                    "claimedAt": each.claimed_at.isoformat() if each.claimed_at else None,
                }
                for each in held
            ],
        }
    )


def name_in(document: Mapping[str, Any]) -> str:
    """Return what a badge from elsewhere says that it is; empty where it says nothing readable."""
    subject = document.get("credentialSubject")
    first = subject[0] if isinstance(subject, list) and subject else subject
    places = (
        first.get("achievement") if isinstance(first, dict) else None,
        document.get("badge"),
        document,
    )
    for place in places:
        one = place[0] if isinstance(place, list) and place else place
        name = one.get("name") if isinstance(one, dict) else None
        if isinstance(name, str) and name.strip():
            return " ".join(name.split())
    return ""
