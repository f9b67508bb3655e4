"""Entries of the audit trail as people read them, and as a table that a spreadsheet opens."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from issuers.serializers.columns import column_name
from issuers.trail import kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from issuers.models import TrailEntry

COLUMNS = (
    "number", "at", "user", "name", "door", "role", "subject", "act", "rows", "before", "after",
    "noted",
)  # fmt: skip
# What a spreadsheet may take for a formula, in the first place of a cell.
# Source: OWASP, CSV Injection.
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
# Keys of rows that a line of a page shows; the export has them all.
SHOWN_ROWS = 5
PERSON = "issuers.user"


@dataclass(frozen=True, slots=True)
class Value:
    """What was in a column: words, or an instant; and which row it leads to, if it is its key.

    Attributes:
        text: What is shown of it.
        subject: The kind of row that it leads to.
        row: The key of that row.
        is_named: The words are what the row is called.
        instant: When.
    """

    text: str
    subject: str = ""
    row: int | None = None
    is_named: bool = False
    instant: datetime | None = None


NOTHING = Value("\N{EN DASH}")


@dataclass(frozen=True, slots=True)
class Change:
    """One column: what it is called, before and after; None where the row was not there."""

    name: str
    before: Value | None
    after: Value | None


@dataclass(frozen=True, slots=True)
class Line:
    """One entry, for a reader.

    Attributes:
        number: Its number.
        at: When.
        user_id: The person; None where a program acted.
        who: What they are called.
        door: By which way.
        role: The role of the database.
        what: The kind of row.
        subject: The same, as it is searched for.
        act: What happened, as it is stored.
        act_name: The same in words.
        rows: The first rows: their keys, and what they are called.
        count: How many rows.
        changes: What changed, with its values.
        noted: What else changed.
    """

    number: int
    at: datetime
    user_id: int | None
    who: str
    door: str
    role: str
    what: str
    subject: str
    act: str
    act_name: str
    rows: Sequence[Value]
    count: int
    changes: Sequence[Change]
    noted: Sequence[str]


@dataclass(frozen=True, slots=True)
class Names:
    """What is called how, as far as it is there and the reader may know.

    Attributes:
        people: By their numbers.
        rows: By their kind and number.
    """

    people: Mapping[int, str]
    rows: Mapping[tuple[str, int], str]


def lines(entries: Iterable[TrailEntry], *, names: Names) -> list[Line]:
    """Return entries as people read them, in the reader's language."""
    return [_line(entry, names) for entry in entries]


def subjects() -> list[tuple[str, str]]:
    """Return every kind of row that the trail keeps, with its name, by name."""
    found = [(each.subject, subject_name(each.subject)) for each in kept.tables()]
    return sorted(found, key=itemgetter(1))


def subject_name(subject: str) -> str:
    """Return what a kind of row is called."""
    try:
        return capfirst(str(apps.get_model(subject)._meta.verbose_name))  # noqa: SLF001 - its name
    except (LookupError, ValueError):
        return subject


def people_of(entries: Iterable[TrailEntry]) -> set[int]:
    """Return the numbers of all people that entries speak of."""
    found: set[int] = set()
    for entry in entries:
        if entry.user_id is not None:
            found.add(entry.user_id)
        for values in (entry.before, entry.after):
            for name, value in (values or {}).items():
                if isinstance(value, int) and _leads_to(entry.subject, name) == PERSON:
                    found.add(value)
    return found


def rows_of(entries: Iterable[TrailEntry]) -> dict[str, set[int]]:
    """Return the keys of all rows that entries show, by their kind; people are not among them."""
    found: dict[str, set[int]] = {}
    for entry in entries:
        found.setdefault(entry.subject, set()).update(entry.rows[:SHOWN_ROWS])
        for values in (entry.before, entry.after):
            for name, value in (values or {}).items():
                subject = _leads_to(entry.subject, name)
                if subject and isinstance(value, int) and subject != PERSON:
                    found.setdefault(subject, set()).add(value)
    return found


def table(entries: Iterable[TrailEntry], *, names: Mapping[int, str]) -> Iterator[str]:
    """Return entries as lines of CSV, the head first; one line in memory at a time."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for entry in entries:
        yield _taken(buffer)
        writer.writerow([_cell(value) for value in _values(entry, names)])
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _values(entry: TrailEntry, names: Mapping[int, str]) -> list[str]:
    return [
        str(entry.pk),
        entry.at.astimezone(UTC).isoformat(),
        "" if entry.user_id is None else str(entry.user_id),
        names.get(entry.user_id or 0, ""),
        entry.door,
        entry.role,
        entry.subject,
        entry.act,
        " ".join(str(row) for row in entry.rows),
        _json(entry.before),
        _json(entry.after),
        " ".join(entry.noted),
    ]


def _json(values: Mapping[str, Any] | None) -> str:
    return "" if values is None else json.dumps(values, ensure_ascii=False, sort_keys=True)


def _cell(text: str) -> str:
    """Keep a spreadsheet from running what somebody wrote."""
    return f"'{text}" if text.startswith(FORMULAS) else text


def _line(entry: TrailEntry, names: Names) -> Line:
    before, after = entry.before or {}, entry.after or {}
    changes = [
        Change(
            _field_name(entry.subject, name),
            _shown(entry.subject, name, before[name], names) if name in before else None,
            _shown(entry.subject, name, after[name], names) if name in after else None,
        )
        for name in dict.fromkeys([*before, *after])
    ]
    if entry.before is None or entry.after is None:
        # Of a row that came or went, what it did not say is no news.
        changes = [each for each in changes if NOTHING not in (each.before, each.after)]
    return Line(
        number=entry.pk,
        at=entry.at,
        user_id=entry.user_id,
        who="" if entry.user_id is None else _person(entry.user_id, names).text,
        door=entry.door,
        role=entry.role,
        what=subject_name(entry.subject),
        subject=entry.subject,
        act=entry.act,
        act_name=str(entry.get_act_display()),
        rows=[_row(entry.subject, row, names, entry) for row in entry.rows[:SHOWN_ROWS]],
        count=len(entry.rows),
        changes=changes,
        noted=[_field_name(entry.subject, name) for name in entry.noted],
    )


def _field(subject: str, column: str) -> Any:
    try:
        model = apps.get_model(subject)
    except (LookupError, ValueError):
        return None
    for name in (column, column.removesuffix("_id")):
        try:
            return model._meta.get_field(name)  # noqa: SLF001 - what it is called
        except FieldDoesNotExist:
            continue
    return None


def _field_name(subject: str, column: str) -> str:
    field = _field(subject, column)
    return column_name(field) if field is not None else column


def _leads_to(subject: str, column: str) -> str:
    """Return the kind of row to which a column leads; empty if it is no key."""
    related = getattr(_field(subject, column), "related_model", None)
    return "" if related is None else str(related._meta.label_lower)  # noqa: SLF001 - its name


def _person(number: int, names: Names) -> Value:
    return Value(names.people.get(number, f"#{number}"))


def _row(subject: str, number: int, names: Names, said: TrailEntry | None = None) -> Value:
    """Return a row by what it is called, or was by what the entry itself says of it."""
    called = names.rows.get((subject, number), "")
    if not called and said is not None and len(said.rows) == 1:
        called = _called_then(said, names)
    return Value(called or f"#{number}", subject, number, is_named=bool(called))


def _called_then(entry: TrailEntry, names: Names) -> str:
    """Return what a row was called when it went, if the trail keeps that."""
    try:
        by = kept.called_by(apps.get_model(entry.subject))
    except (LookupError, ValueError):
        return ""
    values = (entry.before or {}) | (entry.after or {})
    if isinstance(values.get(f"{by}_id"), int) and _leads_to(entry.subject, by) == PERSON:
        return names.people.get(values[f"{by}_id"], "")
    return str(values.get(by) or "")


def _shown(subject: str, column: str, value: Any, names: Names) -> Value:
    """Return a value for a reader: a choice by its name, an instant as one, a person by name."""
    if value is None or value == "":
        return NOTHING
    led_to = _leads_to(subject, column)
    if led_to and isinstance(value, int):
        return _person(value, names) if led_to == PERSON else _row(led_to, value, names)
    return Value(_words(_field(subject, column), value), instant=_instant(value))


def _words(field: Any, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return str(dict(getattr(field, "flatchoices", None) or ()).get(value, value))


def _instant(text: Any) -> datetime | None:
    if not isinstance(text, str):
        return None
    if not (len(text) >= len("2026-03-02T09:00:00") and text[4:5] == text[7:8] == "-"):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
