"""A list that somebody hands over, CSV or XLSX, read as a table of texts: bounded, and told apart.

Nothing is computed and nothing is guessed about what a cell means: a number is written as digits, a
day as ISO 8601 writes it, and everything else as it stands. Lines keep the numbers that they have
in the file, so that what is said about one can be found there.

Source: RFC 4180 (CSV); ECMA-376 part 1, section 18 (SpreadsheetML).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from credentials.core import headings

MAX_BYTES = 10_000_000
MAX_ROWS = 20_000
MAX_COLUMNS = 100
MAX_CELL = 2_000
# Titles, a logo and an empty line may stand above the line that names the columns.
MAX_ABOVE = 20

Line = tuple[int, tuple[str, ...]]


class UnreadableSheet(ValueError):  # noqa: N818 - it says what is wrong
    """Nothing can be read from this file.

    Attributes:
        reason: stable code, for translations.
        values: what the words around the reason name.
    """

    def __init__(self, reason: str, **values: str) -> None:
        """Keep the code and the values."""
        super().__init__(reason)
        self.reason, self.values = reason, values


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file says.

    Attributes:
        kind: `csv` or `xlsx`.
        encoding: of a CSV file, as Python names it; empty for a workbook.
        separator: of a CSV file.
        names: of the sheets that one may choose from; empty for a CSV file.
        name: of the one that was read.
        notes: what a reader should know: `formulas`, `macros`.
        headings: what the columns are called, in their order; none is empty.
        heading_line: where they stand, from 1.
        rows: each with its line, from 1, and as many cells as there are headings.
    """

    kind: str
    headings: tuple[str, ...]
    heading_line: int
    rows: tuple[Line, ...]
    encoding: str = ""
    separator: str = ""
    names: tuple[str, ...] = ()
    name: str = ""
    notes: tuple[str, ...] = field(default=())


def arrange(lines: Iterable[Line]) -> tuple[tuple[str, ...], int, tuple[Line, ...]]:
    """Find the line that names the columns, and cut the rows below it to that width.

    Args:
        lines: of the sheet, each with its number; empty ones may be among them.

    Returns:
        The headings, their line, and the rows that hold something.

    Raises:
        UnreadableSheet: there is nothing, too much, or something that is too large.

    Source: RFC 4180 section 2.
    """
    found = _bounded(lines)
    if not found:
        raise UnreadableSheet("empty")
    place = next(
        (at for at, (_number, cells) in enumerate(found[:MAX_ABOVE]) if headings.are_named(cells)),
        0,
    )
    number, names = found[place]
    rows = found[place + 1 :]
    if not rows:
        raise UnreadableSheet("no_rows")
    width = max(len(names), *(len(cells) for _line, cells in rows))
    return (
        _named(names, width),
        number,
        tuple((line, _filled(cells, width)) for line, cells in rows),
    )


def _bounded(lines: Iterable[Line]) -> list[Line]:
    """Return the lines that hold something, without empty cells at their ends.

    Raises:
        UnreadableSheet: there are too many, or one is too wide.
    """
    found: list[Line] = []
    for number, cells in lines:
        width = len(cells)
        while width and not cells[width - 1].strip():
            width -= 1
        if not width:
            continue
        if width > MAX_COLUMNS:
            raise UnreadableSheet("too_many_columns", most=str(MAX_COLUMNS))
        kept = tuple(cells[:width])
        if any(len(cell) > MAX_CELL for cell in kept):
            raise UnreadableSheet("too_long", most=str(MAX_CELL), line=str(number))
        found.append((number, kept))
        if len(found) > MAX_ROWS + MAX_ABOVE:
            raise UnreadableSheet("too_many_rows", most=str(MAX_ROWS))
    return found


def _named(names: tuple[str, ...], width: int) -> tuple[str, ...]:
    """Give each column a name: its letter where it has none, a number where it is not the first."""
    seen: dict[str, int] = {}
    given = []
    for at, name in enumerate(_filled(names, width)):
        said = " ".join(name.split())[:100] or letter(at)
        seen[said] = seen.get(said, 0) + 1
        given.append(said if seen[said] == 1 else f"{said} ({seen[said]})")
    return tuple(given)


def _filled(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in cells) + ("",) * (width - len(cells))


def letter(at: int) -> str:
    """Return what spreadsheets call the column at a place, from 0: A, B, … Z, AA.

    Source: ECMA-376 part 1, section 18.18.7.
    """
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
