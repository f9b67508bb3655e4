"""Two real chains at once: one organisation on both, with an account of its own on the second; the
other on the first alone. One chain is killed, and the other goes on.
"""

import io
import json
import os
import sys
import time
from datetime import timedelta

import pytest
from django.core.management import call_command

from blockchain import chains, selectors, services
from blockchain.chains.signers import LocalSigner
from blockchain.core import anchor
from blockchain.core.lanes import Lane
from blockchain.models import Batch
from config.embedded import chain as nodes
from config.embedded.devchain.ledger import CHAIN_ID
from config.embedded.process import Guard, Program
from credentials import selectors as questions
from credentials import services as issuing
from credentials.core.verification import Verdict
from issuers import selectors as issuers
from tests import factories
from tests.services.blockchain.conftest import KEY, OWN_KEY

pytestmark = [pytest.mark.chain, pytest.mark.django_db]

FIRST, SECOND = f"eip155:{CHAIN_ID}", "eip155:1337"
OWN = Lane(SECOND, "ecole-a")


class Node:
    """A development chain in a process of its own, that can be killed and started again."""

    def __init__(self, guard, folder, chain_id):
        self.guard, self.folder, self.chain_id = guard, folder, chain_id
        self.port = nodes.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.start()

    def start(self):
        self.process = self.guard.start(
            Program(
                name="chain",
                command=[
                    *(sys.executable, "-m", "config.embedded.devchain"),
                    *(self.folder / f"{self.chain_id}.sqlite3", "--port", str(self.port)),
                    *("--chain-id", str(self.chain_id)),
                ],
                environment=dict(os.environ),
            ),
            log=self.folder / f"{self.chain_id}.log",
        )
        deadline = time.monotonic() + 60
        while not nodes.answers(self.url):
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def two_nodes(tmp_path_factory):
    guard = Guard()
    folder = tmp_path_factory.mktemp("chains")
    found = Node(guard, folder, CHAIN_ID), Node(guard, folder, 1337)
    yield found
    guard.stop([each.process for each in found])
    guard.close()


@pytest.fixture
def second(two_nodes, settings, tmp_path):
    """Let the services ask both; return the second node, which a test may kill."""
    first, second = two_nodes
    keys = tmp_path / "submitters"
    keys.mkdir()
    (keys / "ecole-a.key").write_text(OWN_KEY)
    settings.CHAIN_ID, settings.CHAIN_RPC_URLS = CHAIN_ID, [first.url]
    settings.SUBMITTER_KEY, settings.SUBMITTERS_DIR = KEY, str(keys)
    settings.ANCHOR_SEAL_AGE_SECONDS, settings.ANCHOR_CONFIRMATIONS = 0, 1
    settings.FURTHER_CHAINS = [{"id": SECOND, "rpc": [second.url], "confirmations": 2}]
    for lane in (Lane(FIRST), OWN):
        services.deploy_registry(now=this_moment(), wait=lambda _: time.sleep(0.05), lane=lane)
    yield second
    chains.get_chain.cache_clear()


def this_moment():
    # Chains and credentials are dated by one clock here: the machine's.
    from django.utils import timezone

    return timezone.now()


class Worker:
    """Do rounds of everything until what should be final is; note what a round could not do."""

    def __init__(self):
        self.ahead = timedelta()
        self.troubles = set()

    def until(self, condition, seconds=60):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, list(Batch.objects.values("chain", "state"))
            self.ahead += timedelta(seconds=31)
            for service in (services.seal, services.broadcast, services.follow, services.look):
                try:
                    service(now=this_moment() + self.ahead)
                except services.Unavailable as trouble:
                    self.troubles.add(str(trouble))
            time.sleep(0.1)


def finals():
    return {str(batch.lane) for batch in Batch.objects.filter(state="finalized")}


def fsck():
    said = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("fsck", "--chain", stdout=said)
    return said.getvalue(), ended.value.code


def test_two_organisations_on_two_chains_of_which_one_dies(second, ecole_a, ecole_b):
    start = this_moment() - timedelta(minutes=2)
    issuing.choose_lanes(issuer=ecole_a, lanes=[FIRST, str(OWN)], now=start)
    both = factories.signed(issuer=ecole_a, now=this_moment())
    one = factories.signed(issuer=ecole_b, now=this_moment())
    second.kill()
    worker = Worker()

    # The second chain is dead: the first one goes on alone, and both organisations are on it.
    worker.until(lambda: finals() == {FIRST})
    assert worker.troubles == {"the node could not be reached"}
    assert Batch.objects.get(chain=SECOND).state == "sealed"
    for credential in (both, one):
        found = issuing.verify_credential(credential=credential, now=this_moment())
        assert found.report.verdict is Verdict.VERIFIED
    facts = {each.chain: each for each in selectors.chain_facts()}
    assert (facts[FIRST].trouble, facts[SECOND].trouble) == ("", "the node could not be reached")
    said, status = fsck()
    assert (status, said.count("inconclusive")) == (2, 4), said
    assert f"{SECOND}: the node could not be reached" in said

    # It comes back, and what was promised on it is kept.
    second.start()
    worker.until(lambda: finals() == {FIRST, str(OWN)})
    services.write_missing_manifests()
    proofs = questions.anchor_proofs(credential=both)
    assert {proof.chain: proof.submitter for proof in proofs} == {
        FIRST: LocalSigner(bytes.fromhex(KEY)).address,
        SECOND: LocalSigner(bytes.fromhex(OWN_KEY)).address,
    }
    for proof in proofs:
        receipt = json.dumps(anchor.to_json(proof)).encode()
        document = questions.opened(credential=both).document
        found = issuing.verify_document(data=document, receipt=receipt, now=this_moment())
        assert found.report.verdict is Verdict.VERIFIED, proof.chain
    assert [proof.chain for proof in questions.anchor_proofs(credential=one)] == [FIRST]
    assert f"{SECOND}:{LocalSigner(bytes.fromhex(OWN_KEY)).address}" in (
        issuers.accepted_submitters(issuer=ecole_a)
    )
    assert len(issuers.accepted_submitters(issuer=ecole_b)) == 1
    said, status = fsck()
    assert status == 0, said


def test_a_chain_is_asked_under_its_own_number(second):
    assert nodes.ask(second.url, "eth_chainId") == hex(1337)
    assert nodes.ask(second.url, "net_version") == "1337"
