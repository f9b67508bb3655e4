"""Of several anchors the best; and what a worker saw last of every chain."""

from datetime import timedelta

import pytest

from blockchain import selectors, services
from blockchain.chains.signers import LocalSigner
from blockchain.core.lanes import Lane
from blockchain.models import Batch, Sight
from tests.services.blockchain.conftest import (
    FIRST,
    OWN_ADDRESS,
    SECOND,
    go_on,
    leaf_of,
    promise,
    salt_of,
)

pytestmark = pytest.mark.django_db

# -- The best proof --------------------------------------------------------------------------------


def test_what_is_final_goes_before_what_is_earlier(chain, other, clock):
    other.finality = 100
    promise(clock, 1, FIRST, SECOND)
    go_on(clock, other, rounds=5)
    best = selectors.proof_for(leaf_of(1), salt_of(1))
    assert best is not None
    assert (best.chain, best.state) == (SECOND, "confirmed")

    go_on(clock, chain, other)

    best, second = selectors.proofs_for(leaf_of(1), salt_of(1))
    assert (best.chain, best.state) == (FIRST, "finalized")
    assert (second.chain, second.state) == (SECOND, "confirmed")
    assert selectors.proof_for(leaf_of(1), salt_of(1)) == best


def test_of_two_that_are_final_the_earlier_is_best(chain, other, clock):
    promise(clock, 1, FIRST, SECOND)
    go_on(clock, chain, other)
    chain_batch = Batch.objects.get(chain=FIRST)
    Batch.objects.filter(chain=SECOND).update(
        block_time=chain_batch.block_time - timedelta(minutes=1)
    )

    found = [proof.chain for proof in selectors.proofs_for(leaf_of(1), salt_of(1))]

    assert found == [SECOND, FIRST]


def test_a_flagged_batch_hands_out_no_final_receipt_and_says_so(chain, other, clock):
    promise(clock, 1, FIRST, SECOND)
    go_on(clock, chain, other)
    promise(clock, 2, SECOND)
    go_on(clock, chain, other)
    other.reorganise(25)
    services.follow(now=clock.now)

    best, flagged = selectors.proofs_for(leaf_of(1), salt_of(1))

    assert (best.chain, best.state) == (FIRST, "finalized")
    assert (flagged.chain, flagged.state) == (SECOND, "confirmed")
    assert [selectors.recorded(proof).rechecked for proof in (best, flagged)] == [False, True]


def test_how_far_a_leaf_has_come_is_how_far_its_furthest_lane_has(chain, other, clock):
    promise(clock, 1, FIRST, SECOND)
    other.down = True
    go_on(clock, chain)

    assert selectors.states_of([leaf_of(1)]) == {leaf_of(1): "finalized"}
    assert selectors.lanes_of([leaf_of(1), leaf_of(2)]) == {leaf_of(1): {Lane(FIRST), Lane(SECOND)}}


# -- What a worker saw -----------------------------------------------------------------------------


def test_a_worker_notes_what_the_chains_show(chain, other, clock, django_assert_num_queries):
    promise(clock, 1, FIRST, f"{SECOND}/ecole-a")
    go_on(clock, chain, other)

    assert services.look(now=clock.now) == 2

    with django_assert_num_queries(2):
        first, second = selectors.chain_facts()
    assert (first.chain, second.chain) == (FIRST, SECOND)
    assert (first.head, first.finalized) == (chain.head().number, chain.finalized().number)
    assert first.answered_at == first.asked_at == clock.now
    assert (first.trouble, first.terms.is_first, second.terms.is_first) == ("", True, False)
    [account] = second.accounts
    assert (account.account, account.signer) == (f"{SECOND}:{OWN_ADDRESS}", "ecole-a")
    assert account.balance == other.balance(OWN_ADDRESS)
    assert account.balance_at == clock.now
    assert account.paused == ""


def test_a_chain_that_does_not_answer_keeps_what_it_last_showed(chain, other, clock):
    services.look(now=clock.now)
    head = other.head().number
    other.down = True

    assert services.look(now=clock.forward(minutes=1)) == 1

    _first, second = selectors.chain_facts()
    assert (second.head, second.trouble) == (head, "the node could not be reached")
    assert second.asked_at - second.answered_at == timedelta(minutes=1)


def test_a_slow_worker_does_not_overwrite_what_a_later_one_saw(chain, clock):
    later = clock.now + timedelta(minutes=1)
    services.look(now=later)
    chain.down = True

    services.look(now=clock.now)

    assert Sight.objects.get().trouble == ""
    assert Sight.objects.get().asked_at == later


def test_nobody_has_looked_yet_and_a_chain_of_the_past_is_still_named(
    chain, other, clock, settings
):
    promise(clock, 1, FIRST, SECOND)
    go_on(clock, chain, other)
    settings.FURTHER_CHAINS = []

    first, past = selectors.chain_facts()

    assert (first.chain, first.asked_at, first.head) == (FIRST, None, None)
    assert (past.chain, past.terms) == (SECOND, None)
    assert [account.account for account in past.accounts] == [
        f"{SECOND}:{LocalSigner(bytes.fromhex(settings.SUBMITTER_KEY)).address}"
    ]
