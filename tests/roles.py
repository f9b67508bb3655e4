"""As whom a test works: as the role of workers; what it requests, as the role that serves pages.

The connection of the tests is the owner's, who makes their database and damages it; every row is in
the owner's sight, so a test that worked as the owner would prove nothing about the wall.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any

import psycopg2
from django.db import connection
from environ import Env

from config.embedded import postgres
from issuers import scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WEB, WORKER, OWNER = postgres.APPLICATION, postgres.WORKER, postgres.OWNER


def are_there() -> bool:
    """Say whether this PostgreSQL is ours, with our roles."""
    return "TESTS_AUDITOR_URL" in os.environ


def become(role: str) -> str:
    """Go on as another role; return who we were. No query that a test would count."""
    if connection.connection is not None and connection.connection.closed:
        # By a request that ended, as it would be elsewhere; the test's transaction went with it.
        if connection.in_atomic_block:
            return role
        connection.close()
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        cursor.execute("SELECT current_user, set_config('role', %s, false)", [role])
        [before, _now] = cursor.fetchone()
    return str(before)


@contextmanager
def session(who: str) -> Iterator[psycopg2.extensions.connection]:
    """Open a session of its own in the tests' database; whatever is done in it is undone.

    Args:
        who: As whom, by how `config.embedded.pytest_plugin` names the address: WEB, SUPERUSER.
    """
    given = Env.db_url_config(os.environ[f"TESTS_{who}_URL"])
    opened = psycopg2.connect(
        host=given["HOST"],
        user=given["USER"],
        password=given["PASSWORD"],
        dbname=connection.settings_dict["NAME"],
    )
    try:
        yield opened
    finally:
        opened.rollback()
        opened.close()


@contextmanager
def working_as(role: str) -> Iterator[None]:
    """Work as another role in the block."""
    before = become(role)
    try:
        yield
    finally:
        # With a transaction that failed, the role goes back by itself.
        with suppress(psycopg2.errors.InFailedSqlTransaction):
            become(before)


def serving(answer: Callable[..., Any]) -> Callable[..., Any]:
    """Let something answer as who serves pages: where rows are made for several tests, too."""

    def answered(*asked: Any, **more: Any) -> Any:
        with working_as(WEB) if are_there() else nullcontext():
            return answer(*asked, **more)

    return answered


@contextmanager
def as_owner() -> Iterator[None]:
    """Do what only whoever has the database in their hands can do: to every issuer's rows."""
    with scope.across_issuers():
        if not are_there():
            yield
            return
        with working_as(OWNER):
            yield
