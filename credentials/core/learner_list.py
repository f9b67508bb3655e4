"""A list of learners who earned a badge, as CSV: read line by line, each mistake with its place.

The first line names the columns, in any order: `name`, `email` and `reference`, and where they are
wanted `language`, `valid_from`, `valid_until`. Columns are parted by commas, or by semicolons as
spreadsheets in French write them. A date is a day (it begins at midnight UTC) or an instant with
its zone.

Source: RFC 4180; RFC 3339 section 5.6 (dates).
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from badges.core import rules

NEEDED = ("name", "email", "reference")
OPTIONAL = ("language", "valid_from", "valid_until")
# A name, an address and four short texts take far less; more is not a line of a list.
MAX_LINE = 4_000
MAX_REFERENCE = 100
# The largest list that is read: its file takes about 100 MB.
MAX_ROWS = 1_000_000

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,4})?")


class UnreadableList(ValueError):  # noqa: N818 - it says what is wrong
    """Nothing can be read from here on.

    Attributes:
        reason: stable code, for translations.
        line: where, from 1.
        values: what the words around the reason name.
    """

    def __init__(self, reason: str, *, line: int, **values: str) -> None:
        """Keep the code, the line and the values."""
        super().__init__(f"line {line}: {reason}")
        self.reason, self.line, self.values = reason, line, values


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with one value.

    Attributes:
        line: where, from 1; the first line names the columns.
        column: its name.
        reason: stable code, for translations; or words, where another floor found it.
        found: what stands there, where the list is shown again to who gave it.
    """

    line: int
    column: str
    reason: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list; `line` is where it begins, from 1."""

    line: int
    name: str
    email: str
    reference: str
    language: str
    valid_from: datetime | None
    valid_until: datetime | None


def read(lines: Iterable[str]) -> Iterator[Row | Mistake]:
    """Read a list; a row with several mistakes brings each.

    Args:
        lines: of the file, each with its end.

    Raises:
        UnreadableList: it has no columns by these names, more than MAX_ROWS rows, or is no CSV.

    Source: RFC 4180 section 2.
    """
    bounded = _bounded(lines)
    heading = next(bounded, "").lstrip("\ufeff")
    separator = ";" if ";" in heading else ","
    names = [name.strip().lower() for name in next(csv.reader([heading], delimiter=separator), [])]
    _require_columns(names)
    reader = csv.reader(bounded, delimiter=separator, strict=True)
    count, start = 0, 2
    try:
        for fields in reader:
            line, start = start, reader.line_num + 2
            if not any(fields):
                continue
            count += 1
            if count > MAX_ROWS:
                raise UnreadableList("too_many", line=line, most=str(MAX_ROWS))
            if len(fields) != len(names):
                raise UnreadableList(
                    "other_columns", line=line, found=str(len(fields)), wanted=str(len(names))
                )
            yield from understand(line, dict(zip(names, fields, strict=True)))
    except csv.Error as error:
        raise UnreadableList("not_csv", line=start) from error


def _bounded(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if len(line) > MAX_LINE:
            raise UnreadableList("too_long", line=number, most=str(MAX_LINE))
        if "\x00" in line:
            raise UnreadableList("not_csv", line=number)
        yield line


def _require_columns(names: Sequence[str]) -> None:
    missing = [name for name in NEEDED if name not in names]
    unknown = [name for name in names if name not in NEEDED + OPTIONAL]
    if missing:
        raise UnreadableList("no_column", line=1, column=missing[0])
    if unknown:
        known = ", ".join(NEEDED + OPTIONAL)
        raise UnreadableList("unknown_column", line=1, column=unknown[0][:60], known=known)
    if len(set(names)) != len(names):
        raise UnreadableList("column_twice", line=1)


def understand(
    line: int, values: Mapping[str, str], *, needs_reference: bool = True
) -> Iterator[Row | Mistake]:
    """Return the row that a line is; or its mistakes, each.

    Args:
        line: where it stands, from 1.
        values: of its columns, by their names.
        needs_reference: whether each has to bring one; otherwise it may be empty.

    Source: RFC 3339 section 5.6 (dates).
    """
    mistakes = []
    reference, language = values.get("reference", "").strip(), values.get("language", "").strip()
    if not int(needs_reference) <= len(reference) <= MAX_REFERENCE:
        mistakes.append(Mistake(line, "reference", "reference_length"))
    if language and not _LANGUAGE.fullmatch(language):
        mistakes.append(Mistake(line, "language", "not_a_language"))
    instants: dict[str, datetime | None] = {}
    for column in ("valid_from", "valid_until"):
        written = values.get(column, "").strip()
        instants[column] = _instant(written)
        if written and instants[column] is None:
            mistakes.append(Mistake(line, column, "not_a_date"))
    start, end = instants["valid_from"], instants["valid_until"]
    if start is not None and end is not None and end <= start:
        mistakes.append(Mistake(line, "valid_until", "ends_before_it_begins"))
    yield from mistakes
    if not mistakes:
        yield Row(line, values["name"], values["email"], reference, language, start, end)


@lru_cache(maxsize=1024)  # a list has few days
def _instant(written: str) -> datetime | None:
    if not written:
        return None
    if _DAY.fullmatch(written):
        try:
            return datetime.fromisoformat(written).replace(tzinfo=UTC)
        except ValueError:
            return None
    return rules.read_timestamp(written)
