"""Compare-and-set: a worker that slept through something changes nothing."""

import pytest

from blockchain.models import Batch, State
from blockchain.services import batches
from tests.services.blockchain.conftest import commit, only_batch, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def sleeper(chain, clock):
    """Return a batch as a worker saw it that then fell asleep: confirmed in some block."""
    chain.finality = 20
    commit(clock, 1)
    work(clock)
    chain.mine(3)
    work(clock)
    seen = only_batch()
    assert seen.state == "confirmed"
    return seen


def test_what_is_still_so_is_moved(sleeper):
    batches.move(sleeper, State.FINALIZED, "it is still so", finalized_at=sleeper.confirmed_at)

    assert (only_batch().state, only_batch().finalized_at) == ("finalized", sleeper.confirmed_at)
    assert sleeper.state == "finalized"


def test_another_state_is_not_overwritten(chain, clock, sleeper):
    chain.reorganise(3, forget=True)
    work(clock)

    with pytest.raises(batches.Overtaken):
        batches.move(sleeper, State.FINALIZED, "it was so")

    assert only_batch().state == "broadcast"


def test_the_same_state_in_another_block_is_not_overwritten(chain, clock, sleeper):
    chain.reorganise(3)
    chain.mine(3)
    work(clock)
    work(clock)
    assert only_batch().state == sleeper.state
    assert only_batch().block_hash != sleeper.block_hash

    with pytest.raises(batches.Overtaken):
        batches.move(sleeper, State.FINALIZED, "it was so")

    assert only_batch().state == "confirmed"


def test_the_same_state_with_another_nonce_is_not_overwritten(chain, clock):
    commit(clock, 1)
    work(clock)
    seen = only_batch()
    Batch.objects.update(nonce=7)

    with pytest.raises(batches.Overtaken):
        batches.move(seen, State.MINED, "it was so")
