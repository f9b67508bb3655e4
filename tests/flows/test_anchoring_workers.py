"""Workers that are killed on the way, on a real EVM chain over HTTP."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection

from blockchain.models import Attempt
from blockchain.services import attempts, failpoints
from config.embedded.devchain.ledger import CHAIN_ID
from tests.flows.conftest import judge, settle
from tests.services.blockchain.conftest import KEY, Clock, commit

pytestmark = pytest.mark.chain

WORKER = """
import os, signal, sys
import django
django.setup()
from datetime import datetime
from blockchain import services
from blockchain.services import failpoints
def reached(point):
    if point == sys.argv[1]:
        os.kill(os.getpid(), signal.SIGKILL)
failpoints.reached = reached
now = datetime.fromisoformat(sys.argv[2])
services.seal(now=now)
services.broadcast(now=now)
services.follow(now=now)
"""


def run_worker(point, clock, node):
    database = connection.settings_dict
    host = database["HOST"] or "localhost"
    place = f"/{host}" if host.startswith("/") else f"{host}:{database['PORT'] or 5432}"
    owner = f"{database['USER']}:{database['PASSWORD']}"
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", WORKER, point, clock.now.isoformat()],
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": f"postgres://{owner}@{place}/{database['NAME']}",
            "CHAIN_RPC_URL": node,
            "CHAIN_ID": str(CHAIN_ID),
            "SUBMITTER_KEY": KEY,
            "ANCHOR_SEAL_AGE_SECONDS": "0",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.django_db(transaction=True)
def test_workers_killed_one_after_the_other_leave_one_transaction(node, chain):
    """SIGKILL, real processes, each a little further on the way than the last."""
    clock = Clock()
    commit(clock, 1, 2)
    places = ["seal: committed", "sign: committed", "send: sent", "follow: move written"]

    for place in places:
        assert place in failpoints.POINTS
        clock.now += attempts.resend_after() + timedelta(seconds=1)
        killed = run_worker(place, clock, node)
        assert killed.returncode == -signal.SIGKILL, (place, killed.stderr)

    settle(clock)
    assert Attempt.objects.count() == 1
    judge(1)
    judge(2)
