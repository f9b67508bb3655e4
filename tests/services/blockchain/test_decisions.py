"""`decide` as a table: what the chain shows, and the one step that follows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from blockchain.chains.interface import Anchored, Block, Receipt
from blockchain.models import Batch
from blockchain.services.following import Sighting, Step, decide

THEN = datetime(2026, 3, 1, tzinfo=UTC)
HERE, ELSEWHERE = "0x" + "aa" * 32, "0x" + "bb" * 32
BLOCK = Block(number=100, hash=HERE, time=THEN)
RECEIPT = Receipt(
    transaction="0x" + "11" * 32,
    block_number=100,
    block_hash=HERE,
    succeeded=True,
    gas_used=45_825,
    gas_price=10**9,
)
ANCHORED = Anchored(time=THEN, block_number=100)
LATER = Anchored(time=THEN - timedelta(seconds=60), block_number=95)

FRESH = Sighting(
    head=100,
    finalized=90,
    final_nonce=5,
    receipt=RECEIPT,
    block=BLOCK,
    anchored=ANCHORED,
    anchored_finally=None,
)
FINAL = replace(FRESH, head=200, finalized=100, final_nonce=6, anchored_finally=ANCHORED)
UNSEEN = replace(FRESH, receipt=None, block=None, anchored=None)


def batch(state):
    block = {"block_number": 100, "block_hash": HERE} if state in ("mined", "confirmed") else {}
    return Batch(state=state, nonce=5, **block)


@pytest.mark.parametrize("state", ["signed", "broadcast"])
@pytest.mark.parametrize(
    ("seen", "step"),
    [
        (FRESH, Step.NOTE_BLOCK),
        (FINAL, Step.NOTE_BLOCK),
        (UNSEEN, Step.NOTHING),
        (replace(UNSEEN, final_nonce=6), Step.GIVE_UP_NONCE),
        (replace(UNSEEN, final_nonce=6, anchored=LATER), Step.ADOPT),
        (replace(UNSEEN, anchored=LATER), Step.NOTHING),
        (replace(FRESH, anchored=LATER), Step.ADOPT),
        (replace(FRESH, anchored=None), Step.NOTHING),
        (replace(FRESH, block=None), Step.NOTHING),
        (replace(FRESH, block=replace(BLOCK, hash=ELSEWHERE)), Step.NOTHING),
        (replace(FRESH, receipt=replace(RECEIPT, succeeded=False)), Step.FAIL),
    ],
)
def test_a_batch_in_flight(state, seen, step):
    assert decide(batch(state), seen, confirmations=3) is step


@pytest.mark.parametrize(
    ("seen", "step"),
    [
        (FRESH, Step.NOTHING),
        (replace(FRESH, head=101), Step.NOTHING),
        (replace(FRESH, head=102), Step.CONFIRM),
        (replace(FRESH, finalized=100), Step.CONFIRM),
        (UNSEEN, Step.REJOIN_QUEUE),
        (replace(UNSEEN, head=99), Step.NOTHING),
        (replace(UNSEEN, final_nonce=6), Step.REJOIN_QUEUE),
    ],
)
def test_a_batch_in_a_block(seen, step):
    assert decide(batch("mined"), seen, confirmations=3) is step


@pytest.mark.parametrize(
    ("seen", "step"),
    [
        (replace(FRESH, head=150), Step.NOTHING),
        (FINAL, Step.FINALIZE),
        (replace(FINAL, finalized=99), Step.NOTHING),
        (replace(FINAL, anchored_finally=None), Step.NOTHING),
        (replace(FINAL, anchored_finally=LATER), Step.NOTHING),
        (UNSEEN, Step.REJOIN_QUEUE),
        (replace(UNSEEN, head=99), Step.NOTHING),
        (replace(FINAL, receipt=replace(RECEIPT, succeeded=False)), Step.FAIL),
    ],
)
def test_a_confirmed_batch(seen, step):
    assert decide(batch("confirmed"), seen, confirmations=3) is step


@pytest.mark.parametrize("state", ["mined", "confirmed"])
def test_a_batch_whose_transaction_is_in_another_block_notes_that_one(state):
    moved = replace(
        FINAL,
        receipt=replace(RECEIPT, block_hash=ELSEWHERE),
        block=replace(BLOCK, hash=ELSEWHERE),
    )

    assert decide(batch(state), moved, confirmations=3) is Step.NOTE_BLOCK
