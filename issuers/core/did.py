"""The DID document of an issuer: which keys speak for it, and who anchors for it.

How a did:web is named is in `issuers.core.naming`, and can be had from here.

Sources: Decentralized Identifiers 1.0; Controlled Identifiers 1.0.
"""

# ruff: noqa: N818 - a refusal is named after what is wrong

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from issuers.core import jwk, kinds
from issuers.core import keys as ed25519
from issuers.core.naming import MAX_DID, DidError, did_web, did_web_url

CONTEXTS = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1")
# Only where a key is written as a JWK: nothing else in the document needs it.
JWK_CONTEXT = "https://w3id.org/security/jwk/v1"
# The service that names the accounts whose anchors this issuer takes for its own.
SUBMITTERS_TYPE = "AnchorSubmitters"
SUBMITTERS_FRAGMENT = "#anchoring"
# The service under which verifiers of Blockcerts look for the issuer's profile of their form.
PROFILE_TYPE = "IssuerProfile"
PROFILE_FRAGMENT = "#blockcerts"

# An issuer that rotated its key every week for twenty years would list about a thousand.
MAX_METHODS = 2048
MAX_SUBMITTERS = 64

_CAIP10 = re.compile(r"eip155:[1-9][0-9]{0,31}:0x[0-9a-fA-F]{40}")
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")


class KeyNotListed(DidError):
    """The document does not list this verification method for assertions."""


class KeyNotValid(DidError):
    """The key is listed, but it was revoked or had expired at that time."""


@dataclass(frozen=True)
class IssuerKey:
    """A public key of an issuer and the time it speaks for it.

    Attributes:
        kid: its name: the Multikey, or the thumbprint of a key that has none (RSA).
        valid_from: since when; the document lists the newest key first.
        expires: end of a key that was replaced in good order.
        revoked: since when nothing it signs may be believed.
        jwk: the key itself, where its name is a thumbprint.
    """

    kid: str
    valid_from: datetime
    expires: datetime | None = None
    revoked: datetime | None = None
    jwk: Mapping[str, str] | None = None


@dataclass(frozen=True)
class ListedKey:
    """A key as a DID document lists it for assertions.

    Attributes:
        public_key: of Ed25519 its 32 bytes, of P-256 the 33 of its compressed point.
        expires: since when it signs no more, if it was replaced.
        revoked: since when nothing it signs may be believed, if it was lost.
    """

    public_key: bytes
    expires: datetime | None
    revoked: datetime | None


class Steady(dict[str, Any]):
    """A DID document that nobody changes any more: what is read out of it is read once.

    Whoever makes one keeps that promise; it is for documents of our own, which thousands of
    verifications ask the same of.

    Attributes:
        listed: The keys that were asked for and are listed, by their methods.
        accounts: Who may anchor; None until somebody asked.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Take over what a document says."""
        super().__init__(document)
        self.listed: dict[str, ListedKey] = {}
        self.accounts: tuple[str, ...] | None = None


def verification_method(did: str, kid: str) -> str:
    """Return the id of a key: the DID, `#`, and its name (the Multikey, if it has one)."""
    return f"{did}#{kid}"


def did_document(
    did: str, keys: Sequence[IssuerKey], submitters: Sequence[str] = (), profile: str | None = None
) -> dict[str, Any]:
    """Write the DID document of an issuer.

    Past keys stay listed: a credential is as old as its key. A revoked key says since when it is
    revoked, and no longer authenticates. Each key is written once: as a Multikey, or as a JWK where
    it has no Multikey.

    Args:
        did: the issuer's did:web.
        keys: all its keys, past and present, in any order.
        submitters: CAIP-10 accounts (`eip155:1:0x...`) whose anchors it takes for its own.
        profile: where its profile for Blockcerts is (`issuers.core.blockcerts`), if it has one.

    Raises:
        DidError: no key, a key given twice or under another's name, or an account that is not of
            that form.
        KeyFormatError: the name of a key is no Multikey, or its JWK no JWK.

    Source: Decentralized Identifiers 1.0 section 5; Controlled Identifiers 1.0 section 2.2.
    """
    if not keys:
        raise DidError(f"{did} has no key to list")
    if len({key.kid for key in keys}) != len(keys):
        raise DidError(f"{did} lists a key twice")
    newest_first = sorted(keys, key=lambda key: key.valid_from, reverse=True)
    has_jwk = any(key.jwk is not None for key in keys)
    document: dict[str, Any] = {
        "@context": [*CONTEXTS, JWK_CONTEXT] if has_jwk else list(CONTEXTS),
        "id": did,
        "verificationMethod": [_method(did, key) for key in newest_first],
        "assertionMethod": [verification_method(did, key.kid) for key in newest_first],
    }
    current = [key for key in newest_first if key.expires is None and key.revoked is None]
    if current:
        document["authentication"] = [verification_method(did, key.kid) for key in current]
    if submitters:
        _require_accounts(submitters)
        document["service"] = [
            {
                "id": did + SUBMITTERS_FRAGMENT,
                "type": SUBMITTERS_TYPE,
                "serviceEndpoint": list(submitters),
            }
        ]
    if profile is not None:
        document.setdefault("service", []).append(
            {"id": did + PROFILE_FRAGMENT, "type": PROFILE_TYPE, "serviceEndpoint": profile}
        )
    return document


def listed_key(document: Mapping[str, Any], verification_method: str) -> ListedKey:
    """Return the key a verification method names, with its ends, whenever they are.

    Args:
        document: DID document, read with a strict loader; it may come from anybody.
        verification_method: absolute id of the key, as the proof gives it.

    Raises:
        KeyNotListed: not in `assertionMethod`, absent, or under another controller.
        DidError: the document or the method is malformed, or the key is of another kind.

    Source: Controlled Identifiers 1.0 section 3.3 (retrieve verification method).
    """
    if not isinstance(document, Steady):
        return _listed_key(document, verification_method)
    known = document.listed.get(verification_method)
    if known is None:
        known = document.listed[verification_method] = _listed_key(document, verification_method)
    return known


def _listed_key(document: Mapping[str, Any], verification_method: str) -> ListedKey:
    method = listed_method(document, verification_method)
    if method.get("type") != "Multikey" or not isinstance(method.get("publicKeyMultibase"), str):
        raise DidError(f"{verification_method} is not a Multikey")
    try:
        public_key = ed25519.decode_multikey(method["publicKeyMultibase"])
    except ed25519.KeyFormatError as error:
        raise DidError(f"{verification_method}: {error}") from None
    return ListedKey(public_key, *ends(method))


def listed_method(document: Mapping[str, Any], verification_method: str) -> Mapping[str, Any]:
    """Return a verification method that the document lists for assertions, whatever its key.

    Args, Raises, Source: as for `listed_key`; the key in it is not looked at.
    """
    did, separator, fragment = verification_method.partition("#")
    if not separator or not fragment:
        raise DidError("the verification method is not an absolute DID URL with a fragment")
    if document.get("id") != did:
        raise DidError(f"the document is not that of {did}")
    method = _assertion_method(document, did, verification_method)
    if method.get("controller") != did:
        raise KeyNotListed(f"{verification_method} is not controlled by {did}")
    return method


def ends(method: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    """Return since when the key of a method is expired, and since when revoked.

    Raises:
        DidError: an instant is not written as one.
    """
    return _instant(method, "expires"), _instant(method, "revoked")


def select_key(document: Mapping[str, Any], verification_method: str, *, at: datetime) -> bytes:
    """Return the public key a verification method names, if it could assert at that time.

    Of a key that is revoked now, `at` must be known from elsewhere than the proof: whoever has a
    stolen key writes any date into it (`credentials.core.authority`).

    Args:
        document: DID document, read with a strict loader; it may come from anybody.
        verification_method: absolute id of the key, as the proof gives it.
        at: the instant to judge by, with its zone.

    Returns:
        The Ed25519 public key, 32 bytes.

    Raises:
        KeyNotListed: not in `assertionMethod`, absent, or under another controller.
        KeyNotValid: revoked or expired at that time.
        DidError: the document or the method is malformed, or the key is of another kind.

    Source: Controlled Identifiers 1.0 section 3.3 (retrieve verification method).
    """
    if at.tzinfo is None:
        raise DidError("`at` needs its zone")
    return key_at(listed_key(document, verification_method), at)


def key_at(listed: ListedKey, at: datetime) -> bytes:
    """Return the public key of a listed one, 32 bytes, if it could assert at that time.

    Raises:
        KeyNotValid: revoked or expired at that time.

    Source: Controlled Identifiers 1.0 section 2.2 (expires, revoked).
    """
    for member, end in (("revoked", listed.revoked), ("expires", listed.expires)):
        if end is not None and at >= end:
            raise KeyNotValid(f"the key is {member} since {end.isoformat()}")
    return listed.public_key


def submitters(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the accounts that may anchor for the issuer, as written; empty if it names none.

    Raises:
        DidError: the service is there but malformed.

    Source: Decentralized Identifiers 1.0 section 5.4; CAIP-10.
    """
    if not isinstance(document, Steady):
        return _submitters(document)
    if document.accounts is None:
        document.accounts = _submitters(document)
    return document.accounts


def _submitters(document: Mapping[str, Any]) -> tuple[str, ...]:
    services = [
        service
        for service in _objects(document, "service")
        if service.get("type") == SUBMITTERS_TYPE or service.get("type") == [SUBMITTERS_TYPE]
    ]
    if not services:
        return ()
    if len(services) > 1 or services[0].get("id") != f"{document.get('id')}{SUBMITTERS_FRAGMENT}":
        raise DidError(
            f"exactly one service {SUBMITTERS_TYPE} is expected, named {SUBMITTERS_FRAGMENT}"
        )
    endpoint = services[0].get("serviceEndpoint")
    accounts = [endpoint] if isinstance(endpoint, str) else endpoint
    if not isinstance(accounts, list):
        raise DidError(
            f"the serviceEndpoint of {SUBMITTERS_TYPE} is not a list of CAIP-10 accounts"
        )
    _require_accounts(accounts)
    return tuple(accounts)


def _method(did: str, key: IssuerKey) -> dict[str, Any]:
    method: dict[str, Any]
    if key.jwk is None:
        kinds.read_name(key.kid)
        method = {
            "id": verification_method(did, key.kid),
            "type": "Multikey",
            "controller": did,
            "publicKeyMultibase": key.kid,
        }
    else:
        method = jwk.method(did, jwk.to_key(key.jwk))
        if method["id"] != verification_method(did, key.kid):
            raise DidError(f"{key.kid} is not the thumbprint of the key that {did} lists under it")
    if key.expires is not None:
        method["expires"] = _timestamp(key.expires)
    if key.revoked is not None:
        method["revoked"] = _timestamp(key.revoked)
    return method


def _assertion_method(document: Mapping[str, Any], did: str, identifier: str) -> Mapping[str, Any]:
    """Find the one method of that id, listed in `assertionMethod` by reference or embedded."""
    relation = document.get("assertionMethod")
    if not isinstance(relation, list) or len(relation) > MAX_METHODS:
        raise KeyNotListed(f"{did} lists no key for assertions")
    embedded = [entry for entry in relation if isinstance(entry, dict)]
    references = {_absolute(did, entry) for entry in relation if isinstance(entry, str)}
    # An embedded method is for this relation only, so those of other relations are not looked at.
    candidates = [*_objects(document, "verificationMethod"), *embedded]
    found = [method for method in candidates if _absolute(did, method.get("id")) == identifier]
    if len(found) > 1:
        raise DidError(f"{identifier} is defined twice")
    if not found or (identifier not in references and found[0] not in embedded):
        raise KeyNotListed(f"{identifier} is not among the keys that {did} lists for assertions")
    return found[0]


def _objects(document: Mapping[str, Any], member: str) -> list[dict[str, Any]]:
    values = document.get(member, [])
    if not isinstance(values, list) or len(values) > MAX_METHODS:
        raise DidError(f"{member} is not an array of at most {MAX_METHODS} objects")
    if not all(isinstance(value, dict) for value in values):
        raise DidError(f"{member} is not an array of objects")
    return values


def _absolute(did: str, identifier: object) -> object:
    return (
        did + identifier
        if isinstance(identifier, str) and identifier.startswith("#")
        else identifier
    )


def _instant(method: Mapping[str, Any], member: str) -> datetime | None:
    if member not in method:
        return None
    value = method[member]
    if not isinstance(value, str) or not _DATE_TIME.fullmatch(value):
        raise DidError(f"{member} is not a dateTimeStamp such as 2026-01-01T00:00:00Z")
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise DidError(f"{member} is not a dateTimeStamp such as 2026-01-01T00:00:00Z") from None


def _timestamp(instant: datetime) -> str:
    if instant.tzinfo is None:
        raise DidError("an instant needs its zone")
    return instant.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _require_accounts(accounts: Iterable[object]) -> None:
    listed = list(accounts)
    if len(listed) > MAX_SUBMITTERS:
        raise DidError(f"at most {MAX_SUBMITTERS} accounts are listed")
    if not all(isinstance(account, str) and _CAIP10.fullmatch(account) for account in listed):
        raise DidError(
            "an account is written eip155:<chain id>:0x<40 hexadecimal digits> (CAIP-10)"
        )


__all__ = [
    "MAX_DID", "DidError", "IssuerKey", "KeyNotListed", "KeyNotValid", "ListedKey", "did_document",
    "did_web", "did_web_url", "key_at", "listed_key", "select_key", "submitters",
    "verification_method",
]  # fmt: skip
