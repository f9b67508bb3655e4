"""Remind learners by e-mail of a badge that they did not open, where their organisation says so.

Who is due is told by the rows (selectors.reminding); a reminder is a message like any other, and
the row is the queue.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import connection, transaction

from credentials import models
from credentials.selectors import reminding
from issuers import models as issuers
from issuers import scope
from issuers import services as parties

if TYPE_CHECKING:
    from datetime import datetime

log = logging.getLogger(__name__)
# With the key of an issuer: whoever reminds, a worker or a person, is alone at it.
LOCK = 7_211
_REMIND = f"""
INSERT INTO credentials_message
    (issuer_id, credential_id, learner_id, kind, asked_at, due_at)
SELECT %(issuer)s, credential_id, learner_id, 'reminder', %(now)s, %(now)s
FROM ({reminding.DUE}) AS due WHERE due_at <= %(now)s
ORDER BY learner_id, credential_id LIMIT %(limit)s
"""  # noqa: S608 - our own text


def remind_due(*, now: datetime, limit: int) -> int:
    """Let everybody be reminded whose day has come; return how many messages that is.

    Args:
        now: The instant.
        limit: How many at most of one organisation, in a round.
    """
    rows = issuers.Issuer.objects.filter(reminds_after__isnull=False, suspended_at=None)
    number = 0
    for issuer in rows.defer("logo").order_by("id"):
        with scope.inside(issuer), transaction.atomic(), connection.cursor() as cursor:
            alone(issuer=issuer)
            cursor.execute(_REMIND, {**reminding.said(issuer=issuer, now=now), "limit": limit})
            number += cursor.rowcount
    if number:
        log.info("%d reminder(s) leave", number)
    return number


def alone(*, issuer: issuers.Issuer) -> None:
    """Wait until nobody else reminds learners of this organisation, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, issuer.pk])


@transaction.atomic
def stop(*, issuer: issuers.Issuer, now: datetime) -> int:
    """Remind nobody any more by itself; return how many reminders that wait do not leave either."""
    parties.require_reminders(issuer=issuer, after=None, most=issuer.reminds_most, now=now)
    waiting = models.Message.objects.of(issuer).filter(
        kind=models.Message.Kind.REMINDER, state=models.Message.State.WAITING, asked_by=None
    )
    return waiting.delete()[0]
