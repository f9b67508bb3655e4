"""Nodes that contradict each other, and a chain that takes back what was final."""

import logging

import pytest

from blockchain import selectors, services
from blockchain.chains.interface import ABOUT_A_BLOCK, Disagreement
from blockchain.models import Batch, Sender
from blockchain.services import submitter, watching
from tests.services.blockchain.conftest import commit, only_batch, settle, work

pytestmark = pytest.mark.django_db


def errors(caplog):
    return [each for each in caplog.records if each.levelno == logging.ERROR]


def reasons():
    return [sender.paused for sender in selectors.paused_submitters()]


@pytest.fixture
def mined(chain, clock):
    """Return a batch whose block is final, which nobody has noticed yet."""
    commit(clock, 1)
    work(clock)
    chain.mine(8)
    return only_batch()


@pytest.mark.parametrize("what", ["block", "anchor"])
def test_a_disagreement_pauses_the_submitter_and_is_said_once(mined, chain, clock, caplog, what):
    chain.disagrees_about = what

    for _round in range(3):
        services.broadcast(now=clock.forward(seconds=31))
        with pytest.raises(Disagreement, match="disagree"):
            services.follow(now=clock.now)

    assert len(reasons()) == len(errors(caplog)) == 1
    assert not Batch.objects.filter(state="finalized").exists()
    sends = len(chain.sends)
    commit(clock, 2)
    services.seal(now=clock.now)
    services.broadcast(now=clock.now)
    assert len(chain.sends) == sends


@pytest.mark.parametrize("what", ["block", "anchor"])
def test_when_nodes_agree_again_the_work_goes_on(mined, chain, clock, what):
    chain.disagrees_about = what
    with pytest.raises(Disagreement):
        services.follow(now=clock.now)
    commit(clock, 2)
    chain.disagrees_about = ""

    settle(chain, clock)

    assert not reasons()


def test_a_disagreement_that_nobody_can_ask_about_any_more_is_over(mined, chain, clock):
    chain.disagrees_about = "anchor"
    with pytest.raises(Disagreement):
        services.follow(now=clock.now)
    Batch.objects.update(
        state="sealed", sender=None, nonce=None, registry="", transaction="", block_hash=""
    )

    services.follow(now=clock.now)

    assert not reasons()


def test_a_pause_ends_without_work_to_be_done(chain, clock):
    commit(clock, 1)
    services.seal(now=clock.now)
    chain.answers_for = 1
    services.broadcast(now=clock.now)
    Batch.objects.update(state="failed")
    chain.answers_for = None

    services.broadcast(now=clock.now)

    assert not reasons()


# -- Past finality ---------------------------------------------------------------------------------


@pytest.fixture
def final(chain, clock):
    """Return three batches that are final, each in a block of its own."""
    for number in range(3):
        commit(clock, number)
        work(clock)
        chain.mine()
    settle(chain, clock)
    return list(Batch.objects.order_by("id"))


def test_a_final_block_that_is_replaced_is_never_passed_over(final, chain, clock, caplog):
    depth = chain.head().number - final[1].block_number + 1

    chain.reorganise(depth)
    services.follow(now=clock.now)
    services.follow(now=clock.now)

    kept, second, third = Batch.objects.order_by("id")
    assert (kept.failure, kept.reorganisations) == ("", 0)
    for batch in (second, third):
        assert (batch.state, batch.reorganisations, batch.failed_at) == ("finalized", 1, clock.now)
        assert batch.failure == f"final block {batch.block_number} was replaced by another one"
    assert "a final block was replaced" in reasons()[0]
    assert len(errors(caplog)) == 3  # two batches and the submitter


def test_after_that_nothing_is_sent(final, chain, clock):
    chain.reorganise(chain.head().number - final[2].block_number + 1)
    services.follow(now=clock.now)
    sends = len(chain.sends)
    commit(clock, 9)

    for _round in range(3):
        work(clock)
        chain.mine()

    assert len(chain.sends) == sends
    assert Sender.objects.exclude(paused="").exists()


@pytest.mark.parametrize("reason", ["", ABOUT_A_BLOCK])
def test_a_worker_that_is_late_does_not_undo_it(final, chain, clock, reason):
    submitter.hold(chain=chain.id, reason=ABOUT_A_BLOCK, now=clock.now)
    late = Sender.objects.get()
    if reason:
        late.paused = ""  # it read the row before anything was wrong
    chain.reorganise(chain.head().number - final[2].block_number + 1)
    watching.watch(chain=chain, newest=final[2], now=clock.now)

    submitter.pause(late, reason, clock.now)

    assert reasons() == [submitter.FINAL_REPLACED]


def test_a_disagreement_later_does_not_hide_it(final, chain, clock):
    chain.reorganise(chain.head().number - final[2].block_number + 1)
    services.follow(now=clock.now)
    chain.disagrees_about = "block"
    with pytest.raises(Disagreement):
        services.follow(now=clock.now)

    assert "a final block was replaced" in reasons()[0]


def test_a_node_that_is_behind_replaces_nothing(final, chain, clock, monkeypatch):
    monkeypatch.setattr(chain, "block", lambda number: None)

    services.follow(now=clock.now)

    assert not reasons()


def test_an_old_final_batch_is_looked_at_while_others_are_followed(final, chain, clock):
    clock.forward(days=2)
    chain.reorganise(chain.head().number - final[2].block_number + 1)
    services.follow(now=clock.now)
    assert not reasons()
    commit(clock, 9)
    work(clock)

    assert reasons()


def test_what_ended_long_ago_asks_nobody(final, chain, clock):
    chain.down = True

    assert services.follow(now=clock.forward(days=2)) == 0
    assert not watching.is_watched(None, clock.now)
