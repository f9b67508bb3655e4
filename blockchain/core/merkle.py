"""A salted Merkle tree: 32 bytes on a chain stand for up to 65,536 leaves.

    leaf = SHA-256(tag || salt || digest)         65 bytes are hashed; the tag of a document is 0x00
    node = SHA-256(left || right)                 64 bytes are hashed

The shape is that of RFC 6962 section 2.1 (kept by RFC 9162): leaves from left to right, and a node
without a sibling rises unchanged; nothing is ever duplicated, so that two lists of leaves never
share a root (CVE-2012-2459). The leaf hash of a document is RFC 6962's own. The node hash
leaves out that RFC's 0x01, because the verifiers of Blockcerts fold SHA-256(left || right); what
keeps leaves and nodes apart is the length of what is hashed, 65 bytes against 64. The salt makes a
leaf unguessable to those who know the digest, and makes two leaves of one digest differ.

A tree in memory or in storage is a tuple of levels, lowest first, each one the concatenation of its
32-byte nodes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH_SIZE = 32
SALT_SIZE = 32
MAX_LEAVES = 65_536  # a path has then at most 16 steps, and a whole tree fits in 4.2 MB
MAX_PATH = 16

# First byte of what a leaf hashes: it says what kind of thing the digest is of. Which kinds there
# are is for those who commit them (`credentials.core.statements`).
DOCUMENT = 0x00
# RFC 6962 puts it before a node. Nothing here does, and no leaf may look as if it had.
_NODE = 0x01
MAX_TAG = 0xFF


class InclusionError(ValueError):
    """A proof is malformed, or leads elsewhere than to the root."""


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """The way from one leaf to the root.

    Attributes:
        leaf_index: Position of the leaf, counted from 0.
        tree_size: Number of leaves.
        path: Siblings of 32 bytes, lowest first.

    The root does not contain `tree_size`: the same path may hold for another pair of index and
    size. Neither number may therefore be given a meaning of its own.
    """

    leaf_index: int
    tree_size: int
    path: tuple[bytes, ...]


def leaf(*, salt: bytes, digest: bytes, tag: int = DOCUMENT) -> bytes:
    """Return the leaf that commits to `digest` under `salt`, 32 bytes.

    Args:
        salt: 32 random bytes, never used before and never derived from anything.
        digest: SHA-256 of what is committed to, 32 bytes.
        tag: what kind of thing that is, 0 to 255 and never 1: one kind cannot pass for another.

    Raises:
        ValueError: `salt` or `digest` has another length, or `tag` is not one.

    Source: RFC 6962 section 2.1, leaf hash over salt and digest; docs/adr/0015 for other tags.
    """
    if not DOCUMENT <= tag <= MAX_TAG or tag == _NODE:
        raise ValueError(f"tag must be from 0 to {MAX_TAG}, and not {_NODE}; got {tag}")
    if len(salt) != SALT_SIZE:
        raise ValueError(f"salt must be {SALT_SIZE} bytes, got {len(salt)}")
    if len(digest) != HASH_SIZE:
        raise ValueError(f"digest must be {HASH_SIZE} bytes, got {len(digest)}")
    return sha256(bytes([tag]) + salt + digest).digest()


def build(leaves: bytes | Sequence[bytes]) -> tuple[bytes, ...]:
    """Return all levels of the tree over `leaves`, lowest first; the last one is the root.

    Args:
        leaves: 1 to MAX_LEAVES leaves of 32 bytes, in order, as a sequence or already concatenated.

    Raises:
        ValueError: no leaf, too many, or one that is not 32 bytes.

    Source: RFC 6962 section 2.1, computed level by level.
    """
    levels = [_joined(leaves)]
    while len(levels[-1]) > HASH_SIZE:
        below = levels[-1]
        pairs = len(below) // (2 * HASH_SIZE) * 2 * HASH_SIZE
        above = [
            sha256(below[at : at + 2 * HASH_SIZE]).digest() for at in range(0, pairs, 2 * HASH_SIZE)
        ]
        # The last node of an odd level has no sibling and rises as it is; `below[pairs:]` is empty
        # on an even level.
        levels.append(b"".join(above) + below[pairs:])
    return tuple(levels)


def root(leaves: bytes | Sequence[bytes]) -> bytes:
    """Return the root over `leaves`, 32 bytes; arguments and errors are those of `build`."""
    return build(leaves)[-1]


def recompute(leaves: Iterable[bytes]) -> bytes:
    """Return the root over `leaves` by another way than `build`, to catch a fault in either.

    It never holds a level: it keeps one finished subtree per binary digit of the number of leaves
    seen so far, and merges two of the same height as an addition carries. What remains at the end
    is folded from the right.

    Args:
        leaves: 1 to MAX_LEAVES leaves of 32 bytes, in order; read once.

    Raises:
        ValueError: no leaf, too many, or one that is not 32 bytes.

    Source: RFC 9162 section 2.1.2.
    """
    finished: list[bytes] = []
    for count, each in enumerate(leaves, start=1):
        if len(each) != HASH_SIZE:
            raise ValueError(f"leaf {count - 1} must be {HASH_SIZE} bytes, got {len(each)}")
        if count > MAX_LEAVES:
            raise ValueError(f"a tree holds at most {MAX_LEAVES} leaves")
        finished.append(each)
        carry = count
        while carry % 2 == 0:
            right, left = finished.pop(), finished.pop()
            finished.append(_node(left, right))
            carry //= 2
    if not finished:
        raise ValueError("a tree needs at least one leaf")
    right = finished.pop()
    while finished:
        right = _node(finished.pop(), right)
    return right


def siblings(leaf_index: int, tree_size: int) -> tuple[int, ...]:
    """Return the places of a leaf's path among the nodes of a stored tree.

    The nodes are those of all levels written one after the other, lowest first. A proof can so be
    read without reading the tree.

    Args:
        leaf_index: Position of the leaf, counted from 0.
        tree_size: Number of leaves, 1 to MAX_LEAVES.

    Raises:
        ValueError: there is no such leaf, or no such tree.
    """
    if not 1 <= tree_size <= MAX_LEAVES:
        raise ValueError(f"tree_size must be 1 to {MAX_LEAVES}, got {tree_size}")
    if not 0 <= leaf_index < tree_size:
        raise ValueError(f"leaf_index must be 0 to {tree_size - 1}, got {leaf_index}")
    places = []
    start, width, index = 0, tree_size, leaf_index
    while width > 1:
        sibling = index ^ 1
        if sibling < width:
            places.append(start + sibling)
        start += width
        width = (width + 1) // 2
        index //= 2
    return tuple(places)


def prove(levels: Sequence[bytes], index: int) -> InclusionProof:
    """Return the proof of leaf `index` in the tree `levels`, as `build` returns it.

    Raises:
        ValueError: there is no such leaf.

    Source: RFC 9162 section 2.1.3.1.
    """
    tree_size = len(levels[0]) // HASH_SIZE
    if not 0 <= index < tree_size:
        raise ValueError(f"index must be 0 to {tree_size - 1}, got {index}")
    path = []
    place = index
    for level in levels[:-1]:
        sibling = place ^ 1
        if sibling * HASH_SIZE < len(level):
            path.append(level[sibling * HASH_SIZE : (sibling + 1) * HASH_SIZE])
        place //= 2
    return InclusionProof(leaf_index=index, tree_size=tree_size, path=tuple(path))


def verify(leaf: bytes, proof: InclusionProof, expected_root: bytes) -> None:
    """Return if `proof` leads from `leaf` to `expected_root`, raise otherwise.

    Args:
        leaf: What `leaf()` returned, 32 bytes.
        proof: Path of the leaf; index and size fix its length and the side of every sibling.
        expected_root: Root that was anchored, 32 bytes.

    Raises:
        InclusionError: the proof is malformed or leads elsewhere.

    Source: RFC 9162 section 2.1.3.2, whose names are kept.
    """
    _check_shape(leaf, proof, expected_root)
    fn, sn = proof.leaf_index, proof.tree_size - 1
    r = leaf
    for p in proof.path:
        if sn == 0:
            raise InclusionError("the path is longer than the tree is high")
        if fn % 2 == 1 or fn == sn:
            r = sha256(p + r).digest()
            while fn % 2 == 0 and fn != 0:
                fn //= 2
                sn //= 2
        else:
            r = sha256(r + p).digest()
        fn //= 2
        sn //= 2
    if sn != 0:
        raise InclusionError("the path is shorter than the tree is high")
    if r != expected_root:
        raise InclusionError("the path leads to another root")


def _check_shape(leaf: bytes, proof: InclusionProof, expected_root: bytes) -> None:
    """Refuse what the fold must not begin with: a step of another length could pass for a leaf."""
    if len(leaf) != HASH_SIZE or len(expected_root) != HASH_SIZE:
        raise InclusionError(f"leaf and root must be {HASH_SIZE} bytes")
    if not 1 <= proof.tree_size <= MAX_LEAVES:
        raise InclusionError(f"tree_size must be 1 to {MAX_LEAVES}")
    if not 0 <= proof.leaf_index < proof.tree_size:
        raise InclusionError("leaf_index must be smaller than tree_size")
    if len(proof.path) > MAX_PATH:
        raise InclusionError(f"path must have at most {MAX_PATH} steps")
    if proof.path and {*map(len, proof.path)} != {HASH_SIZE}:
        raise InclusionError(f"every step of path must be {HASH_SIZE} bytes")


def _joined(leaves: bytes | Sequence[bytes]) -> bytes:
    if isinstance(leaves, bytes):
        flat = leaves
        if len(flat) % HASH_SIZE:
            raise ValueError(f"leaves must be whole groups of {HASH_SIZE} bytes, got {len(flat)}")
    else:
        for index, each in enumerate(leaves):
            if len(each) != HASH_SIZE:
                raise ValueError(f"leaf {index} must be {HASH_SIZE} bytes, got {len(each)}")
        flat = b"".join(leaves)
    if not flat:
        raise ValueError("a tree needs at least one leaf")
    if len(flat) > MAX_LEAVES * HASH_SIZE:
        raise ValueError(f"a tree holds at most {MAX_LEAVES} leaves")
    return flat


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(left + right).digest()
