"""Compare names: whose passes for another's, for the operator of the installation to judge."""

import logging
from datetime import datetime
from itertools import product

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from issuers import models, scope
from issuers.core import lookalikes

log = logging.getLogger(__name__)
MAX_NOTE = 500


class NoSuchLookAlike(Exception):  # noqa: N818 - it says what is wrong
    """There is no row of that number."""


def compare_names(*, now: datetime, limit: int) -> int:
    """Compare the names of at most `limit` organisations that took or changed theirs with all.

    Args:
        now: The instant.
        limit: Of organisations.

    Returns:
        How many look-alikes were found that nobody had seen before.
    """
    # The newest first: of two that are new, the later one passes for the earlier.
    new = list(models.Issuer.objects.filter(is_name_compared=False).order_by("-id")[:limit])
    if not new:
        return 0
    everyone = [
        (pk, [(name, lookalikes.read(name)) for name in {name, legal_name} if name])
        for pk, name, legal_name in models.Issuer.objects.order_by("id").values_list(
            "id", "name", "legal_name"
        )
    ]
    return sum(_compare(issuer, everyone, now) for issuer in new)


@transaction.atomic
def judge_look_alike(
    *,
    number: int,
    judgement: str,
    now: datetime,
    note: str = "",
    judge: models.User | None = None,
) -> models.LookAlike:
    """Say what a look-alike is: for the operator of the installation.

    Args:
        number: Of the row.
        judgement: One of LookAlike.Judgement.
        now: The instant.
        note: Why; needed where it is confirmed, so that whoever comes next knows.
        judge: The operator; nobody where it is done at the terminal.

    Raises:
        NoSuchLookAlike: there is none of that number.
        ValidationError: there is no note, though there must be one, or it is too long.
    """
    said = note.strip()
    is_owed = judgement == models.LookAlike.Judgement.CONFIRMED
    if len(said) > MAX_NOTE or (is_owed and not said):
        raise ValidationError({"note": _("Say why in 1 to 500 characters.")})
    # Across issuers: it is the operator's, and about two of them.
    row = models.LookAlike.objects.across_issuers().filter(pk=number).first()
    if row is None:
        raise NoSuchLookAlike(f"There is no look-alike {number}.")
    models.LookAlike.objects.of(row.issuer_id).filter(pk=number).update(
        judgement=models.LookAlike.Judgement(judgement), judged_at=now, note=said, judged_by=judge
    )
    row.refresh_from_db()
    return row


@transaction.atomic
def _compare(
    issuer: models.Issuer,
    everyone: list[tuple[int, list[tuple[str, lookalikes.Reading]]]],
    now: datetime,
) -> int:
    own = [(name, lookalikes.read(name)) for name in {issuer.name, issuer.legal_name} if name]
    # Across issuers: the same likeness may be on record the other way round.
    known = {
        frozenset({(row.issuer_id, row.name), (row.resembles_id, row.other_name)})
        for row in models.LookAlike.objects.across_issuers().filter(
            Q(issuer=issuer) | Q(resembles=issuer)
        )
    }
    found = []
    for pk, names in everyone:
        if pk == issuer.pk:
            continue
        for (name, reading), (other, read) in product(own, names):
            likeness = lookalikes.likeness(reading, read)
            pair = frozenset({(issuer.pk, name), (pk, other)})
            if likeness is None or pair in known:
                continue
            known.add(pair)
            found.append(
                models.LookAlike(
                    issuer=issuer, resembles_id=pk, name=name, other_name=other,
                    likeness=likeness, found_at=now,
                )
            )  # fmt: skip
            log.warning("the name of issuer %s passes for that of issuer %s", issuer.pk, pk)
    models.LookAlike.objects.of(issuer).bulk_create(found, ignore_conflicts=True)
    # Whoever changed it meanwhile is compared again.
    with scope.inside(issuer):
        models.Issuer.objects.filter(
            pk=issuer.pk, name=issuer.name, legal_name=issuer.legal_name
        ).update(is_name_compared=True)
    return len(found)
