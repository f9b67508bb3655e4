"""The published vectors, and a library of contexts that can read them."""

import json
from pathlib import Path
from typing import Any

import base58

from credentials.core import contexts

VECTORS = Path(__file__).parents[2] / "vectors"
FOLDER = VECTORS / "vc_di_eddsa"

_OWN = {
    "https://www.w3.org/ns/credentials/examples/v2": "context.examples-v2.json",
    "https://w3id.org/citizenship/v4rc1": "context.citizenship-v4rc1.json",
}

LIBRARY = contexts.Library(
    documents={
        **contexts.pinned().documents,
        **{url: json.loads((FOLDER / name).read_text()) for url, name in _OWN.items()},
    },
    sequences=contexts.SEQUENCES | {(contexts.CREDENTIALS_V2, url) for url in _OWN},
)


def text(name: str) -> str:
    return (FOLDER / name).read_text()


def document(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(text(name))
    return loaded


def seed() -> bytes:
    """The private key, without the two bytes of its multicodec."""
    return base58.b58decode(document("key-pair.json")["privateKeyMultibase"][1:])[2:]
