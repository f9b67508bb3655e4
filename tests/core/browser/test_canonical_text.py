"""The script makes the canonical text that we make, or none: thousands of documents, one run."""

import copy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credentials.core import canonical, rdf
from tests.core.browser import script
from tests.core.credentials import samples, verifiable

pytestmark = script.needed
# A run of Node.js takes a second whatever it is asked, so that there is one for all examples.
MANY = settings(
    max_examples=settings().max_examples * 20,
    suppress_health_check=[*HealthCheck],
)
STRANGE: list[Any] = [
    None, [], {}, "", " ", "a:b", "_:b0", "https://other.example/", "https://a.example/%zz",
    "https://a.example/a b", "Profile", "https://www.w3.org/2018/credentials#validFrom", "@id",
    -0.0, 1e-7, 0.1, 1.5e300, 2**53 - 1, 99.99, 1 / 3, True, "\x07", "\ufffe", "\U0001f600\ue000",
    ["x", ["y", {"type": "Profile"}]], {"@value": "x", "@language": "fr-CA"}, {"@value": "x"},
    {"@list": ["x"]}, {"id": "https://badges.example/credentials/AAAAAAAAAAAAAAAAAAAAAA"},
    {"type": ["Achievement"], "name": "é", "criteria": {"narrative": "n"}}, {"x": "y"},
    {"type": "https://w3id.org/security#DataIntegrityProof"}, {"@context": "https://a.example"},
]  # fmt: skip
NAMES = [
    "name", "type", "id", "@id", "@type", "schema:name", "unheardOf", "image", "evidence", "proof",
    "credentialStatus", "endorsement", "alignment", "allowedValue", "tag", "termsOfUse", "result",
    "constructor", "__proto__", "related", "awardedDate", "credentialSubject", "renderMethod",
]  # fmt: skip


def collected(strategy: st.SearchStrategy[Any]) -> list[Any]:
    """Return many examples of a strategy."""
    found: list[Any] = []

    @MANY
    @given(strategy)
    def collect(example: Any) -> None:
        found.append(copy.deepcopy(example))

    collect()
    return found


def asked(documents: list[Any]) -> list[dict[str, Any]]:
    texts = [canonical.dumps(each).decode() for each in documents]
    return script.ask([{"document": text, "wants": "canonical"} for text in texts])


def ours(document: Any) -> str | None:
    try:
        return rdf.canonicalise(canonical.loads(canonical.dumps(document)))
    except (rdf.CanonicalisationError, canonical.MalformedDocument):
        return None


def test_of_every_credential_that_we_could_sign_it_makes_the_same_text() -> None:
    documents = [samples.small(), samples.full(), samples.signed(samples.full()), verifiable.good()]
    documents += collected(samples.credentials)

    answers = asked(documents)

    wrong = [
        (document, answer)
        for document, answer in zip(documents, answers, strict=True)
        if answer.get("is") != ours(document)
    ]
    assert wrong == []


def places(value: Any) -> list[Any]:
    """Return every object and list of a document."""
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    here = [value] if isinstance(value, dict | list) else []
    return here + [place for each in below for place in places(each)]


@st.composite
def spoilt(draw: st.DrawFn) -> Any:
    document = samples.signed(samples.full()) if draw(st.booleans()) else samples.full()
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(places(document)))
        value = copy.deepcopy(draw(st.sampled_from(STRANGE)))
        if isinstance(place, list):
            place.insert(draw(st.integers(0, len(place))), value)
        else:
            place[draw(st.sampled_from([*NAMES, *place]))] = value
    return document


def test_of_what_is_spoilt_it_makes_the_same_text_or_none() -> None:
    documents = collected(spoilt())

    answers = asked(documents)

    wrong = [
        (document, answer)
        for document, answer in zip(documents, answers, strict=True)
        if "is" in answer and answer["is"] != ours(document)
    ]
    refused_alone = [
        (document, answer["why"])
        for document, answer in zip(documents, answers, strict=True)
        if "is" not in answer and ours(document) is not None
    ]
    assert wrong == []
    assert all(answer.get("refused", "Unreadable") == "Unreadable" for answer in answers)
    # None of our documents has one.
    assert {why for _document, why in refused_alone} <= {"a list of lists is not known here"}


@st.composite
def look_alikes(draw: st.DrawFn) -> Any:
    """Credentials with nodes that only their neighbours tell apart, or nothing does."""
    document = samples.full()
    subject = document["credentialSubject"]
    word = st.sampled_from(["a", "b", "\U0001f600", "\ue000"])
    subject["achievement"]["alignment"] = [
        {"type": ["Alignment"], "targetName": draw(word), "targetUrl": "https://a.example/"}
        for _ in range(draw(st.integers(1, 4)))
    ]
    document["evidence"] = [
        {"type": ["Evidence"], "narrative": draw(word), "name": draw(word)}
        for _ in range(draw(st.integers(1, 3)))
    ]
    subject["achievement"]["related"] = [
        {"type": ["Related"], "id": f"https://a.example/{draw(st.integers(0, 2))}"}
        for _ in range(draw(st.integers(1, 3)))
    ]
    return document


def test_nodes_that_are_alike_are_labelled_alike() -> None:
    documents = collected(look_alikes())

    answers = asked(documents)

    made = [(ours(document), answer) for document, answer in zip(documents, answers, strict=True)]
    assert [pair for pair in made if pair[0] is not None and pair[1].get("is") != pair[0]] == []
    assert any(pair[0] is not None for pair in made)


def test_a_context_that_is_not_the_reviewed_one_decides_nothing() -> None:
    known = {url: text.replace("schema.org", "scheme.org") for url, text in _contexts().items()}
    document = canonical.dumps(samples.full()).decode()

    [answer] = script.ask([{"document": document, "wants": "canonical"}], known)

    assert answer["refused"] == "Unreadable"


def _contexts() -> dict[str, str]:
    return script.context_texts()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text()
    | st.floats(allow_nan=False, allow_infinity=False, min_value=-(2.0**52), max_value=2.0**52),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def test_canonical_json_is_the_same() -> None:
    values = collected(st.dictionaries(st.text(), JSON, max_size=4))
    texts = [canonical.dumps(each).decode() for each in values]

    answers = script.ask([{"document": text, "wants": "json"} for text in texts])

    assert [each.get("is") for each in answers] == [canonical.jcs(each).decode() for each in values]


HOSTILE = [
    '{"a":1,"a":2}', '{"a":NaN}', '{"a":1e999}', '{"a":9007199254740992}', '{"a":"\\ud800"}',
    "[1]x", '{"a":01}', '{"a":.5}', '{"a":"\t"}', '{"a":1,}', "{'a':1}", '{"a":tru}', "",
    "[" * 40 + "]" * 40,
    '{"a":1}//', '{"\\u0061":1,"a":2}', '{"a":+1}', '{"a":1.}', '{"a":0x1}', '{"a":"\\x"}',
]  # fmt: skip


def test_it_reads_no_json_that_we_do_not_read() -> None:
    answers = script.ask([{"document": text, "wants": "json"} for text in HOSTILE])

    assert [answer.get("refused") for answer in answers] == ["Unreadable"] * len(HOSTILE)
