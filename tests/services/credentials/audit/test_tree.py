"""The second Merkle tree agrees with the first, and shares nothing with it."""

import ast
from hashlib import sha256
from pathlib import Path

import pytest

from blockchain.core import merkle
from credentials.selectors import audit
from credentials.selectors.audit import tree

FOLDER = Path(audit.__file__).parent


def leaves_of(count):
    return b"".join(sha256(b"%d" % number).digest() for number in range(count))


@pytest.mark.parametrize("count", [*range(1, 70), 127, 128, 129, 1000])
def test_both_ways_lead_to_one_root(count):
    leaves = leaves_of(count)

    assert tree.root(leaves) == merkle.root(leaves)
    assert tree.is_tree_of(leaves, b"".join(merkle.build(leaves)))


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13])
def test_a_tree_with_any_flipped_bit_or_missing_node_is_no_tree(count):
    leaves = leaves_of(count)
    stored = b"".join(merkle.build(leaves))

    for place in range(len(stored)):
        flipped = bytearray(stored)
        flipped[place] ^= 0x10
        assert not tree.is_tree_of(leaves, bytes(flipped))
    for wrong in (stored[:-32], stored + bytes(32), stored[:-1], b""):
        assert not tree.is_tree_of(leaves, wrong)


def test_a_leaf_is_hashed_as_when_it_was_committed():
    salt, digest = bytes(range(32)), sha256(b"document").digest()

    assert tree.leaf(salt, digest) == merkle.leaf(salt=salt, digest=digest)


def test_the_audit_imports_nothing_that_it_checks():
    imported = set()
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                imported |= {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}

    ours = {name for name in imported if name.startswith("blockchain")}
    assert ours == {"blockchain.services", "blockchain.services.Witness"}
    assert not {name for name in imported if "merkle" in name or ".models" in name}
