"""Selectors: what they answer, and how many queries that takes."""

import pytest

from blockchain import selectors, services
from blockchain.core import merkle
from blockchain.models import Batch, Sender
from tests.services.blockchain.conftest import (
    commit,
    leaf_of,
    only_batch,
    proof_of,
    salt_of,
    settle,
    work,
)

pytestmark = pytest.mark.django_db


def test_there_is_no_proof_until_the_batch_is_confirmed(chain, clock):
    commit(clock, 1)
    seen = []

    for _round in range(4):
        work(clock)
        proof = selectors.proof_for(leaf_of(1), salt_of(1))
        seen.append((only_batch().state, proof and proof.state))
        chain.mine()

    assert seen == [
        ("broadcast", None),
        ("mined", None),
        ("mined", None),
        ("confirmed", "confirmed"),
    ]


def test_nobody_proves_a_leaf_that_was_never_committed(chain, clock):
    assert selectors.proof_for(leaf_of(1), salt_of(1)) is None


@pytest.mark.parametrize("count", [1, 2, 3, 7, 64, 100])
def test_every_leaf_of_a_batch_has_its_proof(chain, clock, count):
    commit(clock, *range(count))
    settle(chain, clock)

    for number in {0, count // 2, count - 1}:
        proof = proof_of(number)
        merkle.verify(leaf_of(number), proof.inclusion, proof.root)
        assert proof.inclusion.tree_size == count


def test_a_proof_is_two_queries_and_never_the_whole_tree(chain, clock, django_assert_num_queries):
    commit(clock, *range(100))
    settle(chain, clock)

    with django_assert_num_queries(2) as context:
        selectors.proof_for(leaf_of(77), salt_of(77))

    assert "substring(levels" in context[1]["sql"]
    assert '"levels"' not in context[0]["sql"]


def test_a_proof_becomes_final_and_then_never_changes(chain, clock):
    commit(clock, 1)
    settle(chain, clock)
    proof = proof_of(1)

    chain.mine(50)
    work(clock)

    assert proof.state == "finalized"
    assert proof_of(1) == proof


def test_states_of_leaves(chain, clock, settings, django_assert_num_queries):
    commit(clock, 1)
    work(clock)
    settings.ANCHOR_SEAL_AGE_SECONDS = 600
    commit(clock, 2)

    with django_assert_num_queries(1):
        states = selectors.states_of([leaf_of(1), leaf_of(2), leaf_of(3)])

    assert states == {leaf_of(1): "broadcast", leaf_of(2): "waiting"}


def test_totals(chain, clock, settings, django_assert_num_queries):
    commit(clock, 1, 2, 3)
    settle(chain, clock)
    settings.ANCHOR_SEAL_AGE_SECONDS = 600
    commit(clock, 4)

    with django_assert_num_queries(3):
        totals = selectors.totals()

    assert totals.leaves == {"finalized": 3, "waiting": 1}
    assert totals.batches == {"finalized": 1}
    assert totals.waiting_since == clock.now
    assert (totals.gas, totals.cost) == (45_825, 45_825 * 2 * 10**9)


def test_totals_of_nothing(db):
    totals = selectors.totals()

    assert (totals.leaves, totals.batches, totals.gas, totals.cost) == ({}, {}, 0, 0)
    assert totals.waiting_since is None


def test_latest_batches_come_without_their_trees(chain, clock, django_assert_num_queries):
    for number in range(3):
        commit(clock, number)
        work(clock)

    with django_assert_num_queries(1) as context:
        batches = list(selectors.latest_batches(limit=2))
        assert [each.sender is not None for each in batches] == [True, True]

    assert '"levels"' not in context[0]["sql"]
    assert [each.pk for each in batches] == list(
        Batch.objects.order_by("-id").values_list("pk", flat=True)[:2]
    )


def test_every_submitter_that_ever_was_is_named(chain, clock, settings):
    commit(clock, 1)
    work(clock)
    first = services.submitter_account()
    settings.SUBMITTER_KEY = f"{8:064x}"
    commit(clock, 2)
    work(clock)

    assert selectors.submitter_accounts() == [first, services.submitter_account()]


def test_a_process_without_the_key_names_the_submitter_of_the_others(chain, clock, settings):
    commit(clock, 1)
    work(clock)
    account = services.submitter_account()

    settings.SUBMITTER_KEY = ""

    assert services.submitter_account() == account
    assert account == f"eip155:31337:{Sender.objects.get().address}"
    assert account == account.lower()


def test_nobody_to_name_is_said(chain, settings, db):
    settings.SUBMITTER_KEY = ""

    with pytest.raises(services.NoSubmitter, match="SUBMITTER_KEY"):
        services.submitter_account()


def test_paused_submitters_say_why(chain, clock):
    chain.wealth = 0
    commit(clock, 1)
    work(clock)

    (sender,) = selectors.paused_submitters()

    assert "balance" in sender.paused
