"""Small objects of the model that are written in many places.

Source: European Learning Model 3 (European Commission), application profile EDC; ISO 639-1.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from credentials.core.elm import words


def identifier(name: str, notation: str, scheme: str) -> dict[str, Any]:
    """Write an Identifier: `name` tells it from the others of the document."""
    return {
        "id": f"urn:epass:identifier:{name}",
        "type": "Identifier",
        "notation": notation,
        "schemeName": scheme,
    }


def web_resource(name: str, address: str) -> dict[str, Any]:
    """Write a WebResource: `name` tells it from the others of the document."""
    return {"id": f"urn:epass:webResource:{name}", "type": "WebResource", "contentURL": address}


def language(code: str) -> dict[str, Any]:
    """Write a language of LANGUAGES as a Concept."""
    name, label = words.LANGUAGES[code]
    return words.authority("language", name, label)


def base(code: str) -> str:
    """Return the language of a code: the model's languages have no regions."""
    return code.partition("-")[0].lower()


def one_or_all(items: Iterable[dict[str, Any]]) -> dict[str, Any] | Sequence[dict[str, Any]] | None:
    """Write one value without its array, as the context's own examples do."""
    found = list(items)
    return (found[0] if len(found) == 1 else found) or None


def said(members: dict[str, Any]) -> dict[str, Any]:
    """Leave out what was not said."""
    return {name: value for name, value in members.items() if value is not None}


def homepage(name: str, address: str | None) -> dict[str, Any] | None:
    """Write a WebResource, or nothing where there is no address."""
    return web_resource(name, address) if address else None
