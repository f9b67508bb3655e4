"""Canonical text: the published one, the one others compute, and what is refused on the way."""

import hashlib
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from credentials.core import canonical, contexts, expansion, rdf
from tests.core.credentials import others, published, samples

# --- published vectors


def test_the_canonical_text_is_the_published_one():
    document = published.document("employment.signed.json")
    del document["proof"]

    text = rdf.canonicalise(document, library=published.LIBRARY)

    assert text == published.text("employment.canonical.nq")


def test_the_digest_is_the_published_one():
    document = published.document("alumni.signed.json")
    del document["proof"]

    digest = rdf.digest(document, library=published.LIBRARY)

    assert digest.hex() == published.text("alumni.document-hash.txt").strip()


# --- properties


@pytest.mark.parametrize("document", [samples.SMALL, samples.FULL, samples.signed(samples.full())])
def test_written_credentials_canonicalise_alike_everywhere(document):
    text = rdf.canonicalise(document)

    assert text == others.by_pyld(document)
    assert text == others.by_pyoxigraph(document)


@given(st.floats(1e-6, 2**53, exclude_max=True))
def test_any_number_is_written_as_pyld_does_or_refused(number):
    """pyoxigraph is not asked: it writes the shortest form, the standard 16 digits."""
    document = samples.put(samples.small(), "credentialSubject/creditsEarned", number)
    try:
        text = rdf.canonicalise(document)
    except rdf.UnsafeValue:
        assert float(f"{number:.15E}") != number
    else:
        assert text == others.by_pyld(document)


@given(samples.credentials)
def test_any_credential_canonicalises_alike_everywhere(document):
    text = rdf.canonicalise(document)

    assert text == others.by_pyld(document)
    assert text == others.by_pyoxigraph(document)


@given(samples.credentials)
def test_a_credential_survives_its_bytes(document):
    read = canonical.loads(canonical.dumps(document))

    assert read == document
    assert rdf.digest(read) == rdf.digest(document)


@given(samples.credentials)
def test_the_order_of_members_does_not_count(document):
    reordered = dict(reversed(document.items()))

    assert rdf.canonicalise(reordered) == rdf.canonicalise(document)


@given(samples.credentials)
def test_our_resolver_expands_as_pyld_does(document):
    options = {"base": None, "documentLoader": others.load}

    expanded = expansion.expand(document, library=contexts.pinned())

    assert expanded == jsonld.expand(document, options)


def test_one_document_after_another_expands_as_if_it_were_the_first():
    """The cache of processed contexts must not carry anything from one document to the next."""
    twin = samples.full()
    twin["@context"] = [contexts.CREDENTIALS_V2, contexts.OPEN_BADGES_302]
    del twin["awardedDate"]
    del twin["credentialSubject"]["achievement"]["inLanguage"]

    first = rdf.canonicalise(samples.FULL)
    other = rdf.canonicalise(twin)
    again = rdf.canonicalise(samples.FULL)

    assert first == again
    assert other == others.by_pyld(twin)


def test_a_text_may_have_a_language():
    """Open Badges writes plain text, but VC 2.0 allows this in names and descriptions."""
    document = samples.put(samples.small(), "name", {"@value": "Équipe", "@language": "fr-CA"})

    text = rdf.canonicalise(document)

    assert '"Équipe"@fr-ca' in text
    assert text == others.by_pyld(document)


def test_json_within_a_document_is_written_canonically():
    schema = {"type": "object", "properties": {"b": {"const": 1.5}, "a": {"const": "é"}}}
    document = samples.small()
    document["credentialSchema"] = [
        {"id": "https://a.example/schema", "type": "JsonSchema", "jsonSchema": schema}
    ]

    assert rdf.canonicalise(document) == others.by_pyld(document)


def test_lines_are_parted_by_line_feeds_alone():
    document = samples.small()
    document["name"] = "next\u0085line\u2028separator"

    text = rdf.canonicalise(document)

    assert text == others.by_pyld(document)
    assert text.count("\n") == len(text.split("\n")) - 1 == 21


# --- what would take too long


def quickly(document: dict[str, Any]) -> rdf.CanonicalisationError:
    start = time.perf_counter()
    with pytest.raises(rdf.CanonicalisationError) as refusal:
        rdf.canonicalise(document)
    assert time.perf_counter() - start < 2
    return refusal.value


@pytest.mark.parametrize("size", range(5, 13))
def test_a_clique_of_blank_nodes_is_refused(size):
    """The poison graph that keeps canonicalisers busy for hours needs ids of blank nodes."""
    nodes = [
        {
            "id": f"_:b{one}",
            "type": ["Related"],
            "related": [{"id": f"_:b{other}"} for other in range(size)],
        }
        for one in range(size)
    ]
    document = samples.put(samples.small(), "credentialSubject/achievement/related", nodes)

    quickly(document)


def alike(count: int) -> dict[str, Any]:
    """Evidence without ids, each the same, under two subjects that are the same too."""
    subject = {
        "type": ["AchievementSubject"],
        "result": [{"type": ["Result"], "value": "1"} for _ in range(count)],
    }
    return samples.put(samples.small(), "credentialSubject", [subject, dict(subject)])


@pytest.mark.parametrize("count", [6, 7, 8, 20, 60])
def test_too_many_objects_that_are_alike_are_refused(count):
    assert isinstance(quickly(alike(count)), rdf.TooComplex)


@pytest.mark.parametrize("count", [1, 2, 4, 5])
def test_a_few_objects_that_are_alike_are_accepted(count):
    start = time.perf_counter()

    text = rdf.canonicalise(alike(count))

    assert time.perf_counter() - start < 2
    assert text.count("vocab.html#Result>") == 2 * count


def test_equal_alignments_of_one_achievement_are_accepted():
    document = samples.full()
    achievement = document["credentialSubject"]["achievement"]
    achievement["alignment"] = [dict(achievement["alignment"][0]) for _ in range(60)]

    assert rdf.canonicalise(document).count("targetName") == 60


def test_more_objects_without_id_than_a_transcript_has_are_refused():
    document = samples.small()
    document["credentialSubject"]["result"] = [
        {"type": ["Result"], "value": str(number)} for number in range(1100)
    ]

    assert isinstance(quickly(document), rdf.TooComplex)


def test_nesting_is_bounded():
    document = samples.small()
    nested: dict[str, Any] = {"id": "https://a.example", "type": ["Profile"]}
    for _ in range(5000):
        nested = {"id": "https://a.example", "type": ["Profile"], "parentOrg": nested}
    document["issuer"] = nested

    assert isinstance(quickly(document), rdf.TooComplex)


def test_nesting_of_objects_alone_is_bounded():
    nested: dict[str, Any] = {"id": "https://a.example"}
    for _ in range(5000):
        nested = {"parentOrg": nested}
    document = samples.put(samples.small(), "issuer", nested)

    assert isinstance(quickly(document), rdf.TooComplex)


def test_a_document_is_not_changed():
    document = samples.full()

    rdf.canonicalise(document)

    assert document == samples.FULL


def test_the_digest_covers_the_proof():
    secured = samples.signed(samples.small())
    unsecured = samples.small()

    assert rdf.digest(secured) != rdf.digest(unsecured)
    assert rdf.digest(secured) == hashlib.sha256(rdf.canonicalise(secured).encode()).digest()
