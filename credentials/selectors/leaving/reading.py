"""The rows of one organisation, table by table, as its archive has them: a piece at a time."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from django.apps import apps

from credentials.core.archive import values
from credentials.core.archive.values import Kind
from credentials.selectors.leaving import registry
from issuers import scope
from issuers.resolvers import keyrings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from issuers import models as issuers

# Rows in memory at once; of those that hold pictures and files, fewer.
PIECE, FEW = 500, 20
HEAVY = frozenset({
    "badges.Achievement", "credentials.EvidenceFile", "credentials.Statement",
    "credentials.StatusList",
})  # fmt: skip
WRAPPED = "wrapped_dek"


class KeysNotHere(Exception):  # noqa: N818 - it says what is missing
    """This process may not open the keys that were asked for."""


class Named:
    """The people and the organisations that rows named, so that they can be told at the end."""

    def __init__(self) -> None:
        self.people: set[int] = set()
        self.organisations: set[int] = set()


def rows_of(
    *, table: registry.Table, issuer: issuers.Issuer, named: Named
) -> Iterator[dict[str, Any]]:
    """Return the rows of one table of an organisation, in the order of their keys.

    Data keys are opened: who writes them down seals them.

    Raises:
        EnvelopeError: a data key cannot be opened.
        KeyServiceUnavailable: the service that opens data keys does not answer.
    """
    columns = table.columns
    rows = (
        table.model.objects.of(issuer)
        .order_by("pk")
        .values_list(*(each.attname for each in columns))
        .iterator(chunk_size=FEW if table.label in HEAVY else PIECE)
    )
    while piece := list(islice(rows, PIECE if table.label in registry.DATA_KEYS else 1)):
        for row in _opened(table, piece) if table.label in registry.DATA_KEYS else piece:
            _note(columns, row, named)
            yield _written(columns, row)


def count_rows(*, issuer: issuers.Issuer) -> int:
    """Return how many rows an organisation has; a query for each table."""
    return sum(table.model.objects.of(issuer).count() for table in registry.tables())


def row_of(*, issuer: issuers.Issuer) -> dict[str, Any]:
    """Return the organisation's own row; one query."""
    columns = registry.table_of(registry.ISSUER).columns
    model = apps.get_model(registry.ISSUER)
    row = model.objects.values_list(*(each.attname for each in columns)).get(pk=issuer.pk)
    return _written(columns, row)


def people_of(*, named: Named) -> Iterator[dict[str, Any]]:
    """Return who was named: address and name; no password, no right, no device."""
    model = apps.get_model(registry.USER)
    for pk, email, name in (
        model.objects.filter(pk__in=named.people).order_by("pk").values_list("pk", "email", "name")
    ):
        yield {"id": pk, "email": email, "name": name}


def organisations_of(*, named: Named) -> Iterator[dict[str, Any]]:
    """Return the other organisations that were named, by what everybody knows of them."""
    model = apps.get_model(registry.ISSUER)
    for pk, did, name in (
        model.objects.filter(pk__in=named.organisations)
        .order_by("pk")
        .values_list("pk", "did", "name")
    ):
        yield {"id": pk, "did": did, "name": name}


def leaves_of(*, issuer: issuers.Issuer) -> Iterator[list[bytes]]:
    """Return the leaves of everything that the organisation signed or stated, piece by piece."""
    for table in registry.tables():
        if not any(each.name == "leaf" for each in table.columns):
            continue
        rows = (
            table.model.objects.of(issuer)
            .filter(leaf__isnull=False)
            .order_by("pk")
            .values_list("leaf", flat=True)
            .iterator(chunk_size=PIECE)
        )
        while piece := [bytes(leaf) for leaf in islice(rows, PIECE)]:
            yield piece


def _opened(table: registry.Table, piece: Sequence[Any]) -> list[Any]:
    place = [each.name for each in table.columns].index(WRAPPED)
    ring = keyrings.learner()
    if registry.DATA_KEYS[table.label] == "signing":
        found = keyrings.signing()
        if found is None:
            raise KeysNotHere("This process holds no SIGNING_KEK: run this where workers run.")
        ring = found
    opened = ring.unwrap([bytes(row[place]) for row in piece])
    return [(*row[:place], dek, *row[place + 1 :]) for row, dek in zip(piece, opened, strict=True)]


def _note(columns: Sequence[registry.Column], row: Sequence[Any], named: Named) -> None:
    for column, value in zip(columns, row, strict=True):
        if value is not None and column.target == registry.USER:
            named.people.add(value)
        elif value is not None and column.target == registry.ISSUER:
            named.organisations.add(value)


def _written(columns: Sequence[registry.Column], row: Sequence[Any]) -> dict[str, Any]:
    found = dict(zip((each.name for each in columns), row, strict=True))
    return {
        each.name: values.encode(
            each.kind,
            _name(each, found) if each.kind is Kind.NAME else found[each.name],
        )
        for each in columns
    }


def _name(column: registry.Column, row: dict[str, Any]) -> Any:
    """Return the uuid of another organisation's row; one query, for the few rows that have it."""
    if row[column.name] is None:
        return None
    model: Any = apps.get_model(column.target)
    with scope.outside():  # the row that it names is the other organisation's
        rows = model.objects.of(row[column.whose]).filter(pk=row[column.name])
        return rows.values_list("uuid", flat=True).first()
