"""Questions of a holder: which badges are mine, over all organisations, and is this one.

Whose a badge is: whoever proved the address that its learner has now. It is asked each time, so a
corrected address changes hands at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Subquery

from credentials import models
from issuers import models as issuers
from learners.selectors import wallets

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

# Of one organisation; nobody has more.
MOST = 500


@dataclass(frozen=True, slots=True)
class Held:
    """A credential that is somebody's.

    Attributes:
        credential: The row, with its issuer and its badge.
        claimed_at: Since when its holder knows it here; None until they saw it.
        is_replaced: Whether a correction took its place.
    """

    credential: models.Credential
    claimed_at: datetime | None
    is_replaced: bool


def held(*, emails: Iterable[str]) -> list[Held]:
    """Return the signed credentials of whoever has these (proven) addresses, the newest first.

    Two queries for each address, and two for each organisation that knows it.
    """
    found: list[Held] = []
    for email in emails:
        for issuer_id, learner in wallets.known_to(email=email).items():
            issuer = issuers.Issuer.objects.get(pk=issuer_id)
            rows = _signed(issuer).filter(learner=learner).order_by("-valid_from", "-id")[:MOST]
            for row in rows:
                row.learner = learner
                found.append(_held(row, issuer))
    return sorted(
        found,
        key=lambda each: (each.credential.valid_from, each.credential.pk),
        reverse=True,
    )


def find_held(*, emails: Iterable[str], token: str) -> Held | None:
    """Return the credential of that token if it is theirs; else None, as if there were none.

    Four queries.
    """
    # Whoever issued it: 128 random bits are the name.
    named = models.Credential.objects.named(token=token).values_list("issuer_id", "learner__email")
    row = named.filter(state=models.Credential.State.SIGNED, learner__key__isnull=False).first()
    if row is None or row[1] not in set(emails):
        return None
    issuer = issuers.Issuer.objects.get(pk=row[0])
    found = _signed(issuer).select_related("learner").filter(token=token).first()
    return None if found is None else _held(found, issuer)


def _held(row: Any, issuer: issuers.Issuer) -> Held:
    row.issuer = issuer
    holding = getattr(row, "holding", None)
    return Held(row, holding.claimed_at if holding else None, row.replaced_by is not None)


def _signed(issuer: issuers.Issuer) -> QuerySet[models.Credential]:
    later = models.Credential.objects.of(issuer).filter(
        corrects=OuterRef("pk"), state=models.Credential.State.SIGNED
    )
    return (
        models.Credential.objects.of(issuer)
        .select_related("achievement", "holding")
        .defer("achievement__image", "achievement__drawing", "achievement__document", "sealed")
        .filter(state=models.Credential.State.SIGNED)
        # As in `listing`: EXISTS may be answered by reading all.
        .annotate(replaced_by=Subquery(later.values("pk")[:1]))
    )
