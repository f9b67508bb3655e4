"""How far badges get: issued, told of, opened, shared, verified; by badge and over time.

Two questions read everything of the days that are asked for. Of a large organisation a worker asks
them of all days ahead, and keeps what it found: a number for each badge, session and day, of which
any days, badge and session are told without a question.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from operator import add
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connection

from credentials.selectors import corrections
from credentials.selectors import counted as counting
from credentials.selectors.recorded import midnight
from issuers import scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from issuers import models as issuers

T = TypeVar("T")
# Before any badge of ours.
_FIRST = date(2000, 1, 1)
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
SELECT a.slug, i.cohort_id, date_trunc(%(step)s, t.day::timestamp)::date, t.act,
    sum(t.count)::bigint
FROM credentials_tally t
JOIN credentials_credential c ON c.id = t.credential_id AND c.issuer_id = t.issuer_id
JOIN badges_achievement a ON a.id = c.achievement_id AND NOT a.is_sample
LEFT JOIN ({corrections.LISTS}) o ON o.id = c.id
LEFT JOIN credentials_intake i
    ON i.id = coalesce(c.intake_id, o.intake_id) AND i.issuer_id = c.issuer_id
WHERE t.issuer_id = %(issuer)s AND t.day >= %(first)s AND t.day <= %(last)s
    AND (%(badge)s = '' OR a.slug = %(badge)s)
    AND (%(cohort)s = 0 OR i.cohort_id = %(cohort)s)
GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True)
class Asked:
    """Of whose badges is told: of which days, by which steps, of one badge or session alone."""

    issuer: int
    since: date
    until: date
    step: str
    badge: str = ""
    cohort: int = 0

    def includes(self, slug: str, cohort: int | None, day: date) -> bool:
        """Say whether something that was counted by day is asked for."""
        return (
            self.since <= day <= self.until
            and self.badge in ("", slug)
            and self.cohort in (0, cohort)
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted, and when: rows of badge, session, day and numbers; and of each act."""

    reached: Sequence[tuple[Any, ...]]
    done: Sequence[tuple[Any, ...]]
    counted_at: datetime

    def of(self, asked: Asked) -> Counts:
        """Return what is asked for, of what was counted by day."""
        return Counts(
            [row for row in self.reached if asked.includes(*row[:3])],
            [row for row in self.done if asked.includes(*row[:3])],
            self.counted_at,
        )


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
    asked = Asked(issuer.pk, since, until, _step((until - since).days), badge, cohort_id)
    base: Counts | None = counting.kept(_key(issuer))
    if base is not None:
        return _told(base.of(asked), asked)
    return counting.counted(
        f"reach:{sha256(repr(asked).encode()).hexdigest()}",
        count=lambda: _told(_count(issuer, asked, now), asked),
        is_much=lambda found: found.total.issued > counting.MANY,
    )


def count_ahead(*, issuer: issuers.Issuer, now: datetime) -> None:
    """Count what became of all badges, and keep it for pages; two queries."""
    asked = Asked(issuer.pk, _FIRST, now.astimezone(UTC).date() + timedelta(days=1), "day")
    counting.counted(
        _key(issuer),
        count=lambda: _count(issuer, asked, now),
        is_much=lambda found: sum(row[3] for row in found.reached) > counting.MANY,
        ahead=True,
    )


def _key(issuer: issuers.Issuer) -> str:
    return f"reach:{issuer.pk}"


def _count(issuer: issuers.Issuer, asked: Asked, now: datetime) -> Counts:
    said: dict[str, Any] = {
        "issuer": asked.issuer, "step": asked.step, "badge": asked.badge, "cohort": asked.cohort,
        "first": asked.since, "last": asked.until, "since": midnight(asked.since),
        "until": midnight(asked.until) + timedelta(days=1),
    }  # fmt: skip
    with scope.inside(issuer), connection.cursor() as cursor:
        cursor.execute(_REACHED, said)
        reached = cursor.fetchall()
        cursor.execute(_DONE, said)
        return Counts(reached, cursor.fetchall(), now)


def _told(found: Counts, asked: Asked) -> Reach:
    """Put together what was counted by day, or by what is asked for."""
    badges: dict[str, list[int]] = {}
    cohorts: dict[int, list[int]] = {}
    reached: dict[date, list[int]] = {}
    done: dict[date, dict[str, int]] = {}
    for slug, cohort, day, *numbers in found.reached:
        _add(badges, slug, numbers)
        _add(reached, _first(day, asked.step), numbers)
        if cohort is not None:
            _add(cohorts, cohort, numbers)
    for _slug, _cohort, day, act, number in found.done:
        acts = done.setdefault(_first(day, asked.step), {})
        acts[act] = acts.get(act, 0) + number
    return Reach(
        step=asked.step,
        periods=[
            Period(first, Reached(*reached.get(first, ())), done.get(first, {}))
            for first in _between(sorted({*reached, *done}), asked.step, asked.until)
        ],
        badges=sorted(
            ((slug, Reached(*numbers)) for slug, numbers in badges.items()),
            key=lambda each: (-each[1].issued, each[0]),
        ),
        cohorts=sorted(
            ((key, Reached(*numbers)) for key, numbers in cohorts.items()), reverse=True,
            key=lambda each: each[0],
        ),
        counted_at=found.counted_at,
    )  # fmt: skip


def _add(sums: dict[T, list[int]], key: T, numbers: Sequence[int]) -> None:
    known = sums.get(key)
    sums[key] = list(numbers) if known is None else [*map(add, known, numbers)]


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


def _first(day: date, step: str) -> date:
    """Return the first day of the period that a day is in, as PostgreSQL's date_trunc does."""
    match step:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "year":
            return day.replace(month=1, day=1)
    return day


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
