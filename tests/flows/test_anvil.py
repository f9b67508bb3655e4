"""The same services on a chain that others wrote: anvil, which also undoes what it did."""

import time

import pytest

from blockchain import chains, services
from blockchain.models import Attempt, Batch
from config.embedded.process import Guard
from tests import anvil
from tests.conftest import NOW
from tests.flows.conftest import judge
from tests.flows.nodes import SPOILT, bad
from tests.services.blockchain.conftest import Clock, commit, work

SPOILT["counts too many"] = lambda answer: (200, b'{"jsonrpc":"2.0","id":1,"result":"0x9"}')
pytestmark = [pytest.mark.chain, anvil.needed]


@pytest.fixture
def node(tmp_path):
    guard = Guard()
    with anvil.running(guard, tmp_path / "anvil.log", "--slots-in-an-epoch", "2") as started:
        yield started
    guard.close()


@pytest.fixture
def registry(node, use, settings, db):
    settings.CHAIN_ID = anvil.CHAIN_ID
    use(node.url)
    services.deploy_registry(now=NOW, wait=lambda seconds: time.sleep(0.01))
    node.mine_when_told()
    node.mine(8)


@pytest.mark.usefixtures("registry")
def test_an_anchor_that_a_reorganisation_takes_away_comes_back_and_becomes_final(node):
    clock = Clock()
    commit(clock, 1, 2, 3)
    work(clock)
    node.mine()
    work(clock)
    assert Batch.objects.get().state == "mined"

    node.reorganise(1)
    for _round in range(12):
        work(clock)
        node.mine()

    batch = Batch.objects.get()
    assert (batch.state, batch.reorganisations) == ("finalized", 1)
    for number in (1, 2, 3):
        judge(number)
    ours = batch.sender.address
    assert chains.get_chain().nonce(ours, "latest") == batch.nonce + 1


@pytest.mark.usefixtures("registry")
def test_a_node_that_says_our_nonce_is_used_does_not_make_us_pay_twice(node, use):
    clock = Clock()
    commit(clock, 1)
    work(clock)
    nonce = Batch.objects.get().nonce

    with bad(node.url, eth_getTransactionCount="counts too many") as liar:
        use(liar, node.url)
        work(clock)
        assert (Batch.objects.get().state, Batch.objects.get().nonce) == ("broadcast", nonce)
    use(node.url)
    for _round in range(8):
        node.mine()
        work(clock)

    assert Batch.objects.get().state == "finalized"
    assert Attempt.objects.count() == 1
    judge(1)
