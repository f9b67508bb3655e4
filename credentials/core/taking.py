"""Take the rows of a list from a table, as it was said which column holds what.

A cell that a spreadsheet spoiled is a mistake, not a value: an error (`#N/A`), a formula that was
kept as text, a long number that was rounded to fit its column.

Source: RFC 4180 (tables of texts); learner_list, which says what a row is.
"""

import re
from collections.abc import Iterator, Mapping

from credentials.core import days, headings, learner_list
from credentials.core.learner_list import Mistake, Row
from credentials.core.sheets import Sheet

_ERRORS = re.compile(
    r"#(N/A|NA|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|NOM\s?\?|VALEUR\s?!|N/D)", re.IGNORECASE
)
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+\d{1,3}", re.IGNORECASE)
# What no name and no address begins with, and a spreadsheet computes.
_FORMULA = ("=", "@", "+", "-")
_MANY = re.compile(r"[;,\s]\S+@")


def take(
    sheet: Sheet, *, columns: Mapping[str, int], order: str = days.DAY_FIRST
) -> Iterator[Row | Mistake]:
    """Take each row, or every mistake of it.

    Args:
        sheet: the table.
        columns: by name of a field (`headings.FIELDS`), the place of its column, from 0.
        order: of day and month where both are numbers.

    Returns:
        Rows in the form that `learner_list.read` gives them; where no column holds a reference,
        theirs is empty.

    Source: the module.
    """
    for line, cells in sheet.rows:
        values = {field: cells[at] for field, at in columns.items()}
        mistakes = list(_spoiled(line, values))
        spoiled = {each.column for each in mistakes}
        for column in ("valid_from", "valid_until"):
            written = values.get(column, "")
            if written and column not in spoiled:
                instant = days.read(written, order=order)
                values[column] = instant.isoformat(timespec="seconds") if instant else "?"
        if "name" not in values:
            parts = (values.get("first_name", ""), values.get("last_name", ""))
            values["name"] = " ".join(part for part in parts if part)
        if values.get("language"):
            values["language"] = headings.language(values["language"])
        for found in learner_list.understand(line, values, needs_reference="reference" in columns):
            if isinstance(found, Row):
                if not mistakes:
                    yield found
            elif found.column not in spoiled:
                at = columns.get(found.column)
                shown = cells[at] if at is not None else ""
                mistakes.append(Mistake(line, found.column, found.reason, shown))
        yield from mistakes


def _spoiled(line: int, values: Mapping[str, str]) -> Iterator[Mistake]:
    for field, value in values.items():
        if not value:
            continue
        if _ERRORS.match(value):
            yield Mistake(line, field, "error_of_a_formula", value)
        elif field in {"name", "first_name", "last_name", "email"} and value.startswith(_FORMULA):
            yield Mistake(line, field, "a_formula", value)
        elif field == "reference" and _ROUNDED.fullmatch(value):
            yield Mistake(line, field, "rounded", value)
        elif field == "email" and _MANY.search(value):
            yield Mistake(line, field, "several_addresses", value)
