"""Choose where what an issuer signs is anchored. What the names mean is decided above."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from issuers import models


@transaction.atomic
def choose_lanes(
    *, issuer: models.Issuer, lanes: Sequence[tuple[str, str]], starts: datetime
) -> None:
    """Let what is signed from `starts` on take these lanes, and no others.

    Args:
        issuer: Whose they are.
        lanes: Pairs of a chain (CAIP-2) and the name of an account's key, empty for the shared one;
            none to follow the installation again.
        starts: When the change takes place; those that stay chosen are not touched.
    """
    # One change at a time.
    models.Issuer.objects.select_for_update().get(pk=issuer.pk)
    rows = models.AnchoringLane.objects.of(issuer)
    # What was to begin or to end no earlier than this never did.
    rows.filter(active_from__gte=starts).delete()
    rows.filter(active_until__gte=starts).update(active_until=None)
    chosen = {(row.chain, row.signer): row for row in rows.filter(active_until__isnull=True)}
    for lane, row in chosen.items():
        if lane not in lanes:
            rows.filter(pk=row.pk).update(active_until=starts)
    models.AnchoringLane.objects.of(issuer).bulk_create(
        models.AnchoringLane(issuer=issuer, chain=name, signer=signer, active_from=starts)
        for name, signer in dict.fromkeys(lanes)
        if (name, signer) not in chosen
    )


@transaction.atomic
def accept_submitters(*, issuer_id: int, accounts: Sequence[str], now: datetime) -> int:
    """Let the issuer's DID document name these accounts (CAIP-10); return how many were new."""
    known = set(
        models.AcceptedSubmitter.objects.of(issuer_id)
        .filter(account__in=accounts)
        .values_list("account", flat=True)
    )
    new = [each for each in dict.fromkeys(accounts) if each not in known]
    models.AcceptedSubmitter.objects.of(issuer_id).bulk_create(
        [
            models.AcceptedSubmitter(issuer_id=issuer_id, account=account, accepted_at=now)
            for account in new
        ],
        ignore_conflicts=True,
    )
    return len(new)
