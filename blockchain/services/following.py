"""Follow: read from the chain what became of every batch, until it is final.

    gather   the head, the last final block, the receipt of one of our attempts, its block
    decide   `decide`, which asks nobody and writes nothing
    perform  one compare-and-set; then decide again, until nothing more is to be done

A receipt is believed only where the chain has that very block at that height: a node may still hand
out receipts of blocks that a reorganisation has replaced.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from functools import partial

from django.db import transaction
from django.db.models import F

from blockchain import chains
from blockchain.chains.interface import (
    ABOUT_AN_ANCHOR,
    Anchored,
    Block,
    Chain,
    Disagreement,
    Receipt,
)
from blockchain.models import IN_BLOCK, IN_FLIGHT, Batch, Sender, State
from blockchain.services import attempts, batches, failpoints, rounds, submitter, watching

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sighting:
    """What the chain showed of one batch.

    Attributes:
        head: Height of the last block.
        finalized: Height of the last final block.
        final_nonce: Nonces below this one were used up by final transactions. Read before the
            receipt, or a transaction that is mined in between would pass for a stranger's.
        receipt: Of whichever of our attempts is in a block; None if none is.
        block: The block at the receipt's height, as the chain has it now.
        anchored: What the registry answers at the head.
        anchored_finally: What it answers at the last final block.
    """

    head: int
    finalized: int
    final_nonce: int
    receipt: Receipt | None
    block: Block | None
    anchored: Anchored | None
    anchored_finally: Anchored | None


class Step(Enum):
    """What is to be done with a batch."""

    NOTHING = auto()
    NOTE_BLOCK = auto()
    CONFIRM = auto()
    FINALIZE = auto()
    FAIL = auto()
    REJOIN_QUEUE = auto()
    GIVE_UP_NONCE = auto()
    ADOPT = auto()


# After these, what was seen has nothing more to say about the batch.
LAST_STEPS = (Step.FAIL, Step.REJOIN_QUEUE, Step.GIVE_UP_NONCE, Step.FINALIZE)


def decide(batch: Batch, seen: Sighting, *, confirmations: int) -> Step:
    """Return what is to be done with a batch that has a nonce, given what the chain shows."""
    receipt, block, anchored = seen.receipt, seen.block, seen.anchored
    if receipt is None:
        return _decide_unseen(batch, seen)
    if block is None or block.hash != receipt.block_hash:
        return Step.NOTHING  # the receipt is of a block that is no longer there
    if not receipt.succeeded:
        return Step.FAIL
    if anchored is None or anchored.time != block.time:
        # Nothing: a reorganisation between two questions. Another time: an earlier transaction
        # anchored the root, and ours changed nothing.
        return Step.NOTHING if anchored is None else Step.ADOPT
    if batch.state in IN_FLIGHT or batch.block_hash != block.hash:
        return Step.NOTE_BLOCK
    return _decide_in_block(batch, seen, block.number, confirmations)


def _decide_in_block(batch: Batch, seen: Sighting, height: int, confirmations: int) -> Step:
    final = height <= seen.finalized
    if batch.state == State.MINED:
        deep = seen.head - height + 1 >= confirmations
        return Step.CONFIRM if deep or final else Step.NOTHING
    # The last step is taken for ever: the registry must say the same at the last final block.
    return Step.FINALIZE if final and seen.anchored_finally == seen.anchored else Step.NOTHING


def _decide_unseen(batch: Batch, seen: Sighting) -> Step:
    """Decide for a batch none of whose attempts is in a block."""
    if batch.state in IN_BLOCK:
        # A node that has not even reached the block knows nothing about it.
        behind = batch.block_number is not None and seen.head < batch.block_number
        return Step.NOTHING if behind else Step.REJOIN_QUEUE
    if batch.nonce is None or seen.final_nonce <= batch.nonce:
        return Step.NOTHING  # it waits; only a final use of its nonce by others is for good
    return Step.GIVE_UP_NONCE if seen.anchored is None else Step.ADOPT


def follow(*, now: datetime, chain: str = "") -> int:
    """Bring every batch that has a transaction up to date with its chain; return how many moved.

    Any number of workers may follow at once: every move is a compare-and-set. No chain waits for
    another.

    Args:
        now: The instant that is noted beside the moves.
        chain: Only this one; empty for all.

    Raises:
        Unavailable: a chain could not be asked; nothing is concluded from silence.
        Disagreement: its nodes contradict each other; the submitters there are paused.
    """
    return rounds.each({each: partial(_follow_chain, each, now) for each in rounds.asked(chain)})


def _follow_chain(name: str, now: datetime) -> int:
    chain = chains.get_chain(name)
    unfinished = Batch.objects.filter(chain=name, state__in=(*IN_FLIGHT, *IN_BLOCK))
    followed = list(unfinished.select_related("sender").order_by("sender", "nonce"))
    newest = watching.newest_final(chain)
    if not followed and not watching.is_watched(newest, now):
        submitter.release(chain=name, reasons=[ABOUT_AN_ANCHOR], now=now)
        return 0
    try:
        chain.check()
        watching.watch(chain=chain, newest=newest, now=now)
        moved = _follow_each(chain, followed, now)
    except Disagreement as disagreement:
        submitter.hold(chain=name, reason=str(disagreement), now=now)
        raise
    submitter.release(chain=name, reasons=submitter.DISAGREEMENTS, now=now)
    return moved


def _follow_each(chain: Chain, followed: Sequence[Batch], now: datetime) -> int:
    # Before any receipt is read: see Sighting.final_nonce.
    addresses = {_sender(batch).address for batch in followed}
    final_nonces = {address: chain.nonce(address, "finalized") for address in addresses}
    head, finalized = chain.head().number, chain.finalized().number
    moved = 0
    for batch in followed:
        final_nonce = final_nonces[_sender(batch).address]
        seen = _look(chain, batch, head=head, finalized=finalized, final_nonce=final_nonce)
        failpoints.reach("follow: chain read")
        try:
            moved += _follow(chain, batch, seen, now)
        except batches.Overtaken as overtaken:
            log.info("%s", overtaken)
    return moved


def _follow(chain: Chain, batch: Batch, seen: Sighting, now: datetime) -> int:
    """Take every step that one sighting allows; return 1 if the batch moved."""
    moved, confirmations = 0, chains.terms_of(chain.id).confirmations
    for _state in State:  # no batch has more states before it than there are
        step = decide(batch, seen, confirmations=confirmations)
        if step is Step.NOTHING:
            return moved
        if step is Step.ADOPT:
            # What is seen belongs to another transaction; the next turn looks at the right one.
            return max(moved, _adopt(chain, batch, seen, now))
        with transaction.atomic():
            _write(batch, step, seen, now)
            failpoints.reach("follow: move written")
        moved = 1
        if step in LAST_STEPS:
            break
    return moved


def _look(chain: Chain, batch: Batch, *, head: int, finalized: int, final_nonce: int) -> Sighting:
    receipt = _receipt(chain, batch)
    block = chain.block(receipt.block_number) if receipt else None

    def anchored(tag: chains.Tag) -> Anchored | None:
        return chain.anchor_of(
            registry=batch.registry,
            submitter=_sender(batch).address,
            root=bytes(batch.root),
            tag=tag,
        )

    return Sighting(
        head=head,
        finalized=finalized,
        final_nonce=final_nonce,
        receipt=receipt,
        block=block,
        anchored=anchored("latest"),
        anchored_finally=anchored("finalized") if block and block.number <= finalized else None,
    )


def _receipt(chain: Chain, batch: Batch) -> Receipt | None:
    for attempt in attempts.of_batch(batch).reverse():
        receipt = chain.receipt(attempt.transaction)
        if receipt is not None:
            return receipt
    return None


def _sender(batch: Batch) -> Sender:
    if batch.sender is None:
        raise RuntimeError(f"{batch} is followed without a submitter")
    return batch.sender


def _adopt(chain: Chain, batch: Batch, seen: Sighting, now: datetime) -> int:
    return seen.anchored is not None and batches.adopt(
        chain=chain,
        batch=batch,
        sender=_sender(batch),
        registry=batch.registry,
        anchored=seen.anchored,
        now=now,
    )


def _write(batch: Batch, step: Step, seen: Sighting, now: datetime) -> None:
    if step is Step.CONFIRM:
        batches.move(batch, State.CONFIRMED, f"head at {seen.head}", confirmed_at=now)
    elif step is Step.FINALIZE:
        batches.move(batch, State.FINALIZED, f"final up to {seen.finalized}", finalized_at=now)
    elif step is Step.REJOIN_QUEUE:
        batches.move(
            batch,
            State.BROADCAST,
            "a reorganisation took its block away",
            **batches.NO_BLOCK,
            broadcast_at=now,
            mined_at=None,
            confirmed_at=None,
            reorganisations=F("reorganisations") + 1,
        )
        # The same bytes, at once.
        attempts.of_batch(batch).update(sent_at=None)
    elif step is Step.GIVE_UP_NONCE:
        why = f"nonce {batch.nonce} was used by a transaction that is not ours"
        log.error("submitter %s: %s", _sender(batch).account, why)
        batches.move(
            batch, State.SEALED, why, **batches.NO_NONCE, signed_at=None, broadcast_at=None
        )
    elif seen.receipt is not None and seen.block is not None:
        noted = batches.in_block(seen.receipt, seen.block, now)
        if step is Step.FAIL:
            why = f"transaction {seen.receipt.transaction} reverted"
            log.error("batch %s failed: %s", bytes(batch.root).hex()[:12], why)
            batches.move(batch, State.FAILED, why, **noted, failed_at=now, failure=why)
        else:
            moved = int(batch.state in IN_BLOCK)  # noted before, in another block
            batches.move(
                batch,
                State.MINED,
                f"block {seen.block.number}",
                **noted,
                confirmed_at=None,
                reorganisations=F("reorganisations") + moved,
            )
