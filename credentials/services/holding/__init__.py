"""Verbs of a holder on the badges of theirs: claim, and say what their pages show."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from django.db import transaction

from credentials import models

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from credentials.selectors.holding import privacy
    from issuers import models as issuers


@transaction.atomic
def claim(*, credentials: Iterable[models.Credential], now: datetime) -> int:
    """Write down that their holder saw these in their wallet; once is enough.

    Args:
        credentials: As `selectors.holding` returned them to their holder.
        now: The instant.

    Returns:
        How many were not claimed before.
    """
    new = sorted(credentials, key=lambda each: (each.issuer_id, each.pk))
    for issuer_id, group in groupby(new, key=lambda each: each.issuer_id):
        rows = [
            models.Holding(issuer_id=issuer_id, credential_id=each.pk, claimed_at=now)
            for each in group
        ]
        models.Holding.objects.of(issuer_id).bulk_create(rows, ignore_conflicts=True)
    return len(new)


@transaction.atomic
def show(
    *,
    issuer: issuers.Issuer,
    credential: models.Credential,
    shown: privacy.Shown,
    now: datetime,
) -> None:
    """Let the address of a badge show this from now on, and nothing else.

    What was kept of it is asked for again at once: the database tells the caches.

    Args:
        issuer: Whose badge it is.
        credential: A signed one, of whoever decides.
        shown: What is shown, and to whom.
        now: The instant.
    """
    said = {
        "privacy": shown.privacy,
        "shows_name": shown.name,
        "shows_evidence": shown.evidence,
        "shows_results": shown.results,
    }
    # A row that changes is what tells the caches: there has to be one first.
    claim(credentials=[credential], now=now)
    models.Holding.objects.of(issuer).filter(credential=credential).update(**said)


@transaction.atomic
def hand_on(*, issuer: issuers.Issuer, corrected: Iterable[int]) -> None:
    """Let what takes the place of these badges show what their holder chose, and no more.

    Args:
        issuer: Whose they are.
        corrected: The keys of those that said something wrong; what replaces them is signed.
    """
    instead = dict(
        models.Credential.objects.of(issuer)
        .filter(corrects__in=list(corrected), state=models.Credential.State.SIGNED)
        .values_list("corrects_id", "pk")
    )
    rows = list(models.Holding.objects.of(issuer).filter(credential__in=list(instead)))
    for row in rows:
        row.credential_id = instead[row.credential_id]
    models.Holding.objects.of(issuer).bulk_create(rows, ignore_conflicts=True)
