"""Selective disclosure: the published proofs, what is hidden, and every way to cheat."""

import dataclasses
import inspect
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import base58
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from badges.core import document as documents
from credentials.core import canonical, proof
from credentials.core.disclosure import parts, proof_value, selecting, suite
from credentials.core.refusals import Ambiguous
from issuers.core import base64url, jwk
from tests.core.credentials import disclosing, published, samples

FOLDER = published.VECTORS / "vc_di_ecdsa_sd"
SHOWN = ("/validFrom", "/validUntil", "/credentialSubject/birthCountry")


def vector(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((FOLDER / name).read_text())
    return document


def private_key(name: str) -> Any:
    multikey = vector("keys.json")[name]["privateKeyMultibase"]
    return jwk.load_p256(base58.b58decode(multikey[1:])[2:])


def public_key() -> Any:
    return jwk.decode_multikey(vector("keys.json")["baseKeyPair"]["publicKeyMultibase"])


# --- published vectors


@pytest.mark.parametrize("name", ["residence.base.json", "employment.base.json"])
def test_the_published_base_proof_is_reproduced_to_the_byte(name):
    expected = vector(name)
    unsecured = {member: value for member, value in expected.items() if member != "proof"}

    secured = suite.sign(
        unsecured,
        key=private_key("baseKeyPair"),
        verification_method=expected["proof"]["verificationMethod"],
        created=datetime.fromisoformat(expected["proof"]["created"]),
        mandatory=["/issuer"],
        hmac_key=bytes.fromhex(vector("keys.json")["hmacKeyString"]),
        proof_key=private_key("proofKeyPair"),
        library=published.LIBRARY,
    )

    assert secured == expected


def test_the_published_derived_proof_is_reproduced_to_the_byte():
    shown = suite.derive(vector("residence.base.json"), selective=SHOWN, library=published.LIBRARY)

    assert shown == vector("residence.derived.json")


def test_the_published_derived_proof_is_verified():
    suite.verify(
        vector("residence.derived.json"), public_key=public_key(), library=published.LIBRARY
    )


def test_the_numbers_of_the_standards_other_example():
    shown = suite.derive(vector("employment.base.json"), selective=SHOWN, library=published.LIBRARY)
    read = proof_value.decode_derived(shown["proof"]["proofValue"])

    # TestVectors/ecdsa-sd-2023/employ/derivedDisclosureData.json, commit 222ff126.
    assert read.mandatory == (0, 4, 5, 7)
    assert read.labels == {
        0: "u3Lv2QpFgo-YAegc1cQQKWJFW2sEjQF6FfuZ0VEoMKHg",
        1: "u4YIOZn1MHES1Z4Ij2hWZG3R4dEYBqg5fHTyDEvYhC38",
    }
    assert read.signatures[0].hex().startswith("fd91ec48b3524965")
    assert read.signatures[5].hex().endswith("ff6e1b42484dd4")
    suite.verify(shown, public_key=public_key(), library=published.LIBRARY)


# --- properties: badges


BASE = disclosing.base(samples.full())
NAMES = [part.name for part in parts.parts(BASE)]


def texts(value: Any) -> Iterator[str]:
    """Every text and number below a value, as JSON writes it."""
    if isinstance(value, dict):
        for member in value.values():
            yield from texts(member)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif not isinstance(value, bool):
        yield json.dumps(value, ensure_ascii=False)


def test_the_sample_has_parts_of_every_level():
    assert NAMES == [
        "identity-emailAddress", "awarded", "evidence", "results", "activity", "credits", "license",
    ]  # fmt: skip


@given(st.sets(st.sampled_from([name for name in NAMES if not name.startswith("identity")])))
@settings(max_examples=15)
def test_whatever_is_hidden_the_rest_is_the_issuers_word(hidden):
    shown = disclosing.derived(BASE, *hidden)

    suite.verify(shown, public_key=disclosing.PUBLIC_KEY)

    left = {part.name for part in parts.parts(shown)}
    assert left == set(NAMES) - hidden


@given(st.sets(st.sampled_from([name for name in NAMES if not name.startswith("identity")])))
@settings(max_examples=15)
def test_nothing_that_is_hidden_is_in_the_file(hidden):
    kept = [part for part in parts.parts(BASE) if part.name not in hidden]
    still = set(texts([part.values for part in kept])) | set(
        texts(suite.derive(BASE, selective=()))
    )

    written = canonical.dumps(disclosing.derived(BASE, *hidden)).decode()

    for part in parts.parts(BASE):
        if part.name in hidden:
            gone = set(texts(part.values)) - still
            assert gone
            assert not [text for text in gone if text in written]


@given(samples.credentials, st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_any_badge_shows_any_selection_of_its_parts(document, data):
    secured = disclosing.base(document)
    names = [part.name for part in parts.parts(document)]
    hidden = data.draw(st.sets(st.sampled_from(names)))
    if not any(name.startswith("identity") for name in set(names) - hidden):
        hidden -= {name for name in names if name.startswith("identity")}

    shown = disclosing.derived(secured, *hidden)

    suite.verify(shown, public_key=disclosing.PUBLIC_KEY)
    for name in ("id", "type", "issuer", "validFrom", "validUntil", "credentialStatus"):
        assert shown.get(name) == document.get(name)


def pointers_of(value: Any, pointer: str = "") -> Iterator[str]:
    """Every place of a document, except within lists that are one value."""
    if pointer:
        yield pointer
    if isinstance(value, dict):
        for name, member in value.items():
            if name not in {"@context", "proof"}:
                yield from pointers_of(member, f"{pointer}/{name}")
    elif isinstance(value, list) and not pointer.endswith("allowedValue"):
        for index, item in enumerate(value):
            yield from pointers_of(item, f"{pointer}/{index}")


LOOSE = disclosing.base(samples.full(), mandatory=["/issuer", "/credentialStatus/1"])
EVERYWHERE = list(pointers_of(samples.full()))


@given(st.lists(st.sampled_from(EVERYWHERE), max_size=8))
@settings(max_examples=50)
def test_any_pointers_derive_and_are_verified(pointers):
    shown = suite.derive(LOOSE, selective=pointers)

    suite.verify(shown, public_key=disclosing.PUBLIC_KEY)
    assert "École A" in shown["issuer"]["name"]
    assert shown["credentialStatus"][-1]["statusPurpose"] == "suspension"


def test_objects_that_are_alike_are_told_apart_by_what_is_shown():
    document = samples.full()
    alignments = document["credentialSubject"]["achievement"]["alignment"]
    alignments[1] = {**alignments[0], "targetDescription": "le même, ou presque"}
    alignments[2] = dict(alignments[0])
    secured = disclosing.base(document, mandatory=["/issuer"])

    everything = suite.derive(secured, selective=["/credentialSubject"])
    # Of each only the type is left: three nodes that nothing tells apart.
    types = suite.derive(
        secured,
        selective=[f"/credentialSubject/achievement/alignment/{index}/type" for index in range(3)],
    )

    suite.verify(everything, public_key=disclosing.PUBLIC_KEY)
    suite.verify(types, public_key=disclosing.PUBLIC_KEY)
    assert types["credentialSubject"]["achievement"]["alignment"] == [{"type": ["Alignment"]}] * 3


def test_an_endorsement_is_shown_whole_with_its_own_proof():
    endorsement = {
        "@context": samples.full()["@context"],
        "id": "urn:uuid:0b4d5f0e-0000-4000-8000-000000000009",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": samples.DID, "type": ["Profile"], "name": "École A"},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": samples.DID,
            "type": ["EndorsementSubject"],
            "endorsementComment": "Sérieux",
        },
    }
    document = {**samples.full(), "endorsement": [samples.signed(endorsement)]}
    secured = disclosing.base(document)

    shown, hidden = disclosing.derived(secured), disclosing.derived(secured, "endorsements")

    suite.verify(shown, public_key=disclosing.PUBLIC_KEY)
    suite.verify(hidden, public_key=disclosing.PUBLIC_KEY)
    proof.verify(shown["endorsement"][0], public_key=samples.PUBLIC_KEY)
    assert "Sérieux" not in json.dumps(hidden, ensure_ascii=False)


# --- what can never be hidden


def test_the_validity_the_status_and_the_issuer_are_mandatory():
    named = parts.mandatory(samples.full())

    assert {"/issuer", "/validFrom", "/validUntil", "/credentialStatus", "/type", "/id"} <= {*named}
    assert "/credentialSubject/achievement" in named


@pytest.mark.parametrize("name", ["validUntil", "credentialStatus", "issuer", "validFrom", "id"])
def test_a_derived_badge_without_what_is_mandatory_is_refuted(name):
    shown = disclosing.derived(BASE)
    del shown[name]

    with pytest.raises(proof.ProofError):
        suite.verify(shown, public_key=disclosing.PUBLIC_KEY)


def test_whoever_writes_something_new_into_a_badge_decides_whether_it_may_be_hidden():
    """Of what a badge says, this is shown always, and all else is in a part of `parts`."""
    of_badges = set(inspect.signature(documents.open_badge_credential).parameters)
    of_badges.remove("validate")  # says nothing
    of_subjects = {each.name for each in dataclasses.fields(documents.Subject)}

    assert of_badges - {"awarded_at", "evidence", "related_resources", "endorsements"} == {
        "id", "issuer", "achievement", "identifiers", "name", "valid_from", "valid_until",
        "description", "image", "status", "subject", "credential_schema", "refresh_service",
    }  # fmt: skip
    assert of_subjects - {
        "results", "credits_earned", "activity_start", "activity_end", "license_number",
        "narrative", "role", "term", "source",
    } == {"id"}  # fmt: skip


def test_the_files_of_evidence_are_hidden_with_it():
    address = "https://badges.example/evidence/AAAAAAAAAAAAAAAAAAAAAA"
    document = {
        **samples.full(),
        "relatedResource": [{"id": address, "digestSRI": "sha384-" + "A" * 64}],
    }
    secured = disclosing.base(document)

    assert address in json.dumps(disclosing.derived(secured))
    assert address not in json.dumps(disclosing.derived(secured, "evidence"))


@pytest.mark.parametrize("name", ["validUntil", "issuer", "achievement", "", "/validUntil"])
def test_what_is_mandatory_is_no_part(name):
    with pytest.raises(parts.UnknownPart):
        parts.shown(BASE, [name])


def test_a_badge_that_says_of_nobody_whom_it_is_about_is_not_made():
    with pytest.raises(parts.Anonymous):
        parts.shown(BASE, ["identity-emailAddress"])


def test_a_badge_whose_subject_has_an_address_may_hide_the_identities():
    document = samples.put(samples.full(), "credentialSubject/id", "did:example:leila")

    assert not [pointer for pointer in parts.shown(document, ["identity-emailAddress"])
                if "identifier" in pointer]  # fmt: skip


@pytest.mark.parametrize(
    "document",
    [
        {**samples.full(), "type": ["VerifiableCredential"]},
        {**samples.full(), "type": "OpenBadgeCredential"},
        {**samples.full(), "credentialSubject": [samples.full()["credentialSubject"]]},
    ],
)
def test_of_what_is_not_a_badge_no_part_is_known(document):
    with pytest.raises(parts.NotABadge):
        parts.mandatory(document)


# --- asking


@pytest.mark.parametrize(
    "pointer",
    [
        "", "name", "/", "/nothing", "/issuer/nothing", "/evidence/1", "/evidence/01",
        "/evidence/-", "/evidence/x", "/name/0", "/@context", "/@context/0", "/proof",
        "/proof/proofValue", "/is~suer", "/issuer/", "/" + "a" * 2000,
    ],
)  # fmt: skip
def test_a_pointer_that_leads_nowhere_is_refused_by_its_name(pointer):
    with pytest.raises(selecting.PointerError) as refusal:
        suite.derive(BASE, selective=[pointer])

    assert refusal.value.pointer == pointer


def test_too_many_pointers_are_refused():
    with pytest.raises(selecting.PointerError):
        suite.derive(BASE, selective=["/name"] * 513)


def test_a_pointer_may_name_a_member_with_a_slash():
    assert selecting.parse("/a~1b/m~0n") == ("a/b", "m~n")


def test_a_list_is_shown_whole_or_not_at_all():
    listed = "/credentialSubject/achievement/resultDescription/0/allowedValue"

    whole = suite.derive(LOOSE, selective=[listed])
    [description] = whole["credentialSubject"]["achievement"]["resultDescription"]

    suite.verify(whole, public_key=disclosing.PUBLIC_KEY)
    assert description["allowedValue"] == ["A", "B", "C", "D"]
    with pytest.raises(proof.DocumentRefused):
        suite.derive(LOOSE, selective=[f"{listed}/1"])


def test_something_must_be_mandatory():
    with pytest.raises(selecting.PointerError):
        disclosing.base(samples.full(), mandatory=[])


def test_an_address_of_the_prefix_that_stands_for_none_is_refused():
    document = samples.put(samples.full(), "credentialSubject/id", "urn:bnid:n0")

    with pytest.raises(proof.DocumentRefused) as refusal:
        disclosing.base(document)

    assert isinstance(refusal.value.__cause__, Ambiguous)


def test_a_secured_document_is_not_signed_again():
    with pytest.raises(proof.ProofAmbiguous):
        disclosing.base(samples.signed(samples.full()))


def test_a_text_that_looks_like_a_label_is_a_text():
    document = samples.put(samples.full(), "credentialSubject/narrative", "_:c14n0 et _:n1 .")
    shown = disclosing.derived(disclosing.base(document), "results")

    suite.verify(shown, public_key=disclosing.PUBLIC_KEY)
    assert shown["credentialSubject"]["narrative"] == "_:c14n0 et _:n1 ."


# --- reading


@given(st.binary(max_size=300))
def test_what_is_not_a_proof_is_refused_without_a_surprise(data):
    for header in (b"\xd9\x5d\x00", b"\xd9\x5d\x01", b""):
        text = "u" + base64url.encode(header + data)
        with pytest.raises(proof.ProofMalformed):
            proof_value.decode_base(text)
        with pytest.raises(proof.ProofMalformed):
            proof_value.decode_derived(text)


@pytest.mark.parametrize("text", ["", "u", "z111", "u=", "u2V0B\n", "u" + "A" * 200_000])
def test_what_is_not_base64url_or_too_large_is_refused(text):
    with pytest.raises(proof.ProofMalformed):
        proof_value.decode_derived(text)


def test_a_base_proof_comes_back_from_its_text():
    value = BASE["proof"]["proofValue"]

    assert proof_value.encode_base(proof_value.decode_base(value)) == value
