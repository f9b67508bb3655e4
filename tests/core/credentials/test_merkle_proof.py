"""MerkleProof2019: the vector of its own project, round trips, then what a hostile one may try."""

import time
from dataclasses import replace
from hashlib import sha256

import base58
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.core import cbor, merkle_proof
from credentials.core.merkle_proof import MerkleProof, MerkleProofError, NotExpressible

# npm @blockcerts/lds-merkle-proof-2019 1.0.2 (MIT), src/__tests__: proofValue.json and its text.
PUBLISHED = (
    "z6nGv6rMRybRe9CuMzbQbdu7sA858v1d13JU3hoAr1x93cheinB35kDXqCvaA93WTLWGtLZMdQSvvNCxEMZPhLvDa4CbUYk"
    "m4pCwBe7kCZAsuwHZwHxgyzCbRUWFbMXHhkVSHoPYmPzfi4arfHKMgKSurZ7oqe3GHRdi78TbHGvA65edK8JBEdTUt8SpCd"
    "c7wz5qiwj3THtcNAXfgK4LmCAu4fq8CnjLcMtGoEdfXfjy3turtaTapyM3katuYKAzbJF3FiE8i8NXBsiBnEbvKk7k"
)
MOCKNET = (
    "zYaPdLQCuei4vhe5Bdz4GjXD4iYkEZL1x2jgNjJArVBt29RUn14RZspAqFo2XDwKtTdBCRZtzxpTLwGhJxKv7TGeQQpBbgL"
    "gtM6vF15cBc4TBwd3sJc2ZxEjve6Ncuu1XMwczshC8injjzUpjLhhwKTijnUSdoxwj5jyv9CztRmkDajRZAQmaqgXuCG8Bt"
    "oLqsbCubwbpbvEHPJrKjqHrt99C6zPx5X89C8eNMFFr5d7GSSWBbAHrwoCbjYvepm"
)
ROOT = bytes.fromhex("3c9ee831b8705f2fbe09f8b3a92247eed88cdc90418c024924be668fdc92e781")
TARGET = bytes.fromhex("c65c6184e3d5a945ddb5437e93ea312411fd33aa1def22b0746d6ecd4aa30f20")
STEPS: tuple[tuple[merkle_proof.Side, bytes], ...] = (
    ("right", bytes.fromhex("51b4e22ed024ec7f38dc68b0bf78c87eda525ab0896b75d2064bdb9fc60b2698")),
    ("right", bytes.fromhex("61c56cca660b2e616d0bd62775e728f50275ae44adf12d1bfb9b9c507a14766b")),
)
TRANSACTION = "0x582733d7cef8035d87cecc9ebbe13b3a2f6cc52583fbcd2b9709f20a6b8b56b3"
PROOF = MerkleProof(ROOT, TARGET, STEPS, "eip155:1", TRANSACTION)

hashes = st.binary(min_size=32, max_size=32)
steps = st.tuples(st.sampled_from(["left", "right"]), st.binary(min_size=32, max_size=64))
proofs = st.builds(
    MerkleProof,
    root=hashes,
    target=hashes,
    path=st.lists(steps, max_size=20).map(tuple),
    chain=st.sampled_from(["eip155:1", "eip155:11155111"]),
    transaction=hashes.map(lambda hash_: "0x" + hash_.hex()),
)


def bitcoin(monkeypatch):
    """Teach the reader the chain of the published vector, that has no account to compare."""
    monkeypatch.setitem(merkle_proof.NETWORKS, "bip122:test", (0, 3))


def test_the_published_vector_is_read(monkeypatch):
    bitcoin(monkeypatch)

    found = merkle_proof.decode(PUBLISHED)

    assert found == replace(PROOF, chain="bip122:test")
    found.follow()


def test_what_is_written_differs_from_the_vector_by_the_order_of_its_members(monkeypatch):
    bitcoin(monkeypatch)

    written = merkle_proof.encode(replace(PROOF, chain="bip122:test"))

    ours, theirs = (base58.b58decode(text[1:]) for text in (written, PUBLISHED))
    # The path stands last with us, first with them; each member begins with 82 and its number.
    path_of_theirs = theirs[1 : theirs.index(b"\x82\x00\x58\x22")]
    assert ours == theirs[:1] + theirs[1 + len(path_of_theirs) :] + path_of_theirs


def test_chains_that_are_not_written_are_not_read():
    with pytest.raises(NotExpressible):
        merkle_proof.decode(PUBLISHED)
    with pytest.raises(MerkleProofError):
        merkle_proof.decode(MOCKNET)


@pytest.mark.parametrize("chain", ["eip155:137", "eip155:8453", "eip155:31337", "bip122:0", ""])
def test_a_chain_without_a_number_is_refused(chain):
    with pytest.raises(NotExpressible, match="eip155:1 and eip155:11155111"):
        merkle_proof.encode(replace(PROOF, chain=chain))


@given(proofs)
def test_what_is_written_is_read(proof):
    text = merkle_proof.encode(proof)

    assert merkle_proof.decode(text) == proof
    assert len(text) <= merkle_proof.MAX_PROOF_VALUE


def test_the_longest_path_is_within_the_bound():
    proof = replace(PROOF, path=(("left", bytes(64)),) * merkle_proof.MAX_STEPS)

    assert merkle_proof.decode(merkle_proof.encode(proof)) == proof


@given(proofs)
def test_a_path_is_followed_to_its_root_and_to_no_other(proof):
    reached = proof.target
    for side, half in proof.path:
        reached = sha256(half + reached if side == "left" else reached + half).digest()

    replace(proof, root=reached).follow()
    with pytest.raises(MerkleProofError, match="does not lead"):
        replace(proof, root=bytes(32 - len(b"x")) + b"x").follow()


@given(data=st.data())
def test_a_changed_letter_makes_another_proof_or_none(data):
    text = merkle_proof.encode(PROOF)
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("123ABCabcz").filter(lambda new: new != text[place]))

    try:
        found = merkle_proof.decode(text[:place] + letter + text[place + 1 :])
    except MerkleProofError:
        return
    assert found != PROOF


@given(st.binary(max_size=120))
def test_no_bytes_break_the_reading(data):
    try:
        found = merkle_proof.decode("z" + base58.b58encode(data).decode())
    except MerkleProofError:
        return
    assert merkle_proof.decode(merkle_proof.encode(found)) == found


def text_of(data):
    return "z" + base58.b58encode(data).decode()


def listed(*items):
    return cbor.write(list(items))


H = cbor.write(bytes(32))
ANCHOR = [[0, 1], [1, 1], [2, H]]
MEMBERS = ([0, H], [1, H], [2, [ANCHOR]], [3, []])


def test_the_smallest_proof_is_one():
    assert merkle_proof.decode(text_of(listed(*MEMBERS))).path == ()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80",
        b"\x84",
        listed(*MEMBERS) + b"\x00",
        listed(*MEMBERS)[:-1],
        # The same, but not in its shortest form, or of indefinite length.
        b"\x98\x04" + listed(*MEMBERS)[1:],
        b"\x9f" + listed(*MEMBERS)[1:] + b"\xff",
        b"\xa0",
        b"\x61a",
        b"\xf6",
        b"\x20",
        b"\x9b" + b"\xff" * 8,
        b"\x5b" + b"\xff" * 8,
        b"\x99\x02\x58" + bytes(600),
        b"\x81" * 4_000,
        listed(*MEMBERS[:3]),
        listed(*MEMBERS, [4, 0]),
        listed(*MEMBERS[:3], [3, []], [3, []]),
        listed([0, H], [0, H], *MEMBERS[2:]),
        listed([b"", H], *MEMBERS[1:]),
        listed(0, *MEMBERS[1:]),
        listed([0, bytes(32)], *MEMBERS[1:]),
        listed([0, 7], *MEMBERS[1:]),
        listed([0, cbor.write(bytes(31))], *MEMBERS[1:]),
        listed([0, cbor.write([])], *MEMBERS[1:]),
        listed(*MEMBERS[:2], [2, []], MEMBERS[3]),
        listed(*MEMBERS[:2], [2, [ANCHOR, ANCHOR]], MEMBERS[3]),
        listed(*MEMBERS[:2], [2, 0], MEMBERS[3]),
        listed(*MEMBERS[:2], [2, [ANCHOR[:2]]], MEMBERS[3]),
        listed(*MEMBERS[:2], [2, [[[0, []], *ANCHOR[1:]]]], MEMBERS[3]),
        listed(*MEMBERS[:3], [3, 0]),
        listed(*MEMBERS[:3], [3, [0]]),
        listed(*MEMBERS[:3], [3, [[2, H]]]),
        listed(*MEMBERS[:3], [3, [[0, cbor.write(bytes(31))]]]),
        listed(*MEMBERS[:3], [3, [[0, cbor.write(bytes(65))]]]),
        listed(*MEMBERS[:3], [3, [[0, H]] * 65]),
    ],
)
def test_what_is_not_the_one_encoding_of_a_proof_is_refused(data):
    with pytest.raises(MerkleProofError):
        merkle_proof.decode(text_of(data))


@pytest.mark.parametrize("text", ["", "z", "u" + "A" * 40, "z0OIl", "z" + "é", "z1\n"])
def test_what_is_not_base58_is_refused(text):
    with pytest.raises(MerkleProofError):
        merkle_proof.decode(text)


def test_a_long_text_costs_nothing():
    started = time.perf_counter()

    with pytest.raises(MerkleProofError, match="too large"):
        merkle_proof.decode("z" + "2" * 1_000_000)

    assert time.perf_counter() - started < 0.1
