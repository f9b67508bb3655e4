"""How far badges get: issued, told of, opened, shared, verified; by badge and over time.

Two questions read everything of the days that are asked for; where that is much, what they found is
kept for some minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias

from django.db import connection

from credentials.selectors import corrections
from credentials.selectors import counted as counting
from credentials.selectors.recorded import midnight
from issuers import scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from issuers import models as issuers

Asked: TypeAlias = "dict[str, int | str | date]"
# By what days are put together: up to so many days, and no more rows than fit a chart.
_DAYS, _WEEKS, _MONTHS = 45, 200, 6 * 366

# What became of credentials that were signed. A press of a button on a page is proof that the page
# was there; a document may be verified without it.
_REACHED = f"""
SELECT a.slug, i.cohort_id, date_trunc(%(step)s, c.issued_at AT TIME ZONE 'UTC')::date, count(*),
    count(*) FILTER (WHERE m.told), count(*) FILTER (WHERE m.delivered),
    count(*) FILTER (WHERE t.opened), count(h.credential_id), count(*) FILTER (WHERE t.shared),
    count(*) FILTER (WHERE t.linkedin), count(*) FILTER (WHERE t.verified)
FROM credentials_credential c
JOIN badges_achievement a ON a.id = c.achievement_id AND NOT a.is_sample
LEFT JOIN ({corrections.LISTS}) o ON o.id = c.id
LEFT JOIN credentials_intake i
    ON i.id = coalesce(c.intake_id, o.intake_id) AND i.issuer_id = c.issuer_id
LEFT JOIN (
    SELECT credential_id, bool_or(state IN ('sent', 'delivered', 'complained')) AS told,
        bool_or(state IN ('delivered', 'complained')) AS delivered
    FROM credentials_message
    WHERE issuer_id = %(issuer)s AND kind IN ('issued', 'reminder', 'corrected')
    GROUP BY credential_id
) m ON m.credential_id = c.id
LEFT JOIN (
    SELECT credential_id, bool_or(act <> 'verified') AS opened, bool_or(act = 'shared') AS shared,
        bool_or(act = 'linkedin') AS linkedin, bool_or(act = 'verified') AS verified
    FROM credentials_tally WHERE issuer_id = %(issuer)s GROUP BY credential_id
) t ON t.credential_id = c.id
LEFT JOIN credentials_holding h ON h.credential_id = c.id AND h.issuer_id = c.issuer_id
WHERE c.issuer_id = %(issuer)s AND c.state = 'signed'
    AND c.issued_at >= %(since)s AND c.issued_at < %(until)s
    AND (%(badge)s = '' OR a.slug = %(badge)s)
    AND (%(cohort)s = 0 OR i.cohort_id = %(cohort)s)
GROUP BY 1, 2, 3
"""  # noqa: S608 - our own text
# How often each thing was done, of whichever credential.
_DONE = f"""
SELECT date_trunc(%(step)s, t.day::timestamp)::date, t.act, sum(t.count)::bigint
FROM credentials_tally t
JOIN credentials_credential c ON c.id = t.credential_id AND c.issuer_id = t.issuer_id
JOIN badges_achievement a ON a.id = c.achievement_id AND NOT a.is_sample
LEFT JOIN ({corrections.LISTS}) o ON o.id = c.id
LEFT JOIN credentials_intake i
    ON i.id = coalesce(c.intake_id, o.intake_id) AND i.issuer_id = c.issuer_id
WHERE t.issuer_id = %(issuer)s AND t.day >= %(first)s AND t.day <= %(last)s
    AND (%(badge)s = '' OR a.slug = %(badge)s)
    AND (%(cohort)s = 0 OR i.cohort_id = %(cohort)s)
GROUP BY 1, 2
"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True)
class Reached:
    """How many credentials got how far.

    Attributes:
        issued: were signed.
        told: of these, an e-mail about it was taken by a server.
        delivered: of these, a provider says that it arrived.
        opened: the page was read at least once.
        claimed: the learner saw it in their wallet.
        shared: was shared from its page.
        linkedin: was added to LinkedIn from its page.
        verified: was verified by somebody.
    """

    issued: int = 0
    told: int = 0
    delivered: int = 0
    opened: int = 0
    claimed: int = 0
    shared: int = 0
    linkedin: int = 0
    verified: int = 0

    def __add__(self, other: Reached) -> Reached:
        return Reached(*(getattr(self, name) + getattr(other, name) for name in NAMES))


NAMES = tuple(Reached.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Period:
    """Some days that are told of together.

    Attributes:
        first: Their first day, or the first of their week, month or year.
        reached: What became of credentials issued in them.
        done: How often each act was done in them, of whichever credentials.
    """

    first: date
    reached: Reached
    done: dict[str, int]


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the badges of an organisation got.

    Attributes:
        step: "day", "week", "month" or "year": what a period is.
        periods: the earliest first, without gaps; none before anything was issued or done.
        badges: by their short names, those issued the most first.
        cohorts: by the keys of sessions, the newest first; what is of none is left out.
        counted_at: when.
    """

    step: str
    periods: Sequence[Period]
    badges: Sequence[tuple[str, Reached]]
    cohorts: Sequence[tuple[int, Reached]]
    counted_at: datetime

    @property
    def total(self) -> Reached:
        """Return what became of all of them."""
        return sum((reached for _slug, reached in self.badges), Reached())


def reach(
    *,
    issuer: issuers.Issuer,
    since: date,
    until: date,
    now: datetime,
    badge: str = "",
    cohort_id: int = 0,
) -> Reach:
    """Return what became of badges, samples left out; two queries, or none where they are kept.

    Args:
        issuer: Whose.
        since: The first day (of Greenwich).
        until: The last day.
        now: When it is counted.
        badge: Short name of the one that is asked for; empty for all.
        cohort_id: Key of the session that is asked for; 0 for all, and for none.
    """
    asked: Asked = {
        "issuer": issuer.pk, "step": _step((until - since).days), "badge": badge,
        "cohort": cohort_id, "first": since, "last": until, "since": midnight(since),
        "until": midnight(until) + timedelta(days=1),
    }  # fmt: skip
    return counting.counted(
        f"reach:{sha256(repr(asked).encode()).hexdigest()}",
        count=lambda: _count(issuer, asked, until, now),
        is_much=lambda found: found.total.issued > counting.MANY,
    )


def _count(issuer: issuers.Issuer, asked: Asked, until: date, now: datetime) -> Reach:
    with scope.inside(issuer), connection.cursor() as cursor:
        cursor.execute(_REACHED, asked)
        rows = [(*row[:3], Reached(*row[3:])) for row in cursor.fetchall()]
        cursor.execute(_DONE, asked)
        acts = cursor.fetchall()
    badges: dict[str, Reached] = {}
    cohorts: dict[int, Reached] = {}
    reached: dict[date, Reached] = {}
    done: dict[date, dict[str, int]] = {}
    for slug, cohort, first, found in rows:
        badges[slug] = badges.get(slug, Reached()) + found
        reached[first] = reached.get(first, Reached()) + found
        if cohort is not None:
            cohorts[cohort] = cohorts.get(cohort, Reached()) + found
    for first, act, number in acts:
        done.setdefault(first, {})[act] = number
    step = str(asked["step"])
    return Reach(
        step=step,
        periods=[
            Period(first, reached.get(first, Reached()), done.get(first, {}))
            for first in _between(sorted({*reached, *done}), step, until)
        ],
        badges=sorted(badges.items(), key=lambda each: (-each[1].issued, each[0])),
        cohorts=sorted(cohorts.items(), reverse=True),
        counted_at=now,
    )


def _step(days: int) -> str:
    if days <= _DAYS:
        return "day"
    if days <= _WEEKS:
        return "week"
    return "month" if days <= _MONTHS else "year"


def _between(known: Sequence[date], step: str, until: date) -> list[date]:
    """Return the first day of every period from the first of which anything is known."""
    found = []
    at = known[0] if known else until + timedelta(days=1)
    while at <= until:
        found.append(at)
        at = _next(at, step)
    return found


def _next(first: date, step: str) -> date:
    match step:
        case "day":
            return first + timedelta(days=1)
        case "week":
            return first + timedelta(days=7)
        case "month":
            whole = first.year * 12 + first.month
            return date(whole // 12, whole % 12 + 1, 1)
    return first.replace(year=first.year + 1)
