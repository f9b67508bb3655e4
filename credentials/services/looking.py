"""Look at a list row by row: what would become of it, and what keeps a row from becoming an award.

Nothing is written. Of two rows that are the same award, the first one counts. A row is known by its
reference, or, where the list gives none, by the learner and the day that it says itself.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from django.core.exceptions import ValidationError

from badges import models as badges
from credentials import models
from credentials.core import days, taking
from credentials.core.learner_list import Mistake, Row
from credentials.core.sheets import Sheet
from credentials.services import importing
from issuers import models as issuers
from learners import selectors as learners
from learners import services as people

# How many rows are asked for at once.
PIECE = 2_000


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person said of a list.

    Attributes:
        columns: By field, the place of its column.
        order: Of day and month where both are numbers; empty while nobody said.
        day: From when awards are valid whose row says nothing.
        until: Until when, likewise; None takes the validity of the badge.
        rename: Whether learners who are there under another name take that of the list.
    """

    columns: Mapping[str, int]
    order: str = ""
    day: date | None = None
    until: date | None = None
    rename: bool = False


@dataclass(slots=True)
class Checked:
    """What came of looking at a list.

    Attributes:
        rows: Those that will be awards, in order.
        rejected: By line, the mistakes of those that will not.
        cells: By line, what stands in the rejected ones.
        headings: Of the cells.
        renamed: By address, how learners are called who are there under another name.
        counts: How many rows are of which kind.
    """

    rows: list[Row] = field(default_factory=list)
    rejected: dict[int, list[Mistake]] = field(default_factory=dict)
    cells: dict[int, Sequence[str]] = field(default_factory=dict)
    headings: Sequence[str] = ()
    renamed: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


def starts_at(day: date | None) -> datetime | None:
    """Return the first instant of a day."""
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)


def look(
    *,
    issuer: issuers.Issuer,
    achievement: badges.Achievement,
    sheet: Sheet,
    choice: Choice,
    now: datetime,
) -> Checked:
    """Return what would come of a list; two queries for every PIECE rows."""
    cells = dict(sheet.rows)
    checked = Checked(headings=sheet.headings)
    sound: list[Row] = []
    first: dict[tuple[str, str], int] = {}
    kinds: Counter[str] = Counter(rows=len(sheet.rows))
    order = choice.order or days.DAY_FIRST
    for found in taking.take(sheet, columns=choice.columns, order=order):
        if isinstance(found, Mistake):
            checked.rejected.setdefault(found.line, []).append(found)
            continue
        row, mistakes = _sound(found, choice, now)
        if not mistakes:
            key = (row.reference, "") if row.reference else (row.email, str(row.valid_from or ""))
            if key in first:
                mistakes = [_twice(row, first[key])]
                kinds["duplicates"] += 1
            first.setdefault(key, row.line)
        if mistakes:
            checked.rejected[row.line] = mistakes
        else:
            sound.append(row)
    kinds["errors"] = len(checked.rejected) - kinds["duplicates"]
    checked.cells = {line: cells[line] for line in checked.rejected}
    new: set[str] = set()
    for at in range(0, len(sound), PIECE):
        new |= _compare(issuer, achievement, sound[at : at + PIECE], checked, kinds)
    kinds["new"], kinds["renamed"] = len(new), len(checked.renamed)
    kinds["awards"] = len(checked.rows)
    checked.counts = dict(kinds)
    return checked


def _sound(row: Row, choice: Choice, now: datetime) -> tuple[Row, list[Mistake]]:
    """Return a row as it will be recorded, and what keeps it from that."""
    try:
        person = people.normalised(people.Person(row.name, row.email))
    except ValidationError as error:
        shown = {"name": row.name, "email": row.email}
        return row, [
            Mistake(
                row.line, column, "missing" if not shown[column] else f"bad_{column}", shown[column]
            )
            for column in error.message_dict
        ]
    until = row.valid_until or starts_at(choice.until)
    row = replace(row, name=person.name, email=person.email, valid_until=until)
    begins = row.valid_from or starts_at(choice.day) or now
    if until is not None and until <= begins:
        return row, [
            Mistake(row.line, "valid_until", "ends_before_it_begins", until.date().isoformat())
        ]
    return row, []


def _twice(row: Row, line: int) -> Mistake:
    column, reason = (
        ("reference", "reference_twice") if row.reference else ("email", "person_twice")
    )
    return Mistake(row.line, column, reason, f"{getattr(row, column)} → {line}")


def _compare(
    issuer: issuers.Issuer,
    achievement: badges.Achievement,
    rows: Sequence[Row],
    checked: Checked,
    kinds: Counter[str],
) -> set[str]:
    """Compare rows with who is a learner already, and what was issued already; two queries.

    Return the addresses of those who are no learners yet.
    """
    known = learners.known(issuer=issuer, emails=[row.email for row in rows])
    references = {}
    for row in rows:
        learner = known.get(row.email)
        if row.reference:
            references[row.line] = row.reference
        elif learner is not None:
            references[row.line] = importing.derived_reference(
                achievement, learner.uuid, row.valid_from
            )
    issued = set(
        models.Credential.objects.of(issuer)
        .filter(reference__in=list(references.values()))
        .values_list("reference", flat=True)
    )
    new = set()
    for row in rows:
        learner = known.get(row.email)
        if references.get(row.line) in issued:
            kinds["already"] += 1
            continue
        checked.rows.append(row)
        if learner is None:
            new.add(row.email)
        elif learner.name != row.name:
            checked.renamed[row.email] = learner.name
    return new
