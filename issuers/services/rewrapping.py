"""Wrap data keys again, under the current key-encryption key, while everybody works.

A piece at a time, each in a transaction of its own, and nothing is locked meanwhile: a row is
changed only if it is still what was read (compare-and-set). Whoever was erased in between stays
erased, and whoever is enrolled in between is found by the next pass. Where it stops it goes on
when it is called again: what is to be done is in the rows.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from django.db import connection, transaction

from issuers import scope
from issuers.core import envelope
from issuers.resolvers import keyrings

_PRIVATE = "issuers_privatekey"
# Whose a row is that is no issuer's.
NOBODYS = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """What one call did.

    Attributes:
        wrapped: Data keys that are wrapped under the current key now.
        last: The row up to which it looked; None when it came to the end.
    """

    wrapped: int
    last: int | None


class _Change(NamedTuple):
    """One row: whose it is, what was read, and what is to be written."""

    issuer_id: int
    pk: int
    old: bytes
    new: bytes


class NotHere(Exception):  # noqa: N818 - it says what is missing
    """This process holds no key of that purpose."""


def rewrap_signing_keys(*, after: int, limit: int) -> Piece:
    """Wrap the data keys of private keys again, from the row `after` on, at most `limit`.

    Raises:
        NotHere: this process holds no SIGNING_KEK.
        EnvelopeError: a key cannot be opened; it names the key that would open it.
        KeyServiceUnavailable: a key service does not answer.
    """
    ring = keyrings.signing()
    if ring is None:
        raise NotHere("This process holds no SIGNING_KEK: run this where workers run.")
    return rewrap(table=_PRIVATE, column="key_id", ring=ring, after=after, limit=limit)


def signing_kek() -> str:
    """Return the name of the key that wraps signing keys now.

    Raises:
        NotHere: this process holds no SIGNING_KEK.
        KeyServiceUnavailable: a key service does not answer.
    """
    ring = keyrings.signing()
    if ring is None:
        raise NotHere("This process holds no SIGNING_KEK: run this where workers run.")
    return ring.current()


def signing_keys_by_kek() -> dict[str, int]:
    """Count the private keys by the key that wraps them; one query."""
    return wrapped_under(table=_PRIVATE)


@transaction.atomic
def rewrap(
    *,
    table: str,
    column: str,
    ring: keyrings.Keyring,
    after: int,
    limit: int,
    is_issuers: bool = True,
) -> Piece:
    """Wrap the data keys of a table again.

    Args:
        table: Of ours, with a column `wrapped_dek`; never a word from outside.
        column: Its primary key.
        is_issuers: Whether its rows are issuers'.
        ring: The keys of that purpose.
        after: The row to begin behind; 0 for the first one.
        limit: How many at once.

    Raises:
        EnvelopeError: a key cannot be opened.
        KeyServiceUnavailable: a key service does not answer.
    """
    header = ring.header()
    # Across issuers: the key that wraps theirs is the installation's.
    with scope.across_issuers(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {'issuer_id' if is_issuers else NOBODYS}, {column}, wrapped_dek"  # noqa: S608 - names of ours
            f" FROM {table}"
            f" WHERE {column} > %s AND substring(wrapped_dek FROM 1 FOR %s) <> %s"
            f" ORDER BY {column} LIMIT %s",
            [after, len(header), header, limit],
        )
        rows = cursor.fetchall()
    if not rows:
        return Piece(0, None)
    old = [bytes(wrapped) for _issuer, _pk, wrapped in rows]
    changes = [
        _Change(issuer_id, pk, before, rewrapped)
        for (issuer_id, pk, _wrapped), before, rewrapped in zip(
            rows, old, ring.wrap(ring.unwrap(old)), strict=True
        )
    ]
    changes.sort()
    written = sum(
        _write(issuer_id, list(group), table, column)
        for issuer_id, group in groupby(changes, key=attrgetter("issuer_id"))
    )
    return Piece(written, rows[-1][1])


def _write(issuer_id: int, changes: Sequence[_Change], table: str, column: str) -> int:
    """Write the keys of one issuer back, each if it is still what was read; return how many."""
    behind = scope.inside(issuer_id) if issuer_id != NOBODYS else nullcontext()
    theirs = f" AND t.issuer_id = {issuer_id:d}" if issuer_id != NOBODYS else ""
    with behind, connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} t SET wrapped_dek = v.new"  # noqa: S608 - names of ours
            " FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[]) AS v (pk, old, new)"
            f" WHERE t.{column} = v.pk AND t.wrapped_dek = v.old{theirs}",
            [
                [each.pk for each in changes],
                [each.old for each in changes],
                [each.new for each in changes],
            ],
        )
        return int(cursor.rowcount)


def wrapped_under(*, table: str) -> dict[str, int]:
    """Count the data keys of a table by the name of the key that wraps them; one query.

    Raises:
        EnvelopeError: one is not the bytes of a wrapped key.
    """
    # Across issuers: as above.
    with scope.across_issuers(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT substring(wrapped_dek FROM 1 FOR 3 + get_byte(wrapped_dek, 1)), count(*)"  # noqa: S608 - a name of ours
            f" FROM {table} GROUP BY 1, get_byte(wrapped_dek, 0)"
        )
        counted: dict[str, int] = {}
        for beginning, count in cursor.fetchall():
            name = envelope.kek_id_of(bytes(beginning))
            counted[name] = counted.get(name, 0) + count
    return dict(sorted(counted.items()))
