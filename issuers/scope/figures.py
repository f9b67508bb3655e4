"""How many rows each issuer has, for operators: the database counts, and shows no row."""

# ruff: noqa: SLF001 - `_meta` is Django's documented interface

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, models


@dataclass(frozen=True, slots=True)
class Figures:
    """The rows that one issuer has in a table.

    Attributes:
        rows: How many.
        since: How many of them since the instant that was asked for.
        latest: When the last one came.
    """

    rows: int
    since: int
    latest: datetime | None


def figures(model: type[models.Model], *, since: datetime) -> dict[int, Figures]:
    """Return how many rows of a table each issuer has; of others nothing. One query.

    Inside `scope.operating` only; the table's `Wall.counted_by` says by which instant.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT issuer_id, rows_all, rows_since, latest FROM acquis_figures(%s, %s)",
            [model._meta.db_table, since],
        )
        return {pk: Figures(*rest) for pk, *rest in cursor.fetchall()}


def holders(domain: str) -> list[int]:
    """Return the issuers that ever proved a domain, whoever's its row is; one query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT acquis_holders(%s)", [domain])
        return [pk for (pk,) in cursor.fetchall()]


def waiting(model: type[models.Model]) -> tuple[int, datetime | None]:
    """Return how many rows of a table wait for a worker, and since when; one query.

    Inside `scope.operating` only; the table's `Wall.waits_since` says by which instant.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT rows_all, oldest FROM acquis_waiting(%s)", [model._meta.db_table])
        count, oldest = cursor.fetchone()
        return int(count), oldest
