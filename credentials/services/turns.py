"""Serve one organisation after another, so that the trouble of one keeps nobody else waiting."""

import logging
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from credentials.services.lanes import UNKNOWN
from issuers import models as issuers
from issuers import selectors

log = logging.getLogger(__name__)
# What keeps everything of one organisation from being signed, and nothing of another.
FAULTS: tuple[type[Exception], ...] = (selectors.NoSigningKey, *UNKNOWN)


def take(
    *,
    due: QuerySet[Any],
    settle: Callable[[issuers.Issuer, int], int],
    limit: int,
    faults: tuple[type[Exception], ...] = FAULTS,
) -> int:
    """Let each organisation that has rows due have its turn; whose row comes first is first.

    Args:
        due: What waits, across issuers, in its order.
        settle: Settles at most so many rows of one organisation, in transactions of its own.
        limit: How many rows at most, of all together.
        faults: What keeps one organisation from being served.

    Returns:
        How many rows were settled.

    Raises:
        One of `faults`: once nothing else is due; it stands in the log before.
    """
    settled, passed, fault = 0, set[int](), None
    while settled < limit:
        pk = due.exclude(issuer_id__in=passed).values_list("issuer_id", flat=True).first()
        if pk is None:
            break
        # One that stays behind is held by another worker, or will be asked for again soon.
        passed.add(pk)
        issuer = issuers.Issuer.objects.defer("logo").get(pk=pk)
        try:
            settled += settle(issuer, limit - settled)
        except faults as found:
            log.error("nothing of issuer %s can be signed: %s", issuer.slug, found)  # noqa: TRY400
            fault = found
    if fault is not None and not settled:
        raise fault
    return settled
