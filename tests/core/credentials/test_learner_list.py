"""A list of learners: what is read, and each mistake with its place."""

import contextlib
import csv
import io
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.core import learner_list
from credentials.core.learner_list import Mistake, Row, UnreadableList

HEADING = "name,email,reference,language,valid_from,valid_until\n"


def read(text: str) -> list[Row | Mistake]:
    return list(learner_list.read(io.StringIO(text, newline="")))


def test_a_line_is_a_row_with_its_place():
    rows = read(
        HEADING + '"Roy, Léa",lea@example.org,r-1,fr,2026-03-02,2027-03-02T10:00:00+02:00\n'
    )

    assert rows == [
        Row(
            2, "Roy, Léa", "lea@example.org", "r-1", "fr", datetime(2026, 3, 2, tzinfo=UTC),
            datetime(2027, 3, 2, 10, tzinfo=timezone(timedelta(hours=2))),
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffname;email;reference\r\nLéa Roy;lea@example.org;r-1\r\n",
        " Reference , NAME ,email\nr-1,Léa Roy,lea@example.org",
        "name,email,reference\n\n,,\nLéa Roy,lea@example.org, r-1 \n",
    ],
)
def test_spreadsheets_write_it_in_their_way(text):
    [row] = read(text)

    assert isinstance(row, Row)
    assert (row.name, row.email, row.reference) == ("Léa Roy", "lea@example.org", "r-1")
    assert (row.language, row.valid_from, row.valid_until) == ("", None, None)


def test_a_text_over_several_lines_does_not_shift_the_places():
    rows = read('name,email,reference\n"Léa\nRoy",a@example.org,1\nJean,b@example.org,2\n')

    assert [row.line for row in rows] == [2, 4]


@pytest.mark.parametrize(
    ("values", "column", "reason"),
    [
        ("Léa,a@b.org,,fr,,", "reference", "reference_length"),
        ("Léa,a@b.org," + "x" * 101 + ",fr,,", "reference", "reference_length"),
        ("Léa,a@b.org,1,français,,", "language", "not_a_language"),
        ("Léa,a@b.org,1,fr,02/03/2026,", "valid_from", "not_a_date"),
        ("Léa,a@b.org,1,fr,2026-02-30,", "valid_from", "not_a_date"),
        ("Léa,a@b.org,1,fr,,2026-03-02T10:00:00", "valid_until", "not_a_date"),
        ("Léa,a@b.org,1,fr,2026-03-02,2026-03-02", "valid_until", "ends_before_it_begins"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_column(values, column, reason):
    found = read(HEADING + "Jean,b@example.org,2,fr,,\n" + values + "\n")

    assert found[1:] == [Mistake(3, column, reason)]


def test_every_mistake_of_a_line_is_told():
    found = read(HEADING + "Léa,a@b.org,,français,hier,demain\n")

    assert [each.column for each in found if isinstance(each, Mistake)] == [
        "reference", "language", "valid_from", "valid_until",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        ("", "no_column", 1),
        ("name,email\n", "no_column", 1),
        ("name,email,reference,grade\n", "unknown_column", 1),
        ("name,email,reference,name\n", "column_twice", 1),
        ("name,email,reference\nLéa,a@b.org\n", "other_columns", 2),
        ("name,email,reference\nLéa,a@b.org,1\nLéa,a@b.org,2,3\n", "other_columns", 3),
        ('name,email,reference\nLéa,a@b.org,1\nJean,"b@b.org,2\n', "not_csv", 3),
        ("name,email,reference\nLéa,a@b.org,1\x00\n", "not_csv", 2),
        ("name,email,reference\n" + "x" * 5000 + "\n", "too_long", 2),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text, reason, line):
    with pytest.raises(UnreadableList) as refusal:
        read(text)

    assert (refusal.value.reason, refusal.value.line) == (reason, line)


def test_a_list_has_an_end(monkeypatch):
    monkeypatch.setattr(learner_list, "MAX_ROWS", 2)
    lines = "".join(f"Léa,a{number}@b.org,{number}\n" for number in range(3))

    with pytest.raises(UnreadableList, match="too_many"):
        read("name,email,reference\n" + lines)


def test_a_list_is_read_as_it_comes():
    def lines():
        yield "name,email,reference\n"
        for number in range(10):
            yield f"Léa,a{number}@b.org,{number}\n"
        raise AssertionError("nobody asked for this line yet")

    found = learner_list.read(lines())

    assert [next(found).line for _number in range(9)] == list(range(2, 11))


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\x00"),
                max_size=30)  # fmt: skip


@given(st.lists(st.tuples(texts, texts, texts), max_size=5), st.sampled_from([",", ";"]))
def test_whatever_a_spreadsheet_holds_comes_back_or_is_a_mistake(values, separator):
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=separator)
    writer.writerow(["name", "email", "reference"])
    writer.writerows(values)

    found = read(stream.getvalue())

    sound = [each for each in values if any(each) and 1 <= len(each[2].strip()) <= 100]
    rows = [each for each in found if isinstance(each, Row)]
    assert [(row.name, row.email, row.reference) for row in rows] == [
        (name, email, reference.strip()) for name, email, reference in sound
    ]


@given(st.text(max_size=200))
def test_no_text_makes_the_reader_stumble(text):
    found: list[Row | Mistake] = []
    with contextlib.suppress(UnreadableList):
        found = read("name,email,reference\n" + text)

    assert all(each.line >= 2 for each in found)
