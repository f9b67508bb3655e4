"""Rows of an archive, on their way into a table: read, numbered anew, and held against their form.

Keys of rows are this installation's own, so each is exchanged; uuids, tokens, addresses and
everything that was signed stay as they are. A row can only point to rows of the same archive.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from django.core.exceptions import ValidationError
from django.db import DatabaseError, DataError, IntegrityError

from credentials.core.archive import values
from credentials.core.archive.values import Kind
from credentials.services.leaving.reading import ArchiveRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from credentials.selectors import leaving

# SQLSTATE of a unique index that would not be one any more.
TAKEN = "23505"


class Numbers:
    """Old keys and new ones, 16 bytes a row: the rows of an archive come in the order of theirs."""

    def __init__(self) -> None:
        self._old, self._new = array("q"), array("q")

    def add(self, old: int, new: int) -> None:
        """Note what an old key became."""
        self._old.append(old)
        self._new.append(new)

    def find(self, old: int) -> int | None:
        """Return what an old key became; None of a row that is not in the archive."""
        place = bisect_left(self._old, old)
        if place == len(self._old) or self._old[place] != old:
            return None
        return self._new[place]


class Line:
    """One row as it was read, with the place that refusals name."""

    def __init__(self, table: leaving.Table, number: int, row: dict[str, Any]) -> None:
        self.table, self.number, self.row = table, number, row
        unknown = row.keys() - {each.name for each in table.columns}
        if unknown:
            self.refuse(f"{min(unknown)[:60]!r} is no column of it here")

    def value(self, column: leaving.Column) -> Any:
        """Return the value of a column."""
        try:
            found = values.decode(column.kind, self.row[column.name])
        except values.ValueRefused as error:
            self.refuse(f"{column.name}: {error}")
        if found is None and not column.nullable and column.kind is not Kind.JSON:
            self.refuse(f"{column.name} must have a value")
        return found

    def has(self, column: leaving.Column) -> bool:
        """Say whether there is such a column; an older version may not have had it yet."""
        if column.name in self.row:
            return True
        field = self.table.model._meta.get_field(column.name)  # noqa: SLF001 - public by custom
        if not (field.has_default() or column.nullable or field.blank):
            self.refuse(f"{column.name} is missing")
        return False

    def refuse(self, problem: str) -> NoReturn:
        """Refuse the archive for what is wrong with this row."""
        raise ArchiveRefused(f"{self.table.member}, line {self.number}: {problem}.")


def require_form(line: Line, instance: Any, *, apart: Iterable[str] = ()) -> None:
    """Hold a row against the form of its columns: lengths, choices, addresses.

    Relations are held against the archive, and bytes by whoever opens them.
    """
    unheld = {
        each.name
        for each in line.table.columns
        if each.target or each.kind is Kind.BYTES or each.name in apart
    }
    try:
        instance.clean_fields(exclude=unheld)
    except ValidationError as error:
        fields = ", ".join(sorted(error.message_dict))
        line.refuse(f"what it says is not in the form of {fields}")


def insert(table: leaving.Table, issuer: Any, rows: list[Any]) -> None:
    """Insert rows of one table, which get their keys.

    Raises:
        ArchiveRefused: a name that only one row may have is taken here, or a rule is broken.
    """
    with refusing(table.member):
        try:
            table.model.objects.of(issuer).bulk_create(rows, batch_size=500)
        except IntegrityError as error:
            raise ArchiveRefused(_conflict(table, error)) from error


@contextmanager
def refusing(where: str) -> Iterator[None]:
    """Say in words what the database would not take; never a value: it may be about a person."""
    try:
        yield
    except IntegrityError as error:
        raise ArchiveRefused(f"{where} breaks the rule {_rule(error)}.") from error
    except DataError as error:
        state = getattr(getattr(error.__cause__, "diag", None), "sqlstate", None) or "22000"
        raise ArchiveRefused(
            f"{where}: a value does not fit into its column (SQLSTATE {state})."
        ) from error


def _conflict(table: leaving.Table, error: IntegrityError) -> str:
    """Say in words what stood in the way, and never a value: it may be about a person."""
    rule = _rule(error)
    if getattr(getattr(error.__cause__, "diag", None), "sqlstate", "") != TAKEN:
        return f"{table.label}: its rows break the rule {rule}."
    meta = table.model._meta  # noqa: SLF001 - public by custom
    # PostgreSQL tells the columns to those alone who may read the row.
    names = [
        *(
            field.name
            for field in meta.fields
            if rule.startswith(f"{meta.db_table}_{field.column}")
        ),
        *(name for each in meta.constraints if each.name == rule for name in each.fields),
    ]
    return (
        f"{table.label}: {', '.join(names) or rule} is taken here. Nothing was taken in; the row "
        "that has it came by another way than this archive."
    )


def _rule(error: DatabaseError) -> str:
    diagnosis = getattr(error.__cause__, "diag", None)
    names = (getattr(diagnosis, each, None) for each in ("constraint_name", "column_name"))
    return str(next(filter(None, names), "of the database"))
