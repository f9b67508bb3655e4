"""The connection: it tells PostgreSQL with each statement whose rows it is about.

The setting is made in the same message as the statement, and for its transaction only: outside a
transaction block PostgreSQL takes one message for one transaction. So nothing outlives the
statement, and a pooler that hands the connection to somebody else in between (PgBouncer in
transaction mode) hands over nothing of ours. See ADR 21.

A statement about an issuer's table that names nobody is not sent at all.
"""

# ruff: noqa: FBT001 - Django calls its wrappers so
# ruff: noqa: SLF001 - `_meta` is Django's documented interface

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from django.apps import apps
from django.db.backends.postgresql import base

from issuers.scope import naming
from issuers.scope.postgresql.operations import DatabaseOperations

# What reads or writes rows, behind whatever comment; the rest (SAVEPOINT, ALTER, SET ...) is about
# none.
ABOUT_ROWS = re.compile(
    r"(?:[\s(]|--[^\n]*\n|/\*.*?\*/)*"
    r"(SELECT|INSERT|UPDATE|DELETE|WITH|EXPLAIN|MERGE|DECLARE|TABLE)\b",
    re.IGNORECASE | re.DOTALL,
)
SAY = (
    "SELECT set_config('acquis.issuer', {issuer}, true), "
    "set_config('acquis.person', '{person}', true), "
    "set_config('acquis.across', '{across}', true), "
    "set_config('acquis.operator', '{operator}', true); "
)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with the name before each statement."""

    ops_class = DatabaseOperations

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(self._say)
        # Whether the transaction under way was told anything that the next statement must not see.
        self._was_told = False

    def chunked_cursor(self) -> Any:
        """Return a cursor of the server's only in a transaction: others would need a session."""
        return super().chunked_cursor() if self.in_atomic_block else self.cursor()

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]  # the stubs leave it out
        # What was told before the savepoint is in force again, whatever was told since.
        self._was_told = True

    def _say(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        if not isinstance(sql, str) or not ABOUT_ROWS.match(sql):
            return execute(sql, params, many, context)
        name, operator = naming.in_force(), naming.operator()
        if name is None and apps.ready and (found := tables_of_issuers().search(sql)):
            raise naming.IssuerNotNamed(
                f"{found[1]} holds issuers' rows, and this statement names no issuer: use "
                "objects.of(issuer), or scope.inside(issuer) around it."
            )
        is_telling = name is not None or operator is not None
        if not is_telling and not (self._was_told and self.in_atomic_block):
            self._was_told = False
            return execute(sql, params, many, context)
        self._was_told = is_telling
        said, values = saying(name, operator)
        if getattr(context["cursor"].cursor, "name", None):  # a cursor of the server's
            with self.connection.cursor() as cursor:
                cursor.execute(said, values or None)
            return execute(sql, params, many, context)
        return execute(said + sql, (*values, *params) if values else params, many, context)


def saying(name: naming.Name | None, operator: int | None = None) -> tuple[str, tuple[str, ...]]:
    """Return the statement that tells the database a name, and what it takes."""
    told = {"issuer": "''", "person": "", "across": ""}
    values: tuple[str, ...] = ()
    match name:
        case naming.One(issuer_id):
            told["issuer"] = f"'{issuer_id:d}'"
        case naming.Own(person_id):
            told["person"] = f"{person_id:d}"
        case naming.Everyone():
            told["across"] = "on"
        case naming.Found(place, value):
            told["issuer"], values = "coalesce(acquis_issuer_of(%s, %s)::text, '')", (place, value)
        case None:
            pass
    return SAY.format(**told, operator="" if operator is None else f"{operator:d}"), values


@cache
def tables_of_issuers() -> re.Pattern[str]:
    """Return a pattern of the names of all tables that hold issuers' rows."""
    tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if any(field.attname == "issuer_id" for field in model._meta.local_concrete_fields)
    }
    longest_first = sorted(tables, key=len, reverse=True)
    return re.compile(rf"\b({'|'.join(map(re.escape, longest_first))})\b")
