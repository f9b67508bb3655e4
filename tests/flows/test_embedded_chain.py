"""The development chain as a process: its door, and what a SIGKILL at any moment leaves."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from config.embedded import chain
from config.embedded.devchain import genesis, shapes
from config.embedded.devchain.ledger import Ledger
from config.embedded.process import BASE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from pathlib import Path

SOMEBODY = "0x" + "ab" * 20


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = chain.free_port()
    file = tmp_path_factory.mktemp("chain") / "chain.sqlite3"
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "config.embedded.devchain", file, "--port", str(port)],
        cwd=BASE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == f"devchain: http://127.0.0.1:{port}\n"
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    assert process.wait(10) == 0


def post(url: str, body: bytes, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    connection.request("POST", "/", body, headers={"Content-Type": "application/json", **headers})
    response = connection.getresponse()
    answer = response.status, dict(response.getheaders()), response.read()
    connection.close()
    return answer


def test_a_transaction_becomes_final_in_a_few_seconds(url: str) -> None:
    rich = chain.ask(url, "eth_accounts")[0]
    sent = chain.ask(url, "eth_sendTransaction", {"from": rich, "to": SOMEBODY, "value": "0x1"})
    block = int(chain.ask(url, "eth_getTransactionReceipt", sent)["blockNumber"], 16)

    deadline = time.monotonic() + 10
    while int(chain.ask(url, "eth_getBlockByNumber", "finalized")["number"], 16) < block:
        assert time.monotonic() < deadline
        time.sleep(0.1)

    age = time.time() - int(chain.ask(url, "eth_getBlockByNumber", "latest")["timestamp"], 16)
    assert -1.5 < age < 5
    time.sleep(1.3)
    resting = chain.ask(url, "eth_blockNumber")
    time.sleep(1.3)
    assert chain.ask(url, "eth_blockNumber") == resting


def test_pages_of_other_origins_may_ask(url: str) -> None:
    request = json.dumps(
        {"jsonrpc": "2.0", "id": 7, "method": "eth_chainId", "params": []}
    ).encode()

    status, headers, body = post(url, request, Origin="https://verifier.example")

    assert status == 200
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert json.loads(body) == {"jsonrpc": "2.0", "id": 7, "result": hex(genesis.CHAIN_ID)}


def test_a_batch_is_answered_in_order(url: str) -> None:
    request = [
        {"id": n, "method": m, "params": []}
        for n, m in enumerate(("eth_chainId", "eth_no", "net_version"))
    ]

    status, _, body = post(url, json.dumps(request).encode())

    answers = json.loads(body)
    assert status == 200
    assert [answer["id"] for answer in answers] == [0, 1, 2]
    assert answers[1]["error"]["code"] == -32601


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"{", 200, "not JSON"),
        (b"[" * 100_000, 200, "not JSON"),
        (b"[]", 200, "a batch has 1 to 100 requests"),
        (b"[" + b"1," * 200 + b"1]", 200, "a batch has 1 to 100 requests"),
        (b"3", 200, "a request is an object"),
        (b'{"method": ["eth_chainId"]}', 200, "not available"),
        (b'{"method": "eth_chainId", "params": 3}', 200, "params must be a list"),
        (b" " * 600_000, 413, "too large"),
    ],
)
def test_a_bad_request_gets_an_answer(url: str, body: bytes, status: int, words: str) -> None:
    found, _, answer = post(url, body)

    assert (found, words in answer.decode()) == (status, True)
    assert chain.ask(url, "eth_chainId") == hex(genesis.CHAIN_ID)


def test_an_absent_length_is_asked_for(url: str) -> None:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    connection.putrequest("POST", "/")
    connection.endheaders()

    assert connection.getresponse().status == 411


# -- SIGKILL ---------------------------------------------------------------------------------------
def test_a_kill_at_any_moment_loses_no_block_that_was_seen(tmp_path: Path) -> None:
    """Again and again: mine without pause, kill without warning, and read everything again."""
    context = multiprocessing.get_context("fork")
    file = tmp_path / "chain.sqlite3"
    moments = random.Random(20261123)  # noqa: S311 - moments, not secrets
    seen: dict[int, bytes] = {}

    for _ in range(12):
        reader, writer = context.Pipe(duplex=False)
        miner = context.Process(target=mine_until_killed, args=(file, writer))
        miner.start()
        writer.close()
        for _told in range(moments.randint(1, 4)):
            seen |= reader.recv()
        time.sleep(moments.uniform(0.0, 0.03))
        os.kill(miner.pid or 0, signal.SIGKILL)
        miner.join()
        while True:
            try:
                seen |= reader.recv()
            except EOFError:
                break
        reader.close()
        check_whole(file, seen)

    assert len(seen) > 12


def mine_until_killed(file: Path, told: Connection) -> None:
    ledger = Ledger(file, block_seconds=0)
    sender = genesis.DEV_KEYS[0].public_key.to_canonical_address()
    fields = {"sender": sender, "to": bytes(20), "value": 1, "data": b"", "gas": 21_000}
    told.send({})
    while True:
        ledger.send_from_dev_account(fields)
        head = ledger.head()
        told.send({head.block_number: head.hash})


def check_whole(file: Path, seen: dict[int, bytes]) -> None:
    """Read everything below the head; every block that was told of is there, unchanged."""
    ledger = Ledger(file, block_seconds=0)
    head = ledger.head()
    parent = head.parent_hash
    assert head.block_number >= max(seen, default=0)
    for number in range(head.block_number, -1, -1):
        header = ledger.header(number)
        assert number == head.block_number or header.hash == parent
        assert seen.get(number, header.hash) == header.hash
        block, receipts = ledger.block(header), ledger.receipts(header)
        assert len(receipts) == len(block.transactions)
        if block.transactions:
            assert shapes.receipt(block, 0, receipts)["status"] == "0x1"
        parent = header.parent_hash
    account = genesis.DEV_KEYS[0].public_key.to_canonical_address()
    assert ledger.state(head).get_nonce(account) == head.block_number
    ledger.close()
