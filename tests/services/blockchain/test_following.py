"""What became of a transaction, in fair weather and in a storm."""

import pytest

from blockchain import services
from blockchain.chains.interface import Unavailable
from blockchain.models import Attempt, Batch
from blockchain.services import broadcasting
from tests.services.blockchain.conftest import (
    commit,
    only_batch,
    open_gap,
    settle,
    use_nonce_elsewhere,
    work,
)

pytestmark = pytest.mark.django_db


def broadcast(clock, *numbers):
    commit(clock, *numbers)
    work(clock)


def test_a_batch_goes_through_its_states(chain, clock):
    commit(clock, 1, 2)
    states = []

    for _round in range(6):
        work(clock)
        states.append(only_batch().state)
        chain.mine()

    assert states == ["broadcast", "mined", "mined", "confirmed", "confirmed", "finalized"]


def test_a_batch_notes_the_block_that_holds_it(chain, clock):
    broadcast(clock, 1)
    chain.mine()

    work(clock)

    batch, block = only_batch(), chain.head()
    assert (batch.block_number, batch.block_hash, batch.block_time) == (
        block.number,
        block.hash,
        block.time,
    )
    assert (batch.gas_used, batch.gas_price) == (45_825, 2 * 10**9)
    assert batch.transaction == chain.sends[0]


def test_depth_confirms_and_finality_ends(chain, clock):
    chain.finality = 20
    broadcast(clock, 1)
    chain.mine(2)
    work(clock)
    assert only_batch().state == "mined"

    chain.mine()
    work(clock)
    assert only_batch().state == "confirmed"
    chain.mine(17)
    work(clock)
    assert only_batch().state == "confirmed"
    chain.mine()
    work(clock)

    assert only_batch().state == "finalized"


def test_a_chain_whose_head_is_final_needs_no_further_blocks(chain, clock):
    chain.finality = 0
    broadcast(clock, 1)
    chain.mine()

    work(clock)

    batch = only_batch()
    assert batch.state == "finalized"
    assert batch.mined_at == batch.confirmed_at == batch.finalized_at == clock.now


def test_nothing_in_flight_asks_nobody(chain, clock):
    chain.down = True

    assert services.follow(now=clock.now) == 0


def test_silence_concludes_nothing(chain, clock):
    broadcast(clock, 1)
    chain.mine(3)
    work(clock)
    chain.down = True

    with pytest.raises(Unavailable):
        services.follow(now=clock.now)

    assert only_batch().state == "confirmed"


# -- Reorganisations -------------------------------------------------------------------------------


@pytest.mark.parametrize("forget", [False, True])
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_reorganisation_leads_to_the_same_transaction_once_more(chain, clock, depth, forget):
    chain.finality = 10
    broadcast(clock, 1)
    chain.mine(depth)
    work(clock)
    assert only_batch().state in ("mined", "confirmed")

    chain.reorganise(depth, forget=forget)
    work(clock)

    batch = only_batch()
    assert (batch.state, batch.transaction, batch.block_number) == ("broadcast", "", None)
    assert (batch.reorganisations, batch.confirmed_at) == (1, None)
    settle(chain, clock, rounds=14)
    assert len(set(chain.sends)) == 1
    assert Attempt.objects.count() == 1


def test_what_a_reorganisation_made_everybody_forget_is_sent_again_at_once(chain, clock):
    chain.finality = 10
    broadcast(clock, 1)
    chain.mine()
    services.follow(now=clock.now)
    chain.reorganise(1, forget=True)

    services.follow(now=clock.now)
    services.broadcast(now=clock.now)

    assert chain.waiting() == [chain.sends[0]]


def test_a_transaction_that_moves_to_another_block_is_noted_there(chain, clock):
    chain.finality = 10
    broadcast(clock, 1)
    chain.mine(3)
    work(clock)
    before = only_batch()
    chain.reorganise(3)
    chain.mine()

    work(clock)

    batch = only_batch()
    assert before.state == "confirmed"
    assert batch.state == "mined"
    assert batch.block_hash == chain.head().hash != before.block_hash
    assert batch.block_time == chain.head().time
    assert (batch.reorganisations, batch.confirmed_at) == (1, None)


def test_a_node_that_is_behind_makes_nothing_of_a_missing_receipt(chain, clock, monkeypatch):
    broadcast(clock, 1)
    chain.mine(2)
    work(clock)
    monkeypatch.setattr(chain, "receipt", lambda transaction: None)
    early = chain.block(3)
    monkeypatch.setattr(chain, "head", lambda: early)

    services.follow(now=clock.now)

    assert only_batch().state == "mined"


def test_a_receipt_of_a_block_that_is_gone_is_not_believed(chain, clock, monkeypatch):
    broadcast(clock, 1)
    chain.mine()
    stale = chain.receipt(chain.sends[0])
    chain.reorganise(1, forget=True)
    monkeypatch.setattr(chain, "receipt", lambda transaction: stale)

    services.follow(now=clock.now)

    assert only_batch().state == "broadcast"


def test_finality_needs_the_registry_to_say_the_same(chain, clock, monkeypatch):
    chain.finality = 0
    broadcast(clock, 1)
    chain.mine()
    honest = chain.anchor_of
    monkeypatch.setattr(
        chain, "anchor_of", lambda tag, **call: honest(tag=tag, **call) if tag == "latest" else None
    )

    work(clock)

    assert only_batch().state == "confirmed"


def test_a_transaction_that_reverted_is_for_a_person_to_look_at(chain, clock, caplog):
    broadcast(clock, 1)
    chain.reverts = True
    chain.mine()

    work(clock)
    work(clock)

    batch = only_batch()
    assert batch.state == "failed"
    assert batch.failure == f"transaction {batch.transaction} reverted"
    assert sum(each.levelname == "ERROR" for each in caplog.records) == 1


# -- Our nonce, used by others ---------------------------------------------------------------------


def test_a_nonce_that_others_used_is_given_up_when_that_is_final(chain, clock, caplog):
    broadcast(clock, 1)
    use_nonce_elsewhere(chain)
    chain.mine()
    work(clock)
    assert only_batch().state == "broadcast"

    chain.mine(4)
    work(clock)

    assert only_batch().state == "sealed"
    assert "used by a transaction that is not ours" in caplog.text
    settle(chain, clock)
    assert only_batch().nonce == 1
    assert Attempt.objects.count() == 2


def test_a_foreign_use_that_is_reorganised_away_changes_nothing(chain, clock):
    broadcast(clock, 1)
    ours = chain.sends[0]
    use_nonce_elsewhere(chain)
    chain.mine()
    work(clock)
    chain.reorganise(1, forget=True)

    settle(chain, clock)

    assert only_batch().transaction == ours
    assert only_batch().nonce == 0


def test_a_gap_is_filled_by_the_next_batch(chain, clock):
    open_gap(chain, clock)
    commit(clock, 2)

    settle(chain, clock, rounds=14)

    first, second = Batch.objects.order_by("id")
    assert (first.nonce, second.nonce) == (1, 0)
    assert Attempt.objects.count() == 2


def test_a_gap_is_filled_by_nothing_at_all_where_no_batch_waits(chain, clock, submitter):
    open_gap(chain, clock)

    settle(chain, clock, rounds=14)

    filler = Attempt.objects.get(batch=None)
    sent = chain.transaction(filler.transaction)
    assert (filler.nonce, sent.data, sent.recipient) == (0, b"", submitter)
    assert only_batch().nonce == 1


def test_a_gap_lets_one_more_through_when_enough_is_in_flight(chain, clock, monkeypatch):
    monkeypatch.setattr(broadcasting, "MAX_IN_FLIGHT", 1)
    open_gap(chain, clock)
    commit(clock, 2)
    work(clock)

    first, second = Batch.objects.order_by("id")

    assert (first.state, first.nonce) == ("broadcast", 1)
    assert (second.state, second.nonce) == ("broadcast", 0)


def test_a_failed_batch_whose_failure_was_undone_leaves_a_gap_that_is_filled(chain, clock):
    chain.finality = 10
    broadcast(clock, 1)
    chain.reverts = True
    chain.mine()
    work(clock)
    chain.reverts = False
    broadcast(clock, 2)
    chain.reorganise(1, forget=True)

    for _round in range(14):
        work(clock)
        chain.mine()

    failed, sound = Batch.objects.order_by("id")
    assert (failed.state, failed.nonce) == ("failed", 0)
    assert (sound.state, sound.nonce) == ("finalized", 1)
    assert Attempt.objects.get(batch=None).nonce == 0


def test_a_filler_that_is_reorganised_away_is_sent_again(chain, clock):
    open_gap(chain, clock)
    work(clock)
    chain.mine()

    chain.reorganise(1, forget=True)

    settle(chain, clock, rounds=16)
    assert Attempt.objects.filter(batch=None).count() == 1


# -- An older copy of the database -----------------------------------------------------------------


def restore_an_older_copy(*, state):
    """Forget what happened after the batch was sealed, or after it was signed."""
    nothing = {
        "transaction": "", "block_number": None, "block_hash": "", "block_time": None,
        "mined_at": None, "confirmed_at": None, "finalized_at": None,
    }  # fmt: skip
    if state == "sealed":
        nothing |= {"sender": None, "nonce": None, "registry": ""}
    Attempt.objects.all().delete()
    Batch.objects.update(state=state, **nothing)


@pytest.mark.parametrize("state", ["sealed", "signed", "broadcast"])
def test_an_anchor_that_the_database_forgot_is_adopted_not_repeated(chain, clock, state):
    broadcast(clock, 1)
    settle(chain, clock)
    before = only_batch()
    restore_an_older_copy(state=state)

    settle(chain, clock)

    batch = only_batch()
    assert batch.transaction == before.transaction == chain.sends[0]
    assert (batch.block_hash, batch.nonce) == (before.block_hash, before.nonce)
    assert len(set(chain.sends)) == 1
    attempt = Attempt.objects.get()
    assert attempt.transaction == batch.transaction
    assert bytes(attempt.raw) == chain.transaction(batch.transaction).raw


def test_an_adopted_anchor_that_is_reorganised_away_is_sent_again_as_it_was(chain, clock):
    chain.finality = 10
    broadcast(clock, 1)
    chain.mine()
    work(clock)
    restore_an_older_copy(state="sealed")
    work(clock)
    assert only_batch().state == "mined"

    chain.reorganise(1, forget=True)

    settle(chain, clock, rounds=14)
    assert len(set(chain.sends)) == 1


def test_of_two_transactions_for_one_root_the_first_is_the_anchor(chain, clock):
    """A worker that knew nothing sent the root again: the registry kept the first instant."""
    broadcast(clock, 1)
    chain.mine()
    first = chain.sends[0]
    restore_an_older_copy(state="sealed")
    unaware = chain.anchor_of
    chain.anchor_of = lambda **call: None
    services.broadcast(now=clock.now)
    chain.anchor_of = unaware
    chain.mine()
    assert len(set(chain.sends)) == 2

    settle(chain, clock)

    assert only_batch().transaction == first
    assert Attempt.objects.count() == 2
