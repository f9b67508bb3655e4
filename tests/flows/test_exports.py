"""An archive that takes longer than other tasks may: a real worker, with a real limit."""

import time

import pytest
from django.db import connection, transaction

from credentials import models, tasks
from credentials.services import leaving
from tests import factories, roles
from tests.conftest import NOW
from tests.flows.workers import Worker

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_SECONDS = 90
# What other tasks are given here, instead of five minutes.
LIMIT_SECONDS = 1


def test_an_export_that_takes_long_is_made_once_and_by_one_worker(broker, ecole_a, alice, tmp_path):
    factories.signed(issuer=ecole_a)
    leaving.order_export(issuer=ecole_a, actor=alice, now=NOW)
    options = ["--pool", "prefork", "--concurrency", "2", "--time-limit", str(LIMIT_SECONDS)]
    worker = Worker(tmp_path / "worker.log", options=options)

    def wait_until(is_so):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_so(export := models.Export.objects.of(ecole_a).get()):
            assert time.monotonic() < deadline, worker.told()
            tasks.make_exports.delay()
            time.sleep(0.2)
        return export

    try:
        with transaction.atomic():
            # A table that nobody else can read: so that it takes as long as we like.
            with roles.as_owner(), connection.cursor() as cursor:
                cursor.execute("LOCK TABLE badges_achievement IN ACCESS EXCLUSIVE MODE")
            wait_until(lambda export: export.state == "working")
            wait_until(lambda export: (export.heard_at - export.began_at).seconds > LIMIT_SECONDS)
        export = wait_until(lambda export: export.state != "working")
    finally:
        worker.end()

    assert (export.state, export.tries, export.percent) == ("ready", 1, 100), worker.told()
    assert (export.ready_at - export.began_at).seconds > LIMIT_SECONDS
