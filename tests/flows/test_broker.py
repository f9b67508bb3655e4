"""The broker is never truth: with a real Valkey and a real worker, what it loses, doubles or
reorders changes nothing.
"""

import random
import signal
import time

import pytest
from django.conf import settings as live

from blockchain import tasks
from blockchain.models import Attempt, Batch, Commitment
from config.celery import app
from config.embedded.devchain.ledger import CHAIN_ID
from tests.flows.conftest import judge
from tests.flows.workers import Worker
from tests.services.blockchain.conftest import KEY, Clock, commit

pytestmark = [pytest.mark.chain, pytest.mark.django_db(transaction=True)]

ALARMS = (
    tasks.seal_batches,
    tasks.write_manifests,
    tasks.broadcast_batches,
    tasks.follow_batches,
    tasks.look_at_chains,
)
PATIENCE_SECONDS = 90


def begin(node, log):
    """Start a real worker, in a process of its own."""
    asks = {"CHAIN_RPC_URL": node, "CHAIN_ID": str(CHAIN_ID), "SUBMITTER_KEY": KEY}
    return Worker(log, options=["--pool", "solo"], ANCHOR_SEAL_AGE_SECONDS="0", **asks)


def ring(times, seed):
    """Ring every alarm so many times, in any order."""
    rung = [alarm for alarm in ALARMS for _time in range(times)]
    random.Random(seed).shuffle(rung)  # noqa: S311 - any order will do
    for alarm in rung:
        alarm.delay()


def test_what_the_broker_loses_doubles_or_reorders_changes_nothing(node, chain, broker, tmp_path):
    commit(Clock(), 1, 2, 3)

    # Lost: nobody was there, and then the broker forgot.
    ring(times=5, seed=0)
    assert broker.llen("celery") == 5 * len(ALARMS)
    broker.flushdb()

    # Killed in the middle, with messages in hand.
    first = begin(node, tmp_path / "worker.log")
    ring(times=3, seed=1)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not Batch.objects.exists():
        assert time.monotonic() < deadline, first.told()
        ring(times=1, seed=2)
        time.sleep(0.2)
    first.end(signal.SIGKILL)
    broker.flushdb()

    # Doubled and reordered, until all is final.
    second = begin(node, tmp_path / "worker.log")
    try:
        seed = 3
        while Batch.objects.exclude(state="finalized").exists():
            assert time.monotonic() < deadline, second.told()
            ring(times=2, seed=seed)
            seed += 1
            time.sleep(0.3)
    finally:
        second.end()

    assert Batch.objects.count() == Attempt.objects.count() == 1
    assert Commitment.objects.filter(batch=None).count() == 0
    assert chain.nonce(Batch.objects.get().sender.address, "latest") == 1
    for number in (1, 2, 3):
        judge(number)


def test_a_message_is_given_to_one_worker_for_longer_than_a_task_may_take():
    with app.connection_for_write() as reached, reached.channel() as channel:
        assert channel.visibility_timeout == 600 > app.conf.task_time_limit
        assert (channel.unacked_restore_interval, channel.unacked_restore_throttle) == (5, 1)

    assert app.conf.result_backend_transport_options["visibility_timeout"] == 600
    assert app.conf.visibility_timeout == 600
    assert app.conf.worker_prefetch_multiplier == 1
    assert (app.conf.task_acks_late, app.conf.task_reject_on_worker_lost) == (False, False)
    assert (app.conf.task_ignore_result, app.conf.result_backend) == (True, None)


def test_no_alarm_waits_in_the_broker_for_its_hour():
    for entry in live.CELERY_BEAT_SCHEDULE.values():
        assert set(entry["options"]) == {"expires"}
