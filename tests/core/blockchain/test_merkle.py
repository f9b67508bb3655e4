"""The tree: its published shape first, then properties, then attacks.

The published roots of Certificate Transparency belong to trees whose nodes are prefixed, which ours
are not (see the module). What is taken from RFC 6962 is the shape, so the definition of section 2.1
is written down here a second time, word for word, and the vectors are computed by hand.
"""

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from blockchain.core import merkle

hashes = st.binary(min_size=32, max_size=32)
trees = st.lists(hashes, min_size=1, max_size=70, unique=True)


def numbered(count):
    return [index.to_bytes(32, "big") for index in range(count)]


def mth(leaves):
    """MTH(D[n]) of RFC 6962 section 2.1: k is the largest power of two smaller than n."""
    n = len(leaves)
    if n == 1:
        return leaves[0]
    k = 1
    while k * 2 < n:
        k *= 2
    return sha256(mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m, leaves):
    """PATH(m, D[n]) of RFC 6962 section 2.1.1."""
    n = len(leaves)
    if n == 1:
        return []
    k = 1
    while k * 2 < n:
        k *= 2
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


# -- Vectors ---------------------------------------------------------------------------------------


def test_a_leaf_is_the_leaf_hash_of_rfc_6962_over_salt_and_digest():
    # printf '\x00%.0s' {1..33} and 32 bytes 0x11, through sha256sum
    expected = "8e724b356ecbd683d218e82e1a5c03ccbff6bd2949257bcc7a8e35297d18e992"

    leaf = merkle.leaf(salt=bytes(32), digest=b"\x11" * 32)

    assert leaf.hex() == sha256(b"\x00" + bytes(32) + b"\x11" * 32).hexdigest() == expected


def test_the_salt_is_a_first_step_for_verifiers_that_only_fold():
    """Blockcerts has no leaf hash of its own: its path begins with 0x00 || salt on the left."""
    salt, digest, sibling = numbered(3)
    leaf = merkle.leaf(salt=salt, digest=digest)

    folded = sha256(sha256(b"\x00" + salt + digest).digest() + sibling).digest()

    assert folded == merkle.root([leaf, sibling])


@pytest.mark.parametrize(
    ("count", "root"),
    [
        (1, "0" * 64),
        (2, "90f4b39548df55ad6187a1d20d731ecee78c545b94afd16f42ef7592d99cd365"),
        (3, "9dea5804aca8b476cf8f1efb4fe41abae758ccb238d6656dbc4ca5d40803dc74"),
        (5, "fb147ff2472c443a3e65d537dbf2d8bd2114caba017ae8c30d1167ad0e684c40"),
        (7, "09b62259e08d18a1696a0a2099d128249e105f2cb800cc8337c166c93b661806"),
    ],
)
def test_roots_computed_by_hand(count, root):
    leaves = numbered(count)

    assert merkle.root(leaves).hex() == root


def test_an_odd_leaf_rises_without_being_hashed_again():
    a, b, c = numbered(3)

    levels = merkle.build([a, b, c])

    assert levels[1] == sha256(a + b).digest() + c


@pytest.mark.parametrize("count", [*range(1, 70), 127, 128, 129, 1000])
def test_the_shape_is_that_of_rfc_6962(count):
    leaves = numbered(count)
    levels = merkle.build(leaves)
    index = count * 2 // 3

    proof = merkle.prove(levels, index)

    assert levels[-1] == merkle.root(b"".join(leaves)) == mth(leaves)
    assert merkle.recompute(iter(leaves)) == mth(leaves)
    assert list(proof.path) == path(index, leaves)
    assert (proof.leaf_index, proof.tree_size) == (index, count)


def test_the_largest_tree_has_paths_of_sixteen_steps():
    levels = merkle.build(b"".join(numbered(merkle.MAX_LEAVES)))

    proof = merkle.prove(levels, merkle.MAX_LEAVES - 1)

    assert len(proof.path) == merkle.MAX_PATH
    assert sum(map(len, levels)) == 4_194_272
    merkle.verify((merkle.MAX_LEAVES - 1).to_bytes(32, "big"), proof, levels[-1])


# -- Properties ------------------------------------------------------------------------------------


@given(trees, st.data())
def test_every_proof_verifies(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    levels = merkle.build(leaves)

    proof = merkle.prove(levels, index)

    merkle.verify(leaves[index], proof, levels[-1])


@given(trees, st.data())
def test_no_proof_verifies_for_another_leaf(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    levels = merkle.build(leaves)
    proof = merkle.prove(levels, index)

    for other in leaves[:index] + leaves[index + 1 :]:
        with pytest.raises(merkle.InclusionError):
            merkle.verify(other, proof, levels[-1])


@given(trees, st.data())
def test_a_proof_read_from_storage_is_the_proof(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    levels = merkle.build(leaves)
    stored = b"".join(levels)

    places = merkle.siblings(index, len(leaves))

    assert merkle.prove(levels, index).path == tuple(
        stored[place * 32 : place * 32 + 32] for place in places
    )


@given(trees, trees)
def test_two_lists_of_leaves_never_share_a_root(some, others):
    assume(some != others)

    assert merkle.root(some) != merkle.root(others)


@given(trees)
def test_both_ways_to_the_root_agree(leaves):
    assert merkle.recompute(leaves) == merkle.root(leaves)


@given(hashes, hashes, hashes)
def test_one_digest_under_two_salts_is_two_leaves(salt, other, digest):
    assume(salt != other)

    assert merkle.leaf(salt=salt, digest=digest) != merkle.leaf(salt=other, digest=digest)


# -- Attacks ---------------------------------------------------------------------------------------


@given(trees, st.data())
def test_one_flipped_bit_anywhere_is_noticed(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    levels = merkle.build(leaves)
    proof = merkle.prove(levels, index)
    parts = [leaves[index], levels[-1], *proof.path]
    victim = data.draw(st.integers(0, len(parts) - 1))
    bit = data.draw(st.integers(0, 255))
    flipped = int.from_bytes(parts[victim], "big") ^ (1 << bit)

    parts[victim] = flipped.to_bytes(32, "big")

    leaf, root, *steps = parts
    with pytest.raises(merkle.InclusionError):
        merkle.verify(leaf, replace(proof, path=tuple(steps)), root)


@given(st.integers(2, 70), st.data())
def test_a_wrong_index_leads_elsewhere(count, data):
    leaves = numbered(count)
    index, other = data.draw(
        st.lists(st.integers(0, count - 1), min_size=2, max_size=2, unique=True)
    )
    levels = merkle.build(leaves)
    proof = merkle.prove(levels, index)

    with pytest.raises(merkle.InclusionError):
        merkle.verify(leaves[index], replace(proof, leaf_index=other), levels[-1])


@pytest.mark.parametrize("tree_size", [1, 2, 3, 4, 9, 17, 33])
def test_a_size_of_another_height_is_refused(tree_size):
    leaves = numbered(7)
    levels = merkle.build(leaves)
    proof = merkle.prove(levels, 0)

    with pytest.raises(merkle.InclusionError):
        merkle.verify(leaves[0], replace(proof, tree_size=tree_size), levels[-1])


@pytest.mark.parametrize("extra", [1, 2, 13, 100_000])
def test_a_path_that_is_too_long_is_refused(extra):
    leaves = numbered(7)
    levels = merkle.build(leaves)
    proof = merkle.prove(levels, 3)

    with pytest.raises(merkle.InclusionError, match="path"):
        merkle.verify(
            leaves[3], replace(proof, path=(*proof.path, *[bytes(32)] * extra)), levels[-1]
        )


def test_a_path_that_is_too_short_is_refused():
    leaves = numbered(7)
    levels = merkle.build(leaves)
    proof = merkle.prove(levels, 3)

    with pytest.raises(merkle.InclusionError, match="shorter"):
        merkle.verify(leaves[3], replace(proof, path=proof.path[:-1]), levels[-1])


def test_a_node_has_a_path_but_no_salt_and_digest():
    """The second preimage: a node looks like a leaf of a lower tree, and 64 bytes are not 65."""
    a, b, c, d = numbered(4)
    root = merkle.root([a, b, c, d])
    node = sha256(a + b).digest()

    merkle.verify(node, merkle.InclusionProof(0, 2, (sha256(c + d).digest(),)), root)

    for split in range(65):
        with pytest.raises(ValueError, match="32 bytes"):
            merkle.leaf(salt=(a + b)[1 : 1 + split], digest=(a + b)[1 + split :])


def test_a_leaf_is_not_the_node_of_any_two_hashes():
    salt, digest = numbered(2)

    leaf = merkle.leaf(salt=salt, digest=digest)

    assert leaf != sha256(salt + digest).digest()


@pytest.mark.parametrize("count", [3, 5, 6, 7])
def test_repeating_the_last_leaves_changes_the_root(count):
    """CVE-2012-2459: in trees that duplicate an odd node, both lists have one root."""
    leaves = numbered(count)
    for tail in range(1, count):
        doubled = leaves + leaves[-tail:]

        assert merkle.root(doubled) != merkle.root(leaves)


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_every_step_must_be_a_hash(length):
    leaves = numbered(4)
    levels = merkle.build(leaves)
    proof = merkle.prove(levels, 1)

    with pytest.raises(merkle.InclusionError, match="step"):
        merkle.verify(leaves[1], replace(proof, path=(b"\0" * length, proof.path[1])), levels[-1])


@pytest.mark.parametrize(("index", "size"), [(-1, 7), (7, 7), (0, 0), (0, 65_537), (0, -1)])
def test_index_and_size_must_be_possible(index, size):
    proof = merkle.InclusionProof(index, size, ())

    with pytest.raises(merkle.InclusionError):
        merkle.verify(bytes(32), proof, bytes(32))
    with pytest.raises(ValueError, match="must be"):
        merkle.siblings(index, size)


@pytest.mark.parametrize("index", [-1, 7])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(index):
    with pytest.raises(ValueError, match="index must be 0 to 6"):
        merkle.prove(merkle.build(numbered(7)), index)


@pytest.mark.parametrize(
    ("leaf", "root"), [(b"", bytes(32)), (bytes(31), bytes(32)), (bytes(32), bytes(33))]
)
def test_leaf_and_root_must_be_hashes(leaf, root):
    with pytest.raises(merkle.InclusionError, match="32 bytes"):
        merkle.verify(leaf, merkle.InclusionProof(0, 1, ()), root)


@pytest.mark.parametrize("make", [merkle.build, merkle.recompute])
def test_a_tree_is_neither_empty_nor_too_large_nor_of_anything_but_hashes(make):
    for leaves in ([], [bytes(32)] * (merkle.MAX_LEAVES + 1), [bytes(32), bytes(31)]):
        with pytest.raises(ValueError, match=r"leaf|leaves"):
            make(leaves)


@pytest.mark.parametrize("flat", [b"", bytes(33), bytes(32 * (merkle.MAX_LEAVES + 1))])
def test_concatenated_leaves_are_checked_too(flat):
    with pytest.raises(ValueError, match=r"leaf|leaves"):
        merkle.build(flat)


@pytest.mark.parametrize(("salt", "digest"), [(31, 32), (32, 31), (0, 32), (33, 31)])
def test_salt_and_digest_have_their_length(salt, digest):
    with pytest.raises(ValueError, match="32 bytes"):
        merkle.leaf(salt=bytes(salt), digest=bytes(digest))
