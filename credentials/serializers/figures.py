"""Figures in words: steps with what each means, periods with their names, lines of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credentials.selectors.tallies import Act
from credentials.serializers import dates

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from badges.models import Achievement
    from credentials.selectors.reach import Period, Reach, Reached

# What a step is called, and what it means.
STEPS = {
    "issued": (gettext_lazy("Issued badges"), gettext_lazy("Signed in these days.")),
    "told": (
        gettext_lazy("Told by e-mail"),
        gettext_lazy("A mail server or a provider took the e-mail to the learner."),
    ),
    "delivered": (
        gettext_lazy("Delivered"),
        gettext_lazy("The provider says that it arrived; a mail server never does."),
    ),
    "opened": (
        gettext_lazy("Opened"),
        gettext_lazy("Their page was read at least once, by whomever."),
    ),
    "claimed": (
        gettext_lazy("Claimed"),
        gettext_lazy("The learner signed in to their wallet and found them there."),
    ),
    "shared": (
        gettext_lazy("Shared"), gettext_lazy("Somebody pressed a button that shares them."),
    ),
    "linkedin": (
        gettext_lazy("Added to LinkedIn"),
        gettext_lazy("That button was pressed; LinkedIn alone knows what came of it."),
    ),
    "verified": (
        gettext_lazy("Verified by somebody"),
        gettext_lazy("Somebody gave them to the verification, or repeated the checks."),
    ),
}  # fmt: skip
# How often an act was done; what a chart shows of them.
ACTS = {
    Act.OPENED: gettext_lazy("Openings"),
    Act.VERIFIED: gettext_lazy("Verifications"),
    Act.SHARED: gettext_lazy("Shares"),
    Act.LINKEDIN: gettext_lazy("To LinkedIn"),
    Act.DOWNLOADED: gettext_lazy("Downloads"),
}
# Bars of a chart: more are not read.
MOST_BARS = 12
# Sessions that a page shows, the newest; a table to take along has all of them.
MOST_COHORTS = 50


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is called and means, how many got so far, and of a hundred issued."""

    label: str
    means: str
    number: int
    share: int


def steps(total: Reached) -> Sequence[Step]:
    """Return how far badges got, step by step; what no provider tells of is left out."""
    return [
        Step(str(label), str(means), number, round(100 * number / total.issued))
        for name, (label, means) in STEPS.items()
        for number in [getattr(total, name)]
        if total.issued and (name != "delivered" or number)
    ]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its name, a short one for a chart, and its numbers."""

    label: str
    short: str
    numbers: Sequence[int]


def over_time(found: Reach) -> Sequence[Row]:
    """Return what was issued and done, period by period."""
    return [
        Row(
            _long(each.first, found.step),
            _short(each.first, found.step),
            _numbers(each),
        )
        for each in found.periods
    ]


def by_badge(found: Reach, names: Mapping[str, str]) -> Sequence[Row]:
    """Return what became of each badge, by what it is called today."""
    shown = shown_steps(found)
    return [
        Row(
            names.get(slug, slug),
            "",
            [getattr(reached, name) for name in shown],
        )
        for slug, reached in found.badges
    ]


def by_cohort(found: Reach, names: Mapping[int, str]) -> Sequence[Row]:
    """Return what became of what was issued to each session that is named."""
    shown = shown_steps(found)
    return [
        Row(names[key], "", [getattr(reached, name) for name in shown])
        for key, reached in found.cohorts
        if key in names
    ]


def shown_steps(found: Reach) -> Sequence[str]:
    """Return the steps that a table has a column for."""
    return [name for name in STEPS if name != "delivered" or found.total.delivered]


def headings(found: Reach) -> Sequence[str]:
    """Return what the columns of the table of badges are called."""
    return [str(STEPS[name][0]) for name in shown_steps(found)]


def names_of(rows: Sequence[Achievement]) -> Mapping[str, str]:
    """Return what badges are called by their short names: as their newest version is."""
    newest: dict[str, Achievement] = {}
    for row in rows:
        known = newest.get(row.slug)
        if not row.is_sample and (known is None or known.pk < row.pk):
            newest[row.slug] = row
    return {slug: row.name for slug, row in newest.items()}


def badges_table(found: Reach, names: Mapping[str, str]) -> Iterator[Sequence[str]]:
    """Yield the lines of the table of badges, its headings first."""
    yield (_("Badge"), _("Short name"), *(str(label) for label, _means in STEPS.values()))
    for slug, reached in found.badges:
        yield (names.get(slug, slug), slug, *(str(getattr(reached, name)) for name in STEPS))


def cohorts_table(found: Reach, names: Mapping[int, str]) -> Iterator[Sequence[str]]:
    """Yield the lines of the table of sessions, its headings first."""
    yield (_("Session"), *(str(label) for label, _means in STEPS.values()))
    for key, reached in found.cohorts:
        yield (names.get(key, ""), *(str(getattr(reached, name)) for name in STEPS))


def time_table(found: Reach) -> Iterator[Sequence[str]]:
    """Yield the lines of the table of periods, its headings first."""
    yield (_("From"), _("Issued badges"), *(str(label) for label in ACTS.values()))
    for each in found.periods:
        yield (each.first.isoformat(), *map(str, _numbers(each)))


def _numbers(period: Period) -> list[int]:
    return [period.reached.issued, *(period.done.get(act, 0) for act in ACTS)]


def _long(first: date, step: str) -> str:
    match step:
        case "day":
            return dates.written(first, "j F Y")
        case "week":
            return _("week of %(day)s") % {"day": dates.written(first, "j F Y")}
        case "month":
            return dateformat.format(first, "F Y")
    return str(first.year)


def _short(first: date, step: str) -> str:
    match step:
        case "day" | "week":
            return dates.written(first, "j N")
        case "month":
            return dateformat.format(first, "N Y")
    return str(first.year)
