"""How an organisation stands, in a few numbers: what the first page of its console shows.

What is small is counted as it is, up to a bound. How much was issued is not small: that is known
by days.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from django.db import connection

from credentials.selectors import recorded
from credentials.selectors.recorded import NO_SAMPLE
from issuers import scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from issuers import models as issuers

# Nobody reads more from a number than that it is large.
MOST = 10_000
MONTHS = 12


def _at_most(table: str, condition: str) -> str:
    """Return SQL that counts an issuer's rows, without looking at more than are shown."""
    return (
        f"(SELECT count(*) FROM (SELECT FROM {table} WHERE issuer_id = %(issuer)s"  # noqa: S608 - our own text
        f" AND {condition} LIMIT {MOST + 1}) few)"
    )


# What is signed and on no chain yet: in no batch, or in one that no block holds. Whose it is, only
# the issuers' own rows tell, so not more is looked at than answers at once.
_UNANCHORED = f"""
SELECT count(*) AS looked_at, count(*) FILTER (WHERE EXISTS (
    SELECT FROM credentials_credential c WHERE c.leaf = w.leaf AND c.issuer_id = %(issuer)s
        AND {NO_SAMPLE}
    OFFSET 0 -- look each up, do not read all that the issuer has
)) AS own FROM (
    SELECT leaf FROM blockchain_commitment WHERE batch_id IS NULL
    UNION
    SELECT m.leaf FROM blockchain_batch b JOIN blockchain_commitment m ON m.batch_id = b.id
    WHERE b.state IN ('sealed', 'signed', 'broadcast', 'mined')
    LIMIT {MOST}
) w
"""  # noqa: S608 - our own text

_CREDENTIAL, _PREPARATION = "credentials_credential", "credentials_preparation"
_NOW = f"""
SELECT
    {_at_most(_CREDENTIAL, f"state = 'held' AND {NO_SAMPLE}")},
    {_at_most(_CREDENTIAL, f"state = 'due' AND {NO_SAMPLE}")},
    {_at_most(_CREDENTIAL, f"state = 'refused' AND {NO_SAMPLE}")},
    {_at_most(_PREPARATION, "state = 'waiting' AND prepared_by_id <> %(user)s")},
    {_at_most(_PREPARATION, "state = 'returned' AND prepared_by_id = %(user)s")},
    {_at_most("badges_achievement", "state = 'draft' AND NOT is_sample")},
    {_at_most("badges_achievement", "state = 'published' AND NOT is_sample")},
    -- Rows of certifying bodies, which are shared with their partner.
    (SELECT count(*) FROM badges_partnership WHERE partner_id = %(issuer)s
        AND accepted_at IS NULL AND declined_at IS NULL AND ended_at IS NULL),
    CASE WHEN looked_at < {MOST} THEN own END
FROM ({_UNANCHORED}) waiting
"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True)
class Standing:
    """Numbers of this moment; more than MOST are said as one more than that.

    Attributes:
        held: Awards that wait for a second person.
        due: Awards that wait to be signed.
        refused: Awards that could not be.
        to_release: Preparations that this member may decide on: somebody else's.
        returned: Preparations that came back to this member.
        drafts: Badges that are not published, in each language.
        published: Badges that are.
        proposed: Partnerships that certifying bodies proposed, and nobody answered yet.
        unanchored: Credentials that are on no chain yet; None where more wait here, of all
            organisations, than can be looked through at once.
    """

    held: int
    due: int
    refused: int
    to_release: int
    returned: int
    drafts: int
    published: int
    proposed: int
    unanchored: int | None


@dataclass(frozen=True, slots=True)
class Issued:
    """How much was signed.

    Attributes:
        months: The last twelve, the oldest first: the first day of each, and how many.
        total: How many in all.
        expiring: How many of those that stand end within thirty days of this morning.
    """

    months: Sequence[tuple[date, int]]
    total: int
    expiring: int

    @property
    def this_month(self) -> int:
        """Return how many were issued in the month that is not over."""
        return self.months[-1][1]


def standing(*, issuer: issuers.Issuer, user_id: int) -> Standing:
    """Return how things stand for a member; one query, whatever there is."""
    with scope.inside(issuer), connection.cursor() as cursor:
        cursor.execute(_NOW, {"issuer": issuer.pk, "user": user_id})
        row = cursor.fetchone()
    if row is None:
        raise AssertionError("Numbers are one row.")
    return Standing(*row)


def issued(*, issuer: issuers.Issuer, now: datetime) -> Issued:
    """Return how much was issued; one query, and once a day another over all of it."""
    found = recorded.days(issuer=issuer, now=now)
    counted: Counter[date] = Counter()
    for each in found:
        counted[each.day.replace(day=1)] += each.signed
    return Issued(
        months=[(first, counted[first]) for first in months_before(now.astimezone(UTC).date())],
        total=counted.total(),
        expiring=sum(each.expiring for each in found),
    )


def months_before(today: date) -> list[date]:
    """Return the first day of each of the last months, the present one last."""
    whole = today.year * 12 + today.month - 1
    return [date(at // 12, at % 12 + 1, 1) for at in range(whole - MONTHS + 1, whole + 1)]
