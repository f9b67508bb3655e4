"""The canonical text by others: what ours must be, letter for letter."""

import json
from typing import Any

import pyoxigraph as ox
from pyld import jsonld

from credentials.core import contexts


def load(url: str, options: object = None) -> dict[str, Any]:
    document = json.loads(json.dumps(contexts.load(url)))
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": document,
    }


def by_pyld(document: dict[str, Any]) -> str:
    """The whole way by pyld: its own conversion and its own canonicalisation."""
    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "documentLoader": load,
        "base": None,
    }
    text: str = jsonld.normalize(document, options)
    return text


def by_pyoxigraph(document: dict[str, Any]) -> str:
    """The whole way by pyoxigraph: another JSON-LD processor, which takes contexts inline."""
    inline = [contexts.load(url)["@context"] for url in document["@context"]]
    quads = ox.parse(json.dumps({**document, "@context": inline}), format=ox.RdfFormat.JSON_LD)
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b""
    return "".join(f"{line}\n" for line in sorted(lines.decode().split("\n")) if line)
