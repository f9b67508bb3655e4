"""Proofs: the published ones, what they cover, and every way to fake one."""

import base64
import copy
import json
from datetime import datetime
from typing import Any

import base58
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from badges.core.document import DocumentError
from credentials.core import contexts, proof, rdf
from issuers.core import keys
from tests.core.credentials import published, samples

# --- published vectors


@pytest.mark.parametrize("name", ["alumni.signed.json", "employment.signed.json"])
def test_a_published_proof_is_verified(name):
    multikey = published.document("key-pair.json")["publicKeyMultibase"]

    proof.verify(
        published.document(name),
        public_key=keys.decode_multikey(multikey),
        library=published.LIBRARY,
    )


def test_the_published_signature_is_reproduced_to_the_byte():
    expected = published.document("alumni.signed.json")
    unsecured = {member: value for member, value in expected.items() if member != "proof"}

    secured = proof.sign(
        unsecured,
        key=keys.load(published.seed()),
        verification_method=expected["proof"]["verificationMethod"],
        created=datetime.fromisoformat(expected["proof"]["created"]),
        library=published.LIBRARY,
    )

    assert secured == expected


def test_the_published_hashes_are_reproduced():
    document = published.document("employment.signed.json")
    options = document.pop("proof")
    del options["proofValue"]

    hashes = proof._hash_data(document, options, published.LIBRARY)

    assert hashes.hex() == published.text("employment.combined-hash.txt").strip()


def test_published_documents_are_refused_with_the_shipped_contexts():
    document = published.document("alumni.signed.json")

    with pytest.raises(proof.DocumentRefused) as refusal:
        proof.verify(document, public_key=keys.public_key(published.seed()))

    assert refusal.value.reason == "document-unknown-context"


# --- properties


@given(samples.credentials)
def test_what_is_signed_is_verified(document):
    secured = samples.signed(document)

    proof.verify(secured, public_key=samples.PUBLIC_KEY)


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [leaf for name, member in value.items() for leaf in _leaves(member, (*path, name))]
    if isinstance(value, list):
        return [leaf for index, item in enumerate(value) for leaf in _leaves(item, (*path, index))]
    return [path]


def _change(value: Any, data: st.DataObject) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value / 2 if value > 1 else value + 1
    index = data.draw(st.integers(0, len(value) - 1))
    character = data.draw(st.sampled_from("abzABZ019 -_:/#é\u2028"))
    assume(value[index] != character)
    return value[:index] + character + value[index + 1 :]


@given(samples.credentials, st.data())
def test_no_value_can_be_changed(document, data):
    secured = samples.signed(document)
    *parents, name = data.draw(st.sampled_from(_leaves(secured)))
    target: Any = secured
    for parent in parents:
        target = target[parent]
    target[name] = _change(target[name], data)

    with pytest.raises(proof.ProofError):
        proof.verify(secured, public_key=samples.PUBLIC_KEY)


@given(samples.credentials, st.data())
def test_no_member_can_be_removed(document, data):
    secured = samples.signed(document)
    *parents, name = data.draw(st.sampled_from(_leaves(secured)))
    target: Any = secured
    for parent in parents:
        target = target[parent]
    del target[name]

    with pytest.raises(proof.ProofError):
        proof.verify(secured, public_key=samples.PUBLIC_KEY)


# --- attacks


def refused(document: dict[str, Any], *, public_key: bytes = samples.PUBLIC_KEY) -> str:
    with pytest.raises(proof.ProofError) as refusal:
        proof.verify(document, public_key=public_key)
    return refusal.value.reason


@pytest.fixture
def secured() -> dict[str, Any]:
    return samples.signed(samples.full())


def test_every_bit_of_the_signature_counts(secured):
    signature = base58.b58decode(secured["proof"]["proofValue"][1:])
    for bit in range(0, 512, 31):
        flipped = bytearray(signature)
        flipped[bit // 8] ^= 1 << bit % 8
        secured["proof"]["proofValue"] = "z" + base58.b58encode(bytes(flipped)).decode()

        assert refused(secured) in {"signature-mismatch", "proof-malformed"}


def test_another_key_does_not_verify(secured):
    assert refused(secured, public_key=keys.public_key(bytes(32))) == "signature-mismatch"


def test_a_key_of_small_order_verifies_nothing(secured):
    assert refused(secured, public_key=b"\x01" + bytes(31)) == "signature-mismatch"


def test_a_proof_does_not_fit_another_document(secured):
    other = samples.signed(samples.small())
    other["proof"] = secured["proof"]

    assert refused(other) == "signature-mismatch"


@pytest.mark.parametrize(
    ("member", "value", "reason"),
    [
        ("type", "Ed25519Signature2020", "proof-malformed"),
        ("type", ["DataIntegrityProof"], "proof-malformed"),
        ("cryptosuite", "eddsa-jcs-2022", "proof-missing"),
        ("cryptosuite", ["eddsa-rdfc-2022"], "proof-missing"),
        ("proofPurpose", "authentication", "proof-purpose"),
        ("proofPurpose", "https://w3id.org/security#assertionMethod", "proof-purpose"),
        ("proofPurpose", ["assertionMethod"], "proof-purpose"),
        ("verificationMethod", {"id": samples.METHOD}, "proof-malformed"),
        ("verificationMethod", f"{samples.DID}#other", "signature-mismatch"),
        ("verificationMethod", "#other", "document-data-loss"),
        ("created", "2020-01-01T00:00:00Z", "signature-mismatch"),
        ("expires", "2099-01-01T00:00:00Z", "signature-mismatch"),
        ("domain", "a.example", "signature-mismatch"),
        ("secret", "x", "document-data-loss"),
        ("previousProof", "urn:uuid:1", "proof-malformed"),
        ("proofValue", "", "proof-malformed"),
        ("proofValue", None, "proof-malformed"),
        ("proofValue", "z" + "1" * 86, "proof-malformed"),
        ("proofValue", "z" + "2" * 1_000_000, "proof-malformed"),
        ("proofValue", "u" + base64.urlsafe_b64encode(bytes(64)).decode(), "proof-malformed"),
        ("@context", contexts.OPEN_BADGES_303, "proof-malformed"),
        ("@context", [contexts.OPEN_BADGES_303], "proof-malformed"),
    ],
)
def test_no_member_of_the_proof_can_be_set_to_another(secured, member, value, reason):
    secured["proof"][member] = value

    assert refused(secured) == reason


@pytest.mark.parametrize("ending", [" ", "\n", "\t"])
def test_a_proof_value_has_one_writing(secured, ending):
    """The base58 decoder forgives white space at the end; a proof must not have two texts."""
    secured["proof"]["proofValue"] += ending

    assert refused(secured) == "proof-malformed"


@pytest.mark.parametrize("found", [None, [], "x", 5, [5], ["x"], [None], {}, [[]]])
def test_what_is_not_a_proof_is_refused(found):
    document = {**samples.small(), "proof": found}

    assert refused(document) in {"proof-missing", "proof-malformed"}


def test_a_document_without_proof_is_refused():
    assert refused(samples.small()) == "proof-missing"


def test_a_proof_in_an_array_is_found(secured):
    secured["proof"] = [secured["proof"]]

    proof.verify(secured, public_key=samples.PUBLIC_KEY)


def test_proofs_of_other_kinds_are_left_aside(secured):
    other = {"type": "DataIntegrityProof", "cryptosuite": "merkle-proof-2019", "proofValue": "z2"}
    secured["proof"] = [secured["proof"], other]

    proof.verify(secured, public_key=samples.PUBLIC_KEY)


def test_two_proofs_of_our_kind_are_refused(secured):
    secured["proof"] = [secured["proof"], copy.deepcopy(secured["proof"])]

    assert refused(secured) == "proof-ambiguous"


def test_more_proofs_than_anybody_needs_are_refused(secured):
    secured["proof"] = [secured["proof"], *({"cryptosuite": str(n)} for n in range(50))]

    assert refused(secured) == "proof-ambiguous"


def test_a_proof_may_repeat_the_beginning_of_the_contexts():
    """Data Integrity lets an issuer copy the contexts into the proof."""
    document = published.document("alumni.signed.json")
    document["proof"]["@context"] = document["@context"]

    proof.verify(document, public_key=keys.public_key(published.seed()), library=published.LIBRARY)


def test_an_undefined_term_cannot_be_added(secured):
    secured["credentialSubject"]["achievement"]["undefined"] = "x"

    assert refused(secured) == "document-data-loss"


def test_null_cannot_be_added(secured):
    secured["termsOfUse"] = None

    assert refused(secured) == "document-data-loss"


def test_the_end_of_validity_cannot_be_hidden(secured):
    secured["https://www.w3.org/2018/credentials#validUntil"] = {
        "@type": "http://www.w3.org/2001/XMLSchema#dateTime",
        "@value": secured.pop("validUntil"),
    }

    assert refused(secured) == "document-ambiguous"


def test_contexts_cannot_be_replaced(secured):
    secured["@context"] = [contexts.CREDENTIALS_V2, {"@vocab": "https://a.example/"}]

    assert refused(secured) == "document-unknown-context"


def test_a_document_without_context_is_refused(secured):
    del secured["@context"]

    assert refused(secured) == "document-unknown-context"


# --- signing


def test_signing_leaves_the_document_as_it_was():
    document = samples.full()

    secured = samples.signed(document)

    assert document == samples.FULL
    assert {**secured, "proof": None} == {**document, "proof": None}
    assert list(secured)[-1] == "proof"


def test_signing_is_deterministic():
    assert samples.signed(samples.full()) == samples.signed(samples.full())


def test_a_document_is_signed_once(secured):
    with pytest.raises(proof.ProofAmbiguous):
        samples.signed(secured)


def test_what_cannot_be_canonicalised_is_not_signed():
    document = {**samples.small(), "secret": "x"}

    with pytest.raises(proof.DocumentRefused) as refusal:
        samples.signed(document)

    assert isinstance(refusal.value.__cause__, rdf.UndefinedTerms)


def test_a_date_without_zone_is_not_signed():
    with pytest.raises(DocumentError):
        proof.sign(
            samples.small(),
            key=keys.load(samples.SEED),
            verification_method=samples.METHOD,
            created=samples.CREATED.replace(tzinfo=None),
        )


def test_the_proof_is_a_single_object_of_six_members(secured):
    assert sorted(secured["proof"]) == [
        "created",
        "cryptosuite",
        "proofPurpose",
        "proofValue",
        "type",
        "verificationMethod",
    ]
    assert json.dumps(secured["proof"]["created"]) == '"2026-03-02T09:00:00Z"'
