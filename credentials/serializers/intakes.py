"""What is said of lists: why a file is not read, what is wrong with a row, what counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from credentials.core.learner_list import Mistake
from credentials.core.sheets import Sheet, UnreadableSheet

# What a column may be said to hold, in the order in which they are offered.
FIELD_NAMES = {
    "email": gettext_lazy("E-mail address"),
    "name": gettext_lazy("First and last name"),
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "reference": gettext_lazy("Your reference"),
    "valid_from": gettext_lazy("Earned on"),
    "valid_until": gettext_lazy("Valid until"),
    "language": gettext_lazy("Language of the learner"),
}
ENCODINGS = {"cp1252": "Windows-1252", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}


@dataclass(frozen=True, slots=True)
class ShownMistake:
    """One mistake, for people: where, what stands there, what was expected, what to do."""

    line: int
    column: str
    found: str
    expected: str
    remedy: str


def unreadable_words(error: UnreadableSheet) -> str:
    """Say why nothing is read from a file, and what to do."""
    as_xlsx = _("Open it in a spreadsheet and save it as XLSX or CSV.")
    words = {
        "empty": _("There is nothing in this file."),
        "no_rows": _("There are headings and no row below them."),
        "too_large": _("This file is larger than %(most)s MB: divide the list."),
        "too_many_rows": _("There are more than %(most)s rows: divide the list."),
        "too_many_columns": _(
            "There are more than %(most)s columns: keep those that are about these badges."
        ),
        "too_long": _("A cell in row %(line)s holds more than %(most)s characters."),
        "not_csv": _("Row %(line)s cannot be read: a quotation mark is not closed."),
        "not_text": _("This is neither CSV nor XLSX.") + " " + as_xlsx,
        "damaged": _("This workbook is damaged.") + " " + as_xlsx,
        "protected": _("This workbook is encrypted: save it without a password."),
        "unpacks_too_large": _("This workbook becomes too large when it is unpacked.")
        + " "
        + _("Copy the cells that you need into a new one."),
        "no_such_sheet": _("There is no such sheet any more."),
        "old_workbook": _(
            "This is an older workbook (XLS), or one with a password: save it as XLSX without one."
        ),
        "binary_workbook": _("This is a binary workbook (XLSB).") + " " + as_xlsx,
        "opendocument": _("This is an OpenDocument sheet (ODS).") + " " + as_xlsx,
        "not_a_sheet": _("This file is no spreadsheet.") + " " + as_xlsx,
        "markup": _("This is a web page or XML that is called a spreadsheet.") + " " + as_xlsx,
        "pdf": _("This is a PDF: give the spreadsheet that it was made from."),
        "picture": _("This is a picture: give the spreadsheet that it shows."),
        "packed": _("This is a packed file: unpack it and give the list in it."),
    }
    return words[error.reason] % error.values


def how_it_was_read(sheet: Sheet) -> list[str]:
    """Say how a file was understood, a sentence each."""
    if sheet.kind == "xlsx":
        said = [_("Read as an Excel workbook, sheet “%(name)s”.") % {"name": sheet.name}]
    else:
        names = {";": _("semicolons"), ",": _("commas"), "\t": _("tabs"), "|": _("bars")}
        encoding = ENCODINGS.get(sheet.encoding, sheet.encoding.upper())
        said = [
            _("Read as CSV in %(encoding)s, its columns parted by %(separator)s.")
            % {"encoding": encoding, "separator": names[sheet.separator]}
        ]
    if "formulas" in sheet.notes:
        said.append(_("Some cells are formulas: what they showed when it was saved counts."))
    if "macros" in sheet.notes:
        said.append(_("It has macros: they are not run."))
    rows = len(sheet.rows)
    found = ngettext(
        "%(rows)d row, below the headings in row %(line)d.",
        "%(rows)d rows, below the headings in row %(line)d.",
        rows,
    )
    return [*said, found % {"rows": rows, "line": sheet.heading_line}]


def shown_mistakes(
    mistakes: Sequence[Mistake], *, headings: Sequence[str], columns: Mapping[str, int]
) -> list[ShownMistake]:
    """Return mistakes for people, each column by the heading that it has in their list."""
    shown = []
    for each in mistakes:
        at = columns.get(each.column)
        name = headings[at] if at is not None and at < len(headings) else field_name(each.column)
        expected, remedy = _words()[each.reason]
        shown.append(ShownMistake(each.line, name, each.found, expected, remedy))
    return shown


def field_name(field: str) -> str:
    """Return what a field is called."""
    return str(FIELD_NAMES.get(field, field))


def _words() -> dict[str, tuple[str, str]]:
    """Return what was expected and what to do, by the code of a mistake."""
    correct = _("Correct this cell.")
    return {
        "missing": (_("something"), _("Fill this cell, or delete the row.")),
        "bad_email": (_("one e-mail address, such as lea@example.org"), correct),
        "bad_name": (_("a name of at most 200 characters"), correct),
        "several_addresses": (_("one e-mail address"), _("Keep one of them.")),
        "a_formula": (_("text that is no formula"), correct),
        "error_of_a_formula": (
            _("a value"),
            _("The spreadsheet shows an error here: type the value itself."),
        ),
        "rounded": (
            _("the whole number"),
            _("The spreadsheet rounded it: set the column to text and type it again."),
        ),
        "reference_length": (_("a reference of 1 to 100 characters"), correct),
        "not_a_language": (_("a language, such as fr or English"), correct),
        "not_a_date": (_("a day, such as 2026-01-31"), correct),
        "ends_before_it_begins": (
            _("a day after it was earned"),
            _("Correct one of the two days."),
        ),
        "reference_twice": (
            _("a reference that no other row has"),
            _("The first of the two rows counts: nothing has to be done if they are the same."),
        ),
        "person_twice": (
            _("each person once"),
            _("The first of the two rows counts. Add a column of references to issue both."),
        ),
    }  # fmt: skip


def short_time(seconds: float) -> str:
    """Say how long something takes, as exactly as anybody wants to know."""
    minutes = round(seconds / 60)
    if seconds < 60:  # noqa: PLR2004 - a minute
        return _("less than a minute")
    if minutes < 90:  # noqa: PLR2004 - above, hours say it better
        return ngettext("about %(n)d minute", "about %(n)d minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    return ngettext("about %(n)d hour", "about %(n)d hours", hours) % {"n": hours}
