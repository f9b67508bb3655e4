"""The export for Blockcerts: over what was anchored, and over nothing else."""

import copy
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blockchain.core import anchor, merkle
from credentials.core import blockcerts, merkle_proof, proof, rdf
from credentials.core.merkle_proof import MerkleProofError, NotExpressible
from tests.core.credentials import samples

METHOD = "https://badges.example/issuers/ecole-a/blockcerts.json#0x" + "ab" * 20
SALT = b"\x5a" * 32


def anchored(document, *, leaf_index=3, tree_size=7, **changes):
    """The anchor proof of a document, at a place in a tree of so many leaves."""
    leaves = [bytes([index]) * 32 for index in range(tree_size)]
    leaves[leaf_index] = merkle.leaf(salt=SALT, digest=rdf.digest(document))
    levels = merkle.build(leaves)
    found = anchor.AnchorProof(
        salt=SALT,
        inclusion=merkle.prove(levels, leaf_index),
        root=levels[-1],
        chain="eip155:11155111",
        contract=anchor.REGISTRY,
        submitter="0x" + "ab" * 20,
        transaction="0x" + "11" * 32,
        block_number=1200,
        block_hash="0x" + "22" * 32,
        block_time=datetime(2026, 3, 2, 10, 0, 5, tzinfo=UTC),
        state="finalized",
    )
    return replace(found, **changes)


SIGNED = samples.signed(samples.full())
ANCHORED = anchored(SIGNED)


def export(document=SIGNED, found=ANCHORED):
    return blockcerts.export(document, found, verification_method=METHOD)


def test_the_target_is_the_leaf_digest_whether_the_first_proof_stands_alone_or_in_an_array():
    alone = rdf.digest(SIGNED)
    in_an_array = rdf.digest({**SIGNED, "proof": [SIGNED["proof"]]})

    target = merkle_proof.decode(export()["proof"][1]["proofValue"]).target

    assert target == alone == in_an_array
    anchor.verify_inclusion(target, ANCHORED)


def test_the_second_proof_is_the_one_that_blockcerts_reads():
    written = export()

    first, second = written["proof"]
    assert first == SIGNED["proof"]
    value = second.pop("proofValue")
    assert second == {
        "type": "DataIntegrityProof",
        "cryptosuite": "merkle-proof-2019",
        "created": "2026-03-02T10:00:05Z",
        "verificationMethod": METHOD,
        "proofPurpose": "assertionMethod",
    }
    found = merkle_proof.decode(value)
    assert found.path[0] == ("left", b"\0" + SALT)
    assert (found.root, found.chain) == (ANCHORED.root, ANCHORED.chain)
    assert found.transaction == ANCHORED.transaction
    found.follow()


def test_nothing_of_the_credential_changes():
    before = copy.deepcopy(SIGNED)

    written = export()

    assert {**written, "proof": None} == {**SIGNED, "proof": None}
    assert before == SIGNED


def test_the_first_proof_holds_as_before():
    proof.verify(export(), public_key=samples.PUBLIC_KEY)


def test_nothing_of_the_second_proof_escapes_the_canonical_form():
    assert 'proofValue> "z' in rdf.canonicalise(export())
    assert "merkle-proof-2019" in rdf.canonicalise(export())


@pytest.mark.parametrize("tree_size", [1, 2, 3, 4, 5, 6, 7, 8, 9, 31])
def test_every_place_in_every_shape_of_tree_has_its_path(tree_size):
    for leaf_index in range(tree_size):
        found = anchored(SIGNED, leaf_index=leaf_index, tree_size=tree_size)

        merkle_proof.MerkleProof(
            found.root, rdf.digest(SIGNED), blockcerts.path(found), found.chain, found.transaction
        ).follow()


@given(document=samples.credentials)
def test_any_credential_is_exported_and_read_back(document):
    signed = samples.signed(document)
    found = anchored(signed)

    read = blockcerts.read(export(signed, found))

    assert read.root == found.root
    assert read.target == rdf.digest(signed)


@pytest.mark.parametrize("chain", ["eip155:131277322940537", "eip155:137", "eip155:8453"])
def test_an_anchor_on_a_chain_without_a_word_is_not_exported(chain):
    with pytest.raises(NotExpressible, match=chain):
        export(found=replace(ANCHORED, chain=chain))


def test_an_anchor_that_could_still_move_is_not_exported():
    with pytest.raises(blockcerts.NotFinal):
        export(found=replace(ANCHORED, state="confirmed"))


def test_an_anchor_of_another_document_is_not_exported():
    with pytest.raises(anchor.WrongPath):
        export(samples.signed(samples.small()))


@pytest.mark.parametrize("missing", [None, []])
def test_a_document_without_a_proof_is_not_exported(missing):
    with pytest.raises(MerkleProofError, match="no proof"):
        export({**SIGNED, "proof": missing})


def changed(**members):
    """An export whose second proof has other members; `...` takes one away."""
    written = export()
    first, second = written["proof"]
    second = {name: value for name, value in {**second, **members}.items() if value is not ...}
    return {**written, "proof": [first, second]}


def revalued(**fields):
    value = merkle_proof.decode(export()["proof"][1]["proofValue"])
    return changed(proofValue=merkle_proof.encode(replace(value, **fields)))


def without_salt():
    """The same document in a tree whose leaf is the bare digest: not one of ours."""
    value = merkle_proof.decode(export()["proof"][1]["proofValue"])
    return revalued(path=(), root=value.target)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (SIGNED, "last of several"),
        ({**SIGNED, "proof": None}, "last of several"),
        ({**SIGNED, "proof": [export()["proof"][1]]}, "last of several"),
        ({**SIGNED, "proof": list(reversed(export()["proof"]))}, "last of several"),
        ({**SIGNED, "proof": [export()["proof"][0], "text"]}, "last of several"),
        (changed(cryptosuite="eddsa-rdfc-2022"), "last of several"),
        (changed(type="MerkleProof2019"), "to assert"),
        (changed(proofPurpose="authentication"), "to assert"),
        (changed(proofValue=...), "z and base58"),
        (changed(proofValue=7), "z and base58"),
        (revalued(target=bytes(32)), "another document"),
        (revalued(root=bytes(32)), "does not lead"),
        (revalued(path=()), "not a salt"),
        (without_salt(), "not a salt"),
        (revalued(path=(("right", b"\0" + SALT),)), "not a salt"),
        (revalued(path=(("left", b"\1" + SALT),)), "not a salt"),
        (revalued(path=(("left", SALT),)), "not a salt"),
        (revalued(path=(("left", b"\0" + SALT), ("left", bytes(33)))), "not a node"),
        ({**export(), "name": "Another name"}, "another document"),
    ],
)
def test_an_export_that_is_not_ours_or_was_changed_is_refused(document, message):
    with pytest.raises(MerkleProofError, match=message):
        blockcerts.read(document)


@given(st.data())
def test_a_changed_first_proof_is_noticed(data):
    written = export()
    member = data.draw(st.sampled_from(["created", "verificationMethod", "proofValue"]))
    other = {
        "created": "2026-03-02T09:00:01Z",
        "verificationMethod": samples.METHOD + "x",
        "proofValue": "z" + "2" * 88,
    }
    written["proof"][0] = {**written["proof"][0], member: other[member]}

    with pytest.raises(MerkleProofError, match="another document"):
        blockcerts.read(written)


def test_what_the_published_verifiers_stumble_over_is_told():
    simple = {**SIGNED, "credentialSchema": [], "evidence": [{"narrative": "without an id"}]}

    assert blockcerts.obstacles(samples.small()) == ()
    assert blockcerts.obstacles(SIGNED) == ("credentialStatus",)
    assert blockcerts.obstacles(simple) == ("credentialStatus", "credentialSchema", "evidence")
    assert blockcerts.obstacles({"evidence": {"id": "urn:x"}}) == ()
