"""A chain in memory, for tests: the same interface, and everything that a chain can do to us.

    chain.mine()            a block with what waits and is next in line
    chain.reach(instant)    time passes: the next block is of that instant, if it is later
    chain.reorganise(2)     the last two blocks are replaced by two empty ones; what they held waits
                            again, or is forgotten with forget=True
    chain.drop(hash)        a waiting transaction is forgotten, as nodes do
    chain.down = True       nobody answers
    chain.loses_replies     what is sent arrives, and the answer does not
    chain.disagrees_about   "block" or "anchor": there is more than one node, and they differ
    chain.base_fee = 10**11 gas becomes dear: what offers less waits, or is forgotten (evicts)
    chain.least_tip         what is mined tips at least this much

It knows one contract, the registry, and one way to create it. As in real nodes, a transaction takes
the place of another one with its nonce only if both its fees are a tenth higher.
"""

import os
import warnings
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from eth_account import Account
from eth_utils.crypto import keccak

from blockchain.chains import raw as raw_bytes
from blockchain.chains import registry
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
from blockchain.core import fees

BLOCK_SECONDS = 12
ANCHOR_GAS = 45_825
GENESIS = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Mined:
    block: Block
    transactions: tuple[Transaction, ...]
    base_fee: int


@dataclass
class MemoryChain:
    """See `interface.Chain`; `finality` is how many blocks lie above the last final one."""

    number: int
    finality: int = 4
    deployed: bool = True
    wealth: int = 10**18
    down: bool = False
    loses_replies: bool = False
    reverts: bool = False
    base_fee: int = 10**9
    usual_tip: int = 10**9
    least_tip: int = 0
    evicts: bool = False
    disagrees_about: str = ""
    answers_for: int | None = None
    sends: list[str] = field(default_factory=list)
    _blocks: list[_Mined] = field(default_factory=list)
    _waiting: dict[str, Transaction] = field(default_factory=dict)
    _branch: int = 0
    _genesis: datetime = GENESIS

    def __post_init__(self) -> None:
        if "PYTEST_VERSION" not in os.environ:
            warnings.warn("A chain in memory forgets: it is for tests only.", stacklevel=3)
        self._append(())

    # -- What a test does to the chain -------------------------------------------------------------

    def mine(self, count: int = 1) -> None:
        """Add blocks; the first takes every waiting transaction whose nonce is next in line."""
        for _each in range(count):
            chosen = []
            nonces: dict[str, int] = {}
            for waiting in sorted(self._waiting.values(), key=lambda each: each.nonce):
                nonces.setdefault(waiting.sender, self._nonce(waiting.sender, len(self._blocks)))
                if waiting.nonce == nonces[waiting.sender] and self._pays(waiting):
                    chosen.append(waiting)
                    nonces[waiting.sender] += 1
            self._append(tuple(chosen))
            # What has lost its nonce to another transaction can never be mined.
            self._waiting = {
                each.hash: each
                for each in self._waiting.values()
                if each.nonce >= self._nonce(each.sender, len(self._blocks))
                and (self._pays(each) or not self.evicts)
            }

    def reach(self, instant: datetime) -> None:
        """Let time pass until `instant`; it never goes back."""
        self._genesis += max(instant - self._time(len(self._blocks)), timedelta())

    def reorganise(self, depth: int, *, forget: bool = False) -> None:
        """Replace the last `depth` blocks by empty ones of other hashes."""
        lost = self._blocks[-depth:]
        del self._blocks[-depth:]
        if not forget:
            for mined in lost:
                for each in mined.transactions:
                    self._waiting[each.hash] = replace(each, block_hash=None)
        self._branch += 1
        for _each in range(depth):
            self._append(())

    def drop(self, transaction: str) -> None:
        """Forget a waiting transaction."""
        self._waiting.pop(transaction, None)

    def waiting(self) -> list[str]:
        """Return the hashes of what waits to be mined."""
        return list(self._waiting)

    # -- interface.Chain ---------------------------------------------------------------------------

    @property
    def id(self) -> str:
        return f"eip155:{self.number}"

    def check(self) -> None:
        self._answer()
        if self.answers_for not in (None, self.number):
            raise WrongChain(f"chain {self.number} was expected, the node is of {self.answers_for}")
        if self.disagrees_about == "block":
            raise Disagreement(ABOUT_A_BLOCK)

    def head(self) -> Block:
        self._answer()
        return self._blocks[-1].block

    def finalized(self) -> Block:
        self._answer()
        return self._blocks[self._height("finalized") - 1].block

    def block(self, number: int) -> Block | None:
        self._answer()
        return self._blocks[number].block if number < len(self._blocks) else None

    def nonce(self, address: str, tag: Tag) -> int:
        self._answer()
        return self._nonce(address, self._height(tag))

    def balance(self, address: str) -> int:
        self._answer()
        return self.wealth

    def fees(self) -> Fees:
        self._answer()
        return Fees(base=self.base_fee, tip=self.usual_tip)

    def code(self, address: str) -> bytes:
        self._answer()
        if address == registry.PROXY:
            return b"\xfe"
        if address == registry.address() and (self.deployed or self._created()):
            return registry.artefact().runtime
        return b""

    def anchor_of(self, *, registry: str, submitter: str, root: bytes, tag: Tag) -> Anchored | None:
        if not self.code(registry):
            return None
        if tag == "finalized" and self.disagrees_about == "anchor":
            raise Disagreement(ABOUT_AN_ANCHOR)
        found = self._first_anchor(registry, submitter, root, self._height(tag))
        return Anchored(found[0].time, found[0].number) if found else None

    def anchoring_transaction(
        self, *, registry: str, submitter: str, root: bytes, block_number: int
    ) -> str | None:
        self._answer()
        found = self._first_anchor(registry, submitter, root, len(self._blocks))
        return found[1].hash if found and found[0].number == block_number else None

    def send(self, raw: bytes) -> str:
        self._answer()
        transaction = _decode(raw)
        self.sends.append(transaction.hash)
        answer = self._accept(transaction)
        if self.loses_replies:
            raise Unavailable("the node did not answer in time")
        return answer

    def receipt(self, transaction: str) -> Receipt | None:
        self._answer()
        for mined in self._blocks:
            for each in mined.transactions:
                if each.hash == transaction:
                    return Receipt(
                        transaction=transaction,
                        block_number=mined.block.number,
                        block_hash=mined.block.hash,
                        succeeded=not self.reverts,
                        gas_used=ANCHOR_GAS,
                        gas_price=min(each.max_fee, mined.base_fee + each.max_tip),
                    )
        return None

    def transaction(self, transaction: str) -> Transaction | None:
        self._answer()
        mined = (each for mined in self._blocks for each in mined.transactions)
        for each in (*mined, *self._waiting.values()):
            if each.hash == transaction:
                return each
        return None

    def unlocked(self) -> tuple[str, ...]:
        self._answer()
        return ()

    def send_unlocked(self, *, sender: str, to: str, value: int, data: bytes) -> None:
        raise Unavailable("this chain holds no keys")

    # -- Inside ------------------------------------------------------------------------------------

    def _answer(self) -> None:
        if self.down:
            raise Unavailable("the node could not be reached")

    def _height(self, tag: Tag) -> int:
        """Return how many blocks a tag covers; the first one is always final."""
        count = len(self._blocks)
        return count if tag == "latest" else max(1, count - self.finality)

    def _nonce(self, address: str, height: int) -> int:
        mined = (each for mined in self._blocks[:height] for each in mined.transactions)
        return sum(each.sender == address for each in mined)

    def _append(self, transactions: tuple[Transaction, ...]) -> None:
        number = len(self._blocks)
        digest = sha256(f"{self.number} {self._branch} {number}".encode()).hexdigest()
        block = Block(
            number=number,
            hash="0x" + digest,
            time=self._time(number),
        )
        held = tuple(replace(each, block_hash=block.hash) for each in transactions)
        self._blocks.append(_Mined(block, held, self.base_fee))

    def _time(self, number: int) -> datetime:
        return self._genesis + timedelta(seconds=number * BLOCK_SECONDS + self._branch)

    def _accept(self, transaction: Transaction) -> str:
        if transaction.hash in self._waiting or self.receipt(transaction.hash):
            return "already known"
        if transaction.nonce < self._nonce(transaction.sender, len(self._blocks)):
            return "nonce too low"
        for each in list(self._waiting.values()):
            if (each.sender, each.nonce) == (transaction.sender, transaction.nonce):
                if not fees.replaces(_offer(transaction), _offer(each)):
                    return "replacement transaction underpriced"
                del self._waiting[each.hash]
        self._waiting[transaction.hash] = transaction
        return ""

    def _pays(self, waiting: Transaction) -> bool:
        tip = min(waiting.max_tip, waiting.max_fee - self.base_fee)
        return waiting.max_fee >= self.base_fee and tip >= self.least_tip

    def _first_anchor(
        self, registry: str, submitter: str, root: bytes, height: int
    ) -> tuple[Block, Transaction] | None:
        for mined in self._blocks[:height]:
            for each in mined.transactions:
                if (each.sender, each.recipient, each.data) == (submitter, registry, root):
                    return mined.block, each
        return None

    def _created(self) -> bool:
        mined = (each for mined in self._blocks for each in mined.transactions)
        wanted = (registry.PROXY, registry.deployment())
        return any((each.recipient, each.data) == wanted for each in mined)


def _offer(transaction: Transaction) -> fees.Offer:
    return fees.Offer(max_fee=transaction.max_fee, max_tip=transaction.max_tip)


def _decode(raw: bytes) -> Transaction:
    """Read signed bytes as a node does: the sender is whoever the signature says."""
    signed = raw_bytes.read(raw)
    return Transaction(
        hash="0x" + keccak(raw).hex(),
        sender=str(Account.recover_transaction(raw)).lower(),
        recipient=signed.to,
        data=signed.data,
        nonce=signed.nonce,
        max_fee=signed.max_fee,
        max_tip=signed.max_tip,
        raw=raw,
        block_hash=None,
    )
