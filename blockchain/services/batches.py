"""How a batch moves: by compare-and-set, and only so."""

import logging
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models.expressions import Combinable

from blockchain import chains
from blockchain.chains.interface import Anchored, Chain, Receipt, Transaction
from blockchain.models import Attempt, Batch, Sender, State
from blockchain.services import failpoints

log = logging.getLogger(__name__)

# What a batch forgets when it leaves its block, and when it gives up its nonce.
NO_BLOCK: dict[str, Any] = {
    "transaction": "", "block_number": None, "block_hash": "", "block_time": None,
    "gas_used": None, "gas_price": None,
}  # fmt: skip
NO_NONCE: dict[str, Any] = {"sender": None, "nonce": None, "registry": ""}


class LeavesMissing(ValueError):  # noqa: N818 - it says what is wrong
    """The leaves of a batch are not all stored, or not each at a place of its own."""


_LEAVES = """
SELECT count(*), count(DISTINCT leaf_index), min(leaf_index), max(leaf_index),
    string_agg(leaf, ''::bytea ORDER BY leaf_index)
FROM blockchain_commitment WHERE batch_id = %s
"""


class Overtaken(Exception):  # noqa: N818 - it says what happened
    """Another worker moved the batch first; whoever comes next looks again."""


def move(batch: Batch, to: State, why: str, **changes: Any) -> None:
    """Move a batch to another state, if it still is what this worker believes it to be.

    The block is compared too: a batch may leave a block and come back to the same state in another
    one while a slow worker still thinks of the first.

    Raises:
        Overtaken: the row has changed meanwhile; nothing was written.
    """
    rows = Batch.objects.filter(
        pk=batch.pk, state=batch.state, nonce=batch.nonce, block_hash=batch.block_hash
    ).update(state=to, **changes)
    if rows != 1:
        raise Overtaken(f"{batch} was moved by another worker")
    log.info("batch %s: %s -> %s, %s", bytes(batch.root).hex()[:12], batch.state, to, why)
    batch.state = to
    for name, value in changes.items():
        if not isinstance(value, Combinable):
            setattr(batch, name, value)


def leaves_of(batch: Batch) -> bytes:
    """Return the leaves of a batch as they are stored now, in order, 32 bytes each; one query.

    In one value: a row for each would take twenty times their bytes here.

    Raises:
        LeavesMissing: there are others than 0 to the size of its tree.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LEAVES, [batch.pk])
        count, places, first, last, leaves = cursor.fetchone()
    size = batch.tree_size
    if (count, places, first, last) != (size, size, 0, size - 1):
        raise LeavesMissing("its leaves are not complete")
    return bytes(leaves)


def in_block(receipt: Receipt, block: chains.Block, now: datetime) -> dict[str, Any]:
    """Return what a batch notes of the block that holds its transaction."""
    return {
        "transaction": receipt.transaction,
        "block_number": block.number,
        "block_hash": block.hash,
        "block_time": block.time,
        "gas_used": receipt.gas_used,
        "gas_price": receipt.gas_price,
        "mined_at": now,
    }


def adopt(
    *, chain: Chain, batch: Batch, sender: Sender, registry: str, anchored: Anchored, now: datetime
) -> bool:
    """Take over the transaction that anchored the root, which the rows do not know.

    So it is after an older copy of the database was restored. The registry keeps the first anchor
    only: what was sent later for the same root changed nothing and proves nothing.

    Returns:
        Whether the transaction was found; a reorganisation between two questions may hide it.

    Raises:
        Overtaken: another worker moved the batch first.
    """
    found = _anchoring_transaction(chain, batch, sender, registry, anchored)
    if found is None:
        return False
    known, receipt, block = found
    try:
        with transaction.atomic():
            _remember(batch, sender, known, now)
            failpoints.reach("adopt: attempt written")
            move(
                batch,
                State.MINED,
                f"adopted {known.hash}",
                sender=sender,
                nonce=known.nonce,
                registry=registry,
                **in_block(receipt, block, now),
            )
    except IntegrityError as error:
        # Two batches would share a nonce: the other one is about to find that its own was taken.
        raise Overtaken(f"{batch} waits for its nonce to be given up elsewhere") from error
    return True


def _anchoring_transaction(
    chain: Chain, batch: Batch, sender: Sender, registry: str, anchored: Anchored
) -> tuple[Transaction, Receipt, chains.Block] | None:
    name = chain.anchoring_transaction(
        registry=registry,
        submitter=sender.address,
        root=bytes(batch.root),
        block_number=anchored.block_number,
    )
    known = chain.transaction(name) if name else None
    receipt = chain.receipt(name) if name else None
    block = chain.block(receipt.block_number) if receipt else None
    if known is None or receipt is None or block is None or block.hash != receipt.block_hash:
        return None
    return known, receipt, block


def _remember(batch: Batch, sender: Sender, known: Transaction, now: datetime) -> None:
    """Write the attempt down again, so that the bytes can be resent after a reorganisation."""
    Attempt.objects.get_or_create(
        transaction=known.hash,
        defaults={
            "sender": sender,
            "batch": batch,
            "nonce": known.nonce,
            "raw": known.raw,
            "max_fee": known.max_fee,
            "max_tip": known.max_tip,
            "signed_at": now,
            "sent_at": now,
            "sends": 1,
        },
    )
