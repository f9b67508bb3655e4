"""What a certificate and a card show of a badge: words for paper, made from the signed document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from blockchain.core import anchor
from credentials import selectors, services
from credentials.core import canonical
from credentials.selectors.holding import privacy
from credentials.serializers.presentation import day, present
from credentials.services.issuing import months_later
from issuers import selectors as parties

if TYPE_CHECKING:
    from datetime import datetime

    from badges import models as badges
    from credentials import models
    from credentials.serializers.presentation import Presentation
    from issuers import models as issuers

# What fits on a page; the rest is behind the code.
MAX_DESCRIPTION = 360
# Of who has none of its own.
COLOUR = "#0b5d4b"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A badge as paper shows it.

    Attributes:
        address: of its page, which the code leads to.
        learner: whom it is about.
        badge: what was earned, in the words and in the language of the document.
        badge_language: that language; empty where the document does not say.
        description: of the badge, shortened.
        issuer: who says so.
        issued: the day, in words.
        until: the last day, in words; empty where it does not end.
        colour: of the issuer, as #rrggbb.
        logo: of the issuer, PNG; None where it has none.
        image: of the badge, PNG.
        document: the signed document, which goes into the file.
        receipt: the receipt of its anchor, which goes with it; empty where there is none yet.
        is_final: whether nothing of it is going to change.
        written: when the document was signed; None where it is nobody's.
        layout: how the page lies: "landscape" or "portrait".
        signatory: who stands for it by name; empty for nobody.
        role: as what.
        caution: what is said of the issuer's name where nothing proves it; empty where it is
            proven.
    """

    address: str
    learner: str
    badge: str
    badge_language: str
    description: str
    issuer: str
    issued: str
    until: str
    colour: str
    logo: bytes | None
    image: bytes
    document: bytes
    receipt: bytes = b""
    is_final: bool = False
    written: datetime | None = None
    layout: str = "landscape"
    signatory: str = ""
    role: str = ""
    caution: str = ""


def made(
    credential: models.Credential, now: datetime, show: privacy.Shown = privacy.EVERYTHING
) -> tuple[Presentation, Certificate]:
    """Verify a credential, and return what it says: for a page, and for paper.

    Args:
        credential: the row.
        now: the instant.
        show: what of it is told.

    Raises:
        NotSigned, Erased: there is nothing that it could say.
    """
    found = services.verify_credential(credential=credential, now=now, shown=show)
    shown = present(found.report, found.document, found.receipt, learner=found.learner)
    issuer = credential.issuer
    receipt = found.receipt
    return shown, Certificate(
        address=shown.id,
        learner=shown.learner,
        badge=shown.badge.name,
        badge_language=shown.badge.language,
        description=shortened(shown.badge.description),
        issuer=shown.issuer.name,
        issued=day(shown.issued_at),
        until=day(shown.valid_until) if shown.valid_until else "",
        colour=issuer.colour or COLOUR,
        logo=bytes(issuer.logo) if issuer.logo is not None else None,
        image=bytes(credential.achievement.image),
        document=selectors.opened(credential=credential).document,
        receipt=canonical.jcs(anchor.to_json(receipt)) if receipt else b"",
        is_final=receipt is not None and receipt.state == "finalized",
        written=credential.signed_at,
        layout=credential.achievement.layout,
        signatory=credential.achievement.signatory,
        role=credential.achievement.signatory_role,
        caution=_caution(issuer, now),
    )


def specimen(
    achievement: badges.Achievement, *, address: str, learner: str, now: datetime
) -> Certificate:
    """Return what paper would show of an award of a badge, a draft too; it is nobody's.

    Args:
        achievement: What would be earned; with its issuer.
        address: Where its code leads: to no credential.
        learner: What stands in the place of a name.
        now: The instant.
    """
    issuer, months = achievement.issuer, achievement.validity_months
    return Certificate(
        address=address,
        learner=learner,
        badge=achievement.name,
        badge_language=achievement.language,
        description=shortened(achievement.description),
        issuer=issuer.name,
        issued=day(now),
        until=day(months_later(now, months)) if months else "",
        colour=issuer.colour or COLOUR,
        logo=bytes(issuer.logo) if issuer.logo is not None else None,
        image=bytes(achievement.image),
        document=b"",
        layout=achievement.layout,
        signatory=achievement.signatory,
        role=achievement.signatory_role,
        caution=_caution(issuer, now),
    )


def _caution(issuer: issuers.Issuer, now: datetime) -> str:
    """Return what paper says of a name that nothing proves, as pages do; one query."""
    if parties.is_name_proven(issuer=issuer, now=now):
        return ""
    return _("Name not verified: it is what this organisation calls itself")


def shortened(text: str, *, most: int = MAX_DESCRIPTION) -> str:
    """Cut a text at a word, with an ellipsis where something was left out."""
    whole = " ".join(text.split())
    if len(whole) <= most:
        return whole
    return whole[:most].rpartition(" ")[0].rstrip(" ,;:.") + "…"
