"""The JSON-RPC methods of the development chain. What is not listed here is refused."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from eth.abc import BlockHeaderAPI

from config.embedded.devchain import genesis, shapes
from config.embedded.devchain import ledger as chain
from config.embedded.devchain.ledger import Ledger
from config.embedded.devchain.pool import RefusedError

# JSON-RPC 2.0 section 5.1, and what nodes use for the rest.
INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS, SERVER_ERROR, REVERTED = (
    -32600,
    -32601,
    -32602,
    -32000,
    3,
)
# Logs are looked for block by block.
LONGEST_LOG_RANGE = 10_000
LONGEST_FEE_HISTORY = 1024
CALL_GAS = 10_000_000

HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]*")
QUANTITY = re.compile(r"0x(0|[1-9a-fA-F][0-9a-fA-F]{0,63})")

Method = Callable[[Ledger, list[Any]], Any]


class Error(Exception):
    """The answer is an error."""

    def __init__(self, code: int, message: str, data: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.data = data


def answer(ledger: Ledger, method: object, params: object, *, is_browser: bool = False) -> Any:
    """Return the result of a method.

    Raises:
        Error: the method is not listed, a parameter is wrong, or the chain refuses.
    """
    if not isinstance(method, str) or method not in METHODS:
        raise Error(METHOD_NOT_FOUND, f"the method {str(method)[:60]!r} is not available")
    if is_browser and method in NOT_FOR_BROWSERS:
        raise Error(METHOD_NOT_FOUND, f"the method {method!r} is not available to web pages")
    if not isinstance(params, list):
        raise Error(INVALID_PARAMS, "params must be a list")
    try:
        return METHODS[method](ledger, params)
    except RefusedError as error:
        raise Error(SERVER_ERROR, str(error)) from error
    except chain.RevertedError as error:
        raise Error(REVERTED, str(error), shapes.data(error.data)) from error
    except chain.UnknownBlockError as error:
        raise Error(SERVER_ERROR, f"unknown block: {error}") from error


# -- parameters ------------------------------------------------------------------------------------
def _param(params: list[Any], index: int, default: Any = None) -> Any:
    value = params[index] if index < len(params) else None
    if value is None and default is None:
        raise Error(INVALID_PARAMS, f"missing params[{index}]")
    return default if value is None else value


def _bytes(value: object, name: str, *, length: int | None = None) -> bytes:
    if not isinstance(value, str) or not HEXADECIMAL.fullmatch(value) or len(value) % 2:
        raise Error(INVALID_PARAMS, f"{name} must be 0x and an even number of hexadecimal digits")
    found = bytes.fromhex(value[2:])
    if length is not None and len(found) != length:
        raise Error(INVALID_PARAMS, f"{name} must be {length} bytes long, not {len(found)}")
    return found


def _number(value: object, name: str) -> int:
    if not isinstance(value, str) or not QUANTITY.fullmatch(value):
        raise Error(
            INVALID_PARAMS, f"{name} must be 0x and hexadecimal digits without leading zeros"
        )
    return int(value, 16)


def _header(ledger: Ledger, value: object) -> BlockHeaderAPI:
    if isinstance(value, Mapping):  # EIP-1898
        if "blockHash" in value:
            return ledger.header_by_hash(_bytes(value["blockHash"], "blockHash", length=32))
        value = value.get("blockNumber")
    if isinstance(value, str) and value.startswith("0x"):
        return ledger.header(_number(value, "block"))
    if not isinstance(value, str):
        raise Error(
            INVALID_PARAMS, "a block is a number, a tag, or an object with blockHash or blockNumber"
        )
    return ledger.header(value)


def _transaction(value: object, *, gas: int) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise Error(INVALID_PARAMS, "a transaction is an object")
    return {
        "sender": _bytes(value.get("from") or "0x" + "00" * 20, "from", length=20),
        "to": _bytes(value["to"], "to", length=20) if value.get("to") else b"",
        "data": _bytes(value.get("input") or value.get("data") or "0x", "input"),
        "value": _number(value.get("value") or "0x0", "value"),
        "gas": min(_number(value["gas"], "gas"), genesis.GAS_LIMIT) if value.get("gas") else gas,
    }


def _account_at(ledger: Ledger, params: list[Any]) -> tuple[Any, bytes]:
    address = _bytes(_param(params, 0), "address", length=20)
    return ledger.state(_header(ledger, _param(params, 1, "latest"))), address


# -- methods ---------------------------------------------------------------------------------------
def _get_block_by_number(ledger: Ledger, params: list[Any]) -> Any:
    try:
        header = _header(ledger, _param(params, 0))
    except chain.UnknownBlockError:
        return None
    return shapes.block(ledger.block(header), full=params[1:2] == [True])


def _get_block_by_hash(ledger: Ledger, params: list[Any]) -> Any:
    try:
        header = ledger.header_by_hash(_bytes(_param(params, 0), "hash", length=32))
    except chain.UnknownBlockError:
        return None
    return shapes.block(ledger.block(header), full=params[1:2] == [True])


def _get_transaction(ledger: Ledger, params: list[Any]) -> Any:
    found = ledger.transaction(_bytes(_param(params, 0), "hash", length=32))
    if found is None:
        return None
    if not isinstance(found, tuple):
        return shapes.transaction(found, block=None)
    block, index = found
    return shapes.transaction(block.transactions[index], block=block.header, index=index)


def _get_receipt(ledger: Ledger, params: list[Any]) -> Any:
    found = ledger.transaction(_bytes(_param(params, 0), "hash", length=32))
    if not isinstance(found, tuple):
        return None
    block, index = found
    return shapes.receipt(block, index, ledger.receipts(block.header))


def _get_transaction_count(ledger: Ledger, params: list[Any]) -> str:
    if _param(params, 1, "latest") == "pending":
        return shapes.quantity(
            ledger.pending_nonce(_bytes(_param(params, 0), "address", length=20))
        )
    state, address = _account_at(ledger, params)
    return shapes.quantity(state.get_nonce(address))


def _get_balance(ledger: Ledger, params: list[Any]) -> str:
    state, address = _account_at(ledger, params)
    return shapes.quantity(state.get_balance(address))


def _get_code(ledger: Ledger, params: list[Any]) -> str:
    state, address = _account_at(ledger, params)
    return shapes.data(state.get_code(address))


def _get_storage(ledger: Ledger, params: list[Any]) -> str:
    address = _bytes(_param(params, 0), "address", length=20)
    slot = int.from_bytes(_bytes(_param(params, 1), "position", length=32), "big")
    state = ledger.state(_header(ledger, _param(params, 2, "latest")))
    return shapes.data(state.get_storage(address, slot).to_bytes(32, "big"))


def _call(ledger: Ledger, params: list[Any]) -> str:
    header = _header(ledger, _param(params, 1, "latest"))
    return shapes.data(ledger.call(_transaction(_param(params, 0), gas=CALL_GAS), header=header))


def _estimate_gas(ledger: Ledger, params: list[Any]) -> str:
    header = _header(ledger, _param(params, 1, "latest"))
    return shapes.quantity(
        ledger.estimate(_transaction(_param(params, 0), gas=CALL_GAS), header=header)
    )


def _send_transaction(ledger: Ledger, params: list[Any]) -> str:
    wanted = _param(params, 0)
    fields = _transaction(wanted, gas=1_000_000)
    nonce = _number(wanted["nonce"], "nonce") if wanted.get("nonce") else None
    return shapes.data(ledger.send_from_dev_account(fields, nonce=nonce))


def _fee_history(ledger: Ledger, params: list[Any]) -> dict[str, Any]:
    count = _number(_param(params, 0), "blockCount")
    last = _header(ledger, _param(params, 1, "latest"))
    count = max(1, min(count, LONGEST_FEE_HISTORY, last.block_number + 1))
    percentiles = _param(params, 2, [])
    if not isinstance(percentiles, list) or len(percentiles) > 100:  # noqa: PLR2004 - the API's own bound
        raise Error(INVALID_PARAMS, "rewardPercentiles must be a list of at most 100")
    headers = [
        ledger.header(number)
        for number in range(last.block_number - count + 1, last.block_number + 1)
    ]
    return {
        "oldestBlock": shapes.quantity(headers[0].block_number),
        # One more than the blocks: the next block's is known already.
        "baseFeePerGas": [
            shapes.quantity(fee)
            for fee in [*(h.base_fee_per_gas or 0 for h in headers), ledger.base_fee()]
        ],
        "gasUsedRatio": [header.gas_used / header.gas_limit for header in headers],
        "reward": [[shapes.quantity(chain.TIP)] * len(percentiles) for _ in headers],
    }


def _get_logs(ledger: Ledger, params: list[Any]) -> list[Any]:
    wanted = _param(params, 0)
    if not isinstance(wanted, Mapping):
        raise Error(INVALID_PARAMS, "a filter is an object")
    if "blockHash" in wanted:
        headers = [ledger.header_by_hash(_bytes(wanted["blockHash"], "blockHash", length=32))]
    else:
        first = _header(ledger, wanted.get("fromBlock") or "latest").block_number
        last = _header(ledger, wanted.get("toBlock") or "latest").block_number
        if last - first > LONGEST_LOG_RANGE:
            raise Error(INVALID_PARAMS, f"at most {LONGEST_LOG_RANGE} blocks at once")
        headers = [ledger.header(number) for number in range(first, last + 1)]
    addresses, topics = wanted.get("address"), wanted.get("topics") or []
    places = addresses if isinstance(addresses, list) else [addresses] if addresses else []
    accepted = {shapes.address(_bytes(place, "address", length=20)) for place in places}
    logs = []
    for header in headers:
        if not header.bloom:
            continue
        block, receipts = ledger.block(header), ledger.receipts(header)
        for index in range(len(block.transactions)):
            logs += [
                log
                for log in shapes.receipt(block, index, receipts)["logs"]
                if (not accepted or log["address"] in accepted)
                and _topics_match(log["topics"], topics)
            ]
    return logs


def _topics_match(found: list[str], wanted: list[Any]) -> bool:
    if len(wanted) > len(found):
        return False
    for topic, choice in zip(found, wanted, strict=False):
        choices = choice if isinstance(choice, list) else [choice]
        if choice is not None and topic not in [str(one).lower() for one in choices]:
            return False
    return True


METHODS: Mapping[str, Method] = {
    "web3_clientVersion": lambda ledger, params: "acquis-devchain/py-evm",
    "net_version": lambda ledger, params: str(ledger.chain_id),
    "eth_chainId": lambda ledger, params: shapes.quantity(ledger.chain_id),
    "eth_syncing": lambda ledger, params: False,
    "eth_blockNumber": lambda ledger, params: shapes.quantity(ledger.head().block_number),
    "eth_getBlockByNumber": _get_block_by_number,
    "eth_getBlockByHash": _get_block_by_hash,
    "eth_getTransactionByHash": _get_transaction,
    "eth_getTransactionReceipt": _get_receipt,
    "eth_getTransactionCount": _get_transaction_count,
    "eth_getBalance": _get_balance,
    "eth_getCode": _get_code,
    "eth_getStorageAt": _get_storage,
    "eth_getLogs": _get_logs,
    "eth_call": _call,
    "eth_estimateGas": _estimate_gas,
    "eth_gasPrice": lambda ledger, params: shapes.quantity(ledger.base_fee() + chain.TIP),
    "eth_maxPriorityFeePerGas": lambda ledger, params: shapes.quantity(chain.TIP),
    "eth_feeHistory": _fee_history,
    "eth_sendRawTransaction": lambda ledger, params: shapes.data(
        ledger.send(_bytes(_param(params, 0), "transaction"))
    ),
    # The node's own accounts, for whoever needs coins that are worth nothing.
    "eth_accounts": lambda ledger, params: [
        shapes.address(key.public_key.to_canonical_address()) for key in genesis.DEV_KEYS
    ],
    "eth_sendTransaction": _send_transaction,
}
# A page of any site can reach the loopback through its visitor's browser: it may look, not spend.
NOT_FOR_BROWSERS = frozenset({"eth_accounts", "eth_sendTransaction"})
