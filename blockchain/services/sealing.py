"""Commit and seal: from leaves that wait to a batch that is closed for good."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from blockchain import chains
from blockchain.core import merkle
from blockchain.core.lanes import Lane
from blockchain.core.terms import Terms
from blockchain.models import Batch, Commitment
from blockchain.services import failpoints, rounds, submitter

log = logging.getLogger(__name__)

# A statement holds its bytes as text, several times over: a tree of 4 MB goes in pieces, for which
# PostgreSQL writes some megabytes twice, and a worker needs 30 MB less.
PIECE = 1_048_576

_LANES = """
WITH RECURSIVE lane AS (
    (SELECT chain, signer, committed_at FROM blockchain_commitment
     WHERE batch_id IS NULL ORDER BY chain, signer, id LIMIT 1)
    UNION ALL
    SELECT another.* FROM lane, LATERAL
        (SELECT chain, signer, committed_at FROM blockchain_commitment
         WHERE batch_id IS NULL AND (chain, signer) > (lane.chain, lane.signer)
         ORDER BY chain, signer, id LIMIT 1) AS another
)
SELECT chain, signer, committed_at FROM lane
"""

# In order, so that leaves of one signature lie beside each other in a batch.
_PROMISE = """
INSERT INTO blockchain_commitment (leaf, chain, signer, committed_at)
SELECT substr(given.leaves, place, given.size), %(chain)s, %(signer)s, %(now)s
FROM (SELECT %(leaves)s::bytea AS leaves, %(size)s::int AS size) AS given,
    generate_series(1, length(given.leaves), given.size) AS place
ORDER BY place
"""

_CLAIM = """
WITH waiting AS (
    SELECT id, leaf, committed_at FROM blockchain_commitment
    WHERE batch_id IS NULL AND chain = %s AND signer = %s
    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
)
SELECT array_agg(id ORDER BY id), string_agg(leaf, ''::bytea ORDER BY id),
    (array_agg(committed_at ORDER BY id))[1]
FROM waiting
"""


class AlreadyCommitted(Exception):  # noqa: N818 - it says what is wrong
    """One of the leaves was committed before; salts are drawn at random, so this is a fault."""


def commit(*, leaves: Sequence[bytes], now: datetime, lanes: Sequence[Lane] | None = None) -> None:
    """Promise that `leaves` will be anchored; call it in the transaction that signs.

    Args:
        leaves: What `merkle.leaf` returned, 32 bytes each; each one for the first time.
        now: The instant from which their waiting is counted.
        lanes: Where each of them will be anchored; None for the shared account of the first chain.

    Raises:
        ValueError: a leaf is not 32 bytes, or there are leaves and no lane.
        Unavailable: nobody here asks the chain of a lane; nothing was written.
        AlreadyCommitted: a leaf was committed to one of the lanes before; nothing was written.
    """
    for index, leaf in enumerate(leaves):
        if len(leaf) != merkle.HASH_SIZE:
            raise ValueError(f"leaf {index} must be {merkle.HASH_SIZE} bytes, got {len(leaf)}")
    if lanes is None:
        lanes = [submitter.first_lane()]
    if not lanes:
        raise ValueError("leaves must take a lane")
    for lane in lanes:
        chains.terms_of(lane.chain)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for lane in lanes:
                said: dict[str, Any] = {
                    "chain": lane.chain, "signer": lane.signer, "now": now,
                    "leaves": b"".join(leaves), "size": merkle.HASH_SIZE,
                }  # fmt: skip
                cursor.execute(_PROMISE, said)
            failpoints.reach("commit: rows written")
    except IntegrityError as error:
        raise AlreadyCommitted("a leaf was committed before") from error


def seal(*, now: datetime, chain: str = "") -> int:
    """Make batches of what waits long enough, or is enough for a full one; return how many.

    Any number of workers may seal at once: each takes rows that no other one holds. Every lane has
    batches of its own, on the terms of its chain.

    Args:
        now: The instant; a leaf waits at most as long as the terms of its chain say, and a batch
            has at most as many leaves as they say.
        chain: Only this one; empty for all.
    """
    known = rounds.asked(chain)
    return rounds.each(
        {
            str(lane): partial(_seal_lane, lane, since, now)
            for lane, since in _waiting_lanes()
            if lane.chain in known
        }
    )


def _seal_lane(lane: Lane, oldest: datetime, now: datetime) -> int:
    terms = chains.terms_of(lane.chain)
    size = min(terms.seal_size, merkle.MAX_LEAVES)
    # Look before anything is locked: most of the time nothing is due.
    if not _is_old(oldest, terms, now) and not _waiting(lane)[size - 1 : size].exists():
        return 0
    count = 0
    while _seal_one(lane, terms, size, now):
        failpoints.reach("seal: committed")
        count += 1
    return count


def _seal_one(lane: Lane, terms: Terms, size: int, now: datetime) -> bool:
    with transaction.atomic():
        ids, leaves, oldest = _claim(lane, size)
        # Another worker may hold the old ones: what it left need not be due.
        if oldest is None or (len(ids) < size and not _is_old(oldest, terms, now)):
            return False
        levels = b"".join(merkle.build(leaves))
        root = levels[-merkle.HASH_SIZE :]
        batch = Batch.objects.create(
            chain=lane.chain,
            signer=lane.signer,
            root=root,
            tree_size=len(ids),
            levels=levels[:PIECE],
            sealed_at=now,
        )
        for at in range(PIECE, len(levels), PIECE):
            _append(batch, levels[at : at + PIECE])
        _assign(batch, ids)
        failpoints.reach("seal: rows written")
    log.info("batch %s: sealed with %d leaves for %s", root.hex()[:12], len(ids), lane)
    return True


def _append(batch: Batch, piece: bytes) -> None:
    with connection.cursor() as cursor:
        said = "UPDATE blockchain_batch SET levels = levels || %s WHERE id = %s"
        cursor.execute(said, [piece, batch.pk])


def _claim(lane: Lane, size: int) -> tuple[list[int], bytes, datetime | None]:
    """Lock at most `size` leaves that nobody else holds; return their rows, them, and since when.

    In one value each: a row for each would take a hundred times their bytes here.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [lane.chain, lane.signer, size])
        ids, leaves, since = cursor.fetchone()
    return ids or [], bytes(leaves or b""), since


def _waiting(lane: Lane) -> QuerySet[Commitment]:
    found = Commitment.objects.filter(batch__isnull=True, chain=lane.chain, signer=lane.signer)
    return found.order_by("id")


def _waiting_lanes() -> list[tuple[Lane, datetime]]:
    """Return the lanes that leaves wait in, and since when the oldest of each does.

    It hops from lane to lane in the index: a hundred thousand leaves cost as much as one.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LANES)
        return [(Lane(chain, signer), since) for chain, signer, since in cursor.fetchall()]


def _is_old(committed_at: datetime, terms: Terms, now: datetime) -> bool:
    return committed_at + timedelta(seconds=terms.seal_age_seconds) <= now


def _assign(batch: Batch, ids: Sequence[int]) -> None:
    """Give every row its position, in one statement: one each would take minutes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE blockchain_commitment SET batch_id = %s, leaf_index = place.number - 1"
            " FROM unnest(%s::bigint[]) WITH ORDINALITY AS place (id, number)"
            " WHERE blockchain_commitment.id = place.id AND batch_id IS NULL",
            [batch.pk, list(ids)],
        )
        if cursor.rowcount != len(ids):
            raise RuntimeError(f"{cursor.rowcount} of {len(ids)} commitments could be assigned")
