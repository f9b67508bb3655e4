"""The short way to the hashes of a document comes to what the long way does, or says nothing."""

import copy
import json
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from badges.core import schema
from credentials.core import canonical, proof, rdf, recognition, screening, standing, verification
from tests.core.credentials import samples, verifiable
from tests.core.credentials.test_sealing import another

# Dates and indexes that the schema takes, and some that it does not.
DATES = ["2026-01-01T00:00:00Z", "2031-01-01T00:00:00+01:00", "2026-01-01", "", "never", "12"]


def data_of(document: dict[str, Any]) -> bytes:
    return canonical.dumps(samples.signed(document))


@st.composite
def dated(draw: st.DrawFn) -> dict[str, Any]:
    """A credential with whatever values, some of its dates and places among those that count."""
    document = copy.deepcopy(draw(another(samples.FULL)))
    for name in ("validFrom", "validUntil", "awardedDate"):
        document[name] = draw(st.sampled_from(DATES))
    for entry in document["credentialStatus"]:
        entry["statusListIndex"] = draw(st.sampled_from(["0", "131071", "-1", "", "seven"]))
    return document


def outcome(data: bytes) -> object:
    try:
        return proof.digests(canonical.loads(data))
    except (proof.ProofError, rdf.CanonicalisationError) as refusal:
        return type(refusal)


@given(dated())
def test_what_is_recognised_has_the_hashes_and_the_faults_that_the_long_way_finds(document):
    reader = recognition.Recogniser(sample=10**9)
    reader.read(data_of(samples.FULL))
    secured = {**document, "proof": samples.signed(samples.FULL)["proof"]}
    data = canonical.dumps(secured)

    found = reader.read(data)

    event(f"recognised: {found is not None}")
    if found is not None:
        assert found.document == canonical.loads(data)
        assert found.digests == outcome(data)
        assert found.problems == schema.problems(secured)


@given(st.one_of(samples.credentials, st.sampled_from([samples.SMALL, samples.FULL])))
def test_any_shape_is_recognised_as_it_is_or_not_at_all(document):
    data = data_of(document)

    found = recognition.Recogniser().read(data)

    event(f"recognised: {found is not None}")
    if found is not None:
        assert (found.digests, found.problems) == (outcome(data), schema.problems(found.document))


def test_the_shapes_of_ours_are_recognised():
    reader = recognition.Recogniser()

    assert all(reader.read(data_of(each)) for each in (samples.SMALL, samples.FULL, samples.SMALL))
    assert (reader.fell_back, reader.differed) == (0, 0)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace('"id":', '"id": ', 1),
        lambda text: text.replace('"name":', '"name":"twice","name":', 1),
        lambda text: text.replace("École", "\\u00c9cole", 1),
        lambda text: text.replace('"hashed":true', '"hashed":1', 1)[:-1],
        lambda text: text.replace('{"@context"', '{"proof":{},"@context"', 1),
        lambda text: "[" + text + "]",
        lambda text: text.replace('"validFrom":"', '"validFrom":"\\u0000', 1),
    ],
)
def test_another_spelling_takes_the_long_way(spoil):
    reader = recognition.Recogniser()
    text = data_of(samples.SMALL).decode()
    reader.read(text.encode())

    assert reader.read(spoil(text).encode()) is None
    assert reader.read(b"\xff") is None
    assert reader.fell_back == 2


def test_a_proof_elsewhere_or_of_another_form_takes_the_long_way():
    secured = samples.signed(samples.SMALL)
    first = {"proof": secured["proof"], **secured}
    turned = {**secured, "proof": dict(reversed(secured["proof"].items()))}
    listed = {**secured, "proof": [secured["proof"]]}
    reader = recognition.Recogniser()

    assert [reader.read(canonical.dumps(each)) for each in (first, turned, listed)] == [None] * 3


def test_an_address_that_stands_twice_is_recognised_only_where_it_does():
    reader, document = recognition.Recogniser(), samples.full()
    creator = document["credentialSubject"]["achievement"]["creator"]
    [described] = document["credentialSubject"]["achievement"]["resultDescription"]
    assert creator["id"] == document["issuer"]["id"]
    assert reader.read(data_of(document)) is not None

    creator["id"] = "did:web:badges.example:issuers:ecole-b"
    assert reader.read(data_of(document)) is None
    creator["id"] = document["issuer"]["id"]
    described["id"] = "urn:uuid:0b4d5f0e-0000-4000-8000-000000000002"
    assert reader.read(data_of(document)) is None
    assert reader.differed == 0


@pytest.mark.parametrize("part", ["document", "options", "secured"])
def test_a_shape_that_comes_to_something_else_is_given_up_for_good(part, monkeypatch):
    reader = recognition.Recogniser(sample=1)
    data = data_of(samples.SMALL)
    assert reader.read(data) is not None
    right = recognition._digests

    def wrong(*arguments: Any) -> proof.Digests:
        found = right(*arguments)
        assert found is not None
        parts = {name: getattr(found, name) for name in ("document", "options", "secured")}
        return proof.Digests(**{**parts, part: bytes(32)})

    monkeypatch.setattr(recognition, "_digests", wrong)
    assert reader.read(data) is None
    monkeypatch.undo()

    assert reader.differed == 1
    assert reader.read(data) is None


def test_the_first_of_a_shape_and_some_of_the_others_are_read_the_long_way(monkeypatch):
    reader, asked = recognition.Recogniser(sample=4), []
    monkeypatch.setattr(
        recognition.Recogniser, "_holds", lambda *_arguments: asked.append(1) or True
    )

    for _time in range(9):
        reader.read(data_of(samples.SMALL))

    assert len(asked) == 3


def test_more_shapes_than_are_kept_push_out_the_oldest(monkeypatch):
    monkeypatch.setattr(recognition, "MAX_SHAPES", 2)
    reader = recognition.Recogniser()

    for tags in (["a"], ["b"], ["c"], ["a"]):
        document = samples.small()
        document["credentialSubject"]["achievement"]["tag"] = tags
        assert reader.read(data_of(document)) is not None

    assert len(reader._plans) == 2


def recognised(text: str) -> recognition.Recognised:
    found = recognition.Recogniser().read(text.encode())
    assert found is not None
    return found


def test_the_walk_comes_to_the_same_with_what_was_recognised():
    text = verifiable.signed_text()
    found = recognised(text)
    known = standing.checked_list(canonical.loads(verifiable.list_text()))

    short = verification.verify(
        found.document,
        verifiable.material(recognised=found, status_lists={verifiable.LIST: known}),
        verifiable.NOW,
    )

    long = verification.verify(json.loads(text), verifiable.material(), verifiable.NOW)
    assert short == long
    assert short.verdict == "verified"


def test_what_was_recognised_says_nothing_about_another_document():
    found = recognised(verifiable.signed_text())
    altered = {**found.document, "name": "Doctorate"}

    report = verification.verify(altered, verifiable.material(recognised=found), verifiable.NOW)

    assert [check.name for check in report.checks if check.outcome == "failed"] == [
        "signed", "anchored",
    ]  # fmt: skip


def test_a_signature_that_does_not_hold_is_refused_on_the_short_way_too():
    secured = json.loads(verifiable.signed_text())
    value = secured["proof"]["proofValue"]
    secured["proof"]["proofValue"] = value[:-2] + ("2" if value[-2] != "2" else "3") + value[-1]
    found = recognised(canonical.dumps(secured).decode())

    report = verification.verify(
        found.document, verifiable.material(recognised=found), verifiable.NOW
    )

    assert report.checks[1].outcome == "failed"


def test_a_list_whose_signature_does_not_hold_is_not_checked_beforehand():
    listed = json.loads(verifiable.list_text())
    listed["credentialSubject"]["encodedList"] = "uAAAA"

    assert standing.checked_list(listed) is None
    assert standing.checked_list({}) is None


def test_what_is_printable_is_safe_in_every_version_of_unicode():
    unsafe = screening._UNSAFE_TEXT

    assert not [
        code for code in range(0x110000) if chr(code).isprintable() and unsafe.search(chr(code))
    ]
