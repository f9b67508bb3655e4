"""The alarm clocks: they wake a service, and say in one line what came of it."""

import logging
import subprocess
import sys

import pytest
import time_machine

from blockchain import tasks
from tests.conftest import NOW
from tests.services.blockchain.conftest import commit, only_batch

pytestmark = pytest.mark.django_db
ALARMS = (tasks.seal_batches, tasks.broadcast_batches, tasks.follow_batches)


@pytest.fixture(autouse=True)
def listen(caplog):
    caplog.set_level(logging.INFO, logger="blockchain.tasks")


def lines(caplog):
    return [each for each in caplog.records if each.name == "blockchain.tasks"]


def test_the_alarms_move_a_batch_to_its_end(chain, clock, caplog):
    chain.finality = 0
    commit(clock, 1)

    with time_machine.travel(NOW, tick=False):
        tasks.seal_batches()
        tasks.broadcast_batches()
        chain.mine()
        tasks.follow_batches()

    assert only_batch().state == "finalized"
    assert only_batch().sealed_at == only_batch().finalized_at == NOW
    assert len(lines(caplog)) == 3


def test_ringing_again_and_again_changes_nothing_and_says_nothing(chain, clock, caplog):
    chain.finality = 0
    commit(clock, 1)
    for alarm in ALARMS:
        alarm()
    chain.mine()
    tasks.follow_batches()
    caplog.clear()

    for alarm in ALARMS * 3:
        alarm()

    assert only_batch().state == "finalized"
    assert len(chain.sends) == 1
    assert not lines(caplog)


def test_ringing_in_the_wrong_order_is_harmless(chain, clock):
    chain.finality = 0
    commit(clock, 1)

    for _round in range(3):
        for alarm in reversed(ALARMS):
            alarm()
        chain.mine()

    assert only_batch().state == "finalized"


@pytest.mark.parametrize("alarm", ALARMS[1:])
def test_a_silent_chain_is_one_line_without_a_stack(chain, clock, caplog, alarm):
    commit(clock, 1)
    tasks.seal_batches()
    if alarm is tasks.follow_batches:
        tasks.broadcast_batches()
    chain.down = True
    caplog.clear()

    alarm()

    (line,) = lines(caplog)
    assert line.levelno == logging.WARNING
    assert "could not be reached" in line.getMessage()
    assert line.exc_info is None


def test_a_worker_without_a_key_is_one_line_too(chain, clock, caplog, settings):
    commit(clock, 1)
    tasks.seal_batches()
    settings.SUBMITTER_KEY = ""
    caplog.clear()

    tasks.broadcast_batches()

    assert "Set SUBMITTER_KEY" in lines(caplog)[0].getMessage()


def test_a_fault_of_ours_is_not_swallowed(chain, clock, monkeypatch):
    monkeypatch.setattr("blockchain.services.seal", lambda now: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        tasks.seal_batches()


def test_the_schedule_knows_every_alarm(settings):
    woken = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert {alarm.name for alarm in ALARMS} <= woken


def test_the_clock_has_the_schedule_and_loads_nothing_that_answers(settings):
    ask = (
        "import sys; from config.clock import app; print(len(app.conf.beat_schedule));"
        "print([name for name in sys.modules if name.split('.')[0] in"
        " ('blockchain', 'credentials', 'issuers') and name.endswith(('.models', '.tasks'))])"
    )

    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)  # noqa: S603

    assert told.stdout.split("\n")[:2] == [str(len(settings.CELERY_BEAT_SCHEDULE)), "[]"]
