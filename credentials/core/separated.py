"""A CSV file as spreadsheets write it: which encoding, which separator, and its cells.

An encoding is not guessed where it says what it is (a byte order mark), nor where only one fits:
bytes that are UTF-8 are hardly ever anything else. What is neither is cp1252, which spreadsheets
on Windows write in French and English.

Source: RFC 4180; The Unicode Standard, section 23.8 (byte order mark).
"""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from credentials.core import sheets
from credentials.core.sheets import Line, Sheet, UnreadableSheet

SEPARATORS = (";", ",", "\t", "|")
# How many lines tell which separator it is.
_LOOKED_AT = 20
# What a spreadsheet takes a cell for a formula by.
_COMPUTED = ("=", "+", "-", "@", "\t", "\r")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def read(content: bytes) -> Sheet:
    """Read a file.

    Args:
        content: at most `sheets.MAX_BYTES` bytes.

    Raises:
        UnreadableSheet: it is no text, no CSV, or not within bounds.

    Source: RFC 4180 section 2.
    """
    text, encoding = decode(content)
    separator, text = _separator(text)
    names, number, rows = sheets.arrange(_lines(text, separator))
    return Sheet(
        kind="csv", headings=names, heading_line=number, rows=rows, encoding=encoding,
        separator=separator,
    )  # fmt: skip


def decode(content: bytes) -> tuple[str, str]:
    """Return the text of a file, and the name of its encoding.

    Raises:
        UnreadableSheet: it is no text.

    Source: The Unicode Standard, section 23.8.
    """
    for encoding, body in _candidates(content):
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, encoding
    raise UnreadableSheet("not_text")


def _candidates(content: bytes) -> Iterator[tuple[str, bytes]]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            yield encoding, content[len(mark) :]
            return
    # Text without a mark that has a zero in every second byte is UTF-16: letters of our languages
    # have none otherwise.
    sample = content[:2_000]
    if len(content) % 2 == 0 and sample.count(0) * 5 > len(sample) * 2:
        yield "utf-16-le" if sample[1::2].count(0) >= sample[::2].count(0) else "utf-16-be", content
    yield "utf-8", content
    yield "cp1252", content


def _separator(text: str) -> tuple[str, str]:
    """Return the separator, and the text without the line by which a spreadsheet says it."""
    first, _end, rest = text.partition("\n")
    said = first.strip().strip('"').lower()
    if said.startswith("sep=") and first.strip().strip('"')[4:] in SEPARATORS:
        # The line counts, so that the others keep their numbers.
        return first.strip().strip('"')[4:], "\n" + rest
    if said == "sep=":  # a tab, which was stripped
        return "\t", "\n" + rest
    return max(SEPARATORS, key=lambda each: _fits(text, each)), text


def _fits(text: str, separator: str) -> tuple[float, int]:
    """Say how well a separator fits: how many lines agree on how many columns, and how many."""
    widths: list[int] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if any(cells):
                widths.append(len(cells))
            if len(widths) == _LOOKED_AT:
                break
    except csv.Error:
        return (0.0, 0)
    if not widths or max(widths) == 1:
        return (0.0, 0)
    usual = max(set(widths), key=lambda width: (widths.count(width), width))
    return (widths.count(usual) / len(widths), usual) if usual > 1 else (0.0, 0)


def _lines(text: str, separator: str) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, tuple(cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableSheet("not_csv", line=str(line)) from error


def separator_for(language: str) -> str:
    """Return what parts cells for a spreadsheet in a language: a French one's decimal sign is ",".

    Args:
        language: its code, such as "fr-ca".
    """
    return ";" if language.startswith("fr") else ","


def write(lines: Iterable[Sequence[str]], *, separator: str) -> str:
    """Return lines as CSV that a spreadsheet opens and computes nothing of.

    Args:
        lines: of cells; one that begins as a formula does gets an apostrophe before it.
        separator: one of SEPARATORS.

    Source: RFC 4180 section 2.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=separator)
    for cells in lines:
        writer.writerow([f"'{cell}" if cell.startswith(_COMPUTED) else cell for cell in cells])
    return stream.getvalue()
