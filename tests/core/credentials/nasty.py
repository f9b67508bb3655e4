"""Spreadsheets as people hand them over, and as attackers do, each made here by code.

A file comes with what is to become of it: the people that are read from it, or the reason why
nothing is.
"""

# ruff: noqa: E501 - a table with a line for each

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import openpyxl
from openpyxl.styles import Font

HEADING = "Nom;Prénom;Courriel;Référence"
LEA = "Roy;Léa;lea@example.org;r-1"
ZOE = "Ménard;Zoë;zoe@example.org;r-2"
TEXT = f"{HEADING}\r\n{LEA}\r\n{ZOE}\r\n"
BOTH = ("Léa Roy", "Zoë Ménard")
ROWS = [each.split(";") for each in (HEADING, LEA, ZOE)]


def book(rows: list[list[Any]], change: Callable[[Any], None] | None = None) -> bytes:
    made = openpyxl.Workbook()
    sheet: Any = made.active
    for row in rows:
        sheet.append(row)
    if change is not None:
        change(made)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def parts(content: bytes, **changed: bytes | None) -> bytes:
    """Return an archive with other parts; `xl__workbook` names xl/workbook.xml."""
    stream = io.BytesIO()
    names = {name.replace("__", "/") + ".xml": body for name, body in changed.items()}
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", 8) as new:
        for part in old.namelist():
            if part not in names:
                new.writestr(part, old.read(part))
        for name, body in names.items():
            if body is not None:
                new.writestr(name, body)
    return stream.getvalue()


def with_part(content: bytes, name: str, body: bytes) -> bytes:
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream, "a", 8) as made:
        made.writestr(name, body)
    return stream.getvalue()


def with_parts(content: bytes, count: int) -> bytes:
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream, "a") as made:
        for n in range(count):
            made.writestr(f"xl/media/{n}.txt", b"")
    return stream.getvalue()


def archive(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", 8) as made:
        for name in names:
            made.writestr(name, b"<x/>")
    return stream.getvalue()


def declared_encrypted(content: bytes) -> bytes:
    """Set the bit of encryption of the first part, in both places."""
    changed = bytearray(content)
    changed[6] |= 1
    changed[changed.index(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)


def sheet_xml(rows: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def inline(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


PLAIN = book(ROWS)
NAMES = (
    '<row r="1">' + inline("A1", "Nom") + inline("B1", "Courriel") + "</row>"
    '<row r="2">' + inline("A2", "Léa Roy") + inline("B2", "lea@example.org") + "</row>"
)


def _merged(made: Any) -> None:
    sheet = made.active
    sheet.insert_rows(1, 2)
    sheet["A1"] = "Promotion 2026"
    sheet.merge_cells("A1:D1")
    sheet["A1"].font = Font(bold=True)


def _second_sheet(made: Any) -> None:
    made.active.title = "Liste"
    made.create_sheet("Lisez-moi", 0)


def _hidden(made: Any) -> None:
    made.create_sheet("Caché", 0).append(["Nom", "Courriel"])
    made["Caché"].sheet_state = "hidden"


def formulas(made: Any) -> None:
    made.active["C2"] = '=LOWER("LEA@example.org")'


def _numbers(made: Any) -> None:
    made.active["D2"], made.active["D3"] = 42, 7.0
    made.active["D3"].number_format = "0000"


def _far(made: Any) -> None:
    made.active["A1048576"].font = Font(bold=True)


def _entities() -> bytes:
    bomb = (
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
        + "]>"
    )  # fmt: skip
    body = sheet_xml(NAMES.replace("Léa Roy", "&i;")).decode()
    return parts(PLAIN, xl__worksheets__sheet1=(bomb + body).encode())


def _wide(count: int) -> str:
    return (
        ";".join([HEADING, *(f"c{n}" for n in range(count - 4))]) + f"\n{LEA}" + ";x" * (count - 4)
    )


# A name, the bytes, and whom they name; in their order.
READ: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "utf-8": (TEXT.encode(), BOTH),
    "utf-8 with a mark": (TEXT.encode("utf-8-sig"), BOTH),
    "cp1252": (TEXT.encode("cp1252"), BOTH),
    "utf-16 little": (b"\xff\xfe" + TEXT.encode("utf-16-le"), BOTH),
    "utf-16 big": (b"\xfe\xff" + TEXT.encode("utf-16-be"), BOTH),
    "utf-16 without a mark": (TEXT.encode("utf-16-le"), BOTH),
    "utf-16 big without a mark": (TEXT.encode("utf-16-be"), BOTH),
    "commas": (TEXT.replace(";", ",").encode(), BOTH),
    "tabs": (TEXT.replace(";", "\t").encode(), BOTH),
    "bars": (TEXT.replace(";", "|").encode(), BOTH),
    "a spreadsheet says the separator": (b"sep=;\r\n" + TEXT.encode(), BOTH),
    "it says that it is a tab": (b"sep=\t\r\n" + TEXT.replace(";", "\t").encode(), BOTH),
    "commas within cells of semicolons": (
        f"{HEADING}\n{LEA},a,b,c,d\n{ZOE},a,b,c\n".encode(), BOTH,
    ),
    "lines of old Macintoshes": (TEXT.replace("\r\n", "\r").encode(), BOTH),
    "no end of the last line": (TEXT.rstrip().encode(), BOTH),
    "quoted cells with separators and line ends": (
        (HEADING + '\n"Roy";"Léa";"lea@example.org";"a;b\nc"\n' + ZOE).encode(), BOTH,
    ),
    "empty lines between and after": (TEXT.replace("\r\n", "\r\n;;;\r\n\r\n").encode() * 1, BOTH),
    "a title above": (f"Promotion 2026;;;\n;;;\n{TEXT}".encode(), BOTH),
    "empty columns at the end": (TEXT.replace("\r\n", ";;;;\r\n").encode(), BOTH),
    "headings twice": (
        TEXT.replace("Référence", "Référence;Nom").replace("r-1", "r-1;X").encode(), BOTH,
    ),
    "headings in capitals, with spaces": (
        TEXT.replace(HEADING, " NOM ; PRÉNOM ;E-MAIL;  n° Dossier").encode(), BOTH,
    ),
    "headings in English": (
        TEXT.replace(HEADING, "Last Name;First name;E-mail address;Student ID").encode(), BOTH,
    ),
    "accents in two pieces": (TEXT.replace("é", "e\u0301").encode(), BOTH),
    "a name of one column": ("nom;mail\nLéa Roy;lea@example.org\n".encode(), ("Léa Roy",)),
    "100 columns": (_wide(100).encode(), ("Léa Roy",)),
    "20,000 rows": (
        (HEADING + "\n" + "".join(f"N{n};P;e{n}@example.org;{n}\n" for n in range(20_000))).encode(),
        tuple(f"P N{n}" for n in range(20_000)),
    ),
    "a workbook": (PLAIN, BOTH),
    "a workbook that is called csv": (PLAIN, BOTH),
    "merged cells above": (book(ROWS, _merged), BOTH),
    "an empty sheet first": (book(ROWS, _second_sheet), BOTH),
    "a hidden sheet first": (book(ROWS, _hidden), BOTH),
    "numbers as references": (book(ROWS, _numbers), BOTH),
    "a bold cell a million rows below": (book(ROWS, _far), BOTH),
    "a workbook with macros": (with_part(PLAIN, "xl/vbaProject.bin", b"\xd0\xcf"), BOTH),
    "no shared strings": (parts(PLAIN, xl__worksheets__sheet1=sheet_xml(NAMES)), ("Léa Roy",)),
    "a sheet that lies about its size": (
        parts(
            PLAIN,
            xl__worksheets__sheet1=sheet_xml(NAMES).replace(
                b"<sheetData>", b'<dimension ref="A1:A1"/><sheetData>'
            ),
        ),
        ("Léa Roy",),
    ),
}  # fmt: skip

# A name, the bytes, and the reason why nothing is read.
REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "nothing but white space": (b" \r\n\r\n", "empty"),
    "nothing but separators": (b";;;\n;;;\n", "empty"),
    "headings alone": (HEADING.encode(), "no_rows"),
    "an empty workbook": (book([]), "empty"),
    "bytes that are no text": (b"a;b\n\x00\x01\x02;\x00\n", "not_text"),
    "bytes that no encoding has": (b"a;b\n\x81\x8d;\x8f\n", "not_text"),
    "a quotation mark that is not closed": (f'{HEADING}\n"Roy;Léa;lea@example.org;r-1'.encode(), "not_csv"),
    "101 columns": (_wide(101).encode(), "too_many_columns"),
    "1,000 columns": (_wide(1_000).encode(), "too_many_columns"),
    "1,000 columns of a workbook": (book([[f"c{n}" for n in range(1_000)], ["x"]]), "too_many_columns"),
    "50,000 rows": (
        (HEADING + "\n" + "".join(f"N{n};P;e{n}@example.org;{n}\n" for n in range(50_000))).encode(),
        "too_many_rows",
    ),
    "a cell that is a book": (f"{HEADING}\n{LEA}{'x' * 2_001}\n".encode(), "too_long"),
    "more than 10 MB": (b"x" * 10_000_001, "too_large"),
    "an old workbook, or one with a password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old_workbook"),
    "a page that is called xls": (b"<html><table><tr><td>Nom</td></tr></table></html>", "markup"),
    "a workbook of 2003 as XML": (b'<?xml version="1.0"?><Workbook/>', "markup"),
    "a binary workbook": (archive("xl/workbook.bin"), "binary_workbook"),
    "an OpenDocument sheet": (archive("content.xml", "mimetype"), "opendocument"),
    "a text document": (archive("word/document.xml"), "not_a_sheet"),
    "a PDF": (b"%PDF-1.7", "pdf"),
    "a picture": (b"\x89PNG\r\n", "picture"),
    "a packed file": (b"\x1f\x8b\x08", "packed"),
    "half a workbook": (PLAIN[: len(PLAIN) // 2], "damaged"),
    "a workbook without its sheet": (parts(PLAIN, xl__worksheets__sheet1=None), "empty"),
    "a sheet that is no XML": (parts(PLAIN, xl__worksheets__sheet1=b"<worksheet>"), "damaged"),
    "entities in entities": (_entities(), "damaged"),
    "a zip bomb": (parts(PLAIN, xl__sharedStrings=bytes(65_000_000)), "unpacks_too_large"),
    "3,000 parts": (
        with_parts(PLAIN, 3_000), "unpacks_too_large",
    ),
    "an encrypted part": (declared_encrypted(PLAIN), "protected"),
    "a cell in row ten million": (
        parts(PLAIN, xl__worksheets__sheet1=sheet_xml(NAMES + '<row r="10000000">' + inline("A10000000", "x") + "</row>")),
        "damaged",
    ),
}  # fmt: skip

HEADINGS = ("Nom", "Courriel", "Obtenu le")


def dated(*days: str | date | datetime) -> bytes:
    """Return a workbook with a column of days."""
    rows = [[f"N{n}", f"e{n}@example.org", day] for n, day in enumerate(days)]
    return book([list(HEADINGS), *rows])
