"""The short way to a signed document makes, byte for byte, what the long way makes."""

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from credentials.core import canonical, proof, rdf, sealing, shapes, template
from issuers.core import keys
from tests.core.credentials import others, samples, spoiling

# What may be written in several ways, taken for something else, or sorted otherwise.
ODD = ["", " ", "a", '"', "\\", "\n", "\r\n", "\t", "\\u0041", "\x80", "\x85", "\u2028", "\ufeff",
       "\ue000", "\U0001f600", "e\u0301", "é", "_:c14n0", "> .\n<", "%(v0)s", "%", "%s", '" .',
       "{v0}", "x-acquis-slot-000000", "urn:x-acquis-slot:000001", "https://badges.example/",
       "2026-01-01T00:00:00Z", "sha256$00"]  # fmt: skip
UNSAFE = ["\x00", "\x07", "\x0b", "\x1f", "\x7f", "\ufffe", "\U0001ffff"]
texts = st.one_of(samples._texts, st.sampled_from(ODD))
addresses = st.one_of(
    st.builds("https://badges.example/{}".format, st.integers(0, 10**6)),
    st.builds("https://b.example/%C3%A9/{}?q={}#f".format, st.integers(0, 9), st.integers(0, 9)),
    st.uuids().map("urn:uuid:{}".format),
    st.sampled_from(["did:web:badges.example:issuers:ecole-a", "did:key:z6Mk123#z6Mk123",
                     "https://badges.example/achievements/1", "https://badges.example/é",
                     "mailto:a@example.org", "HTTPS://EXAMPLE.org/", "https://[::1]/"]),
)  # fmt: skip


def sealer(document: dict[str, Any] | None = None) -> sealing.Sealer:
    subject = document["credentialSubject"] if document else {}
    plans = sealing.Plans(
        verification_method=samples.METHOD,
        constants=[document["issuer"], subject["achievement"]] if document else [],
    )
    return sealing.Sealer(key=keys.load(samples.SEED), created=samples.CREATED, plans=plans)


def prepared(document: dict[str, Any], *, whole: bool = False) -> sealing.Sealer:
    """A sealer that has met the shape of a document twice; `whole` documents have no constants."""
    short = sealer(None if whole else document)
    short.seal(document)
    short.seal(document)
    assert (short.filled + short.fell_back, short.first) == (1, 1)
    short.filled = short.fell_back = short.first = 0
    return short


def constants(document: dict[str, Any]) -> list[object]:
    return [document["issuer"], document["credentialSubject"]["achievement"]]


@st.composite
def another(draw: st.DrawFn, document: dict[str, Any], *, plain: bool = False) -> dict[str, Any]:
    """A document of the same shape, with whatever values; `plain` addresses are one node each."""
    division = shapes.divide(document, constants=constants(document))
    names = shapes.slots(document, constants=constants(document))
    assert len(names) == len(division.values)
    values = [
        draw(texts)
        if name not in shapes.ADDRESSES
        else f"https://badges.example/{place}"
        if plain
        else draw(addresses)
        for place, name in enumerate(names)
    ]
    filled: dict[str, Any] = shapes.fill(document, values, constants=constants(document))
    return filled


@st.composite
def pairs(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    document = draw(st.one_of(samples.credentials, st.sampled_from([samples.SMALL, samples.FULL])))
    return document, draw(another(document))


def outcome(act: Any) -> object:
    try:
        return act()
    except proof.ProofError as refusal:
        return type(refusal), refusal.reason


@given(pairs())
def test_whatever_the_values_the_short_way_makes_what_the_long_way_makes(pair):
    first, second = pair
    short = sealer(first)
    short.seal(first)
    short.seal(first)

    before = short.filled
    found = outcome(lambda: short.seal(second))

    event(f"took the short way: {short.filled - before}")
    assert found == outcome(lambda: short._long(second))


@given(another(samples.FULL, plain=True))
def test_the_canonical_texts_are_those_of_two_other_processors(document):
    short = prepared(samples.FULL)
    division = short.divide(document)
    plan = short.plans.find(document, division)
    filled = plan.texts.fill(template.escape(division.values))
    assume(filled is not None)

    secured = samples.signed(document)
    completed = plan.texts.complete(
        filled, (secured["proof"]["created"].encode(), secured["proof"]["proofValue"].encode())
    )

    assert filled.text.decode() == others.by_pyld(document) == others.by_pyoxigraph(document)
    assert completed.decode() == others.by_pyld(secured) == others.by_pyoxigraph(secured)


@given(st.lists(another(samples.SMALL), min_size=2, max_size=6))
def test_most_documents_of_a_badge_take_the_short_way_and_their_signatures_hold(documents):
    plain = [
        {**document, "id": f"https://badges.example/credentials/{number}"}
        for number, document in enumerate(documents)
    ]
    short = prepared(samples.SMALL)

    sealed = [short.seal(document) for document in plain]

    assert (short.filled, short.fell_back) == (len(plain), 0)
    for document, found in zip(plain, sealed, strict=True):
        secured = canonical.loads(found.data)
        proof.verify(secured, public_key=samples.PUBLIC_KEY)
        assert {**document, "proof": secured["proof"]} == secured
        assert rdf.digest(secured) == found.digest


def test_two_nodes_that_cannot_be_told_apart_take_the_long_way():
    document = samples.small()
    [identity] = document["credentialSubject"]["identifier"]
    document["credentialSubject"]["identifier"] = [identity, {**identity, "salt": "other"}]
    twins = json.loads(json.dumps(document).replace("other", identity["salt"]))
    short = prepared(document, whole=True)

    sealed = short.seal(twins)

    assert (short.filled, short.fell_back) == (0, 1)
    assert sealed == short._long(twins)


@pytest.mark.parametrize("address", ["https://badges.example/é", "https://badges.example/%C3%A9",
                                     "https://badges.example/achievements/1"])  # fmt: skip
def test_an_address_that_is_not_plain_or_not_its_own_takes_the_long_way(address):
    short = prepared(samples.SMALL, whole=True)

    document = {**samples.SMALL, "id": address}
    sealed = outcome(lambda: short.seal(document))

    assert short.fell_back == 1
    assert sealed == outcome(lambda: short._long(document))


@pytest.mark.parametrize("character", UNSAFE)
def test_what_must_not_be_signed_is_refused_as_ever(character):
    short = prepared(samples.SMALL, whole=True)

    with pytest.raises(proof.DocumentRefused) as refusal:
        short.seal({**samples.SMALL, "name": f"a{character}"})

    assert refusal.value.reason == "document-unsafe-value"


def test_true_and_one_are_two_shapes():
    one, other = ({"result": value, "id": "urn:uuid:1"} for value in (True, 1))

    assert shapes.divide(one).shape != shapes.divide(other).shape


def test_documents_with_other_constants_are_not_of_one_shape_by_accident():
    document = samples.small()
    short = prepared(document)
    other = samples.small()
    other["issuer"]["name"] = "École B"

    sealed = short.seal(other)

    assert json.loads(sealed.data)["issuer"]["name"] == "École B"
    assert sealed == short._long(other)


def test_no_more_shapes_are_kept_than_allowed(monkeypatch):
    monkeypatch.setattr(sealing, "MAX_SHAPES", 3)
    short = sealer()

    for credits_earned in range(5):
        document = samples.small()
        document["credentialSubject"]["creditsEarned"] = credits_earned
        short.seal(document)

    assert len(short.plans._known) == 3


def differs(short: sealing.Sealer, document: dict[str, Any], found: sealing.Sealed) -> bool:
    try:
        short.check(document, found)
    except sealing.SealDiffers:
        return True
    return False


def spoil(short: sealing.Sealer, kind: str) -> None:
    known = short.plans._known
    [shape] = known
    plan = known[shape]
    assert plan is not None
    known[shape] = spoiling.spoilt(plan)[kind]


@pytest.mark.parametrize("kind", spoiling.KINDS)
def test_a_template_that_is_spoilt_is_caught_by_the_check(kind):
    documents = [
        {**samples.SMALL, "id": f"https://badges.example/credentials/{number}"}
        for number in range(20)
    ]
    short = prepared(samples.SMALL)
    spoil(short, kind)

    sealed = [short.seal(document) for document in documents]

    assert short.fell_back == 0
    caught = [differs(short, *each) for each in zip(documents, sealed, strict=True)]
    assert any(caught)


def test_the_kinds_of_spoilt_templates_are_all_tried():
    short = prepared(samples.SMALL)
    [plan] = short.plans._known.values()

    assert plan is not None
    assert set(spoiling.spoilt(plan)) == set(spoiling.KINDS)


@pytest.mark.parametrize(
    "kind", [kind for kind in spoiling.KINDS if kind not in spoiling.BY_CHANCE]
)
def test_a_sealer_judges_the_first_of_each_shape_before_it_gives_it_out(kind):
    before = prepared(samples.SMALL)
    spoil(before, kind)
    later = sealing.Sealer(key=keys.load(samples.SEED), created=samples.CREATED, plans=before.plans)

    with pytest.raises(sealing.SealDiffers):
        later.seal(samples.SMALL)


def test_values_that_are_read_from_the_wrong_places_are_caught_by_the_check():
    short = prepared(samples.SMALL)
    divider = short.plans.divider
    assert divider._reader is not None
    take = divider._reader.slots
    divider._reader = dataclasses.replace(
        divider._reader, slots=lambda flat: (*take(flat)[:-2], *reversed(take(flat)[-2:]))
    )

    sealed = short.seal(samples.SMALL)

    assert short.filled == 1
    assert differs(short, samples.SMALL, sealed)


@pytest.mark.parametrize("processor", ["by_pyld", "by_pyoxigraph"])
def test_each_processor_of_others_has_a_veto(processor, monkeypatch):
    short = prepared(samples.SMALL)
    sealed = short.seal(samples.SMALL)
    short.check(samples.SMALL, sealed)

    monkeypatch.setattr(
        sealing.processors, processor, lambda document, library: rdf.canonicalise(document) + "\n"
    )

    assert differs(short, samples.SMALL, sealed)


def test_what_was_worked_out_serves_another_day():
    before = prepared(samples.SMALL)
    later = sealing.Sealer(
        key=keys.load(samples.SEED),
        created=samples.CREATED.replace(year=2027),
        plans=before.plans,
    )

    sealed = later.seal(samples.SMALL)

    assert later.filled == 1
    assert sealed == later._long(samples.SMALL)
    assert json.loads(sealed.data)["proof"]["created"] == "2027-03-02T09:00:00Z"


def test_a_document_that_has_a_proof_is_refused_however_often_it_comes():
    secured = samples.signed(samples.SMALL)
    short = sealer(samples.SMALL)

    for _time in range(3):
        with pytest.raises(proof.ProofAmbiguous):
            short.seal(secured)


def test_what_can_have_no_short_way_is_counted_as_fallen_back():
    document = {**samples.SMALL, "id": "https://badges.example/é"}
    document["image"] = {"id": "https://badges.example/a b", "type": "Image"}
    short = sealer(samples.SMALL)

    for _time in range(3):
        with pytest.raises(proof.DocumentRefused):
            short.seal(document)

    assert (short.filled, short.fell_back, short.first) == (0, 2, 1)
