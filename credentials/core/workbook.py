"""A workbook (XLSX) as a table of texts: values as they were saved, nothing computed, nothing run.

A workbook is a ZIP archive of XML. Before anything is unpacked, the archive says how large its
parts become; Python's zipfile unpacks no more of a part than that, whatever it holds.

Source: ISO/IEC 29500 (ECMA-376) part 1, section 18 (SpreadsheetML); part 2 (packages).
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import openpyxl

from credentials.core import sheets
from credentials.core.sheets import Line, Sheet, UnreadableSheet

MAX_PARTS = 2_000
# What XML a workbook may hold, unpacked: 20,000 rows of twenty columns take about 30 MB.
MAX_UNPACKED = 64_000_000
MAX_SHEETS = 50
# Lines that a sheet can have at all, and cells that are looked at, empty ones counted.
MAX_LINES = 1_048_576
MAX_CELLS = 4_000_000
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_ZEROS = re.compile(r"0{2,20}")
_PIECE = 1_000_000
# What zipfile raises for an archive that is none, or not whole.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError,
    ValueError,
)  # fmt: skip
# Above, a number of a spreadsheet has lost digits.
_EXACT = 1e15


def read(content: bytes, *, sheet: str = "") -> Sheet:
    """Read one sheet of a workbook.

    Args:
        content: at most `sheets.MAX_BYTES` bytes, a ZIP archive.
        sheet: its name; empty: the first that holds something.

    Raises:
        UnreadableSheet: it is no workbook, is protected, or is not within bounds.

    Source: ECMA-376 part 1, section 18.2.
    """
    notes = _require_workbook(content)
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=True, keep_links=False
        )
    except Exception as error:  # openpyxl raises whatever it stumbles on in a damaged file
        raise UnreadableSheet("damaged") from error
    try:
        shown = [each for each in book.worksheets if each.sheet_state == "visible"][:MAX_SHEETS]
        names = tuple(each.title for each in shown)
        if sheet and sheet not in names:
            raise UnreadableSheet("no_such_sheet")
        for each in shown:
            if sheet and each.title != sheet:
                continue
            try:
                headings, number, rows = sheets.arrange(_lines(each))
            except UnreadableSheet as refusal:
                if refusal.reason == "empty" and not sheet:
                    continue
                raise
            return Sheet(
                kind="xlsx", headings=headings, heading_line=number, rows=rows, names=names,
                name=each.title, notes=notes,
            )  # fmt: skip
    finally:
        book.close()
    raise UnreadableSheet("empty")


def _require_workbook(content: bytes) -> tuple[str, ...]:
    """Look at the archive without unpacking it; return what a reader should know.

    Raises:
        UnreadableSheet: it is another kind of file, or becomes too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            refusal = _refusal(parts)
            formulas = refusal is None and any(_has_formulas(archive, each) for each in parts)
    except _DAMAGED as error:
        raise UnreadableSheet("damaged") from error
    if refusal is not None:
        raise UnreadableSheet(refusal, most=str(MAX_UNPACKED // 1_000_000))
    notes = ["formulas"] if formulas else []
    if any(part.filename == "xl/vbaProject.bin" for part in parts):
        notes.append("macros")
    return tuple(notes)


def _refusal(parts: list[zipfile.ZipInfo]) -> str | None:
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        return _other_kind(names)
    unpacked = sum(
        part.file_size for part in parts if part.filename.lower().endswith((".xml", ".rels"))
    )
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED:
        return "unpacks_too_large"
    return "protected" if any(part.flag_bits & 1 for part in parts) else None


def _other_kind(names: set[str]) -> str:
    if "xl/workbook.bin" in names:
        return "binary_workbook"
    if "content.xml" in names:
        return "opendocument"
    return "not_a_sheet"


def _has_formulas(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    if not part.filename.startswith("xl/worksheets/sheet"):
        return False
    with archive.open(part) as stream:
        before = b""
        while piece := stream.read(_PIECE):
            if _FORMULA.search(before + piece):
                return True
            before = piece[-16:]
    return False


def _lines(sheet: Any) -> Iterator[Line]:
    """Yield the lines of a sheet that may hold something, in bounds that it cannot widen."""
    sheet.reset_dimensions()  # what it says of its own size may be wrong
    lines = enumerate(sheet.iter_rows(), start=1)
    budget, before = MAX_CELLS, None
    while True:
        try:
            number, cells = next(lines)
        except StopIteration:
            return
        except Exception as error:  # as above: whatever a damaged file makes it stumble on
            raise UnreadableSheet("damaged") from error
        if number > MAX_LINES:
            raise UnreadableSheet("damaged")
        if cells is before:  # one of the empty lines before one that is far below
            continue
        before, budget = cells, budget - len(cells)
        if budget < 0:
            raise UnreadableSheet("too_many_columns", most=str(sheets.MAX_COLUMNS))
        yield number, tuple(map(_text, cells))


def _text(cell: Any) -> str:
    """Return what a cell shows, as far as it matters."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return (value.date() if value.time() == time() else value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return _number(value, cell.number_format or "")
    return str(value)


def _number(value: float, shown: str) -> str:
    whole = int(value) if abs(value) < _EXACT else value
    value = whole if whole == value else value
    # A format of zeros alone is how a spreadsheet keeps those that a number begins with.
    return str(value).zfill(len(shown)) if _ZEROS.fullmatch(shown) else str(value)
