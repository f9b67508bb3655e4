"""The anchor proof: from the digest of a credential to a root that a chain holds.

A receipt is an anchor proof written as JSON. It lies beside the credential and names everything
that somebody else needs to look for the anchor without us: salt and path, the root, the chain, the
registry, the submitter, the transaction and its block.

What a receipt says is never believed. `verify` must achieve the following, in this order:

1. Salt and path lead from the digest to the root.
2. The registry is one whose code is known, or its answers would mean nothing.
3. The submitter is one that the issuer accepts, on that chain: anybody may anchor anything.
4. The registry holds the root for that submitter.
5. The transaction is what put it there: its sender, its addressee, its data.
6. The block that the receipt names is on the chain, and its time is the registry's.
7. The block is deep enough, or final.

Not done here: asking the chain (blockchain.services.find), and finding out which submitters an
issuer accepts (its DID document).
"""

# ruff: noqa: N818 - an error here is named after what is wrong; `reason` says the same to machines
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from blockchain.core import merkle

# Where the registry lives on every chain: blockchain/contracts, deployed through the deterministic
# deployment proxy. A later registry is added here; none is ever removed, or its anchors would die.
REGISTRY = "0x7801ebcd88446989d33200ca5562690dd74e10e2"
REGISTRIES = frozenset({REGISTRY})
# Chains of one machine, by their CAIP-2 names: nobody else has a node of them. Records there come
# and go with it, good for trials and no proof to others.
DEVELOPMENT_CHAINS = frozenset({"eip155:31337", "eip155:131277322940537"})

TYPE = "AnchorReceipt"
VERSION = 1
State = Literal["confirmed", "finalized"]

# Largest integer that every JSON reader keeps exact (RFC 8259 section 6, RFC 7493 section 2.2).
MAX_INTEGER = 2**53 - 1
_HASH = re.compile(r"[0-9a-f]{64}")
_CHAIN_HASH = re.compile(r"0x[0-9a-f]{64}")
_ADDRESS = re.compile(r"0x[0-9a-f]{40}")
_CHAIN = re.compile(r"eip155:[1-9][0-9]{0,31}")  # CAIP-2: a reference has at most 32 characters
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_MEMBERS = frozenset(
    {
        "type", "version", "salt", "leafIndex", "treeSize", "path", "root", "chain", "contract",
        "submitter", "transaction", "block", "state",
    }
)  # fmt: skip
_BLOCK_MEMBERS = frozenset({"number", "hash", "time"})


@dataclass(frozen=True, slots=True)
class AnchorProof:
    """What leads from one credential to the chain.

    Attributes:
        salt: 32 bytes that hide the digest in its leaf.
        inclusion: Path from the leaf to `root`.
        root: What was anchored, 32 bytes.
        chain: CAIP-2 identifier, e.g. "eip155:1".
        contract: Address of the registry, "0x" and 40 small hexadecimal digits.
        submitter: Address that sent the root, in the same form.
        transaction: Hash of the transaction, "0x" and 64 small hexadecimal digits.
        block_number: Height of the block that holds it.
        block_hash: Hash of that block, as `transaction`.
        block_time: Time of that block, aware, whole seconds.
        state: "confirmed" while a reorganisation could still move it, then "finalized" for good.
    """

    salt: bytes
    inclusion: merkle.InclusionProof
    root: bytes
    chain: str
    contract: str
    submitter: str
    transaction: str
    block_number: int
    block_hash: str
    block_time: datetime
    state: State


@dataclass(frozen=True, slots=True)
class Sent:
    """A transaction as the chain knows it; `block_hash` is None until it is mined."""

    sender: str
    recipient: str
    data: bytes
    block_hash: str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a chain holds for one anchor proof; nothing here comes from the proof.

    Attributes:
        anchored_at: When the registry first saw the root from the submitter; None if it never did.
        block_number: The height that the registry noted then. A chain above another may note the
            lower chain's, so it is a hint and `anchored_at` is the fact.
        finalized: The registry says the same at the last final block.
        confirmations: Blocks from the one that the proof names up to the head, both counted; 0 if
            the chain has no such block.
        transaction: The transaction that the proof names; None if the node does not know it.
        block_hash: Hash of the block at the height that the proof names; None if there is none.
        block_time: Time of that block.
        read_at: When this was read, where a worker did once the block was final; None: just now.
    """

    anchored_at: datetime | None
    block_number: int | None
    finalized: bool
    confirmations: int
    transaction: Sent | None
    block_hash: str | None
    block_time: datetime | None
    read_at: datetime | None = None


class ReceiptError(ValueError):
    """A receipt is not what `to_json` writes; the message names the member."""


class AnchorError(Exception):
    """An anchor proof does not hold; `reason` is a stable code."""

    reason = "anchor"


class Undecided(AnchorError):
    """The anchor may well hold, and time or a fresh receipt will tell: neither true nor false."""

    reason = "undecided"


class WrongPath(AnchorError):
    """Salt and path do not lead from the digest to the root."""

    reason = "wrong_path"


class UnknownRegistry(AnchorError):
    """The receipt names a contract that is not the registry: its answers mean nothing."""

    reason = "unknown_registry"


class SubmitterNotAccepted(AnchorError):
    """The issuer does not name this submitter on this chain."""

    reason = "submitter_not_accepted"


class RootNotOnChain(AnchorError):
    """The registry does not hold the root for the submitter."""

    reason = "root_not_on_chain"


class TransactionMismatch(AnchorError):
    """The transaction exists, but it is not the one that anchored the root."""

    reason = "transaction_mismatch"


class TransactionUnknown(Undecided):
    """The node does not know the transaction: it moved with a reorganisation, or was forgotten."""

    reason = "transaction_unknown"


class BlockMismatch(AnchorError):
    """The block that the receipt names is not on the chain, or its time is not the anchor's."""

    reason = "block_mismatch"


class BlockMoved(Undecided):
    """The root is on the chain, but no longer in the block of a receipt that was not final."""

    reason = "block_moved"


class NotDeepEnough(Undecided):
    """The anchor is on the chain, with too few blocks above it."""

    reason = "not_deep_enough"


def verify_inclusion(digest: bytes, proof: AnchorProof, *, tag: int = merkle.DOCUMENT) -> None:
    """Return if `proof` leads from `digest` to its root, which needs no chain; raise otherwise.

    Args:
        digest: SHA-256 of the canonical credential, 32 bytes.
        proof: The anchor proof.
        tag: What kind of thing the digest is of; the reader knows, and the proof does not say.

    Raises:
        WrongPath: it leads elsewhere, or is malformed.
    """
    try:
        leaf = merkle.leaf(salt=proof.salt, digest=digest, tag=tag)
        merkle.verify(leaf, proof.inclusion, proof.root)
    except ValueError as error:
        raise WrongPath(str(error)) from error


def verify(
    digest: bytes,
    proof: AnchorProof,
    finding: Finding,
    *,
    submitters: Sequence[str],
    confirmations: int,
    tag: int = merkle.DOCUMENT,
) -> None:
    """Return if `finding` bears out that `digest` was anchored as `proof` says, raise otherwise.

    Args:
        digest: SHA-256 of the canonical credential, 32 bytes.
        proof: The anchor proof, of whatever origin.
        finding: What the chain `proof.chain` holds for it.
        submitters: CAIP-10 accounts that the issuer accepts, e.g. "eip155:1:0x…".
        confirmations: Blocks that a block which is not final must have, itself counted.
        tag: What kind of thing the digest is of.

    Raises:
        Undecided: one of its kinds; the anchor may hold, and cannot be told today.
        AnchorError: one of its kinds; the anchor does not hold.
    """
    # 1
    verify_inclusion(digest, proof, tag=tag)
    verify_record(proof, finding, submitters=submitters, confirmations=confirmations)


def verify_record(
    proof: AnchorProof, finding: Finding, *, submitters: Sequence[str], confirmations: int
) -> None:
    """Return if `finding` bears out that the root of `proof` was anchored as it says.

    For who has called `verify_inclusion` before; `verify` does both.

    Args, Raises: as for `verify`.
    """
    # 2
    if proof.contract.lower() not in REGISTRIES:
        raise UnknownRegistry(f"{proof.contract} is not the anchor registry")
    # 3. Checksummed and plain spellings of an address are the same account (CAIP-10, EIP-55).
    account = f"{proof.chain}:{proof.submitter}".lower()
    if account not in {each.lower() for each in submitters}:
        raise SubmitterNotAccepted(f"the issuer does not name {account} as a submitter")
    # 4
    if finding.anchored_at is None:
        raise RootNotOnChain(f"{proof.chain} holds no anchor of {proof.root.hex()}")
    # 5
    _check_transaction(proof, finding.transaction)
    # 6
    held = (finding.block_hash, finding.block_time)
    if held != (proof.block_hash, proof.block_time) or finding.anchored_at != proof.block_time:
        kind = BlockMoved if proof.state == "confirmed" else BlockMismatch
        raise kind(f"the anchor is not in block {proof.block_number} {proof.block_hash}")
    # 7
    if not finding.finalized and finding.confirmations < confirmations:
        raise NotDeepEnough(f"{finding.confirmations} of {confirmations} confirmations")


def _check_transaction(proof: AnchorProof, sent: Sent | None) -> None:
    if sent is None:
        raise TransactionUnknown(f"the node does not know transaction {proof.transaction}")
    if (sent.sender, sent.recipient, sent.data) != (proof.submitter, proof.contract, proof.root):
        raise TransactionMismatch(f"transaction {proof.transaction} did not anchor the root")
    if sent.block_hash != proof.block_hash:
        kind = BlockMoved if proof.state == "confirmed" else BlockMismatch
        raise kind(f"transaction {proof.transaction} is not in block {proof.block_hash}")


def to_json(proof: AnchorProof) -> dict[str, Any]:
    """Return `proof` as the members of a receipt, ready for canonical JSON (RFC 8785).

    Hashes of ours are plain hexadecimal; what is the chain's is written as the chain writes it.
    """
    return {
        "type": TYPE,
        "version": VERSION,
        "salt": proof.salt.hex(),
        "leafIndex": proof.inclusion.leaf_index,
        "treeSize": proof.inclusion.tree_size,
        "path": [step.hex() for step in proof.inclusion.path],
        "root": proof.root.hex(),
        "chain": proof.chain,
        "contract": proof.contract,
        "submitter": proof.submitter,
        "transaction": proof.transaction,
        "block": {
            "number": proof.block_number,
            "hash": proof.block_hash,
            "time": proof.block_time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
        "state": proof.state,
    }


def from_json(receipt: object) -> AnchorProof:
    """Read a receipt: exactly the members that `to_json` writes, each bounded and in one form.

    Args:
        receipt: What a strict JSON reader returned.

    Raises:
        ReceiptError: a member is missing, unknown, or not in its form; the message names it.
    """
    members = _object(receipt, "receipt", _MEMBERS)
    if members["type"] != TYPE:
        raise ReceiptError(f'type must be "{TYPE}"')
    _integer(members["version"], "version", VERSION, VERSION)
    block = _object(members["block"], "block", _BLOCK_MEMBERS)
    tree_size = _integer(members["treeSize"], "treeSize", 1, merkle.MAX_LEAVES)
    return AnchorProof(
        salt=bytes.fromhex(_text(members["salt"], "salt", _HASH)),
        inclusion=merkle.InclusionProof(
            leaf_index=_integer(members["leafIndex"], "leafIndex", 0, tree_size - 1),
            tree_size=tree_size,
            path=_path(members["path"]),
        ),
        root=bytes.fromhex(_text(members["root"], "root", _HASH)),
        chain=_text(members["chain"], "chain", _CHAIN),
        contract=_text(members["contract"], "contract", _ADDRESS),
        submitter=_text(members["submitter"], "submitter", _ADDRESS),
        transaction=_text(members["transaction"], "transaction", _CHAIN_HASH),
        block_number=_integer(block["number"], "block.number", 0, MAX_INTEGER),
        block_hash=_text(block["hash"], "block.hash", _CHAIN_HASH),
        block_time=_time(block["time"]),
        state=_state(members["state"]),
    )


def _object(value: object, name: str, expected: frozenset[str]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ReceiptError(f"{name} must be a JSON object")
    unknown = [str(member)[:40] for member in value if member not in expected]
    if unknown:
        raise ReceiptError(f"{name} has an unknown member: {unknown[0]}")
    for member in sorted(expected):
        if member not in value:
            raise ReceiptError(f"{name} lacks the member {member}")
    return value


def _text(value: object, name: str, form: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise ReceiptError(f"{name} must match {form.pattern}")
    return value


def _integer(value: object, name: str, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ReceiptError(f"{name} must be a whole number from {least} to {most}")
    return value


def _path(value: object) -> tuple[bytes, ...]:
    if not isinstance(value, list) or len(value) > merkle.MAX_PATH:
        raise ReceiptError(f"path must be a list of at most {merkle.MAX_PATH} hashes")
    return tuple(
        bytes.fromhex(_text(step, f"path[{index}]", _HASH)) for index, step in enumerate(value)
    )


def _time(value: object) -> datetime:
    text = _text(value, "block.time", _TIME)
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise ReceiptError(f"block.time is not an instant: {text}") from error


def _state(value: object) -> State:
    if value == "confirmed":
        return "confirmed"
    if value == "finalized":
        return "finalized"
    raise ReceiptError("state must be confirmed or finalized")
