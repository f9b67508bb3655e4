"""An EVM chain over JSON-RPC, through one node or several. The only file that imports web3.

Reads go to the first node that answers for the right chain, sends go to all. Of what is final, all
must say the same: a node can lie, and what is final is believed for ever. Nothing is retried here:
the services come back at their next turn, and a send that was repeated behind their back could not
be told from one that was not.
"""

import logging
import warnings
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import requests
import rlp  # type: ignore[import-untyped]  # no type information is published
from eth_typing import BlockNumber, ChecksumAddress, HexStr
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from web3 import Web3
from web3.exceptions import (
    BlockNotFound,
    TransactionNotFound,
    Web3Exception,
    Web3RPCError,
)
from web3.middleware import ExtraDataToPOAMiddleware
from web3.providers.base import JSONBaseProvider
from web3.providers.rpc import HTTPProvider
from web3.types import BlockData, BlockIdentifier, FilterParams, Nonce, TxData, TxParams, Wei

from blockchain.chains import registry as anchor_registry
from blockchain.chains.interface import (
    ABOUT_A_BLOCK,
    ABOUT_AN_ANCHOR,
    Anchored,
    Block,
    Disagreement,
    Fees,
    Receipt,
    Tag,
    Transaction,
    Unavailable,
    WrongChain,
)

# Somebody waits for a verification page: a silent node must not hold it for longer than this.
CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 8.0
# For nodes that suggest no tip; what wallets have long defaulted to.
USUAL_TIP = 10**9
# A node so far behind the others has nothing to say about what is final now; few keep older states.
MOST_BEHIND = 128

log = logging.getLogger(__name__)
T = TypeVar("T")


class EvmChain:
    """See `interface.Chain`."""

    def __init__(self, *, number: int, providers: Sequence[JSONBaseProvider]) -> None:
        self._number = number
        self._nodes = [_node(provider) for provider in providers]
        self._trusted = self._nodes
        self._agreed: int | None = None

    @classmethod
    def over_http(cls, *, number: int, urls: Sequence[str]) -> "EvmChain":
        """Connect to nodes by their addresses, preferred first; nothing is sent yet."""
        timeouts = {"timeout": (CONNECT_SECONDS, ANSWER_SECONDS)}
        return cls(
            number=number,
            providers=[
                HTTPProvider(url, request_kwargs=timeouts, exception_retry_configuration=None)
                for url in urls
            ],
        )

    @property
    def id(self) -> str:
        return f"eip155:{self._number}"

    @property
    def number(self) -> int:
        return self._number

    def check(self) -> None:
        trusted, strangers, silent = [], [], []
        for node in self._nodes:
            try:
                number = _ask(node, lambda w3: w3.eth.chain_id)
            except Unavailable as error:
                silent.append(str(error))
                continue
            if number == self._number:
                trusted.append(node)
            else:
                strangers.append(number)
        if strangers:
            log.warning("a node of chain %s answers for chain %s", self._number, strangers[0])
        if not trusted:
            if strangers:
                raise WrongChain(
                    f"chain {self._number} was expected, the node is of {strangers[0]}"
                )
            raise Unavailable(silent[0] if silent else "no node is configured")
        self._trusted, self._agreed = _compared(trusted)

    def head(self) -> Block:
        return self._block_at("latest")

    def finalized(self) -> Block:
        return self._block_at(self._as_agreed("finalized"))

    def block(self, number: int) -> Block | None:
        def question(w3: Web3) -> Block | None:
            return _or_none(lambda: _block(w3.eth.get_block(number)))

        if self._agreed is None or number > self._agreed:
            return self._read(question)
        # The hash of a final block is written down for ever. Who has no such block is behind.
        answers = [answer for answer in _answers(self._trusted, question) if answer is not None]
        if any(answer != answers[0] for answer in answers):
            raise Disagreement(ABOUT_A_BLOCK)
        return answers[0] if answers else None

    def nonce(self, address: str, tag: Tag) -> int:
        at = self._as_agreed(tag)

        def question(w3: Web3) -> int:
            return int(w3.eth.get_transaction_count(_address(address), at))

        if tag == "latest":
            return self._read(question)
        # A nonce that others used for good is given up, and what we signed for it is then signed
        # anew: one node that counts too many must not make us pay twice. The least is safe.
        return min(_answers(self._trusted, question))

    def balance(self, address: str) -> int:
        return self._read(lambda w3: int(w3.eth.get_balance(_address(address))))

    def fees(self) -> Fees:
        head = self._read(lambda w3: w3.eth.get_block("latest"))
        return Fees(base=int(head.get("baseFeePerGas", 0)), tip=self._read(_tip))

    def code(self, address: str) -> bytes:
        return self._read(lambda w3: bytes(w3.eth.get_code(_address(address))))

    def anchor_of(self, *, registry: str, submitter: str, root: bytes, tag: Tag) -> Anchored | None:
        call: TxParams = {
            "to": _address(registry),
            "data": anchor_registry.anchor_of_call(submitter=submitter, root=root),
        }
        at = self._as_agreed(tag)

        def question(w3: Web3) -> Anchored | None:
            # Without ccip_read a contract cannot make web3 fetch a page of the contract's choice.
            answer = bytes(w3.eth.call(call, at, ccip_read_enabled=False))
            return anchor_registry.anchor_of_answer(answer)

        if tag == "latest":
            return self._read(question)
        answers = _answers(self._trusted, question)
        if any(answer != answers[0] for answer in answers):
            raise Disagreement(ABOUT_AN_ANCHOR)
        return answers[0]

    def anchoring_transaction(
        self, *, registry: str, submitter: str, root: bytes, block_number: int
    ) -> str | None:
        wanted: FilterParams = {
            "address": _address(registry),
            "fromBlock": block_number,
            "toBlock": block_number,
            "topics": [
                HexStr(anchor_registry.ANCHORED),
                HexStr("0x" + "00" * 12 + submitter.removeprefix("0x")),
                HexStr("0x" + root.hex()),
            ],
        }
        logs = self._read(lambda w3: w3.eth.get_logs(wanted))
        return _hex(logs[0]["transactionHash"]) if logs else None

    def send(self, raw: bytes) -> str:
        refusals, silent = [], []
        for node in self._trusted:
            try:
                node.eth.send_raw_transaction(raw)
            except Web3RPCError as error:
                refusals.append(str(error.message)[:200])
            except Exception as error:  # noqa: BLE001 - see _ask
                silent.append(_words(error))
        if len(refusals) + len(silent) < len(self._trusted):
            return ""
        if refusals:
            return refusals[-1]
        raise Unavailable(silent[-1])

    def receipt(self, transaction: str) -> Receipt | None:
        found = self._read(
            lambda w3: _or_none(lambda: w3.eth.get_transaction_receipt(HexStr(transaction)))
        )
        # Some nodes answer with a receipt without a block while the transaction waits.
        if found is None or not found.get("blockHash"):
            return None
        return Receipt(
            transaction=transaction,
            block_number=int(found["blockNumber"]),
            block_hash=_hex(found["blockHash"]),
            succeeded=int(found["status"]) == 1,
            gas_used=int(found["gasUsed"]),
            gas_price=int(found.get("effectiveGasPrice") or 0),
        )

    def transaction(self, transaction: str) -> Transaction | None:
        found = self._read(lambda w3: _or_none(lambda: w3.eth.get_transaction(HexStr(transaction))))
        if found is None:
            return None
        block_hash = found.get("blockHash")
        return Transaction(
            hash=transaction,
            sender=str(found["from"]).lower(),
            recipient=str(found.get("to") or "").lower(),
            data=bytes(found["input"]),
            nonce=int(found["nonce"]),
            max_fee=int(found.get("maxFeePerGas", 0)),
            max_tip=int(found.get("maxPriorityFeePerGas", 0)),
            raw=_raw(found),
            block_hash=_hex(block_hash) if block_hash else None,
        )

    def unlocked(self) -> tuple[str, ...]:
        try:
            accounts = self._trusted[0].eth.accounts
        except Web3RPCError:  # a public node does not know the method
            return ()
        except Exception as error:
            raise Unavailable(_words(error)) from error
        return tuple(str(account).lower() for account in accounts)

    def send_unlocked(self, *, sender: str, to: str, value: int, data: bytes) -> None:
        transaction: TxParams = {
            "from": _address(sender),
            "to": _address(to),
            "value": Wei(value),
            "data": data,
            "gas": 500_000,
            "nonce": Nonce(self.nonce(sender, "latest")),
        }
        self._read(lambda w3: w3.eth.send_transaction(transaction))

    def _block_at(self, tag: BlockIdentifier) -> Block:
        return self._read(lambda w3: _block(w3.eth.get_block(tag)))

    def _as_agreed(self, tag: Tag) -> BlockIdentifier:
        """Say "finalized" in the way that means the same height to every node."""
        return tag if tag == "latest" or self._agreed is None else BlockNumber(self._agreed)

    def _read(self, question: Callable[[Web3], T]) -> T:
        """Ask the trusted nodes in turn until one answers."""
        trouble = Unavailable("no node is configured")
        for node in self._trusted:
            try:
                return _ask(node, question)
            except Unavailable as error:
                trouble = error
        raise trouble


def _node(provider: JSONBaseProvider) -> Web3:
    provider.global_ccip_read_enabled = False
    node = Web3(provider)
    # Chains with proof of authority write more into a block's extra data than web3 expects.
    node.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)
    return node


def _ask(node: Web3, question: Callable[[Web3], T]) -> T:
    """Put one question to one node; whatever goes wrong on the way becomes `Unavailable`."""
    try:
        return question(node)
    # A node that lies, stammers or closes the line makes web3 raise from a dozen families; for us
    # they are one thing. A fault of our own would come out here too, and in every test.
    except Exception as error:
        raise Unavailable(_words(error)) from error


def _answers(nodes: Sequence[Web3], question: Callable[[Web3], T]) -> list[T]:
    """Ask every node; those that are silent have no say, as long as one answers."""
    answers, trouble = [], Unavailable("no node is configured")
    for node in nodes:
        try:
            answers.append(_ask(node, question))
        except Unavailable as error:
            trouble = error
    if not answers:
        raise trouble
    return answers


def _compared(nodes: list[Web3]) -> tuple[list[Web3], int | None]:
    """Return the nodes that keep up, and the last height that is final for all of them.

    Raises:
        Disagreement: they have different blocks there.
    """
    if len(nodes) == 1:
        return nodes, None
    finals = _answers(nodes, lambda w3: (w3, int(w3.eth.get_block("finalized")["number"])))
    highest = max(height for _node, height in finals)
    present = [(node, height) for node, height in finals if height >= highest - MOST_BEHIND]
    if len(present) < len(finals):
        log.warning("a node is more than %d blocks behind the others", MOST_BEHIND)
    agreed = min(height for _node, height in present)
    kept = [node for node, _height in present]
    hashes = _answers(kept, lambda w3: _hex(w3.eth.get_block(BlockNumber(agreed))["hash"]))
    if len(set(hashes)) > 1:
        raise Disagreement(ABOUT_A_BLOCK)
    return kept, agreed


def _words(error: Exception) -> str:
    """Say what went wrong without the node's address: it often contains an access key."""
    if isinstance(error, requests.exceptions.Timeout):
        return "the node did not answer in time"
    if isinstance(error, requests.exceptions.HTTPError) and error.response is not None:
        return f"the node answered with HTTP status {error.response.status_code}"
    if isinstance(error, requests.exceptions.RequestException | OSError):
        return "the node could not be reached"
    if isinstance(error, Web3RPCError):
        return f"the node refused: {str(error.message)[:200]}"
    if isinstance(error, Web3Exception | ValueError | TypeError | KeyError):
        return f"the node's answer could not be read ({type(error).__name__})"
    return f"the node could not be asked ({type(error).__name__})"


def _or_none(question: Callable[[], T]) -> T | None:
    try:
        return question()
    except (BlockNotFound, TransactionNotFound):
        return None


def _tip(w3: Web3) -> int:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # web3 warns when it falls back to the fee history
            return int(w3.eth.max_priority_fee)
    except Web3RPCError:
        return USUAL_TIP


def _raw(found: TxData) -> bytes:
    """Put a transaction together again from what the node tells about it (EIP-1559, EIP-2718).

    Not every node hands out the bytes themselves. That the hash comes out right proves the rest.
    """
    if int(found.get("type", 0)) != 2 or found.get("accessList"):  # noqa: PLR2004 - EIP-1559
        return b""
    parts = [
        found["chainId"], found["nonce"], found["maxPriorityFeePerGas"], found["maxFeePerGas"],
        found["gas"], bytes.fromhex(str(found.get("to") or "0x")[2:]), found["value"],
        bytes(found["input"]), [], found.get("yParity", found.get("v")),
        int.from_bytes(found["r"], "big"), int.from_bytes(found["s"], "big"),
    ]  # fmt: skip
    raw = b"\x02" + bytes(rlp.encode(parts))
    return raw if keccak(raw) == bytes(found["hash"]) else b""


def _block(found: BlockData) -> Block:
    return Block(
        number=int(found["number"]),
        hash=_hex(found["hash"]),
        time=datetime.fromtimestamp(int(found["timestamp"]), tz=UTC),
    )


def _address(address: str) -> ChecksumAddress:
    return to_checksum_address(address)


def _hex(value: Any) -> str:
    return "0x" + bytes(value).hex()
