"""The auditor's view of a real EVM chain: its journal, its heights, and a whole audit over HTTP."""

import threading
import time
from datetime import timedelta

import pytest
from django.conf import settings as live

from blockchain import chains, services
from blockchain.chains import events
from blockchain.chains.interface import Unavailable
from blockchain.core import anchor
from blockchain.models import Batch, Commitment
from config.embedded.devchain.ledger import CHAIN_ID, Ledger
from config.embedded.devchain.server import Server
from credentials import services as issuing
from credentials.selectors import audit
from tests import factories
from tests.conftest import NOW
from tests.services.blockchain.conftest import KEY

pytestmark = pytest.mark.chain


@pytest.fixture
def chain(tmp_path, settings, db):
    """Serve a fresh development chain from this process, with the registry on it."""
    server = Server(("127.0.0.1", 0), Ledger(tmp_path / "chain.sqlite3", block_seconds=0))
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    settings.CHAIN_ID = CHAIN_ID
    settings.SUBMITTER_KEY = KEY
    settings.CHAIN_RPC_URLS = [f"http://127.0.0.1:{server.server_port}"]
    chains.get_chain.cache_clear()
    services.deploy_registry(now=NOW, wait=lambda seconds: time.sleep(0.05))
    yield chains.get_chain()
    chains.get_chain.cache_clear()
    server.shutdown()
    thread.join(timeout=10)


@pytest.fixture
def anchored(chain, ecole_a):
    """Return the moment at which three credentials of two batches are final."""
    later = NOW + timedelta(days=1)
    for count in (2, 1):
        factories.due(issuer=ecole_a, count=count)
        issuing.sign(now=NOW, limit=10)
        services.seal(now=later)
        deadline = time.monotonic() + 20
        while Batch.objects.exclude(state="finalized").exists():
            assert time.monotonic() < deadline
            services.broadcast(now=later)
            services.follow(now=later)
            later += timedelta(seconds=31)
            time.sleep(0.05)
    services.write_missing_manifests()
    issuing.publish_status_lists(now=later)
    return later


def examine(now):
    seen = services.witness(accounts=audit.accounts())
    return audit.examine(
        now=now,
        manifests=live.MANIFEST_DIR,
        seal_age=timedelta(seconds=600),
        deep=True,
        witnesses={seen.chain: seen},
    )


def broken(report):
    return {each.invariant for each in report.examinations if each.found}


def test_a_sound_installation_is_clean_on_a_real_chain(anchored):
    report = examine(anchored)

    assert broken(report) == set()
    assert {str(each.outcome) for each in report.examinations} == {"passed"}


def test_a_batch_that_the_rows_forgot_is_found_in_the_registrys_journal(anchored):
    forgotten = Batch.objects.latest("id")
    Commitment.objects.filter(batch=forgotten).delete()
    forgotten.attempts.update(batch=None)
    forgotten.delete()

    report = examine(anchored)

    [sixth] = [each for each in report.examinations if each.invariant == "I6"]
    assert sixth.found == 1
    assert sixth.findings[0].subject.startswith(f"root {bytes(forgotten.root).hex()[:12]}")
    assert forgotten.transaction in sixth.findings[0].problem


def test_the_journal_is_read_in_spans_that_the_node_grants(anchored, chain, monkeypatch):
    submitter = services.submitter_account().rpartition(":")[2]
    asked = []
    ask = events._journal

    def grudging(of, wanted):
        asked.append((wanted["fromBlock"], wanted["toBlock"]))
        if wanted["toBlock"] - wanted["fromBlock"] >= 2:
            raise Unavailable("the node refused: query returned more than it likes")
        return ask(of, wanted)

    monkeypatch.setattr(events, "_journal", grudging)
    monkeypatch.setattr(events, "SPAN", 8)
    monkeypatch.setattr(events, "LEAST_SPAN", 1)
    head = chain.head().number

    noted = list(
        events.noted(chain, registry=anchor.REGISTRY, submitters=[submitter], first=0, last=head)
    )

    assert [each.root for each in noted] == [
        bytes(root) for root in Batch.objects.order_by("id").values_list("root", flat=True)
    ]
    granted = [(first, last) for first, last in asked if last - first < 2]
    assert granted[0][0] == 0
    assert granted[-1][1] == head


def test_a_node_that_grants_nothing_is_unavailable(anchored, chain, monkeypatch):
    def refuse(of, wanted):
        raise Unavailable("the node refused")

    monkeypatch.setattr(events, "_journal", refuse)

    with pytest.raises(Unavailable):
        list(events.noted(chain, registry=anchor.REGISTRY, submitters=[], first=0, last=9))


def test_a_height_is_found_by_its_time(anchored, chain):
    seen = services.witness(accounts=[])
    block = chain.block(seen.head)
    assert block is not None

    assert seen.height_at(block.time + timedelta(days=2)) == 0  # the chain has not come so far
    assert seen.height_at(block.time - timedelta(days=400)) == 0
    low = seen.height_at(block.time + timedelta(days=1))
    found = chain.block(low)
    assert found is not None
    assert found.time >= block.time


def test_a_chain_of_another_kind_has_no_journal():
    with pytest.raises(Unavailable, match="keeps no journal"):
        list(
            events.noted(
                object(),
                registry=anchor.REGISTRY,
                submitters=[],
                first=0,
                last=1,
            )
        )
