"""Which keys speak for a name: the document of did:web, did:key, did:jwk, or an https address.

Redirects are refused: whoever finds an open redirect on an issuer's host could otherwise speak for
it.

Sources: W3C DID 1.0 section 7; did:web, did:key and did:jwk methods; Controlled Identifiers 1.0
section 2.1 (an identifier may be any URL).
"""

from typing import Any

from django.utils.translation import gettext as _

from credentials.core import canonical
from credentials.resolvers.budget import Budget
from issuers.core import base64url, jwk, keys
from issuers.core import did as dids
from issuers.resolvers.fetching import Unavailable, fetch

# What `canonical.loads` takes.
DOCUMENT_LIMIT = 256_000
# An RSA key of 8192 bits, in base64url twice over.
_MAX_JWK = 2_000
_WHAT = "DID document"
_TYPES = "application/did+ld+json, application/did+json, application/did, application/json"
_PROFILE_TYPES = "application/ld+json, application/cid, application/json;q=0.9"


def resolve(name: str, *, budget: Budget) -> dict[str, Any]:
    """Return the document that says which keys speak for a name.

    Args:
        name: A DID or an https address, as a document of anybody's gives it.
        budget: What may still be fetched.

    Raises:
        Unavailable: it cannot be had, is another's, or the method is not known here.
    """
    if name.startswith("did:key:"):
        return _key_document(name)
    if name.startswith("did:jwk:"):
        return _jwk_document(name)
    if name.startswith("https://"):
        return _fetched(name, name, _PROFILE_TYPES, budget)
    if not name.startswith("did:web:"):
        raise Unavailable(_WHAT, _("this kind of identifier cannot be looked up here"))
    try:
        url = dids.did_web_url(name)
    except dids.DidError as error:
        raise Unavailable(_WHAT, _("the identifier is malformed")) from error
    return _fetched(url, name, _TYPES, budget)


def _fetched(url: str, name: str, accept: str, budget: Budget) -> dict[str, Any]:
    fetched = fetch(
        url,
        accept=accept,
        limit=DOCUMENT_LIMIT,
        what=_WHAT,
        seconds=budget.spend(_WHAT),
        network=budget.network,
    )
    try:
        document = canonical.loads(fetched.body)
    except canonical.MalformedDocument as error:
        raise Unavailable(_WHAT, _("what was found there is no JSON document")) from error
    if document.get("id") != name:
        raise Unavailable(_WHAT, _("the document found there belongs to another identifier"))
    return document


def _key_document(did: str) -> dict[str, Any]:
    """Build the document of a did:key, which is its own and only key: Ed25519 or P-256."""
    multikey = did.removeprefix("did:key:")
    try:
        keys.decode_multikey(multikey)
    except keys.KeyFormatError:
        try:
            jwk.decode_multikey(multikey)
        except keys.KeyFormatError as error:
            raise Unavailable(
                _WHAT, _("the identifier holds neither an Ed25519 nor a P-256 key")
            ) from error
    method = dids.verification_method(did, multikey)
    return _of_one_key(did, method, {"type": "Multikey", "publicKeyMultibase": multikey})


def _jwk_document(did: str) -> dict[str, Any]:
    """Build the document of a did:jwk, which is its own and only key: RSA or P-256."""
    try:
        shown = canonical.loads(base64url.decode(did[:_MAX_JWK].removeprefix("did:jwk:")))
        jwk.to_key(shown)
    except (ValueError, keys.KeyFormatError) as error:
        raise Unavailable(_WHAT, _("the identifier is malformed")) from error
    return _of_one_key(did, f"{did}#0", {"type": "JsonWebKey", "publicKeyJwk": shown})


def _of_one_key(did: str, method: str, key: dict[str, Any]) -> dict[str, Any]:
    return {
        "@context": list(dids.CONTEXTS),
        "id": did,
        "verificationMethod": [{"id": method, "controller": did, **key}],
        "assertionMethod": [method],
        "authentication": [method],
    }
