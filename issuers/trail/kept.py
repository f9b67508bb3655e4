"""What the trail keeps of a table.

A model says more only where this does not fit:

    kept = trail.Kept(shown=("state", "revoked_at"), noted=("reason",))
    kept = trail.NotKept("it is a journal by itself")

Without a word, a table with an issuer is kept, and its columns are told apart by their kind:

    shown    the value before and after: keys of rows, instants, numbers, choices, short names
    noted    only that it changed: whatever somebody may have typed, and bytes. A name, an
             address or a reason that somebody wrote would outlive the erasure of the person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = "issuers.Issuer"
ATTRIBUTE = "kept"
_TYPED = (
    models.BinaryField,
    models.TextField,
    models.JSONField,
    models.EmailField,
    models.FileField,
    models.GenericIPAddressField,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a table; None leaves it to the kinds of its columns.

    Attributes:
        shown: Fields whose values are kept, and no others.
        noted: Fields of which only is kept that they changed, and no others.
        also: Fields that are shown though somebody typed them: what is about an organisation or
            a badge, and never about a person.
        left_out: Fields that change for nobody's reason: counters, bitmaps, drafts.
        additions: Whether new rows are written down. False for journals, where the row itself
            tells; changes and removals always are.
        called: The field by which people call a row, if it is neither its `name` nor its `title`;
            through a foreign key, or the key of a person; "" where nothing may be said.
    """

    shown: Sequence[str] | None = None
    noted: Sequence[str] | None = None
    also: Sequence[str] = ()
    left_out: Sequence[str] = ()
    additions: bool = True
    called: str | None = None


@dataclass(frozen=True, slots=True)
class NotKept:
    """Nothing is kept of a table, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column, and how PostgreSQL writes what is in it so that it can be compared and shown."""

    name: str
    as_text: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the trail, in the words of the database.

    Attributes:
        subject: The model, as the trail names it: "issuers.membership".
        name: The table.
        key: Its primary key.
        issuer: The column that says whose a row is.
        shown: Columns whose values are kept.
        noted: Columns of which only is kept that they changed.
        additions: Whether new rows are written down.
    """

    subject: str
    name: str
    key: str
    issuer: str
    shown: tuple[Column, ...]
    noted: tuple[str, ...]
    additions: bool


def tables() -> Iterator[Table]:
    """Return every table that the trail keeps, by name."""
    for model in sorted(apps.get_models(include_auto_created=True), key=_table_of):
        kept = kept_of(model)
        if isinstance(kept, Kept):
            yield _table(model, kept)


def called_by(model: type[models.Model]) -> str:
    """Return the field by which people call the rows of a model; empty if there is none."""
    kept = getattr(model, ATTRIBUTE, None)
    if isinstance(kept, Kept) and kept.called is not None:
        return kept.called
    known = {field.name for field in model._meta.local_concrete_fields}
    return next((name for name in ("name", "title") if name in known), "")


def kept_of(model: type[models.Model]) -> Kept | NotKept | None:
    """Return what the trail keeps of a model; None where its rows are no issuer's."""
    if model._meta.proxy or not model._meta.managed:
        return None
    if model._meta.label != ROOT and not _has_issuer(model):
        return None
    found = getattr(model, ATTRIBUTE, None) or Kept()
    if not isinstance(found, Kept | NotKept):
        raise TypeError(f"{model.__name__}.{ATTRIBUTE} is Kept or NotKept.")
    return found


def _has_issuer(model: type[models.Model]) -> bool:
    return any(field.attname == "issuer_id" for field in model._meta.local_concrete_fields)


def _table_of(model: type[models.Model]) -> str:
    return str(model._meta.db_table)


def _table(model: type[models.Model], kept: Kept) -> Table:
    key = _column(model._meta.pk)
    issuer = key if model._meta.label == ROOT else "issuer_id"
    fields = [
        field
        for field in model._meta.local_concrete_fields
        if _column(field) not in (key, issuer) and field.name not in kept.left_out
    ]
    known = {field.name for field in model._meta.local_concrete_fields}
    for name in (*(kept.shown or ()), *(kept.noted or ()), *kept.also, *kept.left_out):
        if name not in known:
            raise TypeError(f"{model.__name__}.{ATTRIBUTE} names {name}, which is no field of it.")
    shown = [field for field in fields if _is_shown(field, kept)]
    return Table(
        subject=model._meta.label_lower,
        name=model._meta.db_table,
        key=key,
        issuer=issuer,
        shown=tuple(Column(_column(field), _as_text(field)) for field in shown),
        noted=tuple(
            _column(field) for field in fields if field not in shown and _is_noted(field, kept)
        ),
        additions=kept.additions,
    )


def _column(field: Any) -> str:
    return str(field.column)


def _is_shown(field: models.Field[Any, Any], kept: Kept) -> bool:
    if kept.shown is not None:
        return field.name in kept.shown
    if field.name in (kept.noted or ()):
        return False
    return field.name in kept.also or not _is_typed(field)


def _is_noted(field: models.Field[Any, Any], kept: Kept) -> bool:
    return kept.noted is None or field.name in kept.noted


def _is_typed(field: models.Field[Any, Any]) -> bool:
    """Say whether somebody may have typed what is in it."""
    if field.remote_field is not None or field.choices:
        return False
    if isinstance(field, models.SlugField):
        return False
    return isinstance(field, (*_TYPED, models.CharField))


def _as_text(field: models.Field[Any, Any]) -> bool:
    """Say whether its values are written as text: numbers that JSON may round, and all arrays."""
    plain = (
        models.BooleanField,
        models.IntegerField,
        models.CharField,
        models.TextField,
        models.DateTimeField,
        models.DateField,
        models.UUIDField,
        models.ForeignKey,
    )
    return not isinstance(field, plain)
