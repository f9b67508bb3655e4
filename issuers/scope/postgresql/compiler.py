"""Compilers that let every part of a query say whose rows it asks for, and stop what says nothing.

A part is what is compiled on its own: the query, its subqueries, the queries of a union.
"""

# ruff: noqa: SLF001 - `_meta` is Django's documented interface

from typing import Any

from django.db.models.sql import compiler

from issuers.scope import naming


class _Says:
    """What all compilers do more than Django's."""

    query: Any

    def execute_sql(self, *args: Any, **kwargs: Any) -> Any:
        with naming.stating():
            return super().execute_sql(*args, **kwargs)  # type: ignore[misc]

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        self._say()
        return super().as_sql(*args, **kwargs)  # type: ignore[misc]

    def _say(self) -> None:
        named = getattr(self.query, "named", None)
        if named is naming.CLOSED:
            raise naming.IssuerNotNamed(
                f"{self.query.model.__name__} belongs to an issuer: use objects.of(issuer), or "
                "open a door with scope.inside(issuer) to save or delete a row that you hold."
            )
        statement = naming.statement()
        if statement is not None and named is not None:
            statement.take(named)


class SQLCompiler(_Says, compiler.SQLCompiler):
    """SELECT."""


class SQLInsertCompiler(_Says, compiler.SQLInsertCompiler):
    """INSERT: the rows themselves say whose they are."""

    def _say(self) -> None:
        super()._say()
        statement = naming.statement()
        if statement is None:
            return
        for row in self.query.objs:
            issuer_id = getattr(row, "issuer_id", None)
            if issuer_id is not None:
                statement.take(naming.One(issuer_id))


class _Keeps(_Says):
    """What is written of Django's own accord is written to rows behind the open door alone.

    To delete a row that somebody holds, and what hangs on it, Django asks by its key: no manager
    and no `of(issuer)` has a say in that.
    """

    def _say(self) -> None:
        door, model = naming.door(), self.query.model
        if (
            isinstance(door, naming.One)
            and getattr(self.query, "named", None) is None
            and any(each.attname == "issuer_id" for each in model._meta.local_concrete_fields)
        ):
            self.query.add_filter("issuer_id", door.issuer_id)
            self.query.named = door
        super()._say()


class SQLDeleteCompiler(_Keeps, compiler.SQLDeleteCompiler):
    """DELETE."""


class SQLUpdateCompiler(_Keeps, compiler.SQLUpdateCompiler):
    """UPDATE."""


class SQLAggregateCompiler(_Says, compiler.SQLAggregateCompiler):
    """An aggregate over a subquery, which says whose rows they are."""
