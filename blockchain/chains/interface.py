"""What the services ask of a chain, and the words in which it answers.

Addresses and hashes are "0x" and small hexadecimal digits everywhere above this floor; amounts are
wei; instants are aware. `None` means that the chain has no such thing, never that it could not be
asked: that is `Unavailable`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Tag = Literal["latest", "finalized"]


class Unavailable(Exception):  # noqa: N818 - it says what is wrong
    """The chain could not be asked, or what answered cannot be believed; later it may be again."""


class WrongChain(Unavailable):
    """The nodes that answered belong to another chain than the one that was configured."""


class Disagreement(Unavailable):
    """Nodes say different things of what is final: one of them lies, or follows another chain."""


ABOUT_A_BLOCK = "the nodes disagree about a final block"
ABOUT_AN_ANCHOR = "the nodes disagree about what the registry finally holds"


@dataclass(frozen=True, slots=True)
class Block:
    """A block on the chain as it is now."""

    number: int
    hash: str
    time: datetime


@dataclass(frozen=True, slots=True)
class Fees:
    """What a unit of gas costs now: the part that is burnt, and the tip that gets one included."""

    base: int
    tip: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a transaction that is in a block."""

    transaction: str
    block_number: int
    block_hash: str
    succeeded: bool
    gas_used: int
    gas_price: int


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction that the node knows; `block_hash` is None while it waits.

    `raw` is what was signed and sent, or empty where it is of a kind that we do not send ourselves.
    """

    hash: str
    sender: str
    recipient: str
    data: bytes
    nonce: int
    max_fee: int
    max_tip: int
    raw: bytes
    block_hash: str | None


@dataclass(frozen=True, slots=True)
class Anchored:
    """What the registry answers for a submitter and a root."""

    time: datetime
    block_number: int


@dataclass(frozen=True, slots=True)
class Signed:
    """A transaction ready to be sent, and the hash by which the chain will know it."""

    raw: bytes
    hash: str


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A transaction before it is signed (EIP-1559)."""

    chain_id: int
    nonce: int
    to: str
    data: bytes
    gas: int
    max_fee: int
    max_tip: int


class EvmSigner(Protocol):
    """Whatever holds a key that may submit: a local key, a keystore, a key-management service."""

    @property
    def address(self) -> str:
        """Return the account that the signature speaks for."""

    def sign(self, transaction: Unsigned) -> Signed:
        """Sign; the same transaction may be signed twice and need not give the same bytes."""


class Chain(Protocol):
    """An EVM chain seen through one or several nodes. Every method may raise `Unavailable`."""

    @property
    def id(self) -> str:
        """Return the CAIP-2 identifier, e.g. "eip155:1"."""

    @property
    def number(self) -> int:
        """Return the chain id of EIP-155."""

    def check(self) -> None:
        """Find out which nodes answer for this chain, and whether they agree on what is final.

        Raises:
            WrongChain: those that answer are all of another one.
            Disagreement: they have different blocks at a height that is final for all.
        """

    def head(self) -> Block:
        """Return the last block."""

    def finalized(self) -> Block:
        """Return the last block that no reorganisation will take away, as all nodes have it."""

    def block(self, number: int) -> Block | None:
        """Return the block at that height.

        Raises:
            Disagreement: it is final, and nodes have different ones.
        """

    def nonce(self, address: str, tag: Tag) -> int:
        """Return how many transactions of `address` the chain holds."""

    def balance(self, address: str) -> int:
        """Return what `address` may spend."""

    def fees(self) -> Fees:
        """Return what gas costs now."""

    def code(self, address: str) -> bytes:
        """Return the code at `address`; empty where there is none."""

    def anchor_of(self, *, registry: str, submitter: str, root: bytes, tag: Tag) -> Anchored | None:
        """Return when `submitter` first anchored `root`, as the registry remembers it.

        Raises:
            Disagreement: nodes answer differently of what is final.
        """

    def anchoring_transaction(
        self, *, registry: str, submitter: str, root: bytes, block_number: int
    ) -> str | None:
        """Return the transaction whose event says that it anchored `root` at that height."""

    def send(self, raw: bytes) -> str:
        """Hand signed bytes to every node, once; return the last refusal if all refused, or "".

        The answer is for people: "already known" is a success, and a node that accepts may still
        forget. Only receipts and nonces tell what happened.
        """

    def receipt(self, transaction: str) -> Receipt | None:
        """Return what became of a transaction; None while it is in no block."""

    def transaction(self, transaction: str) -> Transaction | None:
        """Return a transaction by its hash."""

    def unlocked(self) -> tuple[str, ...]:
        """Return accounts that the node itself signs for: only development chains have any."""

    def send_unlocked(self, *, sender: str, to: str, value: int, data: bytes) -> None:
        """Let the node sign and send a transaction of one of its unlocked accounts."""
