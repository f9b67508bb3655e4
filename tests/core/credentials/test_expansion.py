"""Expansion with contexts of one's own: what the shipped ones never need, and others might."""

from typing import Any

import pytest
from pyld import jsonld

from credentials.core import contexts, expansion, rdf

URL = "https://a.example/context"


def library(*definitions: dict[str, Any]) -> contexts.Library:
    """A library of one context, written as an array."""
    return contexts.Library(
        documents={URL: {"@context": [{"id": "@id", "type": "@type"}, *definitions]}},
        sequences=frozenset({(URL,)}),
    )


def test_a_context_may_be_an_array():
    shelf = library({"name": "https://a.example/name"})

    text = rdf.canonicalise({"@context": URL, "name": "x"}, library=shelf)

    assert text == '_:c14n0 <https://a.example/name> "x" .\n'


def test_a_term_may_say_that_it_is_a_prefix():
    shelf = library({"ex": {"@id": "https://a.example/x-", "@prefix": True}, "name": "ex:name"})

    assert shelf.prefixes == {"ex"}
    with pytest.raises(rdf.Ambiguous):
        rdf.canonicalise({"@context": URL, "type": "ex:Thing", "name": "x"}, library=shelf)


def test_a_keyword_behind_a_term_leaves_no_trace():
    shelf = library({"name": "https://a.example/name", "place": "@index"})

    with pytest.raises(rdf.DataLoss):
        rdf.canonicalise({"@context": URL, "name": "x", "place": "1"}, library=shelf)


def test_a_graph_with_an_index_leaves_no_trace_of_it():
    shelf = library(
        {
            "name": "https://a.example/name",
            "proof": {"@id": "https://a.example/proof", "@container": ["@graph", "@index"]},
        }
    )

    with pytest.raises(rdf.DataLoss):
        rdf.canonicalise({"@context": URL, "proof": {"first": {"name": "x"}}}, library=shelf)


def test_a_context_that_refers_to_another_finds_it_in_the_library_or_not_at_all():
    shelf = library({"name": {"@id": "https://a.example/name", "@context": "https://b.example"}})

    with pytest.raises(rdf.CanonicalisationError):
        rdf.canonicalise({"@context": URL, "name": {"id": "https://a.example"}}, library=shelf)


def test_nothing_is_ever_fetched():
    with pytest.raises(jsonld.JsonLdError):
        expansion._refuse("https://a.example")


def test_the_contexts_kept_are_bounded():
    kept = expansion._Processed({})
    for number in range(10_000):
        kept.set_processed({"_uuid": str(number), "mappings": {}}, number)

    assert len(kept.cache) <= expansion._MAX_PROCESSED
    assert kept.get_processed({"_uuid": "9999", "mappings": {}}) == 9999


def test_an_error_without_a_code_has_a_name():
    assert expansion._code(ValueError()) == "invalid document"
