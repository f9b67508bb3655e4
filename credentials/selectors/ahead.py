"""What takes long to count of large organisations, counted ahead: no page waits for it.

A worker does it every few minutes and keeps it where pages look first. Where it does not, pages
count for themselves, as those of small organisations always do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from credentials import models
from credentials.selectors import counted, ledger, messages, reach, recorded, reminding
from issuers import models as issuers
from issuers import scope

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, timedelta


def count_ahead(*, now: datetime, patience: timedelta) -> int:
    """Count what pages of large organisations show; return how many of those there are.

    Args:
        now: The instant.
        patience: After how long a person may remind learners.
    """
    number = 0
    for issuer in _large():
        with scope.inside(issuer):
            recorded.days(issuer=issuer, now=now)
            ledger.shown(issuer=issuer, now=now, ahead=True)
            reach.count_ahead(issuer=issuer, now=now)
            reminding.reminders(issuer=issuer, now=now, ahead=True)
            messages.remindable(issuer=issuer, before=now - patience, now=now, ahead=True)
        number += 1
    return number


def _large() -> Iterator[issuers.Issuer]:
    """Yield the organisations that issued more than a page counts; a small query for each."""
    for issuer in issuers.Issuer.objects.defer("logo").order_by("id"):
        rows = models.Credential.objects.of(issuer).order_by("-id")
        if rows.values_list("pk", flat=True)[counted.MANY : counted.MANY + 1]:
            yield issuer
