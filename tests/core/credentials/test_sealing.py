"""The short way to a signed document makes, byte for byte, what the long way makes."""

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from credentials.core import canonical, proof, rdf, sealing, shapes, template
from issuers.core import keys
from tests.core.credentials import others, samples

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
    return sealing.Sealer(
        key=keys.load(samples.SEED),
        verification_method=samples.METHOD,
        created=samples.CREATED,
        constants=[document["issuer"], subject["achievement"]] if document else [],
    )


def constants(document: dict[str, Any]) -> list[object]:
    return [document["issuer"], document["credentialSubject"]["achievement"]]


@st.composite
def another(draw: st.DrawFn, document: dict[str, Any], *, plain: bool = False) -> dict[str, Any]:
    """A document of the same shape, with whatever values; `plain` addresses are one node each."""
    division = shapes.divide(document, constants=constants(document))
    values = [draw(addresses if address else texts) for address in division.is_address]
    if plain:
        values = [
            f"https://badges.example/{place}" if address else value
            for place, (value, address) in enumerate(zip(values, division.is_address, strict=True))
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
    found = outcome(lambda: short.seal(second))

    event(f"took the short way: {short.filled}")
    assert found == outcome(lambda: short._long(second))


@given(another(samples.FULL, plain=True))
def test_the_canonical_texts_are_those_of_two_other_processors(document):
    short = sealer(samples.FULL)
    short.seal(samples.FULL)
    plan = short._plan(document, shapes.divide(document, constants=constants(samples.FULL)))
    filled = plan.texts.fill(
        template.escape(shapes.divide(document, constants=constants(samples.FULL)).values)
    )
    assume(filled is not None)

    secured = samples.signed(document)
    completed = plan.texts.complete(
        filled, (secured["proof"]["created"], secured["proof"]["proofValue"])
    )

    assert filled.text == others.by_pyld(document) == others.by_pyoxigraph(document)
    assert completed == others.by_pyld(secured) == others.by_pyoxigraph(secured)


@given(st.lists(another(samples.SMALL), min_size=2, max_size=6))
def test_most_documents_of_a_badge_take_the_short_way_and_their_signatures_hold(documents):
    plain = [
        {**document, "id": f"https://badges.example/credentials/{number}"}
        for number, document in enumerate(documents)
    ]
    short = sealer(samples.SMALL)

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
    short = sealer()

    short.seal(document)
    sealed = short.seal(twins)

    assert (short.filled, short.fell_back) == (1, 1)
    assert sealed == short._long(twins)


@pytest.mark.parametrize("address", ["https://badges.example/é", "https://badges.example/%C3%A9",
                                     "https://badges.example/achievements/1"])  # fmt: skip
def test_an_address_that_is_not_plain_or_not_its_own_takes_the_long_way(address):
    short = sealer()
    short.seal(samples.SMALL)

    document = {**samples.SMALL, "id": address}
    sealed = outcome(lambda: short.seal(document))

    assert short.fell_back == 1
    assert sealed == outcome(lambda: short._long(document))


@pytest.mark.parametrize("character", UNSAFE)
def test_what_must_not_be_signed_is_refused_as_ever(character):
    short = sealer()
    short.seal(samples.SMALL)

    with pytest.raises(proof.DocumentRefused) as refusal:
        short.seal({**samples.SMALL, "name": f"a{character}"})

    assert refusal.value.reason == "document-unsafe-value"


def test_true_and_one_are_two_shapes():
    one, other = ({"result": value, "id": "urn:uuid:1"} for value in (True, 1))

    assert shapes.divide(one).shape != shapes.divide(other).shape


def test_documents_with_other_constants_are_not_of_one_shape_by_accident():
    document = samples.small()
    short = sealer(document)
    short.seal(document)
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

    assert len(short._plans) == 3


def spoilt(plan: sealing._Plan) -> dict[str, sealing._Plan]:
    """One plan for each part of it that could be wrong."""
    texts = plan.texts
    [node, *_rest] = [node for node in texts.document.nodes if node.known is None]
    wrong_node = dataclasses.replace(node, alone=node.alone.replace("_:a", "_:b"))
    part = texts.document

    def with_part(**changes: Any) -> sealing._Plan:
        changed = dataclasses.replace(part, **changes)
        return dataclasses.replace(plan, texts=dataclasses.replace(texts, document=changed))

    return {
        "a line is lost": with_part(fixed=part.fixed[1:]),
        "a line is altered": with_part(fixed=(part.fixed[0].replace("e", "f", 1), *part.fixed[1:])),
        "a value goes elsewhere": with_part(moving=part.moving.replace("(v1)", "(v2)", 1)),
        "a label goes elsewhere": with_part(blank=part.blank.replace("(b0)", "(b1)")),
        "labels are issued in another order": with_part(
            nodes=tuple(wrong_node if each is node else each for each in part.nodes)
        ),
        "the proof's lines are lost": dataclasses.replace(
            plan,
            texts=dataclasses.replace(
                texts,
                proof=dataclasses.replace(
                    texts.proof, blank=texts.proof.blank.partition(" .\n")[2]
                ),
            ),
        ),
        "the options are another's": dataclasses.replace(plan, options_hash=bytes(32)),
        "the JSON says something else": dataclasses.replace(
            plan, json=plan.json.replace("équipe", "solitude", 1)
        ),
        "the date is another": dataclasses.replace(plan, created="2020-01-01T00:00:00Z"),
    }


def differs(short: sealing.Sealer, document: dict[str, Any], found: sealing.Sealed) -> bool:
    try:
        short.check(document, found)
    except sealing.SealDiffers:
        return True
    return False


KINDS = [
    "a line is lost",
    "a line is altered",
    "a value goes elsewhere",
    "a label goes elsewhere",
    "labels are issued in another order",
    "the proof's lines are lost",
    "the options are another's",
    "the JSON says something else",
    "the date is another",
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_that_is_spoilt_is_caught_by_the_check(kind):
    documents = [
        {**samples.SMALL, "id": f"https://badges.example/credentials/{number}"}
        for number in range(20)
    ]
    short = sealer(samples.SMALL)
    short.seal(samples.SMALL)
    [shape] = short._plans
    short._plans[shape] = spoilt(short._plans[shape])[kind]

    sealed = [short.seal(document) for document in documents]

    assert short.fell_back == 0
    caught = [differs(short, *each) for each in zip(documents, sealed, strict=True)]
    assert any(caught)


def test_the_kinds_of_spoilt_templates_are_all_tried():
    short = sealer(samples.SMALL)
    short.seal(samples.SMALL)

    assert set(spoilt(next(iter(short._plans.values())))) == set(KINDS)
