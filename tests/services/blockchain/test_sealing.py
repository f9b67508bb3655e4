"""Leaves that wait become batches that are closed for good."""

import pytest
from django.db import transaction

from blockchain import services
from blockchain.core import merkle
from blockchain.models import Batch, Commitment
from tests.conftest import NOW
from tests.services.blockchain.conftest import commit, leaf_of

pytestmark = pytest.mark.django_db


def test_a_commitment_is_a_row_that_waits():
    services.commit(leaves=[leaf_of(1), leaf_of(2)], now=NOW)

    rows = Commitment.objects.order_by("id").values_list("leaf", "batch", "leaf_index")
    assert [bytes(leaf) for leaf, _batch, _index in rows] == [leaf_of(1), leaf_of(2)]
    assert all(batch is index is None for _leaf, batch, index in rows)


def test_nothing_may_be_committed():
    services.commit(leaves=[], now=NOW)

    assert not Commitment.objects.exists()


@pytest.mark.parametrize("leaf", [b"", bytes(31), bytes(33)])
def test_a_leaf_is_32_bytes(leaf):
    with pytest.raises(ValueError, match="leaf 1 must be 32 bytes"):
        services.commit(leaves=[leaf_of(1), leaf], now=NOW)

    assert not Commitment.objects.exists()


def test_a_leaf_is_committed_once_and_a_repeat_writes_nothing():
    services.commit(leaves=[leaf_of(1)], now=NOW)

    with pytest.raises(services.AlreadyCommitted):
        services.commit(leaves=[leaf_of(2), leaf_of(1)], now=NOW)

    assert Commitment.objects.count() == 1


def test_a_commitment_falls_with_the_transaction_that_signs(chain):
    def sign_and_fail():
        with transaction.atomic():
            services.commit(leaves=[leaf_of(1)], now=NOW)
            raise LookupError

    with pytest.raises(LookupError):
        sign_and_fail()

    assert not Commitment.objects.exists()


def test_a_batch_holds_the_leaves_in_the_order_in_which_they_came(chain, clock):
    commit(clock, 5, 3, 9)

    assert services.seal(now=clock.now) == 1

    batch = Batch.objects.get()
    levels = merkle.build([leaf_of(5), leaf_of(3), leaf_of(9)])
    rows = Commitment.objects.order_by("leaf_index").values_list("leaf", "batch_id")
    assert [(bytes(leaf), owner) for leaf, owner in rows] == [
        (leaf_of(number), batch.pk) for number in (5, 3, 9)
    ]
    assert bytes(batch.root) == levels[-1]
    assert bytes(batch.levels) == b"".join(levels)
    assert (batch.tree_size, batch.state, batch.chain) == (3, "sealed", "eip155:31337")
    assert batch.sealed_at == clock.now


def test_sealing_again_finds_nothing(chain, clock):
    commit(clock, 1)
    services.seal(now=clock.now)

    assert services.seal(now=clock.now) == 0
    assert Batch.objects.count() == 1


def test_leaves_wait_for_company_until_the_oldest_is_old_enough(chain, clock, settings):
    settings.ANCHOR_SEAL_AGE_SECONDS = 600
    commit(clock, 1)
    clock.forward(seconds=599)
    commit(clock, 2)

    assert services.seal(now=clock.now) == 0
    assert services.seal(now=clock.forward(seconds=1)) == 1
    assert Batch.objects.get().tree_size == 2


def test_enough_leaves_wait_no_longer(chain, clock, settings):
    settings.ANCHOR_SEAL_AGE_SECONDS = 600
    settings.ANCHOR_SEAL_SIZE = 3
    commit(clock, *range(8))

    assert services.seal(now=clock.now) == 2

    sizes = Batch.objects.order_by("id").values_list("tree_size", flat=True)
    assert list(sizes) == [3, 3]
    assert Commitment.objects.filter(batch=None).count() == 2


def test_no_batch_is_larger_than_a_tree_may_be(chain, clock, settings, monkeypatch):
    settings.ANCHOR_SEAL_SIZE = 10**9
    monkeypatch.setattr(merkle, "MAX_LEAVES", 4)
    commit(clock, *range(9))

    services.seal(now=clock.now)

    sizes = Batch.objects.order_by("id").values_list("tree_size", flat=True)
    assert list(sizes) == [4, 4, 1]


def test_looking_for_leaves_that_are_due_costs_two_short_queries(
    chain, clock, settings, django_assert_num_queries
):
    settings.ANCHOR_SEAL_AGE_SECONDS = 600
    commit(clock, 1)

    with django_assert_num_queries(2):
        services.seal(now=clock.now)
