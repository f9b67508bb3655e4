"""The canonical text by the full processors of others, each on its own: judges of what we make.

`rdf` makes the canonical text with a part of each (pyld expands, pyoxigraph canonicalises). Here
pyld goes the whole way, and pyoxigraph does, which share no line of code. Neither is for documents
of strangers: nothing is screened, and nothing is bounded.

Sources: JSON-LD 1.1 Processing Algorithms and API; RDF Dataset Canonicalization 1.0.
"""

import json
from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox
from pyld import jsonld

from credentials.core import contexts, quads


def by_pyld(document: Mapping[str, Any], *, library: contexts.Library | None = None) -> str:
    """Return the canonical N-Quads of a document, all of it by pyld.

    Args:
        document: a JSON object that was screened, or made here.
        library: contexts it may use; the shipped ones unless told otherwise.

    Source: JSON-LD 1.1 API section 8 (to RDF); RDFC-1.0, which pyld calls by its former name.
    """
    library = library or contexts.pinned()

    def load(url: str, _options: object = None) -> dict[str, Any]:
        document = json.loads(json.dumps(library.load(url)))  # it may change what it is given
        return {
            "contentType": "application/ld+json", "contextUrl": None, "documentUrl": url,
            "document": document,
        }  # fmt: skip

    options = {
        "algorithm": "URDNA2015", "format": "application/n-quads", "base": None,
        "documentLoader": load,
    }  # fmt: skip
    text: str = jsonld.normalize(document, options)
    return text


def by_pyoxigraph(document: Mapping[str, Any], *, library: contexts.Library | None = None) -> str:
    """Return the canonical N-Quads of a document, all of it by pyoxigraph.

    Args:
        document: a JSON object that was screened, or made here; its contexts are an array.
        library: contexts it may use; the shipped ones unless told otherwise.

    Source: JSON-LD 1.1; RDFC-1.0.
    """
    library = library or contexts.pinned()
    written = json.dumps(_for_pyoxigraph(document, library))
    statements = ox.parse(written, format=ox.RdfFormat.JSON_LD)
    dataset = ox.Dataset(statements)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = (ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True)
    return b"".join(sorted(lines)).decode()


def _for_pyoxigraph(value: Any, library: contexts.Library) -> Any:
    """Write out contexts, of which it fetches none, and fractions, where it departs from others.

    It writes as few digits as tell two numbers apart: 99.99 is 9.998999999999999E1 by the standard,
    and 9.999E1 to pyoxigraph 0.5; so it is for one of fifteen numbers with two decimals. Members
    that hold numbers have a declared type, so that a text gets the type that the number would.
    """
    if isinstance(value, dict):
        return {
            name: [library.load(url)["@context"] for url in member]
            if name == "@context"
            else _for_pyoxigraph(member, library)
            for name, member in value.items()
        }
    if isinstance(value, list):
        return [_for_pyoxigraph(item, library) for item in value]
    if isinstance(value, float) and not value.is_integer():
        return quads.double(value)
    return value
