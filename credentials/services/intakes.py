"""Take lists in: hand one over, say what its columns mean, see what would come of it.

    handed over  ->  read as a table  ->  columns chosen  ->  looked at, row by row  ->  recording

Nothing is written here but the list's own row. The same list again issues nothing twice, for an
award is known by its reference: the one in the list, or one of the badge, the learner and the day
that the row itself says.
"""

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from badges import models as badges
from credentials import models
from credentials.core import days, files, headings
from credentials.core.learner_list import Mistake, Row
from credentials.core.sheets import Sheet
from credentials.services.issuing import require_issuable
from credentials.services.looking import Checked, Choice, look
from issuers import models as issuers
from issuers.services import enclosing

State = models.Intake.State
# What a list can be said to hold, unpacked: far more than one within bounds.
MAX_KEPT = 200_000_000
FORM = ("name", "email", "reference", "language")


class NotDraft(Exception):  # noqa: N818 - it says what is wrong
    """The list was confirmed or cancelled meanwhile."""


class Refused(Exception):  # noqa: N818 - it says what is wrong
    """What was entered for one learner cannot be issued.

    Attributes:
        mistakes: Each with its column.
    """

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        """Keep them."""
        super().__init__(f"{len(mistakes)} mistakes")
        self.mistakes = mistakes


@transaction.atomic
def upload(
    *,
    issuer: issuers.Issuer,
    achievement: badges.Achievement,
    name: str,
    content: bytes,
    actor: issuers.User,
    now: datetime,
) -> models.Intake:
    """Take a file in, and guess what its columns mean; return its row.

    Raises:
        UnreadableSheet: nothing can be read from it.
        ValidationError: the badge cannot be issued.
    """
    require_issuable(issuer=issuer, achievement=achievement)
    intake = models.Intake(
        issuer=issuer, achievement=achievement, name=name[-200:], created_by=actor, created_at=now
    )
    intake.file = enclosing.enclose_file(content, about=f"{intake.uuid}/file")
    _read(issuer, intake, files.read(content), now)
    intake.save(force_insert=True)
    return intake


@transaction.atomic
def use_sheet(*, issuer: issuers.Issuer, intake: models.Intake, sheet: str, now: datetime) -> None:
    """Read another sheet of the workbook.

    Raises:
        NotDraft: it was confirmed meanwhile.
        UnreadableSheet: there is none of that name, or nothing can be read from it.
    """
    if intake.file is None:
        raise NotDraft(f"Of list {intake.uuid} there is no file any more.")
    content = enclosing.disclose_file(bytes(intake.file), about=f"{intake.uuid}/file")
    _read(issuer, intake, files.read(content, sheet=sheet), now)
    _change(
        issuer, intake, table=intake.table, fingerprint=intake.fingerprint, choices=intake.choices,
        checked=None, counts={},
    )  # fmt: skip


@transaction.atomic
def check(
    *, issuer: issuers.Issuer, intake: models.Intake, choice: Choice, now: datetime
) -> Checked:
    """See what would come of a list, row by row, and keep that for who confirms it.

    Raises:
        NotDraft: it was confirmed meanwhile.
    """
    checked = look(
        issuer=issuer, achievement=intake.achievement, sheet=table_of(intake=intake), choice=choice,
        now=now,
    )  # fmt: skip
    _change(
        issuer, intake, choices=_written(choice), counts=checked.counts,
        checked=_enclosed(intake, "checked", _packed(checked)),
    )  # fmt: skip
    return checked


@transaction.atomic
def enter(
    *,
    issuer: issuers.Issuer,
    achievement: badges.Achievement,
    entries: Sequence[Mapping[str, str]],
    choice: Choice,
    actor: issuers.User,
    now: datetime,
    name: str = "",
    cohort: models.Cohort | None = None,
) -> models.Intake:
    """Take learners in from a form: a list without a file, on the same way as every other.

    Args:
        issuer: Who issues.
        achievement: What was earned.
        entries: Of each learner, values of FORM; fields that are empty for all are left out.
        choice: The days; its columns do not matter.
        actor: Who entered it.
        now: The instant.
        name: What the list is called; empty for one learner.
        cohort: The session that they were taught in, as far as is known.

    Raises:
        Refused: names each field that cannot be used.
        ValidationError: the badge cannot be issued.
    """
    require_issuable(issuer=issuer, achievement=achievement)
    given = [field for field in FORM if any(entry.get(field) for entry in entries)]
    rows = tuple(
        (line, tuple(entry.get(field, "") for field in given))
        for line, entry in enumerate(entries, start=2)
    )
    sheet = Sheet(kind="form", headings=tuple(given), heading_line=1, rows=rows)
    choice = replace(choice, columns={field: at for at, field in enumerate(given)})
    checked = look(issuer=issuer, achievement=achievement, sheet=sheet, choice=choice, now=now)
    if checked.rejected:
        raise Refused([each for found in checked.rejected.values() for each in found])
    intake = models.Intake(
        issuer=issuer, achievement=achievement, name=name[:200], cohort=cohort, created_by=actor,
        created_at=now, choices=_written(choice), counts=checked.counts,
    )  # fmt: skip
    intake.checked = _enclosed(intake, "checked", _packed(checked))
    intake.save(force_insert=True)
    return intake


@transaction.atomic
def throw_away(*, issuer: issuers.Issuer, intake: models.Intake) -> None:
    """Delete a list that was not confirmed.

    Raises:
        NotDraft: it was.
    """
    found = models.Intake.objects.of(issuer).filter(pk=intake.pk, state=State.DRAFT)
    if found.delete()[0] != 1:
        raise NotDraft(f"List {intake.uuid} was confirmed.")


def table_of(*, intake: models.Intake) -> Sheet:
    """Return the table of a list that is a draft; no query.

    Raises:
        NotDraft: it is kept no more.
        EnvelopeError: it cannot be opened any more.
    """
    if intake.table is None:
        raise NotDraft(f"The table of list {intake.uuid} is kept no more.")
    said = _disclosed(intake, "table", intake.table)
    return Sheet(
        kind=said["kind"],
        headings=tuple(said["headings"]),
        heading_line=said["heading_line"],
        rows=tuple((line, tuple(cells)) for line, cells in said["rows"]),
        encoding=said["encoding"],
        separator=said["separator"],
        names=tuple(said["names"]),
        name=said["name"],
        notes=tuple(said["notes"]),
    )


def order_of(*, sheet: Sheet, columns: Mapping[str, int]) -> str | None:
    """Return in which order the days of a list are written; None where none of them tells.

    An empty text where nothing depends on it.
    """
    places = [columns[name] for name in ("valid_from", "valid_until") if name in columns]
    return days.order_of(cells[place] for _line, cells in sheet.rows for place in places)


def checked_of(*, intake: models.Intake) -> Checked | None:
    """Return what came of looking at a list; None where it is not kept, or nobody looked; no query.

    Raises:
        EnvelopeError: it cannot be opened any more.
    """
    if intake.checked is None:
        return None
    said = _disclosed(intake, "checked", intake.checked)
    return Checked(
        rows=[
            Row(line, name, email, reference, language, _instant(start), _instant(until))
            for line, name, email, reference, language, start, until in said["rows"]
        ],
        rejected={
            int(line): [Mistake(*each) for each in found]
            for line, found in said["rejected"].items()
        },
        cells={int(line): cells for line, cells in said["cells"].items()},
        headings=said["headings"],
        renamed=said["renamed"],
        counts=said["counts"],
    )


def without_rows(*, intake: models.Intake, checked: Checked) -> bytes:
    """Return what is kept of a list that is recorded: the rows that were left out."""
    return _enclosed(intake, "checked", _packed(replace(checked, rows=[], renamed={})))


def choice_of(*, intake: models.Intake) -> Choice:
    """Return what was said of a list so far; no query."""
    said = dict(intake.choices)
    for name in ("day", "until"):
        said[name] = date.fromisoformat(said[name]) if said.get(name) else None
    return Choice(**said)


# -- reading ---------------------------------------------------------------------------------------
def _read(issuer: issuers.Issuer, intake: models.Intake, sheet: Sheet, now: datetime) -> None:
    intake.table = _enclosed(
        intake, "table", {each.name: getattr(sheet, each.name) for each in fields(sheet)}
    )
    intake.fingerprint = hashlib.sha256(json.dumps(sheet.headings).encode()).hexdigest()
    # The same headings were understood before: the same way again.
    before = (
        models.Intake.objects.of(issuer)
        .filter(fingerprint=intake.fingerprint)
        .exclude(counts={})
        .order_by("-id")
        .values_list("choices", flat=True)
        .first()
    )
    columns = before["columns"] if before else headings.guess(sheet.headings)
    order = order_of(sheet=sheet, columns=columns)
    if order is None:  # no day tells: what was said of such a list before, or nothing yet
        order = before["order"] if before else ""
    intake.choices = _written(Choice(columns=columns, order=order, day=now.date()))


# -- keeping ---------------------------------------------------------------------------------------
def _change(issuer: issuers.Issuer, intake: models.Intake, **columns: Any) -> None:
    found = models.Intake.objects.of(issuer).filter(pk=intake.pk, state=State.DRAFT)
    if found.update(**columns) != 1:
        raise NotDraft(f"List {intake.uuid} was confirmed meanwhile.")
    for name, value in columns.items():
        setattr(intake, name, value)


def _written(choice: Choice) -> dict[str, Any]:
    said = asdict(choice)
    return said | {name: said[name].isoformat() if said[name] else "" for name in ("day", "until")}


def _packed(checked: Checked) -> dict[str, Any]:
    return {
        "rows": [
            [row.line, row.name, row.email, row.reference, row.language, _text(row.valid_from),
             _text(row.valid_until)]
            for row in checked.rows
        ],
        "rejected": {
            line: [[each.line, each.column, each.reason, each.found] for each in found]
            for line, found in checked.rejected.items()
        },
        "cells": checked.cells,
        "headings": checked.headings,
        "renamed": checked.renamed,
        "counts": checked.counts,
    }  # fmt: skip


def _text(instant: datetime | None) -> str:
    return "" if instant is None else instant.isoformat()


def _instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _enclosed(intake: models.Intake, what: str, said: Mapping[str, Any]) -> bytes:
    packed = zlib.compress(json.dumps(said, ensure_ascii=False).encode(errors="surrogatepass"), 1)
    return enclosing.enclose_file(packed, about=f"{intake.uuid}/{what}")


def _disclosed(intake: models.Intake, what: str, sealed: Any) -> dict[str, Any]:
    packed = enclosing.disclose_file(bytes(sealed), about=f"{intake.uuid}/{what}")
    said: dict[str, Any] = json.loads(zlib.decompressobj().decompress(packed, MAX_KEPT))
    return said
