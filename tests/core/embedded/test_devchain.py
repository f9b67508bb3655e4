"""The development chain in this process: blocks, pool, finality, and what it refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from eth_keys.datatypes import PrivateKey
from eth_utils.crypto import keccak

from config.embedded.devchain import genesis, methods
from config.embedded.devchain import ledger as chain
from config.embedded.devchain.ledger import Ledger
from config.embedded.devchain.store import StoreInUseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Ask = Callable[..., Any]

RICH, OTHER = (key.public_key.to_checksum_address() for key in genesis.DEV_KEYS[:2])
SOMEBODY = "0x" + "ab" * 20
PROXY = "0x" + genesis.PROXY.hex()
# A contract's making: code of one byte, STOP.
INIT_CODE = bytes.fromhex("6001600c60003960016000f300")


class Clock:
    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "chain.sqlite3", clock=clock, block_seconds=0)
    yield ledger
    ledger.close()


@pytest.fixture
def ask(ledger: Ledger) -> Ask:
    return lambda method, *params: methods.answer(ledger, method, list(params))


def transfer(
    nonce: int,
    *,
    fee: int = 10 * chain.TIP,
    key: PrivateKey = genesis.DEV_KEYS[0],
    chain_id: int = genesis.CHAIN_ID,
) -> str:
    unsigned = genesis.unsigned_transaction(
        nonce=nonce,
        fee=fee,
        tip=fee // 10,
        fields={"gas": 21_000, "to": bytes.fromhex(SOMEBODY[2:]), "value": 1, "data": b""},
        chain_id=chain_id,
    )
    raw: bytes = unsigned.as_signed_transaction(key, chain_id=chain_id).encode()
    return "0x" + raw.hex()


# -- blocks and finality ---------------------------------------------------------------------------
def test_a_chain_begins_with_coins_and_the_deployment_proxy(ask: Ask) -> None:
    code = bytes.fromhex(ask("eth_getCode", PROXY, "latest")[2:])

    assert ask("eth_blockNumber") == "0x0"
    assert int(ask("eth_getBalance", RICH, "latest"), 16) == genesis.DEV_BALANCE
    # The hash of this code is the same on every chain that has the proxy.
    assert keccak(code).hex() == "2fa86add0aed31f33a762c9d88e807c475bd51d0f52bd0955754b2608f7e4989"
    assert int(ask("eth_chainId"), 16) == 131_277_322_940_537


def test_a_chain_at_rest_mines_at_once_and_goes_back_to_rest_when_all_is_final(
    ledger: Ledger, ask: Ask
) -> None:
    sent = ask("eth_sendTransaction", {"from": RICH, "to": SOMEBODY, "value": "0x5"})

    numbers = [
        [
            int(ask("eth_getBlockByNumber", tag)["number"], 16)
            for tag in ("latest", "safe", "finalized")
        ]
    ]
    while ledger.tick():
        numbers.append(
            [
                int(ask("eth_getBlockByNumber", tag)["number"], 16)
                for tag in ("latest", "safe", "finalized")
            ]
        )

    assert ask("eth_getTransactionByHash", sent)["blockNumber"] == "0x1"
    assert numbers == [[1, 0, 0], [2, 1, 0], [3, 2, 1]]
    assert not ledger.tick()


def test_block_times_follow_the_clock_and_always_grow(
    ledger: Ledger, ask: Ask, clock: Clock
) -> None:
    clock.now += 100.7
    ask("eth_sendTransaction", {"from": RICH, "to": SOMEBODY})
    followed = ledger.head().timestamp

    clock.now -= 50
    ledger.tick()

    assert followed == int(clock.now + 50)
    assert ledger.head().timestamp == followed + 1


def test_a_block_waits_for_its_second(tmp_path: Path, clock: Clock) -> None:
    ledger = Ledger(tmp_path / "chain.sqlite3", clock=clock, block_seconds=60)

    first, second = (bytes.fromhex(transfer(nonce)[2:]) for nonce in (0, 1))
    hashes = [ledger.send(raw) for raw in (first, second)]

    assert isinstance(ledger.transaction(hashes[0]), tuple)
    assert not isinstance(ledger.transaction(hashes[1]), tuple)
    assert (
        methods.answer(ledger, "eth_getTransactionByHash", ["0x" + hashes[1].hex()])["blockHash"]
        is None
    )
    assert methods.answer(ledger, "eth_getTransactionReceipt", ["0x" + hashes[1].hex()]) is None
    assert methods.answer(ledger, "eth_getTransactionCount", [RICH, "pending"]) == "0x2"
    assert methods.answer(ledger, "eth_getTransactionCount", [RICH, "latest"]) == "0x1"
    ledger.close()


def test_a_chain_goes_on_where_it_was_closed(tmp_path: Path, clock: Clock) -> None:
    ledger = Ledger(tmp_path / "chain.sqlite3", clock=clock, block_seconds=0)
    sent = ledger.send(bytes.fromhex(transfer(0)[2:]))
    before = ledger.head().hash
    ledger.close()

    again = Ledger(tmp_path / "chain.sqlite3", clock=clock, block_seconds=0)

    assert again.head().hash == before
    found = again.transaction(sent)
    assert isinstance(found, tuple)
    assert found[0].number == 1
    # The transaction is not final yet, and the chain has not forgotten that.
    assert again.tick()
    assert again.tick()
    assert not again.tick()
    again.close()


def test_a_chain_has_one_process(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(StoreInUseError, match="cannot be opened"):
        Ledger(tmp_path / "chain.sqlite3")


def test_a_block_that_fails_leaves_nothing(
    ledger: Ledger, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ledger.head().hash

    def fail(*args: object, **kwargs: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(genesis.DevChain, "mine_block", fail)
        with pytest.raises(OSError, match="no space"):
            ask("eth_sendRawTransaction", transfer(0))

    assert ledger.head().hash == before
    # It waits still, and the next block has it.
    assert ledger.tick()
    assert len(ask("eth_getBlockByNumber", "latest")["transactions"]) == 1


# -- the pool --------------------------------------------------------------------------------------
def test_a_transaction_after_a_gap_waits_for_it_to_be_filled(ledger: Ledger, ask: Ask) -> None:
    late = ask("eth_sendRawTransaction", transfer(1))
    assert ask("eth_getTransactionReceipt", late) is None

    ask("eth_sendRawTransaction", transfer(0))

    assert ask("eth_getTransactionReceipt", late)["blockNumber"] == "0x1"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (lambda: transfer(0), "nonce too low: next nonce 1, tx nonce 0"),
        (lambda: transfer(2), "already known"),
        (lambda: transfer(2, fee=10 * chain.TIP + 1), "replacement transaction underpriced"),
        (lambda: transfer(0, key=PrivateKey(b"\x07" * 32)), "insufficient funds for gas"),
        (
            lambda: transfer(3, chain_id=1),
            "invalid chain id for signer: have 1 want 131277322940537",
        ),
        (lambda: "0x", "invalid transaction"),
        (lambda: "0x02ff", "invalid transaction"),
        (lambda: "0x" + "c0" * 40, "invalid transaction"),
        (lambda: "0x7f" + "00" * 40, "invalid transaction"),
    ],
)
def test_the_pool_refuses_in_the_words_of_a_node(
    ask: Ask, raw: Callable[[], str], words: str
) -> None:
    ask("eth_sendRawTransaction", transfer(0))
    ask("eth_sendRawTransaction", transfer(2))  # waits for 1

    with pytest.raises(methods.Error, match=words) as refused:
        ask("eth_sendRawTransaction", raw())

    assert refused.value.code == methods.SERVER_ERROR


def test_a_replacement_pays_a_tenth_more(ledger: Ledger, ask: Ask) -> None:
    cheap = ask("eth_sendRawTransaction", transfer(1))

    dear = ask("eth_sendRawTransaction", transfer(1, fee=11 * chain.TIP))
    ask("eth_sendRawTransaction", transfer(0))

    assert ask("eth_getTransactionByHash", cheap) is None
    assert ask("eth_getTransactionByHash", dear)["blockNumber"] == "0x1"


def test_a_transaction_that_pays_less_than_the_base_fee_waits(ledger: Ledger, ask: Ask) -> None:
    poor = ask("eth_sendRawTransaction", transfer(0, fee=ledger.base_fee() // 2))

    assert not ledger.tick()
    assert ask("eth_getTransactionReceipt", poor) is None


# -- questions -------------------------------------------------------------------------------------
def test_the_proxy_makes_a_contract_where_eip_1014_says(ledger: Ledger, ask: Ask) -> None:
    expected = keccak(b"\xff" + genesis.PROXY + bytes(32) + keccak(INIT_CODE))[12:].hex()
    making = {"from": OTHER, "to": PROXY, "data": "0x" + "00" * 32 + INIT_CODE.hex()}

    foretold = ask("eth_call", making, "latest")
    gas = int(ask("eth_estimateGas", making), 16)
    receipt = ask(
        "eth_getTransactionReceipt", ask("eth_sendTransaction", {**making, "gas": hex(gas)})
    )

    assert foretold == "0x" + expected
    assert receipt["status"] == "0x1"
    assert int(receipt["gasUsed"], 16) <= gas
    assert ask("eth_getCode", "0x" + expected, "latest") == "0x00"
    assert ask("eth_getCode", "0x" + expected, "0x0") == "0x"


def test_a_call_that_gives_up_says_so(ask: Ask) -> None:
    with pytest.raises(methods.Error, match="execution reverted") as refused:
        ask("eth_call", {"to": PROXY, "data": "0x" + "00" * 32 + "fe"}, "latest")

    assert refused.value.code == methods.REVERTED


def test_logs_are_found_by_address_and_topic(ask: Ask) -> None:
    # LOG1 of nothing under the topic 7, at every call.
    init_code = "6009600c60003960096000f3" + "600760006000a1000000"[:18]
    made = ask("eth_sendTransaction", {"from": RICH, "data": "0x" + init_code})
    contract = ask("eth_getTransactionReceipt", made)["contractAddress"]

    sent = ask("eth_sendTransaction", {"from": RICH, "to": contract})
    topic = "0x" + "00" * 31 + "07"
    found = ask("eth_getLogs", {"fromBlock": "0x0", "address": contract, "topics": [topic]})

    assert [log["transactionHash"] for log in found] == [sent]
    assert found[0]["topics"] == [topic]
    assert ask("eth_getLogs", {"fromBlock": "0x0", "topics": [topic[:-1] + "8"]}) == []
    assert ask("eth_getLogs", {"fromBlock": "0x0", "address": [RICH]}) == []


def test_every_answer_is_json(ledger: Ledger, ask: Ask) -> None:
    sent = ask("eth_sendTransaction", {"from": RICH, "to": SOMEBODY})
    block = ask("eth_getTransactionByHash", sent)["blockHash"]
    params: dict[str, list[object]] = {
        "eth_getBlockByNumber": ["latest", True],
        "eth_getBlockByHash": [block, False],
        "eth_getTransactionByHash": [sent],
        "eth_getTransactionReceipt": [sent],
        "eth_getTransactionCount": [RICH],
        "eth_getBalance": [RICH, {"blockHash": block}],
        "eth_getCode": [PROXY],
        "eth_getStorageAt": [PROXY, "0x" + "00" * 32],
        "eth_getLogs": [{"blockHash": block}],
        "eth_call": [{"to": SOMEBODY}],
        "eth_estimateGas": [{"from": RICH, "to": SOMEBODY}],
        "eth_feeHistory": ["0x5", "latest", [50]],
        "eth_sendRawTransaction": [transfer(1)],
        "eth_sendTransaction": [{"from": OTHER, "to": SOMEBODY}],
    }

    for method in methods.METHODS:
        json.dumps(ask(method, *params.get(method, [])))


@pytest.mark.parametrize(
    ("method", "params", "words"),
    [
        ("eth_sign", [RICH, "0x00"], "'eth_sign' is not available"),
        ("personal_unlockAccount", [], "is not available"),
        ("debug_traceTransaction", [], "is not available"),
        (None, [], "is not available"),
        ("eth_getBalance", ["0x12"], "address must be 20 bytes long, not 1"),
        ("eth_getBalance", ["hello"], "address must be 0x and an even number"),
        ("eth_getBalance", [], r"missing params\[0\]"),
        ("eth_getBalance", {"address": RICH}, "params must be a list"),
        ("eth_getBalance", [RICH, "0x00"], "without leading zeros"),
        ("eth_getBalance", [RICH, "newest"], "'newest' is no block"),
        ("eth_getBalance", [RICH, "0x64"], "block 100 is not mined"),
        ("eth_getTransactionByHash", ["0x" + "00" * 31], "hash must be 32 bytes long"),
        ("eth_sendTransaction", [{"from": SOMEBODY, "to": RICH}], "unknown account"),
        ("eth_sendTransaction", ["0x00"], "a transaction is an object"),
        ("eth_getLogs", [{"fromBlock": "earliest", "toBlock": "0xffffff"}], "is not mined"),
    ],
)
def test_a_wrong_request_is_refused_in_words(
    ask: Ask, ledger: Ledger, method: Any, params: Any, words: str
) -> None:
    with pytest.raises(methods.Error, match=words):
        methods.answer(ledger, method, params)


def test_web_pages_may_look_but_not_spend(ledger: Ledger) -> None:
    assert methods.answer(ledger, "eth_blockNumber", [], is_browser=True) == "0x0"

    for method in ("eth_accounts", "eth_sendTransaction"):
        with pytest.raises(methods.Error, match="not available to web pages"):
            methods.answer(ledger, method, [{"from": RICH, "to": SOMEBODY}], is_browser=True)
