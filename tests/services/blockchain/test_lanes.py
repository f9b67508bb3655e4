"""Several chains and accounts at once: each on its own terms, and none waits for another."""

import logging

import pytest

from blockchain import selectors, services, tasks
from blockchain.chains.memory import MemoryChain
from blockchain.core.lanes import Lane
from blockchain.models import Attempt, Batch, Commitment
from tests.services.blockchain.conftest import (
    FIRST,
    OWN_ADDRESS,
    SECOND,
    go_on,
    leaf_of,
    places,
    promise,
    salt_of,
    settle,
    work,
)

pytestmark = pytest.mark.django_db

# -- Two at once -----------------------------------------------------------------------------------


def test_a_leaf_is_anchored_on_every_one_of_its_lanes(chain, other, clock):
    promise(clock, 1, FIRST, SECOND)

    go_on(clock, chain, other)

    assert places() == {(FIRST, "finalized"), (SECOND, "finalized")}
    roots = {bytes(batch.root) for batch in Batch.objects.all()}
    assert len(roots) == 1
    for proof in selectors.proofs_for(leaf_of(1), salt_of(1)):
        assert services.find(proof=proof).finalized
    assert {proof.chain for proof in selectors.proofs_for(leaf_of(1), salt_of(1))} == {
        FIRST,
        SECOND,
    }


def test_each_lane_has_its_own_batches_and_its_own_account(chain, other, clock):
    promise(clock, 1, FIRST)
    promise(clock, 2, f"{FIRST}/ecole-a")
    promise(clock, 3, f"{SECOND}/ecole-a")

    go_on(clock, chain, other)

    senders = {str(batch.lane): batch.sender.address for batch in Batch.objects.all()}
    shared = services.submitter_account(lane=Lane(FIRST)).rpartition(":")[2]
    assert senders == {
        FIRST: shared,
        f"{FIRST}/ecole-a": OWN_ADDRESS,
        f"{SECOND}/ecole-a": OWN_ADDRESS,
    }
    assert {batch.nonce for batch in Batch.objects.all()} == {0}
    assert services.submitter_account(lane=Lane(SECOND, "ecole-a")) == f"{SECOND}:{OWN_ADDRESS}"


def test_a_lane_is_promised_once(chain, other, clock):
    promise(clock, 1, FIRST)
    promise(clock, 1, SECOND)

    with pytest.raises(services.AlreadyCommitted):
        promise(clock, 1, f"{FIRST}/ecole-a", SECOND)

    assert Commitment.objects.count() == 2


def test_leaves_need_a_lane_that_somebody_asks(chain, other, clock):
    with pytest.raises(services.Unavailable, match="asks eip155:31337, eip155:31338, not eip155:1"):
        promise(clock, 1, FIRST, "eip155:1")
    with pytest.raises(ValueError, match="a lane"):
        promise(clock, 1)

    assert not Commitment.objects.exists()


# -- On its own terms ------------------------------------------------------------------------------


def test_every_chain_seals_on_its_own_terms(chain, other, clock, further):
    further(seal_age_seconds=86_400, seal_size=3)
    promise(clock, 1, FIRST, SECOND)

    assert services.seal(now=clock.now) == 1
    promise(clock, 2, SECOND)
    assert services.seal(now=clock.forward(hours=23)) == 0
    assert services.seal(now=clock.forward(hours=1)) == 1
    for number in (3, 4, 5):
        promise(clock, number, SECOND)
    assert services.seal(now=clock.now) == 1

    sizes = Batch.objects.order_by("id").values_list("chain", "tree_size")
    assert list(sizes) == [(FIRST, 1), (SECOND, 2), (SECOND, 3)]


def test_every_chain_confirms_on_its_own_terms(chain, other, clock, further):
    further(confirmations=1)
    promise(clock, 1, FIRST, SECOND)
    work(clock)
    for each in (chain, other):
        each.mine()

    work(clock)

    assert places() == {(FIRST, "mined"), (SECOND, "confirmed")}


def test_every_chain_has_its_own_cap(chain, other, clock, further):
    further(fee_cap_gwei=2.5)
    for each in (chain, other):
        each.base_fee = 5 * 10**9
    promise(clock, 1, FIRST, SECOND)

    work(clock)

    assert places() == {(FIRST, "broadcast"), (SECOND, "sealed")}
    [paused] = selectors.paused_submitters()
    assert paused.chain == SECOND
    assert paused.paused == "gas costs more than fee_cap_gwei in CHAINS_FILE allows (2.5)"


def test_every_chain_is_patient_on_its_own_terms(chain, other, clock, further):
    further(bump_seconds=60)
    for each in (chain, other):
        each.least_tip = 10**12
    promise(clock, 1, FIRST, SECOND)
    work(clock)

    services.broadcast(now=clock.forward(seconds=61))

    counts = {
        str(batch.lane): Attempt.objects.filter(batch=batch).count()
        for batch in Batch.objects.all()
    }
    assert counts == {FIRST: 1, SECOND: 2}


# -- None waits for another ------------------------------------------------------------------------


def go_silent(chain):
    chain.down = True


def answer_for_another(chain):
    chain.answers_for = 1


def disagree(chain):
    chain.disagrees_about = "block"


def lose_the_registry(chain):
    chain.deployed = False


def become_dear(chain):
    chain.base_fee = 10**13


def be_poor(chain):
    chain.wealth = 0


@pytest.mark.parametrize(
    "trouble",
    [go_silent, answer_for_another, disagree, lose_the_registry, become_dear, be_poor],
)
@pytest.mark.parametrize("which", [0, 1], ids=["the first", "the second"])
def test_a_chain_in_trouble_holds_up_no_other(chain, other, clock, trouble, which):
    ill, well = [(chain, other), (other, chain)][which]
    trouble(ill)
    promise(clock, 1, FIRST, SECOND)

    go_on(clock, well)

    assert {(FIRST, SECOND)[1 - which]} == {
        lane for lane, state in places() if state == "finalized"
    }
    assert all(sender.chain == ill.id for sender in selectors.paused_submitters())


def test_a_chain_that_was_away_catches_up(chain, other, clock):
    other.down = True
    promise(clock, 1, FIRST, SECOND)
    assert go_on(clock, chain) == {"the node could not be reached"}
    other.down = False

    assert go_on(clock, chain, other) == set()

    assert places() == {(FIRST, "finalized"), (SECOND, "finalized")}


def test_a_missing_key_holds_up_no_other_lane_of_the_chain(chain, other, clock, settings):
    settings.SUBMITTERS_DIR = ""
    promise(clock, 1, f"{FIRST}/ecole-a")
    promise(clock, 2, FIRST)
    services.seal(now=clock.now)

    with pytest.raises(services.NoSubmitter, match="the key ecole-a into SUBMITTERS_DIR"):
        services.broadcast(now=clock.now)

    assert places() == {(f"{FIRST}/ecole-a", "sealed"), (FIRST, "broadcast")}


def test_an_account_without_coins_holds_up_no_other_lane_of_the_chain(
    chain, other, clock, monkeypatch
):
    usual = MemoryChain.balance
    monkeypatch.setattr(
        MemoryChain,
        "balance",
        lambda self, address: 0 if address == OWN_ADDRESS else usual(self, address),
    )
    promise(clock, 1, f"{FIRST}/ecole-a")
    promise(clock, 2, FIRST)

    go_on(clock, chain)

    assert places() == {(f"{FIRST}/ecole-a", "sealed"), (FIRST, "finalized")}
    [paused] = selectors.paused_submitters()
    assert (paused.address, paused.signer) == (OWN_ADDRESS, "ecole-a")


def test_a_replaced_final_block_stops_only_its_own_chain(chain, other, clock):
    promise(clock, 1, FIRST, SECOND)
    go_on(clock, chain, other)
    other.reorganise(12)
    services.follow(now=clock.now)
    promise(clock, 2, FIRST, SECOND)

    go_on(clock, chain, other)

    flagged = Batch.objects.exclude(failure="")
    assert {batch.chain for batch in flagged} == {SECOND}
    newest = {batch.chain: batch.state for batch in Batch.objects.order_by("-id")[:2]}
    assert newest == {FIRST: "finalized", SECOND: "sealed"}


def test_a_fault_on_one_chain_is_told_after_the_others_had_their_turn(
    chain, other, clock, monkeypatch, caplog
):
    monkeypatch.setattr(chain, "fees", lambda: 1 / 0)
    promise(clock, 1, FIRST, SECOND)
    services.seal(now=clock.now)

    with pytest.raises(ZeroDivisionError):
        services.broadcast(now=clock.now)

    assert places() == {(FIRST, "sealed"), (SECOND, "broadcast")}
    [line] = [each for each in caplog.records if each.levelno == logging.WARNING and each.exc_info]
    assert line.getMessage().startswith(FIRST)


def test_an_alarm_may_ring_for_one_chain(chain, other, clock):
    promise(clock, 1, FIRST, SECOND)
    services.seal(now=clock.now)

    tasks.broadcast_batches(SECOND)

    assert places() == {(FIRST, "sealed"), (SECOND, "broadcast")}
    with pytest.raises(services.Unavailable, match="not eip155:5"):
        services.follow(now=clock.now, chain="eip155:5")


def test_every_chain_has_alarms_of_its_own(settings):
    rung = {
        (entry["task"], *entry["args"])
        for entry in settings.CELERY_BEAT_SCHEDULE.values()
        if entry["args"]
    }

    first = f"eip155:{settings.CHAIN_ID}"
    assert rung == {
        (f"blockchain.tasks.{name}", first)
        for name in ("broadcast_batches", "follow_batches", "look_at_chains")
    }


def test_leaves_of_a_chain_that_nobody_asks_any_more_wait_and_hold_up_nobody(
    chain, other, clock, settings
):
    promise(clock, 1, FIRST, SECOND)
    settings.FURTHER_CHAINS = []

    go_on(clock, chain)

    assert places() == {(FIRST, "finalized")}
    waiting = Commitment.objects.get(batch=None)
    assert (waiting.chain, bytes(waiting.leaf)) == (SECOND, leaf_of(1))


def test_looking_at_many_lanes_costs_one_query_more_for_each(
    chain, other, clock, settings, django_assert_num_queries
):
    settings.ANCHOR_SEAL_AGE_SECONDS = 600
    for number in range(10):
        promise(clock, number, FIRST, SECOND, f"{SECOND}/ecole-a")

    with django_assert_num_queries(1 + 3):
        services.seal(now=clock.now)


def test_one_chain_still_needs_no_file(chain, clock):
    services.commit(leaves=[leaf_of(1)], now=clock.now)
    settle(chain, clock)

    assert list(selectors.configured_chains()) == [FIRST]
    assert places() == {(FIRST, "finalized")}
