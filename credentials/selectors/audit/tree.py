"""The Merkle tree once more, written from the definition and sharing no line with the first.

What seals a batch builds its tree level by level (blockchain.core.merkle). Here the root is what
RFC 6962 section 2.1 says it is, by recursion on the largest power of two; a stored tree is not
built but checked, node by node. A fault would have to be made twice, in two ways, to pass.
"""

from hashlib import sha256

SIZE = 32


def leaf(salt: bytes, digest: bytes, tag: bytes = b"\0") -> bytes:
    """Return the hash of a leaf: the byte of its kind, then what it commits to."""
    hashed = sha256(tag)
    hashed.update(salt)
    hashed.update(digest)
    return hashed.digest()


def root(leaves: bytes) -> bytes:
    """Return the root over leaves of 32 bytes, one after the other; at least one."""
    return _top(memoryview(leaves))


def _top(leaves: memoryview) -> bytes:
    count = len(leaves) // SIZE
    if count == 1:
        return bytes(leaves)
    # The largest power of two that is smaller than the number of leaves.
    split = 1 << (count - 1).bit_length() - 1
    return sha256(_top(leaves[: split * SIZE]) + _top(leaves[split * SIZE :])).digest()


def is_tree_of(leaves: bytes, stored: bytes) -> bool:
    """Say whether `stored` holds all levels over `leaves`, lowest first, and nothing else."""
    if not stored.startswith(leaves):
        return False
    nodes, start, width = memoryview(stored), 0, len(leaves) // SIZE
    while width > 1:
        above = start + width * SIZE
        for place in range((width + 1) // 2):
            children = nodes[start + 2 * place * SIZE : min(start + 2 * (place + 1) * SIZE, above)]
            # A node without a sibling rises as it is.
            wanted = sha256(children).digest() if len(children) > SIZE else bytes(children)
            if nodes[above + place * SIZE : above + (place + 1) * SIZE] != wanted:
                return False
        start, width = above, (width + 1) // 2
    return start + SIZE == len(stored)
