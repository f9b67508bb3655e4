"""What verifiers of Blockcerts want to read about an issuer, beside its DID document.

They look for two things in documents of their own form. The account that sent the root must be in
`publicKey`, with the time since when, and its secp256k1 key in `verificationMethod` and
`assertionMethod`: that is `profile`, served at an address that names it. And the Ed25519 key that
signed must show itself as a JWK: that is `with_jwk`.

The second departs from DID 1.0, which forbids to write one key in two ways (section 5.2.1);
cert-verifier-js 6.35.0 reads an Ed25519 key in no other way. So a DID document is strict unless
somebody asks for Blockcerts.

Sources: Blockcerts v3 (issuer profile); Decentralized Identifiers 1.0 (W3C) section 5.2; Open
Badges 2.0 (Profile).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from issuers.core import did, jwk, kinds

CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
_PREFIX = "ecdsa-koblitz-pubkey:"
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")


@dataclass(frozen=True, slots=True)
class Submitter:
    """An account whose anchors an issuer takes for its own.

    Attributes:
        address: "0x" and 40 hexadecimal digits.
        key: its public key; that it is the address's is for the caller to see to.
        accepted_from: since when; before its first anchor.
        revoked: since when no longer.
    """

    address: str
    key: ec.EllipticCurvePublicKey
    accepted_from: datetime
    revoked: datetime | None = None


def profile(
    *,
    url: str,
    name: str,
    home: str,
    submitters: Sequence[Submitter],
    email: str | None = None,
    signers: Sequence[Mapping[str, Any]] = (),
    revocation_list: str | None = None,
) -> dict[str, Any]:
    """Write the issuer profile that is served at `url`.

    Args:
        url: where it is served, and its id; the id of a submitter's key begins with it.
        name: the issuer's name.
        home: the address of its site.
        submitters: the accounts, past ones included: an anchor is as old as its account.
        email: how to reach it.
        signers: verification methods of the keys that sign its credentials, as `with_jwk` writes
            them: for who comes here first, and not from the DID document.
        revocation_list: where the ids of revoked credentials are, for those without a status entry.

    Raises:
        DidError: no account, one that is not an Ethereum address, or an instant without a zone.

    Source: Blockcerts v3, issuer profile.
    """
    if not submitters:
        raise did.DidError(f"{url} has no account to list")
    document: dict[str, Any] = {
        "@context": list(CONTEXTS),
        "id": url,
        "type": ["Profile"],
        "name": name,
        "url": home,
        **({"email": email} if email else {}),
        "publicKey": [_account(each) for each in submitters],
        "verificationMethod": [
            *(
                {
                    "id": verification_method(url, each.address),
                    "type": "JsonWebKey",
                    "controller": url,
                    "publicKeyJwk": jwk.from_key(each.key),
                }
                for each in submitters
            ),
            *signers,
        ],
        "assertionMethod": [
            *(verification_method(url, each.address) for each in submitters),
            *(signer["id"] for signer in signers),
        ],
        **({"revocationList": revocation_list} if revocation_list else {}),
    }
    return document


def verification_method(url: str, address: str) -> str:
    """Return the id of a submitter's key in the profile that is served at `url`."""
    return f"{url}#{address.lower()}"


def with_jwk(did_document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a DID document in which every Ed25519 Multikey is also a JWK.

    Everything else stays: readers of Multikeys read it as before.

    Args:
        did_document: as `did.did_document` writes it.

    Raises:
        KeyFormatError: a Multikey is of no kind that an issuer holds.

    Source: Controlled Identifiers 1.0 section 2.2.3, against section 2.2.2.
    """
    methods = []
    for method in did_document["verificationMethod"]:
        multikey = method.get("publicKeyMultibase")
        public = kinds.read_name(multikey) if multikey else None
        if isinstance(public, Ed25519PublicKey):
            methods.append({**method, "publicKeyJwk": kinds.to_jwk(public)})
        else:
            methods.append(method)
    return {**did_document, "verificationMethod": methods}


def submitter_key(public_key: bytes) -> ec.EllipticCurvePublicKey:
    """Return the secp256k1 key of an account, from its two coordinates (64 bytes).

    Raises:
        DidError: they are not a point of the curve.

    Source: SEC 1 section 2.3.4.
    """
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), b"\x04" + public_key)
    except ValueError:
        raise did.DidError("the key of the account is not a point of secp256k1") from None


def revocation_list(*, url: str, issuer: str, revoked: Mapping[str, str]) -> dict[str, Any]:
    """Write the list of revoked credentials that is served at `url`.

    Args:
        url: where it is served, and its id.
        issuer: the id of the issuer.
        revoked: the ids of the credentials, each with its public reason, which may be empty.

    Source: Open Badges 2.0 (RevocationList), which Blockcerts v3 reads.
    """
    return {
        "@context": "https://w3id.org/openbadges/v2",
        "id": url,
        "type": "RevocationList",
        "issuer": issuer,
        "revokedAssertions": [
            {"id": name, **({"revocationReason": reason} if reason else {})}
            for name, reason in revoked.items()
        ],
    }


def _account(submitter: Submitter) -> dict[str, str]:
    if not _ADDRESS.fullmatch(submitter.address):
        raise did.DidError("an account is 0x and 40 hexadecimal digits")
    account = {
        "id": _PREFIX + submitter.address,
        "created": _timestamp(submitter.accepted_from),
    }
    if submitter.revoked is not None:
        account["revoked"] = _timestamp(submitter.revoked)
    return account


def _timestamp(instant: datetime) -> str:
    if instant.tzinfo is None:
        raise did.DidError("an instant needs its zone")
    return instant.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
