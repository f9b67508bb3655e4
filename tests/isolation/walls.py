"""Take one of the two walls away: each must hold alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection, models

from issuers.scope import naming, rows, walls
from issuers.scope.policies import ISSUERS
from tests import roles

if TYPE_CHECKING:
    import pytest

BOTH, DATABASE, CODE, NEITHER = "both walls", "the database alone", "the code alone", "no wall"


def take_away(which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the walls away that are not named; within a transaction, which brings them back."""
    if which in {DATABASE, NEITHER}:
        take_filters_away(monkeypatch)
    if which in {CODE, NEITHER}:
        take_policies_away()


def take_filters_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every query name its issuer, as it has to, and then forget to filter by it."""

    def of(found: models.QuerySet[Any], name: naming.One) -> models.QuerySet[Any]:
        found = found.all()
        found.query.named = name  # type: ignore[attr-defined]
        return found

    def shared_with(self: rows.IssuerScopedManager[Any], issuer: Any) -> models.QuerySet[Any]:
        return of(self.get_queryset(), naming.One(naming.pk_of(issuer)))

    def of_person(self: rows.IssuerScopedManager[Any], person: Any) -> models.QuerySet[Any]:
        found = self.get_queryset()
        found.query.named = naming.Own(naming.pk_of(person))  # type: ignore[attr-defined]
        return found

    monkeypatch.setattr(rows, "_of", of)
    monkeypatch.setattr(rows.IssuerScopedManager, "shared_with", shared_with)
    monkeypatch.setattr(rows.IssuerScopedManager, "of_person", of_person)


def take_policies_away() -> None:
    """Disable row-level security on every table."""
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for it may not be altered
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in [*walls.Catalogue(connection).walled, ISSUERS]:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
            cursor.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
