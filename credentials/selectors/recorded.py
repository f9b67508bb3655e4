"""What was recorded, day by day: how much was signed, and between which keys the rows lie.

Everything until this morning is read once a day and kept in the cache; what came since is read each
time, from its end. Without the cache it is read again.

The keys tell where to look. Lists go by key, and keys grow with time, so whoever looks for what is
old would walk over all that is new, row by row: here they learn where to begin. No index is needed
for that, and none is paid for when badges are issued. A row may move to a later day (when a second
person releases it: those of today are read with what came since), and never to an earlier one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import connection

from credentials.selectors.counted import counted
from issuers import scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from issuers import models as issuers

# What was issued to try things out is not counted.
NO_SAMPLE = (
    "achievement_id NOT IN"
    " (SELECT id FROM badges_achievement WHERE issuer_id = %(issuer)s AND is_sample)"
)
SOON = timedelta(days=30)
# Keys are given out before rows are there, and not in the order of instants: what is kept ends
# at a key beside which nothing can appear any more.
UNSETTLED = timedelta(hours=1)
_KEPT_SECONDS = 26 * 3600
_COLUMNS = "id, issued_at, state, achievement_id, revoked_at, valid_until"
_READ = f"""
SELECT (issued_at AT TIME ZONE 'UTC')::date, min(id), max(id),
    count(*) FILTER (WHERE state = 'signed' AND {NO_SAMPLE}),
    count(*) FILTER (WHERE state = 'signed' AND {NO_SAMPLE} AND revoked_at IS NULL
        AND valid_until >= %(today)s AND valid_until < %(soon)s),
    min(valid_until), max(valid_until), bool_or(valid_until IS NULL)
FROM (
    SELECT {_COLUMNS} FROM credentials_credential
    WHERE issuer_id = %(issuer)s AND id > %(mark)s AND issued_at < %(before)s
        AND id <= (SELECT max(id) FROM credentials_credential
            WHERE issuer_id = %(issuer)s AND issued_at < %(settled)s)
    UNION ALL
    SELECT {_COLUMNS} FROM credentials_credential
    WHERE issuer_id = %(issuer)s AND id <= %(mark)s AND issued_at >= %(today)s
        AND preparation_id IN (SELECT id FROM credentials_preparation
            WHERE issuer_id = %(issuer)s AND decided_at >= %(today)s)
) AS rows
GROUP BY 1 ORDER BY 1
"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True)
class Day:
    """The rows that were recorded on one day (of Greenwich).

    Attributes:
        day: Which.
        lowest, highest: The smallest and the largest key.
        signed: How many were signed, samples left out.
        expiring: How many of those that stand end within thirty days of this morning.
        ends_first, ends_last: When the first and the last of them end; None where none does.
        is_endless: Whether any has no end.
    """

    day: date
    lowest: int
    highest: int
    signed: int
    expiring: int
    ends_first: datetime | None
    ends_last: datetime | None
    is_endless: bool


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between which keys rows lie that are looked for; nothing is there if `last` is less."""

    first: int = 1
    last: int = 2**63 - 1


NOWHERE = Bounds(1, 0)


def days(*, issuer: issuers.Issuer, now: datetime) -> Sequence[Day]:
    """Return every day on which anything was recorded, the oldest first; one query.

    Once a day another one, over all of it. A day may stand twice: as of this morning, and since.
    """
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    kept = counted(
        f"recorded:{issuer.pk}:{today:%Y-%m-%d}",
        count=lambda: _read(issuer, 0, today, today),
        is_much=bool,
        seconds=_KEPT_SECONDS,
    )
    mark = max((each.highest for each in kept), default=0)
    return [*kept, *_read(issuer, mark, today, datetime.max.replace(tzinfo=UTC))]


def _read(issuer: issuers.Issuer, mark: int, today: datetime, before: datetime) -> Sequence[Day]:
    with scope.inside(issuer), connection.cursor() as cursor:
        cursor.execute(
            _READ,
            {
                "issuer": issuer.pk, "mark": mark, "before": before, "today": today,
                "soon": today + SOON, "settled": before - UNSETTLED,
            },
        )  # fmt: skip
        return [Day(*row) for row in cursor.fetchall()]


def until(known: Iterable[Day], before: datetime, now: datetime) -> Bounds:
    """Return between which keys rows lie that were recorded before an instant."""
    if before > now:
        return Bounds()
    found = [each.highest for each in known if midnight(each.day) < before]
    return Bounds(last=max(found)) if found else NOWHERE


def since(known: Iterable[Day], first: datetime) -> Bounds:
    """Return between which keys rows lie that were recorded at an instant or later."""
    day = first.astimezone(UTC).date()
    found = [each.lowest for each in known if each.day >= day]
    return Bounds(first=min(found)) if found else NOWHERE


def ended(known: Iterable[Day], now: datetime) -> Bounds:
    """Return between which keys rows lie whose validity may be over."""
    found = [each.highest for each in known if each.ends_first and each.ends_first <= now]
    return Bounds(last=max(found)) if found else NOWHERE


def standing(known: Iterable[Day], now: datetime) -> Bounds:
    """Return between which keys rows lie whose validity may not be over."""
    found = [
        each
        for each in known
        if each.is_endless or (each.ends_last is not None and each.ends_last > now)
    ]
    if not found:
        return NOWHERE
    return Bounds(min(each.lowest for each in found), max(each.highest for each in found))


def midnight(day: date) -> datetime:
    """Return when a day begins (at Greenwich)."""
    return datetime.combine(day, time(), UTC)
