"""Nodes that contradict each other: on a real EVM chain, seen through two nodes."""

import pytest

from blockchain import chains, selectors, services
from blockchain.chains import evm
from blockchain.models import Batch
from tests.flows.conftest import judge, settle
from tests.flows.nodes import bad
from tests.services.blockchain.conftest import Clock, commit, proof_of

pytestmark = pytest.mark.chain


@pytest.mark.parametrize(
    "lie",
    [
        ("eth_getBlockByNumber", "shows another block", "disagree about a final block"),
        ("eth_call", "knows no anchor", "disagree about what the registry"),
    ],
)
@pytest.mark.parametrize("liar_first", [True, False])
@pytest.mark.usefixtures("chain")
def test_nodes_that_disagree_pause_the_submitter_until_they_agree(node, use, lie, liar_first):
    method, fault, words = lie
    clock = Clock()
    commit(clock, 1)
    settle(clock)
    proof = proof_of(1)
    Batch.objects.update(state="confirmed")
    with bad(node, **{method: fault}) as url:
        use(*([url, node] if liar_first else [node, url]))
        with pytest.raises(chains.Disagreement, match=words):
            services.follow(now=clock.now)
        if fault == "shows another block":
            with pytest.raises(services.Unavailable, match=words):
                services.find(proof=proof)
    assert words in selectors.paused_submitters()[0].paused
    assert Batch.objects.get().state == "confirmed"
    use(node)

    settle(clock)

    assert not selectors.paused_submitters()
    judge(1)


@pytest.fixture
def liar(node, use, monkeypatch):
    """Ask first a node that shows other blocks as soon as the nodes were found to agree."""
    faults = {}
    check = evm.EvmChain.check

    def check_and_begin_to_lie(chain):
        faults.clear()
        check(chain)
        faults["eth_getBlockByNumber"] = "shows another block"
        faults["eth_getTransactionReceipt"] = "has it in another block"

    monkeypatch.setattr(evm.EvmChain, "check", check_and_begin_to_lie)
    with bad(node, faults) as url:
        yield lambda: use(url, node)


@pytest.mark.usefixtures("chain")
def test_a_node_that_lies_between_two_questions_makes_nothing_final(liar, use, node):
    clock = Clock()
    commit(clock, 1)
    settle(clock)
    truly = Batch.objects.get().block_hash
    Batch.objects.update(state="confirmed")
    liar()

    with pytest.raises(chains.Disagreement):
        services.follow(now=clock.now)

    assert Batch.objects.filter(state="confirmed", block_hash=truly).exists()
    use(node)
    settle(clock)
    assert Batch.objects.filter(state="finalized", block_hash=truly).exists()


@pytest.mark.usefixtures("chain")
def test_a_node_that_lies_between_two_questions_takes_no_final_block_back(liar, use, node):
    clock = Clock()
    commit(clock, 1)
    settle(clock)
    liar()

    with pytest.raises(chains.Disagreement):
        services.follow(now=clock.now)

    assert Batch.objects.filter(state="finalized", failure="").exists()
    use(node)
    services.follow(now=clock.now)
    assert not selectors.paused_submitters()


@pytest.mark.usefixtures("chain")
def test_several_nodes_that_agree_are_asked_of_the_same_height(node, use):
    clock = Clock()
    use(node, node)
    commit(clock, 1)

    settle(clock)

    judge(1)
