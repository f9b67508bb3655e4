"""The database as it was at one instant, for reading only, a piece at a time."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from issuers import scope

# The alias of FSCK_DATABASE_URL; without it the application's own connection is asked.
AUDITOR = "auditor"
# Rows held in memory at once.
PIECE = 5_000


class Snapshot:
    """Questions to one transaction, which sees nothing of what others write meanwhile."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection

    @contextmanager
    def cursor(self) -> Iterator[Any]:
        """Lend a cursor, for questions that are not about rows."""
        with self._connection.cursor() as cursor:
            yield cursor

    def rows(self, question: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Return the rows of an answer, of which only a piece is ever in memory."""
        with self._connection.chunked_cursor() as cursor:
            cursor.execute(question, parameters)
            while piece := cursor.fetchmany(PIECE):
                yield from piece

    def all(self, question: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return an answer that is known to be short."""
        with self._connection.cursor() as cursor:
            cursor.execute(question, parameters)
            return list(cursor.fetchall())

    def value(self, question: str, parameters: Sequence[Any] = ()) -> Any:
        """Return the one value of an answer."""
        return self.all(question, parameters)[0][0]


def alias() -> str:
    """Return which connection an audit uses."""
    return AUDITOR if AUDITOR in connections else "default"


@contextmanager
def taken(name: str = "") -> Iterator[Snapshot]:
    """Open a transaction that sees one instant and cannot write, whatever its role may do.

    Args:
        name: of the connection; the auditor's, where there is one, if none is named.
    """
    name = name or alias()
    connection = connections[name]
    outermost = not connection.in_atomic_block
    # Across issuers: an audit is about all of them.
    with scope.across_issuers(), transaction.atomic(using=name):
        with connection.cursor() as cursor:
            if outermost:  # in a test it is not, and then there is nobody else
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SET TRANSACTION READ ONLY")
        yield Snapshot(connection)


def accounts() -> list[str]:
    """Return every account (CAIP-10) that ever submitted for us; before the snapshot is taken."""
    with connections[alias()].cursor() as cursor:
        # What an account of another installation does is that installation's affair.
        cursor.execute(
            "SELECT chain || ':' || address FROM blockchain_sender"
            " WHERE arrived_at IS NULL ORDER BY id"
        )
        return [account for (account,) in cursor.fetchall()]
