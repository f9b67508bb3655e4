"""A transaction that no block takes is replaced by a dearer one, up to a cap."""

import logging

import pytest

from blockchain import chains, selectors, services
from blockchain.models import Attempt, Batch
from blockchain.services import bumping, failpoints
from tests.services.blockchain.conftest import commit, only_batch, open_gap, settle, work

pytestmark = pytest.mark.django_db
GWEI = 10**9


@pytest.fixture(autouse=True)
def patience(settings, chain):
    settings.ANCHOR_BUMP_SECONDS = 48
    settings.ANCHOR_FEE_CAP_GWEI = 200.0


def offers():
    return list(Attempt.objects.order_by("id").values_list("nonce", "max_fee", "max_tip"))


def wait(clock, seconds):
    services.broadcast(now=clock.forward(seconds=seconds))


def send(clock, *numbers):
    for number in numbers:
        commit(clock, number)
        services.seal(now=clock.now)
    services.broadcast(now=clock.now)


def test_what_waits_too_long_offers_a_fifth_more_with_the_same_nonce(chain, clock):
    chain.least_tip = 1_100_000_000
    send(clock, 1)
    chain.mine()

    wait(clock, 47)
    assert Attempt.objects.count() == 1
    wait(clock, 1)

    assert offers() == [(0, 3 * GWEI, GWEI), (0, 3_600_000_000, 1_200_000_000)]
    assert chain.waiting() == [Attempt.objects.last().transaction]
    settle(chain, clock)
    assert only_batch().transaction == Attempt.objects.last().transaction


def test_all_attempts_anchor_the_same_root(chain, clock):
    send(clock, 1)
    for _time in range(3):
        wait(clock, 48)

    sent = [chain.transaction(name) for name in chain.waiting()]

    assert Attempt.objects.count() == 4
    assert [each.data for each in sent] == [bytes(only_batch().root)]


def test_a_cheaper_attempt_that_is_mined_after_all_is_the_anchor(chain, clock):
    send(clock, 1)
    wait(clock, 48)
    first, second = Attempt.objects.order_by("id")
    chain.drop(second.transaction)
    chain.send(bytes(first.raw))
    chain.mine()

    settle(chain, clock)

    assert only_batch().transaction == first.transaction


def test_only_the_next_in_line_is_bumped(chain, clock):
    send(clock, 1, 2, 3)

    wait(clock, 48)

    assert [nonce for nonce, _fee, _tip in offers()] == [0, 1, 2, 0]


def test_a_storm_of_fees_is_followed_and_outlasted(chain, clock):
    send(clock, 1)
    chain.base_fee, chain.evicts = 50 * GWEI, True
    chain.mine()
    assert not chain.waiting()

    settle(chain, clock)

    batch = only_batch()
    assert batch.gas_price == 51_200_000_000
    assert offers()[-1] == (0, 101 * GWEI, 1_200_000_000)


def test_above_the_cap_nothing_is_signed_and_the_sender_says_so_once(chain, clock, caplog):
    commit(clock, 1)
    services.seal(now=clock.now)
    chain.base_fee = 200 * GWEI

    wait(clock, 0)
    wait(clock, 60)

    assert not Attempt.objects.exists()
    (paused,) = selectors.paused_submitters()
    assert "ANCHOR_FEE_CAP_GWEI" in paused.paused
    assert [each.levelno for each in caplog.records].count(logging.ERROR) == 1
    chain.base_fee = GWEI
    settle(chain, clock)
    assert not selectors.paused_submitters()


def test_above_the_cap_what_was_signed_is_still_sent(chain, clock):
    send(clock, 1)
    chain.drop(chain.sends[0])
    chain.base_fee = 300 * GWEI

    wait(clock, 60)

    assert chain.waiting() == [chain.sends[0]]
    assert Attempt.objects.count() == 1


def test_no_offer_ever_exceeds_the_cap(chain, clock, settings):
    settings.ANCHOR_FEE_CAP_GWEI = 10
    chain.base_fee, chain.usual_tip, chain.least_tip = 6 * GWEI, GWEI, 10**12
    send(clock, 1)

    for _time in range(20):
        wait(clock, 48)

    assert max(fee for _nonce, fee, _tip in offers()) <= 10 * GWEI
    assert len(offers()) == 1


def test_where_the_cap_leaves_no_room_the_same_bytes_are_sent_again(chain, clock, settings, caplog):
    settings.ANCHOR_FEE_CAP_GWEI = 3.2
    send(clock, 1)
    chain.drop(chain.sends[0])

    wait(clock, 48)

    assert chain.waiting() == [chain.sends[0]]
    assert Attempt.objects.count() == 1
    assert "allows no higher offer" in caplog.text


def test_a_filler_is_bumped_too(chain, clock):
    chain.least_tip = 1_100_000_000
    open_gap(chain, clock)
    work(clock)
    assert Attempt.objects.filter(batch=None).count() == 1
    chain.mine()

    settle(chain, clock, rounds=20)

    assert {each.nonce for each in Attempt.objects.filter(batch=None)} == {0}
    assert Attempt.objects.filter(batch=None).count() == 2


def test_what_nobody_was_told_of_is_not_bumped(chain, clock):
    commit(clock, 1)
    services.seal(now=clock.now)
    chain.loses_replies = True
    with pytest.raises(services.Unavailable):
        services.broadcast(now=clock.now)
    chain.loses_replies = False

    wait(clock, 600)

    assert Attempt.objects.count() == 1


def test_after_a_reorganisation_the_same_bytes_get_their_time_again(chain, clock):
    send(clock, 1)
    chain.mine()
    services.follow(now=clock.now)
    clock.forward(seconds=600)
    chain.reorganise(1, forget=True)
    services.follow(now=clock.now)

    wait(clock, 5)
    wait(clock, 5)

    assert Attempt.objects.count() == 1


def test_stored_bytes_that_anchor_something_else_are_never_signed_again(chain, clock):
    send(clock, 1)
    root = bytearray(only_batch().root)
    root[0] ^= 1
    Batch.objects.update(root=bytes(root))

    with pytest.raises(ValueError, match="does not anchor the root"):
        wait(clock, 48)

    assert Attempt.objects.count() == 1


def test_a_death_while_bumping_leaves_the_old_attempt(chain, clock, monkeypatch):
    send(clock, 1)

    class Crash(BaseException):
        pass

    def reached(point):
        if point == "bump: attempt written":
            raise Crash

    monkeypatch.setattr(failpoints, "reached", reached)
    with pytest.raises(Crash):
        wait(clock, 48)
    assert Attempt.objects.count() == 1
    monkeypatch.setattr(failpoints, "reached", failpoints.nothing)

    settle(chain, clock)

    assert Attempt.objects.count() == 2


def test_of_two_workers_one_bumps(chain, clock, submitter, monkeypatch):
    send(clock, 1)
    sender, later = only_batch().sender, clock.forward(seconds=48)
    signer = services.submitter.require_signer()
    terms = chains.terms_of()
    call = {"chain": chain, "terms": terms, "signer": signer, "sender": sender, "now": later}
    lease = services.submitter.lease

    def other_first(row):
        monkeypatch.setattr(services.submitter, "lease", lease)
        assert bumping.bump(**call)
        lease(row)

    monkeypatch.setattr(services.submitter, "lease", other_first)

    assert not bumping.bump(**call)

    assert Attempt.objects.count() == 2
