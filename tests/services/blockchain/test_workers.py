"""Several workers at once, each with a connection of its own."""

import threading

import pytest
from django.db import connection

from blockchain import services
from blockchain.models import Attempt, Batch, Commitment
from blockchain.services import failpoints
from tests.services.blockchain.conftest import commit, leaf_of, settle

pytestmark = pytest.mark.django_db(transaction=True)


def together(*deeds):
    """Run all at the same moment and return what each gave back or raised."""
    ready = threading.Barrier(len(deeds))
    results: list[object] = [None] * len(deeds)

    def run(index, deed):
        try:
            ready.wait(timeout=10)
            results[index] = deed()
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def test_workers_that_seal_share_the_leaves(chain, clock, settings):
    settings.ANCHOR_SEAL_SIZE = 10
    commit(clock, *range(40))

    results = together(*[lambda: services.seal(now=clock.now)] * 4)

    assert all(isinstance(each, int) for each in results), results
    assert sum(results) == Batch.objects.count()
    assert not Commitment.objects.filter(batch=None).exists()
    settle(chain, clock)


def test_a_worker_leaves_alone_what_another_is_sealing(chain, clock, settings, monkeypatch):
    """The old leaves are locked: what came after them is not due yet, and is not sealed early."""
    settings.ANCHOR_SEAL_AGE_SECONDS = 60
    commit(clock, 1, 2)
    clock.forward(seconds=59)
    inside, done = threading.Event(), threading.Event()

    def pause_inside(point):
        if point == "seal: rows written":
            inside.set()
            done.wait(timeout=10)

    monkeypatch.setattr(failpoints, "reached", pause_inside)

    def second():
        inside.wait(timeout=10)
        try:
            commit(clock, 3)
            return services.seal(now=clock.now)
        finally:
            done.set()

    clock.forward(seconds=1)
    first_count, second_count = together(lambda: services.seal(now=clock.now), second)

    assert (first_count, second_count) == (1, 0)
    assert Batch.objects.get().tree_size == 2
    assert bytes(Commitment.objects.get(batch=None).leaf) == leaf_of(3)


def test_workers_that_broadcast_never_share_a_nonce_nor_sign_twice(chain, clock):
    for number in range(4):
        commit(clock, number)
        services.seal(now=clock.now)

    results = together(*[lambda: services.broadcast(now=clock.now)] * 5)

    assert all(isinstance(each, int) for each in results), results
    assert Attempt.objects.count() == 4
    nonces = Batch.objects.order_by("nonce").values_list("nonce", flat=True)
    assert list(nonces) == [0, 1, 2, 3]
    settle(chain, clock)
    assert len(set(chain.sends)) == 4


def test_workers_that_follow_move_a_batch_once(chain, clock):
    commit(clock, 1)
    services.seal(now=clock.now)
    services.broadcast(now=clock.now)
    chain.mine(8)

    results = together(*[lambda: services.follow(now=clock.now)] * 5)

    assert all(isinstance(each, int) for each in results), results
    batch = Batch.objects.get()
    assert batch.state == "finalized"
    assert batch.reorganisations == 0


def test_everything_at_once(chain, clock):
    def toil():
        for _round in range(6):
            services.seal(now=clock.now)
            services.broadcast(now=clock.now)
            services.follow(now=clock.now)

    def feed():
        for number in range(12):
            services.commit(leaves=[leaf_of(number)], now=clock.now)
            chain.mine()

    results = together(toil, toil, toil, feed)

    assert results == [None] * 4
    settle(chain, clock)
    mined = [each for block in chain._blocks for each in block.transactions]
    assert len(mined) == Batch.objects.count() == len({each.data for each in mined})
    assert not Commitment.objects.filter(batch=None).exists()
