"""A person has looked, and lets a batch go on."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from blockchain import selectors, services
from blockchain.core import manifest
from blockchain.models import Attempt, Batch, Commitment
from blockchain.services import batches, manifests, retrying
from tests.services.blockchain.conftest import commit, leaf_of, only_batch, settle, work

pytestmark = pytest.mark.django_db


def root_of(batch):
    return bytes(batch.root).hex()


@pytest.fixture
def reverted(chain, clock):
    commit(clock, 1)
    work(clock)
    chain.reverts = True
    chain.mine()
    work(clock)
    chain.reverts = False
    # A reorganisation takes it away: the former nonce is free, and the same bytes come out again.
    chain._blocks[-1] = chain._blocks[-1].__class__(chain.head(), (), 0)
    return only_batch()


@pytest.fixture
def replaced(chain, clock):
    """Return two final batches whose blocks are no more, nor is what they held."""
    for number in range(2):
        commit(clock, number)
        work(clock)
        chain.mine()
    settle(chain, clock)
    services.write_missing_manifests()
    chain.finality = 10
    first = Batch.objects.order_by("id")[0]
    chain.reorganise(chain.head().number - first.block_number + 1, forget=True)
    services.follow(now=clock.now)
    return list(Batch.objects.order_by("id"))


def test_a_batch_that_reverted_is_signed_again(reverted, chain, clock):
    assert reverted.state == "failed"

    assert services.retry(root=root_of(reverted)[:12], now=clock.now) == "sealed"

    assert (only_batch().nonce, only_batch().failure, only_batch().failed_at) == (None, "", None)
    settle(chain, clock)
    assert only_batch().failure == ""


def test_a_batch_whose_leaves_are_damaged_is_refused_again(chain, clock):
    commit(clock, 1, 2)
    services.seal(now=clock.now)
    Commitment.objects.filter(leaf_index=1).update(leaf=leaf_of(9))
    services.broadcast(now=clock.now)
    assert only_batch().state == "failed"

    services.retry(root=root_of(only_batch()), now=clock.now)
    services.broadcast(now=clock.now)
    assert only_batch().state == "failed"
    assert not Attempt.objects.exists()

    Commitment.objects.filter(leaf_index=1).update(leaf=leaf_of(2))
    services.retry(root="0x" + root_of(only_batch()), now=clock.now)
    settle(chain, clock)


def test_a_replaced_batch_is_sent_again_with_the_same_bytes(replaced, chain, clock):
    sent = set(chain.sends)

    for batch in replaced:
        assert services.retry(root=root_of(batch), now=clock.now) == "broadcast"

    settle(chain, clock, rounds=20)
    assert set(chain.sends) == sent
    for batch in Batch.objects.all():
        block = chain.block(batch.block_number)
        assert (block.hash, block.time) == (batch.block_hash, batch.block_time)


def test_the_submitter_goes_on_after_the_last_one(replaced, chain, clock):
    assert selectors.paused_submitters()

    services.retry(root=root_of(replaced[0]), now=clock.now)
    assert selectors.paused_submitters()
    services.retry(root=root_of(replaced[1]), now=clock.now)

    assert not selectors.paused_submitters()


def test_the_final_manifest_is_written_anew(replaced, chain, clock):
    for batch in replaced:
        services.retry(root=root_of(batch), now=clock.now)
    settle(chain, clock, rounds=20)
    services.write_missing_manifests()

    for batch, before in zip(Batch.objects.order_by("id"), replaced, strict=True):
        assert batch.final_manifest != before.final_manifest
        found = manifest.read(manifests.path_of(batch.final_manifest).read_bytes())
        assert found.anchor is not None
        assert found.anchor.block_hash == batch.block_hash


def test_what_goes_well_is_not_retried(chain, clock):
    commit(clock, 1)
    settle(chain, clock)

    with pytest.raises(services.NothingToRetry, match="there are: none"):
        services.retry(root=root_of(only_batch()), now=clock.now)


@pytest.mark.parametrize("name", ["", "abc", "z" * 12, "a" * 65, "%" * 8])
def test_a_name_that_is_none_is_refused(chain, clock, name):
    with pytest.raises(services.NothingToRetry, match="hexadecimal digits"):
        services.retry(root=name, now=clock.now)


def test_a_batch_that_somebody_else_retries_at_the_same_time_is_left_alone(
    reverted, clock, monkeypatch
):
    def overtaken(batch, *args, **changes):
        raise batches.Overtaken("it was moved by another worker")

    monkeypatch.setattr(retrying.batches, "move", overtaken)

    with pytest.raises(services.NothingToRetry, match="another worker"):
        services.retry(root=root_of(reverted), now=clock.now)


def test_the_command_says_what_came_of_it(reverted, capsys):
    call_command("retry_batch", root_of(reverted)[:12])

    assert "sealed again" in capsys.readouterr().out
    with pytest.raises(CommandError, match="there are: none"):
        call_command("retry_batch", root_of(reverted)[:12])
