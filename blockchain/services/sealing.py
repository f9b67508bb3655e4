"""Commit and seal: from leaves that wait to a batch that is closed for good."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from blockchain import chains
from blockchain.core import merkle
from blockchain.models import Batch, Commitment
from blockchain.services import failpoints

log = logging.getLogger(__name__)


class AlreadyCommitted(Exception):  # noqa: N818 - it says what is wrong
    """One of the leaves was committed before; salts are drawn at random, so this is a fault."""


def commit(*, leaves: Sequence[bytes], now: datetime) -> None:
    """Promise that `leaves` will be anchored; call it in the transaction that signs.

    Args:
        leaves: What `merkle.leaf` returned, 32 bytes each; each one for the first time.
        now: The instant from which their waiting is counted.

    Raises:
        ValueError: a leaf is not 32 bytes.
        AlreadyCommitted: a leaf was committed before; nothing was written.
    """
    for index, leaf in enumerate(leaves):
        if len(leaf) != merkle.HASH_SIZE:
            raise ValueError(f"leaf {index} must be {merkle.HASH_SIZE} bytes, got {len(leaf)}")
    rows = [Commitment(leaf=leaf, committed_at=now) for leaf in leaves]
    try:
        with transaction.atomic():
            Commitment.objects.bulk_create(rows, batch_size=5_000)
            failpoints.reach("commit: rows written")
    except IntegrityError as error:
        raise AlreadyCommitted("a leaf was committed before") from error


def seal(*, now: datetime) -> int:
    """Make batches of what waits long enough, or is enough for a full one; return how many.

    Any number of workers may seal at once: each takes rows that no other one holds.

    Args:
        now: The instant; a leaf waits at most ANCHOR_SEAL_AGE_SECONDS, and a batch has at most
            ANCHOR_SEAL_SIZE leaves.
    """
    count = 0
    while _seal_one(now):
        failpoints.reach("seal: committed")
        count += 1
    return count


def _seal_one(now: datetime) -> bool:
    size = min(settings.ANCHOR_SEAL_SIZE, merkle.MAX_LEAVES)
    if not _is_due(size, now):
        return False
    with transaction.atomic():
        waiting = list(
            Commitment.objects.select_for_update(skip_locked=True)
            .filter(batch__isnull=True)
            .order_by("id")
            .values_list("id", "leaf", "committed_at")[:size]
        )
        # Another worker may hold the old ones: what it left need not be due.
        if not waiting or (len(waiting) < size and not _is_old(waiting[0][2], now)):
            return False
        levels = merkle.build([bytes(leaf) for _id, leaf, _committed_at in waiting])
        batch = Batch.objects.create(
            chain=chains.get_chain().id,
            root=levels[-1],
            tree_size=len(waiting),
            levels=b"".join(levels),
            sealed_at=now,
        )
        _assign(batch, [row_id for row_id, _leaf, _committed_at in waiting])
        failpoints.reach("seal: rows written")
    log.info("batch %s: sealed with %d leaves", levels[-1].hex()[:12], len(waiting))
    return True


def _is_due(size: int, now: datetime) -> bool:
    """Look before anything is locked: most of the time nothing is due."""
    waiting = Commitment.objects.filter(batch__isnull=True).order_by("id")
    oldest = waiting.values_list("committed_at", flat=True).first()
    if oldest is None:
        return False
    return _is_old(oldest, now) or waiting[size - 1 : size].exists()


def _is_old(committed_at: datetime, now: datetime) -> bool:
    return committed_at + timedelta(seconds=settings.ANCHOR_SEAL_AGE_SECONDS) <= now


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
