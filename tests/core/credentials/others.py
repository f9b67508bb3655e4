"""The canonical text by others: what ours must be, letter for letter."""

import json
from typing import Any

from credentials.core import contexts
from credentials.core.processors import by_pyld, by_pyoxigraph

__all__ = ["by_pyld", "by_pyoxigraph", "load"]


def load(url: str, options: object = None) -> dict[str, Any]:
    document = json.loads(json.dumps(contexts.load(url)))
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": document,
    }
