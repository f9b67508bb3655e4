"""What verification needs from the outside world: DID documents, status lists, documents.

Whatever goes wrong out there becomes `Unavailable`, with a reason in a few words that a reader may
see.
"""

from typing import Any

from django.utils.translation import gettext as _

from credentials.core import canonical
from credentials.resolvers.fetching import (
    LIMIT,
    PUBLIC,
    SECONDS,
    Fetched,
    Network,
    Unavailable,
    fetch,
)
from issuers.core import did as dids
from issuers.core import keys

__all__ = [
    "PUBLIC", "Fetched", "Network", "Unavailable",
    "fetch", "fetch_document", "fetch_status_list", "resolve_did",
]  # fmt: skip

# What `canonical.loads` takes; a list of a million bits is a hundred and seventy of them.
DOCUMENT_LIMIT = 256_000
_DID_TYPES = "application/did+ld+json, application/did+json, application/did, application/json"
_CREDENTIAL_TYPES = (
    "application/vc, application/vc+ld+json, application/ld+json, application/json;q=0.9"
)
# One to the plain address and one to a language or a trailing slash: more is a maze.
_DOCUMENT_REDIRECTS = 2
_DID_DOCUMENT, _STATUS_LIST = "DID document", "status list"


def resolve_did(did: str, *, seconds: float = SECONDS, network: Network = PUBLIC) -> dict[str, Any]:
    """Return the DID document of `did`: built here for did:key, fetched for did:web.

    Redirects are refused: whoever finds an open redirect on an issuer's host could otherwise speak
    for it.

    Args:
        did: The identifier, as a document names it.
        seconds: At most this long.
        network: The public internet, except in tests.

    Raises:
        Unavailable: it cannot be had, is another's, or the method is not known here.

    Source: W3C DID 1.0 section 7; did:web method section 2.5.2; did:key method section 3.1.
    """
    if did.startswith("did:key:"):
        return _key_document(did)
    if not did.startswith("did:web:"):
        raise Unavailable(_DID_DOCUMENT, _("this kind of identifier cannot be looked up here"))
    try:
        url = dids.did_web_url(did)
    except dids.DidError as error:
        raise Unavailable(_DID_DOCUMENT, _("the identifier is malformed")) from error
    document = _fetch_json(url, _DID_TYPES, _DID_DOCUMENT, seconds=seconds, network=network)
    if document.get("id") != did:
        raise Unavailable(
            _DID_DOCUMENT, _("the document found there belongs to another identifier")
        )
    return document


def fetch_status_list(
    url: str, *, seconds: float = SECONDS, network: Network = PUBLIC
) -> dict[str, Any]:
    """Return the status list credential at `url`, strictly read; the verification judges it.

    Raises:
        Unavailable: it cannot be had, or is no JSON document.

    Source: Bitstring Status List 1.0 section 3.2.
    """
    return _fetch_json(url, _CREDENTIAL_TYPES, _STATUS_LIST, seconds=seconds, network=network)


def fetch_document(
    url: str, *, limit: int = LIMIT, seconds: float = SECONDS, network: Network = PUBLIC
) -> bytes:
    """Return the bytes at `url`: a JSON document, or an image with one inside.

    Redirects are followed, twice at most: the document is believed for its signature, not for where
    it was found.

    Raises:
        Unavailable: it cannot be had.
    """
    return fetch(
        url,
        accept=f"{_CREDENTIAL_TYPES}, image/png;q=0.8",
        limit=limit,
        redirects=_DOCUMENT_REDIRECTS,
        seconds=seconds,
        network=network,
    ).body


def _fetch_json(
    url: str, accept: str, what: str, *, seconds: float, network: Network
) -> dict[str, Any]:
    fetched = fetch(
        url, accept=accept, limit=DOCUMENT_LIMIT, what=what, seconds=seconds, network=network
    )
    try:
        return canonical.loads(fetched.body)
    except canonical.MalformedDocument as error:
        raise Unavailable(what, _("what was found there is no JSON document")) from error


def _key_document(did: str) -> dict[str, Any]:
    """Build the document of a did:key, which is its own and only key."""
    multikey = did.removeprefix("did:key:")
    try:
        keys.decode_multikey(multikey)
    except keys.KeyFormatError as error:
        raise Unavailable(_DID_DOCUMENT, _("the identifier holds no Ed25519 key")) from error
    method = dids.verification_method(did, multikey)
    return {
        "@context": list(dids.CONTEXTS),
        "id": did,
        "verificationMethod": [
            {
                "id": method,
                "type": "Multikey",
                "controller": did,
                "publicKeyMultibase": multikey,
            }
        ],
        "assertionMethod": [method],
        "authentication": [method],
    }
