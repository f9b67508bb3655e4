"""A development chain over HTTP, and services that ask it."""

import threading
import time

import pytest
import redis
from django.conf import settings as live
from kombu import pools

from blockchain import chains, services
from blockchain.core import anchor
from blockchain.models import Batch
from config.celery import app
from config.embedded.devchain.ledger import CHAIN_ID, Ledger
from config.embedded.devchain.server import Server
from tests.conftest import NOW
from tests.services.blockchain.conftest import KEY, digest_of, proof_of, work


@pytest.fixture
def node(tmp_path):
    """Serve a fresh development chain from this process, without pauses between its blocks."""
    server = Server(("127.0.0.1", 0), Ledger(tmp_path / "chain.sqlite3", block_seconds=0))
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=10)


@pytest.fixture
def use(settings):
    """Return a call that makes the services ask other nodes."""

    def choose(*urls):
        settings.CHAIN_RPC_URLS = list(urls)
        chains.get_chain.cache_clear()

    settings.CHAIN_ID = CHAIN_ID
    settings.SUBMITTER_KEY = KEY
    settings.ANCHOR_SEAL_AGE_SECONDS = 0
    settings.ANCHOR_CONFIRMATIONS = 2
    yield choose
    chains.get_chain.cache_clear()


@pytest.fixture
def chain(node, use, db):
    use(node)
    services.deploy_registry(now=NOW, wait=lambda seconds: time.sleep(0.05))
    return chains.get_chain()


@pytest.fixture
def broker():
    """Return the queue's database, empty before and after; nobody else uses its messages."""
    found = redis.Redis.from_url(live.REDIS_URL)
    found.flushdb()
    yield found
    # A pool that was emptied is waited for without end by the next test that sends: a new one.
    pools.reset()
    app._after_fork()
    found.flushdb()


def settle(clock, seconds=20):
    """Work until every batch is final, or too much time has passed."""
    deadline = time.monotonic() + seconds
    while Batch.objects.exclude(state="finalized").exists() or not Batch.objects.exists():
        assert time.monotonic() < deadline, list(Batch.objects.values("state", "nonce"))
        work(clock)
        time.sleep(0.05)


def judge(number):
    proof = proof_of(number)
    anchor.verify(
        digest_of(number),
        proof,
        services.find(proof=proof),
        submitters=[services.submitter_account()],
        confirmations=2,
    )
    return proof
