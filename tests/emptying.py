"""What a test has really committed, and how it is taken away again.

Django empties every table, with each of its indexes, and then fills those that name the models
anew: that takes longer than most of these tests, which have written a few rows into a few tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

# What `migrate` wrote, and no test does.
STAYS = ("django_migrations", "django_content_type", "auth_permission")
TABLES = """
SELECT quote_ident(relname) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> ALL(%s) ORDER BY 1
"""


@pytest.fixture(scope="session")
def emptied() -> Iterator[None]:
    """Let what tests committed be deleted row by row, where the server is ours."""
    from django.test import TransactionTestCase

    from tests import roles

    if not roles.are_there():
        yield
        return

    def empty(_case: Any) -> None:
        delete_everything()

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


def delete_everything() -> None:
    """Delete all rows, whoever points to them and whatever a trigger would say."""
    from tests import roles

    with roles.session("SUPERUSER") as session, session.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; SET lock_timeout = '20s'")
        cursor.execute(TABLES, [list(STAYS)])
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})"  # noqa: S608 - the catalogue's
                for name in tables
            )
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608 - likewise
        session.commit()
