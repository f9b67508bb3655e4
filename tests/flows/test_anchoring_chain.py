"""The whole way on a real EVM chain over HTTP: from leaves to proofs, and through bad nodes."""

import json
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from blockchain import chains, selectors, services
from blockchain.chains import evm
from blockchain.core import anchor
from blockchain.models import Attempt, Batch
from config.embedded.chain import free_port
from tests.conftest import NOW
from tests.flows.conftest import judge, settle
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


class BadServer(ThreadingHTTPServer):
    """Serves `BadNode`."""

    daemon_threads = True

    def __init__(self, upstream, faults):
        super().__init__(("127.0.0.1", 0), BadNode)
        self.upstream, self.faults = upstream, faults

    def handle_error(self, request, client_address):
        """Say nothing: that clients hang up on a silent node is what is tested."""


class BadNode(BaseHTTPRequestHandler):
    """Stands before a good node and spoils what it says; `faults` maps methods to faults."""

    protocol_version = "HTTP/1.1"
    server: BadServer

    def log_message(self, *args):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        method = json.loads(body)["method"]
        fault = self.server.faults.get(method) or self.server.faults.get("*")
        if fault == "closes":
            self.close_connection = True
            return
        if fault == "silent":
            time.sleep(1.0)
        request = urllib.request.Request(  # noqa: S310 - our own node
            self.server.upstream, data=body, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
            answer = response.read()
        if fault == "loses the reply":
            self.close_connection = True
            return
        status, answer = SPOILT.get(fault, lambda answer: (200, answer))(answer)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


SPOILT = {
    "is overloaded": lambda answer: (503, b"try later"),
    "limits us": lambda answer: (429, b"{}"),
    "stammers": lambda answer: (200, b"<html>not JSON</html>"),
    "answers half": lambda answer: (200, answer[: len(answer) // 2]),
    "answers nothing": lambda answer: (200, b'{"jsonrpc":"2.0","id":1,"result":null}'),
    "answers something else": lambda answer: (200, b'{"jsonrpc":"2.0","id":1,"result":[7]}'),
    "refuses": lambda answer: (
        200,
        b'{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"go away"}}',
    ),
    "is of another chain": lambda answer: (200, b'{"jsonrpc":"2.0","id":1,"result":"0x1"}'),
}
FAULTS = [*SPOILT, "closes", "silent", "loses the reply"]


@contextmanager
def bad(node, **faults):
    server = BadServer(node, faults)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


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


# -- Nodes that contradict each other --------------------------------------------------------------


def replaced(member, value):
    """Return a fault that changes one member of what a node answers."""

    def spoil(answer):
        told = json.loads(answer)
        told["result"] = {**told["result"], member: value}
        return 200, json.dumps(told).encode()

    return spoil


SPOILT["shows another block"] = replaced("hash", "0x" + "ee" * 32)
SPOILT["knows no anchor"] = lambda answer: (
    200,
    json.dumps({"jsonrpc": "2.0", "id": 1, "result": "0x" + "00" * 64}).encode(),
)


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


@pytest.mark.usefixtures("chain")
def test_several_nodes_that_agree_are_asked_of_the_same_height(node, use):
    clock = Clock()
    use(node, node)
    commit(clock, 1)

    settle(clock)

    judge(1)
