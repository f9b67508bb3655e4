"""The `proofValue` of a MerkleProof2019: how Blockcerts writes the way from a document to a chain.

    z || base58btc(CBOR([[0, root], [1, target], [2, [anchor…]], [3, [step…]]]))
    anchor = [[0, chain], [1, network], [2, transaction]]        step = [0 left | 1 right, hash]

Each hash is CBOR within CBOR: a byte string that holds the encoding of a byte string. Only Ethereum
mainnet and Sepolia are written here: the others that the format knows are test networks that no
longer exist, or chains that its verifiers cannot ask.

What is read comes from anybody, so it is bounded, and must be the one encoding of what it says.

Source: Merkle Proof Signature Suite 2019 (W3C CCG); Blockcerts v3; RFC 8949 (CBOR) sections 3 and
4.2.1.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

import base58

from credentials.core import cbor

Side = Literal["left", "right"]

# CAIP-2 and the numbers of the format: chain 1 is Ethereum.
NETWORKS = {"eip155:1": (1, 1), "eip155:11155111": (1, 11155111)}
HASH_SIZE = 32
# 16 steps of our own trees, one for the salt, and room for roots that were themselves anchored.
MAX_STEPS = 64
MAX_STEP_SIZE = 64
# 64 steps of 64 bytes take 6200 letters, and base58 is quadratic.
MAX_PROOF_VALUE = 6500

_BASE58 = re.compile(r"z[1-9A-HJ-NP-Za-km-z]+")
_SIDES: tuple[Side, Side] = ("left", "right")


class MerkleProofError(ValueError):
    """A proofValue is not what the format allows, or leads elsewhere than it says."""


class NotExpressible(MerkleProofError):  # noqa: N818 - it says what is wrong
    """The format has no word for it."""


@dataclass(frozen=True, slots=True)
class MerkleProof:
    """What a proofValue says.

    Attributes:
        root: what was anchored, 32 bytes.
        target: the hash of the document, 32 bytes.
        path: steps from the target to the root: on which side the other half stands, and the half.
        chain: CAIP-2 identifier of where the root was anchored.
        transaction: the hash of the transaction, "0x" and 64 small hexadecimal digits.
    """

    root: bytes
    target: bytes
    path: tuple[tuple[Side, bytes], ...]
    chain: str
    transaction: str

    def follow(self) -> None:
        """Return if the path leads from the target to the root, raise otherwise.

        Raises:
            MerkleProofError: it leads elsewhere.
        """
        reached = self.target
        for side, half in self.path:
            reached = sha256(half + reached if side == "left" else reached + half).digest()
        if reached != self.root:
            raise MerkleProofError("the path does not lead from the target to the root")


def encode(proof: MerkleProof) -> str:
    """Write a proofValue.

    Raises:
        NotExpressible: the chain has no number in the format.

    Source: Merkle Proof Signature Suite 2019, section "proofValue"; RFC 8949 section 4.2.1.
    """
    if proof.chain not in NETWORKS:
        raise NotExpressible(
            f"MerkleProof2019 has no word for {proof.chain}: {' and '.join(NETWORKS)} only"
        )
    chain, network = NETWORKS[proof.chain]
    transaction = bytes.fromhex(proof.transaction.removeprefix("0x"))
    members = [
        [0, cbor.write(proof.root)],
        [1, cbor.write(proof.target)],
        [2, [[[0, chain], [1, network], [2, cbor.write(transaction)]]]],
        [3, [[_SIDES.index(side), cbor.write(half)] for side, half in proof.path]],
    ]
    return "z" + base58.b58encode(cbor.write(members)).decode("ascii")


def decode(proof_value: str) -> MerkleProof:
    """Read a proofValue, from anybody.

    Raises:
        NotExpressible: it names a chain that is not read here.
        MerkleProofError: it is too large, or not the one encoding of a proof.

    Source: as `encode`; the members may stand in any order, as their writers do it.
    """
    if len(proof_value) > MAX_PROOF_VALUE or not _BASE58.fullmatch(proof_value):
        raise MerkleProofError("the proofValue is not z and base58, or is too large")
    value = _read(base58.b58decode(proof_value[1:]))
    members = _pairs(value, (0, 1, 2, 3), "the proof")
    anchors = members[2]
    if not isinstance(anchors, list) or len(anchors) != 1:
        raise MerkleProofError("the proof names more than one anchor, or none")
    anchor = _pairs(anchors[0], (0, 1, 2), "the anchor")
    network = (anchor[0], anchor[1])
    chains = [chain for chain, numbers in NETWORKS.items() if numbers == network]
    if not chains:
        raise NotExpressible("the proof names a chain that is not read here")
    return MerkleProof(
        root=_hash(members[0], "the root"),
        target=_hash(members[1], "the target"),
        path=_path(members[3]),
        chain=chains[0],
        transaction="0x" + _hash(anchor[2], "the transaction").hex(),
    )


def _path(value: object) -> tuple[tuple[Side, bytes], ...]:
    if not isinstance(value, list) or len(value) > MAX_STEPS:
        raise MerkleProofError(f"the path is not a list of at most {MAX_STEPS} steps")
    steps = []
    for step in value:
        if not isinstance(step, list) or len(step) != 2 or step[0] not in (0, 1):  # noqa: PLR2004 - a side and a hash
            raise MerkleProofError("a step of the path is not a side and a hash")
        half = _inner(step[1], "a step of the path")
        if not HASH_SIZE <= len(half) <= MAX_STEP_SIZE:
            raise MerkleProofError("a step of the path has an impossible length")
        steps.append((_SIDES[step[0]], half))
    return tuple(steps)


def _pairs(value: object, expected: Sequence[int], what: str) -> dict[int, Any]:
    """Read a map that is written as a list of pairs; each key once, and no other."""
    pairs = value if isinstance(value, list) else []
    found = {
        pair[0]: pair[1]
        for pair in pairs
        if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], int)  # noqa: PLR2004 - a key and a value
    }
    if len(pairs) != len(expected) or found.keys() != set(expected):
        raise MerkleProofError(f"{what} does not have the members {list(expected)}, each once")
    return found


def _hash(value: object, what: str) -> bytes:
    found = _inner(value, what)
    if len(found) != HASH_SIZE:
        raise MerkleProofError(f"{what} is not {HASH_SIZE} bytes")
    return found


def _inner(value: object, what: str) -> bytes:
    """Read the byte string within a byte string."""
    inner = _read(value) if isinstance(value, bytes) else None
    if not isinstance(inner, bytes):
        raise MerkleProofError(f"{what} is not CBOR within CBOR")
    return inner


def _read(data: bytes) -> object:
    try:
        return cbor.read(data)
    except cbor.CborError as error:
        raise MerkleProofError(str(error)) from None
