"""The whole way on a real EVM chain over HTTP: from leaves to proofs, and through bad nodes."""

import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from blockchain import selectors, services
from blockchain.chains import evm
from blockchain.core import anchor
from blockchain.models import Attempt, Batch
from config.embedded.chain import free_port
from tests.conftest import NOW
from tests.flows.conftest import judge, settle
from tests.flows.nodes import FAULTS, bad
from tests.services.blockchain.conftest import (
    Clock,
    commit,
    proof_of,
    work,
)

pytestmark = pytest.mark.chain


# -- Fair weather ----------------------------------------------------------------------------------


def test_from_leaves_to_proofs_that_verify(chain):
    clock = Clock()
    commit(clock, *range(10))

    settle(clock)

    proof = judge(7)
    batch = Batch.objects.get()
    assert proof.state == "finalized"
    assert proof.inclusion.tree_size == 10
    assert batch.gas_used == pytest.approx(45_825, abs=12)
    assert selectors.totals().gas == batch.gas_used
    assert selectors.totals().cost > 10**9


def test_the_stored_bytes_can_be_rebuilt_from_the_chain(chain):
    clock = Clock()
    commit(clock, 1)

    settle(clock)

    attempt = Attempt.objects.get()
    seen = chain.transaction(attempt.transaction)
    assert seen.raw == bytes(attempt.raw)
    assert (seen.max_fee, seen.max_tip) == (attempt.max_fee, attempt.max_tip)


def test_an_anchor_that_the_database_forgot_is_adopted_from_its_event(chain):
    clock = Clock()
    commit(clock, 1)
    settle(clock)
    before = proof_of(1)
    nonce = Batch.objects.get().nonce
    Attempt.objects.all().delete()
    Batch.objects.update(
        state="sealed", sender=None, nonce=None, registry="", transaction="", block_hash=""
    )

    settle(clock)

    assert judge(1) == before
    assert Batch.objects.get().nonce == nonce
    assert Attempt.objects.get().transaction == before.transaction


def test_the_command_prints_the_address_as_often_as_it_is_asked(chain, capsys):
    for _time in range(2):
        call_command("deploy_registry")

        assert capsys.readouterr().out.strip() == anchor.REGISTRY


def test_the_command_says_in_one_line_what_is_wrong(use, db, settings):
    use("http://127.0.0.1:9")
    with pytest.raises(CommandError, match="could not be reached"):
        call_command("deploy_registry")
    settings.SUBMITTER_KEY = ""
    with pytest.raises(CommandError, match="SUBMITTER_KEY"):
        call_command("deploy_registry")


@contextmanager
def program(file, port):
    """Run the development chain as a program of its own, and kill it without a word."""
    command = [sys.executable, "-m", "config.embedded.devchain", str(file), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("devchain: ")
        yield
    finally:
        process.kill()
        process.communicate()


def test_what_was_anchored_survives_the_death_of_the_node(tmp_path, use, db):
    file, port, clock = tmp_path / "chain.sqlite3", free_port(), Clock()
    use(f"http://127.0.0.1:{port}")
    with program(file, port):
        services.deploy_registry(now=NOW, wait=lambda seconds: time.sleep(0.05))
        commit(clock, 1)
        settle(clock)
        commit(clock, 2)
        services.seal(now=clock.now)

    with pytest.raises(services.Unavailable):
        services.broadcast(now=clock.now)
    assert Batch.objects.filter(state="sealed").count() == 1

    with program(file, port):
        settle(clock)
        judge(1)
        judge(2)


# -- Nodes that fail -------------------------------------------------------------------------------


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(evm, "ANSWER_SECONDS", 0.5)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_node_is_unavailable_soon_and_in_plain_words(node, chain, use, impatient, fault):
    clock = Clock()
    commit(clock, 1)
    settle(clock)
    proof = proof_of(1)

    with bad(node, **{"*": fault}) as url:
        use(url)
        begin = time.monotonic()
        with pytest.raises(services.Unavailable) as caught:
            services.find(proof=proof)

    assert time.monotonic() - begin < 3
    assert "127.0.0.1" not in str(caught.value)


@pytest.mark.parametrize("fault", ["is overloaded", "stammers", "is of another chain", "silent"])
def test_a_good_node_behind_a_bad_one_is_enough(node, chain, use, impatient, fault):
    clock = Clock()
    with bad(node, **{"*": fault}) as url:
        use(url, "http://127.0.0.1:9", node)
        commit(clock, 1)
        settle(clock)

        judge(1)


@pytest.mark.parametrize("fault", ["loses the reply", "refuses", "is overloaded", "silent"])
def test_a_send_whose_answer_goes_wrong_is_sent_again_and_mined_once(
    node, chain, use, impatient, fault
):
    clock = Clock()
    commit(clock, 1)
    with bad(node, eth_sendRawTransaction=fault) as url:
        use(url)
        try:
            work(clock)
        except services.Unavailable:
            assert Batch.objects.get().state == "signed"
    use(node)

    settle(clock)

    assert Attempt.objects.count() == 1
    judge(1)


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("eth_getTransactionReceipt", "answers nothing"),
        ("eth_getTransactionReceipt", "refuses"),
        ("eth_getBlockByNumber", "answers nothing"),
        ("eth_getTransactionCount", "answers something else"),
        ("eth_call", "answers nothing"),
        ("eth_call", "refuses"),
        ("eth_getCode", "answers something else"),
        ("eth_getBalance", "answers nothing"),
        ("eth_maxPriorityFeePerGas", "refuses"),
    ],
)
@pytest.mark.usefixtures("chain", "impatient")
def test_a_node_that_is_wrong_about_one_thing_never_leads_to_a_wrong_state(
    node, use, method, fault
):
    clock = Clock()
    commit(clock, 1)
    with bad(node, **{method: fault}) as url:
        use(url)
        for _round in range(3):
            try:
                work(clock)
            except services.Unavailable:
                continue
    use(node)

    settle(clock)

    assert Attempt.objects.count() == 1
    judge(1)


# -- A key that is elsewhere -----------------------------------------------------------------------


def test_a_real_chain_takes_what_a_key_service_signed(node, use, db, settings):
    use(node)
    settings.SUBMITTER_KEY = ""
    settings.SUBMITTER_KEY_SERVICE = "tests.services.blockchain.test_signers.Service"
    services.deploy_registry(now=NOW, wait=lambda seconds: time.sleep(0.05))
    clock = Clock()

    for number in range(6):
        commit(clock, number)
        services.seal(now=clock.now)
    settle(clock)

    for number in range(6):
        judge(number)


def test_a_real_chain_takes_a_dearer_transaction_from_the_same_nonce(chain, settings, monkeypatch):
    settings.ANCHOR_BUMP_SECONDS = 48
    clock = Clock()
    commit(clock, 1)
    services.seal(now=clock.now)
    with monkeypatch.context() as patch:
        patch.setattr(chain, "send", lambda raw: "")  # accepted, and forgotten
        services.broadcast(now=clock.now)

    clock.forward(seconds=48)
    settle(clock)

    first, second = Attempt.objects.order_by("id")
    assert Batch.objects.get().transaction == second.transaction
    assert first.nonce == second.nonce
    assert second.max_fee * 10 >= first.max_fee * 12
    judge(1)
