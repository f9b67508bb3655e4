"""Files as people hand them over: what is read of each, and why nothing is of others."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.core import days, files, headings, learner_list, separated, sheets, taking
from tests.core.credentials import nasty


def named(content: bytes) -> tuple[str, ...]:
    sheet = files.read(content)
    columns = headings.guess(sheet.headings)
    found = list(taking.take(sheet, columns=columns))
    rows = [each for each in found if isinstance(each, learner_list.Row)]
    assert rows == found
    return tuple(normal(each.name) for each in rows)


def normal(name: str) -> str:
    return name.replace("e\u0301", "é")


def test_there_are_forty_nasty_files_at_least():
    assert len(nasty.READ) + len(nasty.REFUSED) >= 40


@pytest.mark.parametrize("what", nasty.READ)
def test_a_file_is_read(what):
    content, people = nasty.READ[what]

    assert named(content) == people


@pytest.mark.parametrize("what", nasty.REFUSED)
def test_a_file_is_refused_and_the_reason_named(what):
    content, reason = nasty.REFUSED[what]

    with pytest.raises(sheets.UnreadableSheet) as refusal:
        files.read(content)

    assert refusal.value.reason == reason


@settings(max_examples=40)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content):
    for beginning in (b"", b"PK\x03\x04", nasty.PLAIN[:900], b"\xff\xfe"):
        try:
            files.read(beginning + content)
        except sheets.UnreadableSheet:
            continue


@settings(max_examples=40)
@given(st.data())
def test_a_spoiled_workbook_is_read_or_refused(data):
    content = bytearray(nasty.PLAIN)
    for _change in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    try:
        files.read(bytes(content))
    except sheets.UnreadableSheet:
        return


@pytest.mark.parametrize(
    ("what", "encoding", "separator"),
    [
        ("utf-8", "utf-8", ";"), ("cp1252", "cp1252", ";"), ("utf-16 little", "utf-16-le", ";"),
        ("commas", "utf-8", ","), ("tabs", "utf-8", "\t"),
    ],
)  # fmt: skip
def test_encoding_and_separator_are_said(what, encoding, separator):
    sheet = files.read(nasty.READ[what][0])

    assert (sheet.kind, sheet.encoding, sheet.separator) == ("csv", encoding, separator)


def test_lines_keep_the_numbers_that_they_have_in_the_file():
    sheet = files.read(nasty.READ["a title above"][0])
    quoted = files.read(nasty.READ["quoted cells with separators and line ends"][0])

    assert (sheet.heading_line, [line for line, _cells in sheet.rows]) == (3, [4, 5])
    assert [line for line, _cells in quoted.rows] == [2, 4]


def test_columns_without_a_name_have_their_letter_and_those_named_twice_a_number():
    sheet = files.read(b"nom;mail;;nom\nA;a@example.org;x;y\n")

    assert sheet.headings == ("nom", "mail", "C", "nom (2)")
    assert [sheets.letter(at) for at in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_a_sheet_is_chosen_by_its_name():
    content = nasty.book(nasty.ROWS, lambda book: book.create_sheet("B").append(["nom", "mail"]))

    assert files.read(content).names == ("Sheet", "B")
    with pytest.raises(sheets.UnreadableSheet) as refusal:
        files.read(content, sheet="B")
    assert refusal.value.reason == "no_rows"
    with pytest.raises(sheets.UnreadableSheet) as refusal:
        files.read(content, sheet="C")
    assert refusal.value.reason == "no_such_sheet"


def test_formulas_and_macros_are_told_and_neither_runs():
    computed = files.read(nasty.book(nasty.ROWS, nasty.formulas))
    macros = files.read(nasty.READ["a workbook with macros"][0])

    assert computed.notes == ("formulas",)
    # Nobody opened it in a spreadsheet, so it never showed anything.
    assert computed.rows[0][1][2] == ""
    assert macros.notes == ("macros",)


def test_numbers_keep_the_zeros_that_the_sheet_shows():
    sheet = files.read(nasty.READ["numbers as references"][0])

    assert [cells[3] for _line, cells in sheet.rows] == ["42", "0007"]


FIRST_OF_MARCH = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-01", "2026-3-1", "2026/03/01", "01/03/2026", "1/3/2026", "01.03.2026", "01-03-26",
        "1 mars 2026", "1er mars 2026", "dimanche 1 mars 2026", "March 1, 2026", "1st March 2026",
        "Sunday, March 1, 2026", "46082", "01/03/2026 14:30", "01/03/2026 14h30",
        "2026-03-01T14:30:00", "2026-03-01T00:00:00Z", "01 / 03 / 2026",
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(written):
    assert days.read(written) == FIRST_OF_MARCH


@pytest.mark.parametrize(
    "written",
    ["31/02/2026", "2026-13-01", "demain", "1/2", "42", "99999", "01/03/0026", "mars 2026"],
)
def test_what_is_no_day_is_none(written):
    assert days.read(written) is None


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["01/03/2026", "13/03/2026"], "dmy"),
        (["01/03/2026", "03/13/2026"], "mdy"),
        (["01/03/2026", "04/03/2026"], None),
        (["03/03/2026", "2026-03-01", "1 mars 2026", ""], ""),
    ],
)
def test_the_order_of_days_is_told_by_a_column_or_by_nobody(values, order):
    assert days.order_of(values) == order


def test_days_of_a_workbook_are_exact_whatever_they_look_like():
    content = nasty.dated(
        date(2026, 3, 1), datetime(2026, 3, 1, 14, 30),  # noqa: DTZ001 - a spreadsheet has no zones
        "1 mars 2026", "01/03/2026", 46082
    )  # fmt: skip
    sheet = files.read(content)

    found = list(taking.take(sheet, columns=headings.guess(sheet.headings)))

    assert {row.valid_from for row in found} == {FIRST_OF_MARCH}


def test_the_order_that_was_chosen_counts():
    sheet = files.read(nasty.dated("03/01/2026"))

    [row] = taking.take(sheet, columns=headings.guess(sheet.headings), order="mdy")

    assert row.valid_from == FIRST_OF_MARCH


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("=HYPERLINK(1);Léa;lea@example.org;r", "last_name", "a_formula"),
        ("Roy;@SUM(1);lea@example.org;r", "first_name", "a_formula"),
        ("Roy;Léa;+lea@example.org;r", "email", "a_formula"),
        ("#N/A;Léa;lea@example.org;r", "last_name", "error_of_a_formula"),
        ("Roy;Léa;#NOM?;r", "email", "error_of_a_formula"),
        ("Roy;Léa;lea@example.org;1,23E+12", "reference", "rounded"),
        ("Roy;Léa;lea@example.org, zoe@example.org;r", "email", "several_addresses"),
        ("Roy;Léa;lea@example.org;", "reference", "reference_length"),
    ],
)
def test_what_a_spreadsheet_spoiled_is_a_mistake_with_its_place(line, column, reason):
    sheet = files.read(f"{nasty.HEADING}\n{line}\n".encode())

    [mistake] = taking.take(sheet, columns=headings.guess(sheet.headings))

    assert (mistake.line, mistake.column, mistake.reason) == (2, column, reason)
    assert mistake.found in line


def test_each_mistake_of_a_row_is_told_once():
    sheet = files.read(b"nom;mail;date;langue\nA;a@example.org;hier;klingon!\n")

    found = list(taking.take(sheet, columns=headings.guess(sheet.headings)))

    assert [(each.column, each.reason, each.found) for each in found] == [
        ("language", "not_a_language", "klingon!"),
        ("valid_from", "not_a_date", "hier"),
    ]


def test_languages_are_understood_as_they_are_written_out():
    sheet = files.read("nom;mail;langue\nA;a@example.org;Français\nB;b@example.org;en\n".encode())

    found = list(taking.take(sheet, columns=headings.guess(sheet.headings)))

    assert [row.language for row in found] == ["fr", "en"]


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (["Nom", "Prénom", "E-mail"], {"last_name": 0, "first_name": 1, "email": 2}),
        (["Nom", "Courriel"], {"name": 0, "email": 1}),
        (["Nom complet", "Prénom", "Nom", "Mail"], {"first_name": 1, "last_name": 2, "email": 3}),
        (["Full name", "Email address", "Issue date"], {"name": 0, "email": 1, "valid_from": 2}),
        (["Matricule", "Expire le"], {"reference": 0, "valid_until": 1}),
        (["Bonjour", "Note"], {}),
    ],
)
def test_columns_are_guessed_from_their_headings(names, columns):
    assert headings.guess(names) == columns


@given(st.text(max_size=200))
def test_any_text_decodes_to_itself(text):
    if "\x00" in text or text.startswith("\ufeff"):
        return
    content = text.encode("utf-8", "surrogatepass")

    try:
        assert separated.decode(content)[0] == text
    except sheets.UnreadableSheet:
        assert any("\ud800" <= each <= "\udfff" for each in text)
