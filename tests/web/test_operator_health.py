"""The operator's page of how the installation does."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command

from blockchain import models as witness
from blockchain import services as anchoring
from config import pulse
from config.operating import health
from credentials.services import remembering
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import read


@pytest.fixture(autouse=True)
def _a_cache_of_its_own(settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "operators",
        }
    }
    cache.clear()


def answered(name, *arguments):
    pulse.note(SimpleNamespace(name=name, request=SimpleNamespace(args=arguments)))


def late(at=NOW):
    return {each.name for each in pulse.alarms(now=at) if each.is_late}


def test_an_alarm_is_late_until_a_worker_answered_it_lately():
    assert "sign what is due" in late()

    answered("credentials.tasks.sign_due")

    assert "sign what is due" not in late()
    assert "seal batches" in late()
    assert "sign what is due" in late(NOW + timedelta(minutes=10))


def test_alarms_of_two_chains_are_told_apart(settings):
    task = "blockchain.tasks.follow_batches"
    settings.CELERY_BEAT_SCHEDULE = {
        f"follow {chain}": {"task": task, "schedule": 5.0, "args": (chain,)}
        for chain in ("eip155:1", "eip155:10")
    }

    answered(task, "eip155:1")

    assert late() == {"follow eip155:10"}


def test_what_waits_does_not_move_or_is_paused_is_told_with_what_to_do(operator, ecole_a):
    factories.anchor_everything()
    factories.signed(issuer=ecole_a)
    anchoring.seal(now=NOW + timedelta(hours=1))
    factories.due(issuer=ecole_a, count=2)
    witness.Sender.objects.update(paused="the account is empty", paused_at=NOW)
    with time_machine.travel(NOW + timedelta(hours=3)):
        page = read(operator.get("/operator/health/"))

    assert "No alarm was answered lately" in page.text
    assert "Credentials: 2 , the oldest for 3" in page.text
    assert "sealed 2" in page.text
    assert "/operator/runbook/#work-lies-about" in page.links
    assert "/operator/runbook/#a-transaction-is-stuck" in page.links
    assert "leve0@example.org" not in page.text


def test_a_paused_submitter_is_told(operator, ecole_a):
    factories.signed(issuer=ecole_a)
    factories.anchor_everything()
    witness.Sender.objects.update(paused="the account is empty", paused_at=NOW)

    page = read(operator.get("/operator/health/"))

    assert "the account is empty" in page.text
    assert "/operator/runbook/#the-submitter-is-paused" in page.links


def test_what_the_last_audit_came_to_is_told(operator, ecole_a, capsys):
    assert "None that the cache remembers" in read(operator.get("/operator/health/")).text
    factories.signed(issuer=ecole_a)

    with pytest.raises(SystemExit):
        call_command("fsck")

    assert remembering.remembered()["withChain"] is False
    page = read(operator.get("/operator/health/"))
    assert "2026-03-02T09:00:00Z" in page.text
    assert "the chains were not asked" in page.text


def test_without_redis_the_page_is_there_all_the_same(operator, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    answered("credentials.tasks.sign_due")
    remembering.remember({"findings": []}, with_chain=False)

    page = read(operator.get("/operator/health/"))

    assert "Redis does not answer" in page.text
    assert pulse.queued() is None


def test_every_way_to_the_runbook_leads_to_a_section(operator):
    known = {each.name for each in health.sections()}
    page = operator.get("/operator/runbook/")

    assert {"work-lies-about", "the-submitter-is-paused", "a-batch-failed", "findings-of-fsck",
            "a-transaction-is-stuck"} <= known  # fmt: skip
    assert set(read(page).ids) >= known


def test_where_the_runbook_was_not_brought_along_there_is_no_page(operator, settings, tmp_path):
    settings.BASE_DIR = tmp_path
    health.sections.cache_clear()

    assert operator.get("/operator/runbook/").status_code == 404

    health.sections.cache_clear()
