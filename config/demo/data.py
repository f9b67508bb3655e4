"""Read the data of the demonstration: issuers.toml and the CSV files beside it.

Nothing here touches the database: `load` returns plain values, or says which file, which row and
which column is wrong.
"""

import csv
import io
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from badges.core import document, drawing, frameworks

HERE = Path(__file__).resolve().parent


class DataError(ValueError):
    """The demonstration's data is wrong; the message names the file, the row and the column."""


@dataclass(frozen=True, slots=True)
class Block:
    """Bloc de compétences of a certification."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Certification:
    code: str
    title: str
    level: str
    url: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Achievement:
    """What can be earned; `block` is the code of a block, or empty."""

    slug: str
    name: str
    description: str
    criteria: str
    achievement_type: str
    language: str
    tags: tuple[str, ...]
    validity_months: int | None
    block: str
    alignments: tuple[document.Alignment, ...]
    drawing: drawing.Drawing


@dataclass(frozen=True, slots=True)
class Learner:
    email: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Credential:
    """Who earned what, and when; `achievement` is a slug, `email` is the learner's."""

    reference: str
    email: str
    achievement: str
    valid_from: datetime
    valid_until: datetime | None
    revoked_at: datetime | None
    revocation_reason: str

    @property
    def is_revoked(self) -> bool:
        return self.revoked_at is not None

    def has_expired(self, now: datetime) -> bool:
        return self.valid_until is not None and self.valid_until < now


@dataclass(frozen=True, slots=True)
class Issuer:
    slug: str
    name: str
    legal_name: str
    description: str
    url: str
    email: str
    country: str
    region: str
    language: str
    registration: str
    logo: drawing.Drawing
    certifications: tuple[Certification, ...]
    achievements: tuple[Achievement, ...]
    learners: tuple[Learner, ...]
    credentials: tuple[Credential, ...]

    def certification_of(self, block: str) -> Certification:
        """Return the certification that holds the block with this code."""
        return next(
            certification
            for certification in self.certifications
            if block in [one.code for one in certification.blocks]
        )

    def block(self, code: str) -> Block:
        """Return the block with this code."""
        return next(one for one in self.certification_of(code).blocks if one.code == code)


def load(folder: Path = HERE) -> tuple[Issuer, ...]:
    """Return the issuers of the demonstration with everything that is theirs.

    Args:
        folder: where issuers.toml and the folders of the issuers are.

    Raises:
        DataError: something is missing or wrong; the message says where.
    """
    path = folder / "issuers.toml"
    try:
        text = tomllib.loads(_read(path))
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{path.name}: {error}") from error
    tables = _Table(text, path.name, "").tables("issuer")
    return tuple(_issuer(table, folder) for table in tables)


# -- issuers.toml ----------------------------------------------------------------------------
class _Table:
    """A table of the TOML file that knows where it is, and refuses what it was not asked for."""

    def __init__(self, values: object, file: str, where: str) -> None:
        if not isinstance(values, dict):
            raise DataError(f"{file}, {where}: must be a table")
        self.values: dict[str, Any] = values
        self.file, self.where = file, where

    def fail(self, name: str, problem: str) -> DataError:
        return DataError(f"{self.file}, {self.where or 'top'}, {name}: {problem}")

    def text(self, name: str, *, optional: bool = False) -> str:
        value = self.values.get(name, "" if optional else None)
        if not isinstance(value, str) or (not value.strip() and not optional):
            raise self.fail(name, "must be text")
        return value.strip()

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.values.get(name, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.fail(name, "must be an array of texts")
        return tuple(value)

    def whole(self, name: str) -> int | None:
        value = self.values.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise self.fail(name, "must be a whole number")
        return value

    def table(self, name: str) -> "_Table":
        if name not in self.values:
            raise self.fail(name, "is missing")
        return _Table(self.values[name], self.file, f"{self.where} {name}".strip())

    def tables(self, name: str) -> list["_Table"]:
        value = self.values.get(name, [])
        if not isinstance(value, list):
            raise self.fail(name, "must be written [[…]]")
        return [
            _Table(one, self.file, f"{self.where} {name} {number}".strip())
            for number, one in enumerate(value, start=1)
        ]

    def only(self, *names: str) -> None:
        for name in self.values:
            if name not in names:
                raise self.fail(name, f"is none of {', '.join(names)}")


def _issuer(table: _Table, folder: Path) -> Issuer:
    words = ("slug", "name", "legal_name", "description", "url", "email", "country")
    more = ("region", "language", "registration")
    table.only(*words, *more, "logo", "certification", "achievement")
    slug = table.text("slug")
    certifications = tuple(_certification(one) for one in table.tables("certification"))
    blocks = [block.code for one in certifications for block in one.blocks]
    achievements = tuple(_achievement(one, blocks) for one in table.tables("achievement"))
    _once([one.slug for one in achievements], table, "achievement")
    learners = tuple(_learners(folder / slug / "learners.csv", slug))
    return Issuer(
        **{name: table.text(name) for name in (*words, *more)},
        logo=_drawing(table.table("logo")),
        certifications=certifications,
        achievements=achievements,
        learners=learners,
        credentials=tuple(
            _credentials(
                folder / slug / "credentials.csv",
                slug,
                emails={learner.email for learner in learners},
                achievements={one.slug for one in achievements},
            )
        ),
    )


def _certification(table: _Table) -> Certification:
    table.only("code", "title", "level", "url", "block")
    code = table.text("code")
    if not frameworks.RNCP_CODE.fullmatch(code):
        raise table.fail("code", "must look like RNCP99001")
    blocks = []
    for one in table.tables("block"):
        one.only("code", "title")
        match = frameworks.BLOC_CODE.fullmatch(one.text("code"))
        if match is None or match[1] != code:
            raise one.fail("code", f"must look like {code}BC01")
        blocks.append(Block(one.text("code"), one.text("title")))
    _once([block.code for block in blocks], table, "block")
    return Certification(
        code, table.text("title"), table.text("level"), table.text("url"), tuple(blocks)
    )


def _achievement(table: _Table, blocks: Sequence[str]) -> Achievement:
    words = ("slug", "name", "description", "criteria", "achievement_type", "language")
    table.only(*words, "tags", "validity_months", "block", "alignment", "drawing")
    block = table.text("block", optional=True)
    if block and block not in blocks:
        raise table.fail("block", f"{block!r} is a block of no certification of this issuer")
    return Achievement(
        **{name: table.text(name) for name in words},
        tags=table.texts("tags"),
        validity_months=table.whole("validity_months"),
        block=block,
        alignments=tuple(_alignment(one) for one in table.tables("alignment")),
        drawing=_drawing(table.table("drawing")),
    )


def _alignment(table: _Table) -> document.Alignment:
    table.only("framework", "code", "url", "name")
    framework, title = table.text("framework"), table.text("name")
    try:
        if framework == "ROME":
            return frameworks.rome_alignment(code=table.text("code"), title=title)
        if framework == "ESCO":
            return frameworks.esco_alignment(uri=table.text("url"), title=title)
    except frameworks.FrameworkCodeError as error:
        raise table.fail("code", str(error)) from error
    raise table.fail("framework", "must be ROME or ESCO")


def _drawing(table: _Table) -> drawing.Drawing:
    words = ("icon", "monogram", "caption", "ribbon")
    table.only("shape", "colours", *words)
    match table.texts("colours"):
        case (deep, bright, accent):
            colours = (deep, bright, accent)
        case _:
            raise table.fail("colours", "must be three: deep, bright and accent")
    made = drawing.Drawing(
        shape=table.text("shape"),
        colours=colours,
        **{name: table.text(name, optional=True) for name in words},
    )
    try:
        drawing.compose(made)
    except drawing.DrawingError as error:
        raise table.fail("drawing", str(error)) from error
    return made


def _once(names: Sequence[str], table: _Table, what: str) -> None:
    for index, name in enumerate(names):
        if name in names[:index]:
            raise table.fail(what, f"{name!r} is there twice")


# -- The CSV files ---------------------------------------------------------------------------------
Fail = Callable[[str, str], DataError]


def _learners(path: Path, slug: str) -> Iterator[Learner]:
    seen: set[str] = set()
    for row, fail in _rows(path, slug, ("email", "name", "language")):
        email = row["email"]
        if email.count("@") != 1 or email != email.lower() or " " in email:
            raise fail("email", f"{email!r} is not an address in small letters")
        if email in seen:
            raise fail("email", f"{email} is there twice")
        seen.add(email)
        if not row["name"]:
            raise fail("name", "is missing")
        if row["language"] not in ("fr", "en"):
            raise fail("language", "must be fr or en")
        yield Learner(email, row["name"], row["language"])


def _credentials(
    path: Path, slug: str, *, emails: set[str], achievements: set[str]
) -> Iterator[Credential]:
    columns = ("reference", "email", "achievement", "valid_from", "valid_until", "revoked_on")
    seen: set[str] = set()
    for row, fail in _rows(path, slug, (*columns, "revocation_reason")):
        reference = row["reference"]
        if not reference or reference in seen:
            raise fail("reference", f"{reference!r} is missing, or there twice")
        seen.add(reference)
        if row["email"] not in emails:
            raise fail("email", f"{row['email']!r} is no learner of learners.csv")
        if row["achievement"] not in achievements:
            raise fail("achievement", f"{row['achievement']!r} is no achievement of issuers.toml")
        valid_from = _day(row, "valid_from", fail)
        if valid_from is None:
            raise fail("valid_from", "is missing")
        valid_until, revoked_at = _day(row, "valid_until", fail), _day(row, "revoked_on", fail)
        for column, instant in (("valid_until", valid_until), ("revoked_on", revoked_at)):
            if instant is not None and instant < valid_from:
                raise fail(column, "is before valid_from")
        if (revoked_at is None) is not (row["revocation_reason"] == ""):
            raise fail("revocation_reason", "goes with revoked_on: both, or neither")
        yield Credential(
            reference=reference,
            email=row["email"],
            achievement=row["achievement"],
            valid_from=valid_from,
            valid_until=valid_until,
            revoked_at=revoked_at,
            revocation_reason=row["revocation_reason"],
        )


def _rows(
    path: Path, slug: str, columns: tuple[str, ...]
) -> Iterator[tuple[Mapping[str, str], Fail]]:
    """Return each row by its headings, with a function that makes an error about it."""
    file = f"{slug}/{path.name}"
    reader = csv.reader(io.StringIO(_read(path), newline=""), strict=True)
    try:
        headings = next(reader, [])
        if tuple(headings) != columns:
            raise DataError(f"{file}, row 1: the headings must be {','.join(columns)}")
        for cells in reader:
            number = reader.line_num

            def fail(column: str, problem: str, number: int = number) -> DataError:
                return DataError(f"{file}, row {number}, column {column}: {problem}")

            if len(cells) != len(columns):
                raise fail(columns[-1], f"{len(columns)} cells were expected, not {len(cells)}")
            yield {name: cell.strip() for name, cell in zip(columns, cells, strict=True)}, fail
    except csv.Error as error:
        raise DataError(f"{file}, row {reader.line_num}: {error}") from error


def _day(row: Mapping[str, str], column: str, fail: Fail) -> datetime | None:
    """Read a day as its first instant, UTC; None where the cell is empty."""
    if not row[column]:
        return None
    try:
        day = date.fromisoformat(row[column])
    except ValueError as error:
        raise fail(column, f"{row[column]!r} is not a day such as 2026-03-14") from error
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _read(path: Path) -> str:
    name = f"{path.parent.name}/{path.name}"
    try:
        return path.read_bytes().decode("utf-8-sig")  # spreadsheets write a mark before UTF-8
    except FileNotFoundError as error:
        raise DataError(f"{name}: is missing") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{name}: is not UTF-8") from error
