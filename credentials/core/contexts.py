"""JSON-LD contexts: shipped with the program, checked byte by byte, never fetched.

A context decides what a signed word means. One that changes, or that somebody else serves, changes
what was signed; so the files in `contexts/` are the only ones, their SHA-256 are in the table
below, and a file that does not match stops the program. Where they come from is in
`contexts/README.md`.

A document's `@context` must be one of the sequences in `SEQUENCES`: pinned contexts in another
order would be as well defined, but nobody has ever looked at what they say together.

Sources: JSON-LD 1.1 section 3.1; Data Integrity 1.0 section 4.6 (context validation).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from credentials.core.refusals import UnknownContext

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
CREDENTIALS_V1 = "https://www.w3.org/2018/credentials/v1"
OPEN_BADGES_301 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"
OPEN_BADGES_302 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json"
OPEN_BADGES_303 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OPEN_BADGES_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
CLR_201 = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
DATA_INTEGRITY_V2 = "https://w3id.org/security/data-integrity/v2"
MULTIKEY_V1 = "https://w3id.org/security/multikey/v1"
DID_V1 = "https://www.w3.org/ns/did/v1"

# Address -> (file, SHA-256 of its bytes).
PINNED: Mapping[str, tuple[str, str]] = {
    CREDENTIALS_V2: (
        "credentials-v2.json",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    ),
    CREDENTIALS_V1: (
        "credentials-v1.json",
        "00d7dd6d3ad8b920e3e550dd3a3d9090bffcac84cdbf943da6924b3e0a5c8bb8",
    ),
    OPEN_BADGES_301: (
        "ob-3.0.1.json",
        "5f3d9dd6288ef437ff8286cf95ffbff609c748a66f24a1e9450c45ca64be1571",
    ),
    OPEN_BADGES_302: (
        "ob-3.0.2.json",
        "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53",
    ),
    OPEN_BADGES_303: (
        "ob-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    ),
    OPEN_BADGES_EXTENSIONS: (
        "ob-extensions.json",
        "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93",
    ),
    CLR_201: (
        "clr-2.0.1.json",
        "880f1902d4158f2f33ce06af41b90719977cd1ea337a9de2e41edb3ff5e543d6",
    ),
    DATA_INTEGRITY_V2: (
        "data-integrity-v2.json",
        "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
    ),
    MULTIKEY_V1: (
        "multikey-v1.json",
        "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597",
    ),
    DID_V1: (
        "did-v1.json",
        "62c1054bf404d6dd3a4b26b64f830fd72095f6a26edc4469908c94351352ce5f",
    ),
}

# What a document's `@context` may be, exactly. Open Badges 3.0.1 redefines terms that VC 2.0
# protects: it goes with VC 1.1, which needs a context of its own for the proof.
SEQUENCES: frozenset[tuple[str, ...]] = frozenset(
    {
        (CREDENTIALS_V2,),
        (CREDENTIALS_V2, DATA_INTEGRITY_V2),
        (CREDENTIALS_V1, OPEN_BADGES_301, DATA_INTEGRITY_V2),
        (CREDENTIALS_V1, OPEN_BADGES_301, OPEN_BADGES_EXTENSIONS, DATA_INTEGRITY_V2),
        *((CREDENTIALS_V2, badges) for badges in (OPEN_BADGES_302, OPEN_BADGES_303)),
        *(
            (CREDENTIALS_V2, badges, other)
            for badges in (OPEN_BADGES_302, OPEN_BADGES_303)
            for other in (OPEN_BADGES_EXTENSIONS, DATA_INTEGRITY_V2)
        ),
        (CREDENTIALS_V2, CLR_201, OPEN_BADGES_303),
        (CREDENTIALS_V2, OPEN_BADGES_303, CLR_201),
    }
)

_FOLDER = Path(__file__).with_name("contexts")


class CorruptedContext(RuntimeError):  # noqa: N818 - it says what is wrong
    """A shipped file is not the one that was reviewed. Nothing may be signed or verified by it."""


@dataclass(frozen=True, eq=False)
class Library:
    """Contexts by address, and the sequences in which documents may use them.

    The program has one, `pinned()`. Tests make others, to read published vectors that use contexts
    of their own.
    """

    documents: Mapping[str, Mapping[str, Any]]
    sequences: frozenset[tuple[str, ...]]

    def load(self, url: str) -> Mapping[str, Any]:
        """Return the context document at an address.

        Raises:
            UnknownContext: it is not in this library.
        """
        if url not in self.documents:
            raise UnknownContext(
                f"the context {url[:200]!r} is not known here, and none is fetched"
            )
        return self.documents[url]

    def require_sequence(self, context: object, *, pointer: str) -> tuple[str, ...]:
        """Return the `@context` of a document as a tuple, if it is one of the accepted sequences.

        Args:
            context: the value of `@context`.
            pointer: JSON pointer of the value, for the message.

        Raises:
            UnknownContext: it is written inline, or is not one of the sequences.
        """
        listed = [context] if isinstance(context, str) else context
        if not isinstance(listed, list) or not all(isinstance(url, str) for url in listed):
            raise UnknownContext(
                "contexts are given by their address, never inline", pointer=pointer
            )
        sequence = tuple(listed)
        if sequence not in self.sequences:
            for url in sequence:
                self.load(url)
            raise UnknownContext(
                "these contexts are not known in this order and number", pointer=pointer
            )
        return sequence

    @cached_property
    def iris(self) -> frozenset[str]:
        """Every address that a term of these contexts stands for."""
        return frozenset(_iris(self.documents.values()))

    @cached_property
    def prefixes(self) -> frozenset[str]:
        """Every term that can begin a compact address, as `xsd` does in `xsd:date`."""
        return frozenset(_prefixes(self.documents.values()))


@cache
def pinned() -> Library:
    """Return the library of the shipped contexts, read and checked at the first call.

    Raises:
        CorruptedContext: a file is missing, or does not have the SHA-256 of the table.
    """
    return Library(documents={url: _read(url) for url in PINNED}, sequences=SEQUENCES)


def load(url: str) -> Mapping[str, Any]:
    """Return a shipped context document.

    Raises:
        UnknownContext: it is not shipped.
        CorruptedContext: a shipped file is not the reviewed one.
    """
    return pinned().load(url)


def text(url: str) -> str:
    """Return the file of a shipped context, as it was reviewed.

    Raises:
        UnknownContext: it is not shipped.
        CorruptedContext: the file is not the reviewed one.
    """
    if url not in PINNED:
        raise UnknownContext(f"the context {url[:200]!r} is not known here")
    return _bytes(url).decode()


def _read(url: str) -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads(_bytes(url))
    return document


def _bytes(url: str) -> bytes:
    name, expected = PINNED[url]
    try:
        data = (_FOLDER / name).read_bytes()
    except OSError as error:
        raise CorruptedContext(
            f"the context file {name} cannot be read: {error.strerror}"
        ) from error
    if hashlib.sha256(data).hexdigest() != expected:
        raise CorruptedContext(
            f"the context file {name} is not the reviewed one: its SHA-256 differs"
        )
    return data


def _iris(nodes: Iterable[Any]) -> Iterable[str]:
    for node in nodes:
        if isinstance(node, dict):
            yield from (value for value in node.values() if isinstance(value, str) and ":" in value)
            yield from _iris(node.values())
        elif isinstance(node, list):
            yield from _iris(node)


def _prefixes(nodes: Iterable[Any]) -> Iterable[str]:
    for node in nodes:
        if isinstance(node, dict):
            for term, value in node.items():
                # JSON-LD 1.1 section 4.4: a plain definition that ends in a delimiter, or one that
                # says so.
                if (
                    isinstance(value, str)
                    and not term.startswith("@")
                    and value[-1:] in tuple(":/?#[]@")
                ):
                    yield term
                if isinstance(value, dict) and value.get("@prefix") is True:
                    yield term
            yield from _prefixes(node.values())
        elif isinstance(node, list):
            yield from _prefixes(node)
