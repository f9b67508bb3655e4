"""A development chain over HTTP, and services that ask it."""

import shutil
import threading
import time

import pytest
import redis
from django.conf import settings as live
from kombu import pools

from blockchain import chains, services
from blockchain.chains import registry
from blockchain.chains.signers import LocalSigner
from blockchain.core import anchor
from blockchain.models import Batch
from config.celery import app
from config.embedded.devchain import genesis
from config.embedded.devchain.ledger import CHAIN_ID, Ledger
from config.embedded.devchain.server import Server
from tests.conftest import NOW
from tests.services.blockchain.conftest import KEY, digest_of, proof_of, work


@pytest.fixture(scope="session")
def begun(tmp_path_factory):
    """Begin a development chain, once: the registry is there, and who submits has what it costs."""
    file = tmp_path_factory.mktemp("begun") / "chain.sqlite3"
    ledger = Ledger(file, block_seconds=0)
    purse = genesis.DEV_KEYS[0].public_key.to_canonical_address()
    submitter = bytes.fromhex(LocalSigner(bytes.fromhex(KEY)).address.removeprefix("0x"))
    for sent in (
        {"to": submitter, "value": 10**19, "data": b"", "gas": 21_000},
        {"to": genesis.PROXY, "value": 0, "data": registry.deployment(), "gas": 1_000_000},
    ):
        ledger.send_from_dev_account({"sender": purse, **sent})
    while ledger.tick():
        pass  # until all of it is final
    ledger.close()
    return file


@pytest.fixture
def node(begun, tmp_path):
    """Serve a development chain of its own from this process, without pauses between its blocks."""
    file = shutil.copy(begun, tmp_path / "chain.sqlite3")
    server = Server(("127.0.0.1", 0), Ledger(file, block_seconds=0))
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
