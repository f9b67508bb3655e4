"""Who is reminded by e-mail of a badge, and when: told from what is on record, watching nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection

from credentials.selectors import counted as counting
from issuers import scope

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from credentials import models
    from issuers import models as issuers

# Of what anybody was told longer ago they are not reminded, whatever is asked for meanwhile.
REACH = timedelta(days=90)
# How far ahead a page tells.
AHEAD = timedelta(days=14)
LATELY = timedelta(days=30)
# Of whom and of which badge somebody is to be reminded, and from when on. Not of a badge that was
# opened or claimed, is no more valid or is a sample; not whoever was erased, whose address took no
# e-mail, or who does not want any; not while a reminder is on its way.
DUE = """
SELECT told.credential_id, told.learner_id,
    greatest(max(told.settled_at), max(again.settled_at)) + %(after)s * interval '1 day' AS due_at
FROM credentials_message AS told
JOIN credentials_credential AS about
    ON about.id = told.credential_id AND about.issuer_id = told.issuer_id
JOIN badges_achievement AS badge ON badge.id = about.achievement_id AND NOT badge.is_sample
LEFT JOIN credentials_message AS again
    ON again.learner_id = told.learner_id AND again.credential_id = told.credential_id
        AND again.issuer_id = told.issuer_id AND again.kind = 'reminder'
WHERE told.issuer_id = %(issuer)s AND told.kind IN ('issued', 'corrected')
    AND NOT told.is_replaced AND told.state IN ('sent', 'delivered')
    AND told.settled_at >= %(since)s
    AND (%(learner)s IS NULL OR told.learner_id = %(learner)s)
    AND (%(credential)s IS NULL OR told.credential_id = %(credential)s)
    AND about.revoked_at IS NULL AND about.suspended_at IS NULL
    AND (about.valid_until IS NULL OR about.valid_until > %(now)s)
    AND EXISTS (SELECT FROM learners_learnerkey AS key WHERE key.learner_id = told.learner_id)
    AND NOT EXISTS (SELECT FROM credentials_tally AS done
        WHERE done.issuer_id = told.issuer_id AND done.credential_id = told.credential_id
            AND done.act <> 'verified')
    AND NOT EXISTS (SELECT FROM credentials_holding AS claimed
        WHERE claimed.credential_id = told.credential_id)
    AND NOT EXISTS (SELECT FROM credentials_message AS bad
        WHERE bad.learner_id = told.learner_id AND bad.issuer_id = told.issuer_id
            AND bad.state IN ('bounced', 'complained') AND NOT bad.is_replaced)
GROUP BY told.credential_id, told.learner_id
HAVING count(DISTINCT again.id) < %(most)s
    AND bool_and(again.id IS NULL OR again.settled_at IS NOT NULL)
"""
_COMING = f"""
SELECT greatest(due_at, %(now)s)::date, count(*) FROM ({DUE}) AS due
WHERE due_at < %(until)s GROUP BY 1 ORDER BY 1
"""  # noqa: S608 - our own text
_SENT = """
SELECT count(*) FROM credentials_message
WHERE issuer_id = %(issuer)s AND kind = 'reminder' AND asked_at >= %(lately)s
    AND state IN ('sent', 'delivered')
"""


@dataclass(frozen=True, slots=True)
class Reminders:
    """What comes next, and what went out.

    Attributes:
        coming: Days on which somebody would be reminded as things stand, and how many badges that
            is; the first day first.
        sent: How many reminders went out in the last thirty days.
    """

    coming: Sequence[tuple[date, int]]
    sent: int


def said(
    *, issuer: issuers.Issuer, now: datetime, credential: models.Credential | None = None
) -> Mapping[str, int | datetime | None]:
    """Return the parameters of DUE; of one credential alone, where one is given; no query."""
    since = now - REACH
    return {
        "issuer": issuer.pk, "after": issuer.reminds_after, "most": issuer.reminds_most,
        "since": max(issuer.reminds_since or now, since), "now": now,
        "learner": credential.learner_id if credential is not None else None,
        "credential": credential.pk if credential is not None else None,
    }  # fmt: skip


def reminders(*, issuer: issuers.Issuer, now: datetime, ahead: bool = False) -> Reminders | None:
    """Return what reminders of an organisation come and went; None where it asks for none.

    Two queries, or none where it is kept; `ahead`, it is counted and kept for pages.
    """
    if issuer.reminds_after is None:
        return None
    return counting.counted(
        f"reminders:{issuer.pk}:{issuer.reminds_after}:{issuer.reminds_most}",
        count=lambda: _counted(issuer, now),
        is_much=lambda _found: ahead,
        ahead=ahead,
    )


def _counted(issuer: issuers.Issuer, now: datetime) -> Reminders:
    asked = {**said(issuer=issuer, now=now), "until": now + AHEAD, "lately": now - LATELY}
    with scope.inside(issuer), connection.cursor() as cursor:
        cursor.execute(_COMING, asked)
        coming = cursor.fetchall()
        cursor.execute(_SENT, asked)
        [sent] = cursor.fetchone() or [0]
    return Reminders(coming, sent)


def next_reminder(
    *, issuer: issuers.Issuer, credential: models.Credential, now: datetime
) -> datetime | None:
    """Return from when on the learner of a badge is reminded, unless it is opened; None for never.

    One query, or none where the organisation asks for no reminders.
    """
    if issuer.reminds_after is None:
        return None
    with scope.inside(issuer), connection.cursor() as cursor:
        cursor.execute(DUE, said(issuer=issuer, now=now, credential=credential))
        found = cursor.fetchone()
    return None if found is None else max(found[2], now)
