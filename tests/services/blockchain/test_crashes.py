"""A worker may die anywhere; the next one ends what it began, with the same bytes."""

import contextlib
import os
import random
from collections import Counter

import pytest

from blockchain import services
from blockchain.core import anchor
from blockchain.models import Attempt, Batch, Commitment
from blockchain.services import failpoints
from tests.services.blockchain.conftest import (
    commit,
    digest_of,
    leaf_of,
    only_batch,
    open_gap,
    proof_of,
    settle,
    use_nonce_elsewhere,
    work,
)

ORDINARY = [
    point
    for point in failpoints.POINTS
    if not point.startswith(("commit", "adopt", "fill", "bump"))
]
# A few in every run; STORM_SEEDS=300 for an afternoon.
SEEDS = int(os.environ.get("STORM_SEEDS", "5"))


class Crash(BaseException):
    """Not an Exception: nothing may catch a kill."""


@pytest.fixture
def die(monkeypatch):
    """Make a worker die at a place, the first time that it comes by; return the places passed."""
    passed: Counter[str] = Counter()

    def arm(point):
        armed = [point]

        def reached(here):
            passed[here] += 1
            if here in armed:
                armed.remove(here)
                raise Crash(here)

        monkeypatch.setattr(failpoints, "reached", reached)
        return passed

    return arm


def anchored_once(chain):
    """Check that chain and rows agree: one transaction for each batch, and every leaf provable."""
    batches = list(Batch.objects.order_by("id"))
    mined = [each for block in chain._blocks for each in block.transactions]
    ours = [each for each in mined if each.recipient == anchor.REGISTRY]
    assert Counter(each.data for each in ours) == Counter(bytes(each.root) for each in batches)
    assert {each.transaction for each in batches} == {each.hash for each in ours}
    assert {each.hash for each in ours} <= set(
        Attempt.objects.values_list("transaction", flat=True)
    )
    assert not Commitment.objects.filter(batch=None).exists()


def proved(chain, numbers):
    for number in numbers:
        proof = proof_of(number)
        anchor.verify(
            digest_of(number),
            proof,
            services.find(proof=proof),
            submitters=[services.submitter_account()],
            confirmations=1,
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", ORDINARY)
def test_a_death_anywhere_leads_to_one_transaction_all_the_same(chain, clock, die, point):
    passed = die(point)
    commit(clock, 1, 2, 3)

    for _round in range(8):
        try:
            work(clock)
        except Crash:
            work(clock)
        chain.mine()

    assert passed[point] > 0
    assert only_batch().state == "finalized"
    assert len(set(chain.sends)) == 1
    anchored_once(chain)
    proved(chain, [1, 2, 3])


@pytest.mark.django_db(transaction=True)
def test_a_death_between_the_rows_and_their_transaction_commits_nothing(chain, clock, die):
    die("commit: rows written")

    with pytest.raises(Crash):
        commit(clock, 1)

    assert not Commitment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_death_while_a_gap_is_filled_leaves_it_to_be_filled(chain, clock, die):
    open_gap(chain, clock)
    passed = die("fill: attempt written")

    with pytest.raises(Crash):
        work(clock)
    settle(chain, clock, rounds=14)

    assert passed["fill: attempt written"] == 2
    anchored_once(chain)


@pytest.mark.django_db(transaction=True)
def test_a_death_while_an_anchor_is_adopted_leaves_it_to_be_adopted(chain, clock, die):
    commit(clock, 1)
    settle(chain, clock)
    Attempt.objects.all().delete()
    Batch.objects.update(
        state="sealed", sender=None, nonce=None, registry="", transaction="", block_hash=""
    )
    passed = die("adopt: attempt written")

    with pytest.raises(Crash):
        work(clock)
    settle(chain, clock)

    assert passed["adopt: attempt written"] == 2
    anchored_once(chain)


# -- A storm ---------------------------------------------------------------------------------------


class Storm:
    """Everything at once, from a seed: deaths, silence, lost replies, reorganisations, theft."""

    def __init__(self, chain, clock, seed):
        self.chain, self.clock = chain, clock
        self.random = random.Random(seed)  # noqa: S311 - it must be repeatable, not secret
        self.numbers = []
        self.deaths: Counter[str] = Counter()
        self.strangers = 0

    def die_sometimes(self, point):
        self.deaths[point] += 0
        if self.random.random() < 0.02:
            self.deaths[point] += 1
            raise Crash(point)

    def step(self):
        chance = self.random.random
        if len(self.numbers) < 12 and chance() < 0.3:
            self.attempt(self.commit)
        self.chain.down = chance() < 0.08
        self.chain.loses_replies = chance() < 0.1
        self.attempt(lambda: work(self.clock))
        self.chain.down = self.chain.loses_replies = False
        if chance() < 0.6:
            self.chain.mine()
        if chance() < 0.15:
            depth = self.random.randint(1, self.chain.finality)
            self.chain.reorganise(depth, forget=chance() < 0.5)
        if chance() < 0.1 and self.chain.waiting():
            self.chain.drop(self.random.choice(self.chain.waiting()))
        self.weather()
        if chance() < 0.05 and self.strangers < 3:
            use_nonce_elsewhere(self.chain)
            self.strangers += 1

    def weather(self):
        """Let gas become dear for a while, and nodes forget what pays too little."""
        chance = self.random.random
        if chance() < 0.15:
            self.chain.base_fee = 10**9 * self.random.choice([1, 1, 5, 40, 300])
        self.chain.evicts = chance() < 0.3

    def attempt(self, deed):
        with contextlib.suppress(Crash, services.Unavailable):
            deed()

    def commit(self):
        fresh = len(self.numbers)
        services.commit(leaves=[leaf_of(fresh)], now=self.clock.now)
        self.numbers.append(fresh)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(SEEDS))
def test_after_a_storm_everything_is_anchored_once(chain, clock, monkeypatch, settings, seed):
    settings.ANCHOR_BUMP_SECONDS = 48
    storm = Storm(chain, clock, seed)
    monkeypatch.setattr(failpoints, "reached", storm.die_sometimes)
    for _step in range(60):
        storm.step()

    monkeypatch.setattr(failpoints, "reached", failpoints.nothing)
    chain.base_fee = 10**9
    settle(chain, clock, rounds=40)

    anchored_once(chain)
    proved(chain, storm.numbers)
