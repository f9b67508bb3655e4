"""The manifest: what it takes to prove a batch's leaves again, in one file, without a database.

What is written, byte by byte

    header    one line of canonical JSON (RFC 8785), then a line feed
    leaves    treeSize times 32 bytes, in the order of the tree; nothing after them

    {"anchor":{...},"chain":"eip155:1","leaves":"raw","root":"<hex>","sealedAt":"<instant>",
     "treeSize":3,"type":"BatchManifest","version":1}

A batch that an account of its own submits (core.lanes) has version 2 and one member more, `signer`:
the name of that account's key. All others are version 1, byte for byte as ever.

A file is named after the SHA-256 of its bytes, so a changed one is seen by its name, and two
writers of one manifest write the same file. A batch has two: one when it is sealed, without
`anchor`, which is on the disk before the chain hears of the root; and one when its anchor is final,
with it.

Leaves are salted hashes: a manifest tells nobody anything, and proves nothing without the salt and
the digest that lie encrypted with the credential.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from blockchain.core import lanes, merkle

TYPE = "BatchManifest"
VERSION = 1
VERSION_WITH_SIGNER = 2
# Three times what a header takes; and the largest batch after it.
MAX_HEADER = 2048
MAX_BYTES = MAX_HEADER + 1 + merkle.MAX_LEAVES * merkle.HASH_SIZE

# Largest integer that every JSON reader keeps exact (RFC 7493 section 2.2).
MAX_INTEGER = 2**53 - 1
_HASH = re.compile(r"[0-9a-f]{64}")
_CHAIN_HASH = re.compile(r"0x[0-9a-f]{64}")
_ADDRESS = re.compile(r"0x[0-9a-f]{40}")
_CHAIN = re.compile(r"eip155:[1-9][0-9]{0,31}")  # CAIP-2
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_MEMBERS = frozenset({"chain", "leaves", "root", "sealedAt", "treeSize", "type", "version"})
_ANCHOR_MEMBERS = frozenset(
    {"block", "finalizedAt", "nonce", "registry", "submitter", "transaction"}
)
_BLOCK_MEMBERS = frozenset({"hash", "number", "time"})


class ManifestError(ValueError):
    """Bytes are not a manifest, or its leaves do not lead to its root; the message says what."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where on the chain the root is, for good.

    Attributes:
        registry: Address of the registry, "0x" and 40 small hexadecimal digits.
        submitter: Address that sent the root, in the same form.
        nonce: Number of the transaction among those of the submitter.
        transaction: Its hash, "0x" and 64 small hexadecimal digits.
        block_number: Height of the block that holds it.
        block_hash: Hash of that block, as `transaction`.
        block_time: Time of that block, aware.
        finalized_at: When we saw that no reorganisation could take it away any more, aware.
    """

    registry: str
    submitter: str
    nonce: int
    transaction: str
    block_number: int
    block_hash: str
    block_time: datetime
    finalized_at: datetime


@dataclass(frozen=True, slots=True)
class Manifest:
    """A batch as it is written to the disk.

    Attributes:
        chain: CAIP-2 identifier of the chain that it was sealed for, e.g. "eip155:1".
        root: Root over `leaves`, 32 bytes.
        leaves: In the order of the tree, concatenated, 32 bytes each.
        sealed_at: When the batch was closed, aware.
        anchor: None until it is final.
        signer: Name of the key of the account that submits it; empty for the shared one.
    """

    chain: str
    root: bytes
    leaves: bytes
    sealed_at: datetime
    anchor: Anchor | None = None
    signer: str = lanes.SHARED

    @property
    def tree_size(self) -> int:
        """Return the number of leaves."""
        return len(self.leaves) // merkle.HASH_SIZE


def write(manifest: Manifest) -> bytes:
    """Return the bytes of the file; the same manifest always gives the same bytes.

    Raises:
        ManifestError: a member is not in its form, or the leaves do not lead to the root: such a
            file would prove nothing.
        ValueError: no leaf, too many, or one that is not 32 bytes.
    """
    members: dict[str, Any] = {
        "type": TYPE,
        "version": VERSION,
        "chain": manifest.chain,
        "root": manifest.root.hex(),
        "treeSize": manifest.tree_size,
        "leaves": "raw",
        "sealedAt": _written(manifest.sealed_at),
    }
    if manifest.signer:
        members |= {"version": VERSION_WITH_SIGNER, "signer": manifest.signer}
    if manifest.anchor is not None:
        members["anchor"] = _anchor_members(manifest.anchor)
    data = _canonical(members) + b"\n" + manifest.leaves
    # Whatever a row holds, only what can be read again is written.
    read(data)
    return data


def read(data: bytes) -> Manifest:
    """Read a manifest: strictly, within bounds, and only if its leaves lead to its root.

    Args:
        data: The whole file; never more than MAX_BYTES of it need be given.

    Raises:
        ManifestError: it is not what `write` writes; the message names the member.
    """
    if len(data) > MAX_BYTES:
        raise ManifestError(f"a manifest has at most {MAX_BYTES} bytes")
    header, line_feed, _beginning = data[: MAX_HEADER + 1].partition(b"\n")
    if not line_feed:
        raise ManifestError(f"there is no header of at most {MAX_HEADER} bytes")
    leaves = data[len(header) + 1 :]
    members = _members(header)
    tree_size = _integer(members["treeSize"], "treeSize", 1, merkle.MAX_LEAVES)
    if len(leaves) != tree_size * merkle.HASH_SIZE:
        raise ManifestError(f"treeSize says {tree_size} leaves, and {len(leaves)} bytes follow")
    manifest = Manifest(
        chain=_text(members["chain"], "chain", _CHAIN),
        root=bytes.fromhex(_text(members["root"], "root", _HASH)),
        leaves=leaves,
        sealed_at=_instant(members["sealedAt"], "sealedAt"),
        anchor=_anchor(members["anchor"]) if "anchor" in members else None,
        signer=_signer(members["signer"]) if "signer" in members else lanes.SHARED,
    )
    # By the other of the two ways: the tree of the batch was built by `merkle.build`.
    if merkle.recompute(_each(leaves)) != manifest.root:
        raise ManifestError("the leaves lead to another root")
    return manifest


def name(data: bytes) -> str:
    """Return the name that a file with these bytes has: their SHA-256 in hexadecimal."""
    return sha256(data).hexdigest()


def _members(header: bytes) -> Mapping[str, Any]:
    """Read the header; the one spelling that is allowed is the canonical one."""
    try:
        members = json.loads(header)
    except (ValueError, RecursionError):
        raise ManifestError("the header is not JSON") from None
    found = _object(members, "header", _MEMBERS, optional=frozenset({"anchor", "signer"}))
    if _canonical(found) != header:
        # A member twice, a space, another order: whoever wrote this, it was not us.
        raise ManifestError("the header is not canonical JSON")
    if found["type"] != TYPE:
        raise ManifestError(f'type must be "{TYPE}"')
    version = VERSION_WITH_SIGNER if "signer" in found else VERSION
    _integer(found["version"], "version", version, version)
    if found["leaves"] != "raw":
        raise ManifestError('leaves must be "raw"')
    return found


def _signer(value: object) -> str:
    if not isinstance(value, str) or not lanes.is_signer(value):
        raise ManifestError("signer must name an account")
    return value


def _anchor_members(anchor: Anchor) -> dict[str, Any]:
    return {
        "registry": anchor.registry,
        "submitter": anchor.submitter,
        "nonce": anchor.nonce,
        "transaction": anchor.transaction,
        "block": {
            "number": anchor.block_number,
            "hash": anchor.block_hash,
            "time": _written(anchor.block_time),
        },
        "finalizedAt": _written(anchor.finalized_at),
    }


def _anchor(value: object) -> Anchor:
    members = _object(value, "anchor", _ANCHOR_MEMBERS)
    block = _object(members["block"], "anchor.block", _BLOCK_MEMBERS)
    return Anchor(
        registry=_text(members["registry"], "anchor.registry", _ADDRESS),
        submitter=_text(members["submitter"], "anchor.submitter", _ADDRESS),
        nonce=_integer(members["nonce"], "anchor.nonce", 0, MAX_INTEGER),
        transaction=_text(members["transaction"], "anchor.transaction", _CHAIN_HASH),
        block_number=_integer(block["number"], "anchor.block.number", 0, MAX_INTEGER),
        block_hash=_text(block["hash"], "anchor.block.hash", _CHAIN_HASH),
        block_time=_instant(block["time"], "anchor.block.time"),
        finalized_at=_instant(members["finalizedAt"], "anchor.finalizedAt"),
    )


def _canonical(members: object) -> bytes:
    """Write canonical JSON (RFC 8785): names and texts here are ASCII, numbers are integers."""
    return json.dumps(members, sort_keys=True, separators=(",", ":")).encode()


def _each(leaves: bytes) -> list[bytes]:
    size = merkle.HASH_SIZE
    return [leaves[at : at + size] for at in range(0, len(leaves), size)]


def _object(
    value: object, label: str, expected: frozenset[str], optional: frozenset[str] = frozenset()
) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ManifestError(f"{label} must be a JSON object")
    for member in sorted(expected):
        if member not in value:
            raise ManifestError(f"{label} lacks the member {member}")
    unknown = [str(member)[:40] for member in value if member not in expected | optional]
    if unknown:
        raise ManifestError(f"{label} has an unknown member: {unknown[0]}")
    return value


def _text(value: object, label: str, form: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise ManifestError(f"{label} must match {form.pattern}")
    return value


def _integer(value: object, label: str, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ManifestError(f"{label} must be a whole number from {least} to {most}")
    return value


def _written(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _instant(value: object, label: str) -> datetime:
    text = _text(value, label, _INSTANT)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ManifestError(f"{label} is not an instant: {text}") from None
