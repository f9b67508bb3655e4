"""The kinds of key that an issuer holds: how each is opened, named and shown.

    kind       private key is stored as   name (`kid`)       for
    ed25519    seed, 32 bytes             its Multikey       Data Integrity (eddsa-rdfc-2022)
    p256       scalar, 32 bytes           its Multikey       VC-JWT (ES256), ecdsa-sd-2023
    rsa        PKCS #8, RSA-2048          JWK thumbprint     VC-JWT (RS256), Open Badges 2.0

A name is made from the public key alone, so whoever has the key can check the name. RSA has no
Multikey in Controlled Identifiers 1.0, hence its thumbprint.

Sources: Controlled Identifiers 1.0 section 2.2.2; RFC 7517; RFC 7638; Open Badges 3.0 section 8.2.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from issuers.core import jwk, keys


class Kind(StrEnum):
    """What a key is made of."""

    ED25519 = "ed25519"
    P256 = "p256"
    RSA = "rsa"


PrivateKey = Ed25519PrivateKey | jwk.PrivateKey
PublicKey = Ed25519PublicKey | jwk.PublicKey

# RFC 8037 section 3.1; RFC 7518 section 3.1.
ALGORITHMS: Mapping[Kind, str] = {Kind.ED25519: "EdDSA", Kind.P256: "ES256", Kind.RSA: "RS256"}


def load(kind: Kind, secret: bytes) -> PrivateKey:
    """Return the private key that was stored.

    Args:
        kind: what it is.
        secret: a seed or a scalar of 32 bytes; PKCS #8 of RSA.

    Raises:
        KeyFormatError: the bytes are not a private key of that kind.

    Source: RFC 8032 section 5.1.5; FIPS 186-5 appendix A.2.2; RFC 5958.
    """
    match kind:
        case Kind.ED25519:
            return keys.load(secret)
        case Kind.P256:
            return jwk.load_p256(secret)
        case Kind.RSA:
            return jwk.load_rsa(secret)


def name(public: PublicKey) -> str:
    """Return the name of a public key, at most 50 letters: its Multikey, or its thumbprint.

    Raises:
        KeyFormatError: a key of a kind that an issuer does not hold.

    Source: Controlled Identifiers 1.0 section 2.2.2; RFC 7638 section 3.
    """
    if isinstance(public, Ed25519PublicKey):
        return keys.encode_multikey(public.public_bytes_raw())
    if isinstance(public, ec.EllipticCurvePublicKey):
        _require_p256(public)
        return jwk.encode_multikey(public)
    return jwk.thumbprint(jwk.from_key(public))


def read_name(kid: str) -> PublicKey:
    """Return the public key that a name is, where the name is a Multikey.

    Raises:
        KeyFormatError: it is the thumbprint of a key, or nothing at all.

    Source: Controlled Identifiers 1.0 section 2.2.2.
    """
    # The shortest way to tell the two apart: an Ed25519 Multikey begins with z6Mk.
    if kid.startswith("z6Mk"):
        return Ed25519PublicKey.from_public_bytes(keys.decode_multikey(kid))
    public = jwk.decode_multikey(kid)
    _require_p256(public)
    return public


def to_jwk(public: PublicKey) -> dict[str, str]:
    """Write a public key as a JWK, with the members that make its thumbprint and no other.

    Raises:
        KeyFormatError: a key of a kind that an issuer does not hold.

    Source: RFC 7518 sections 6.2.1 and 6.3.1; RFC 8037 section 2.
    """
    if isinstance(public, Ed25519PublicKey):
        return jwk.from_ed25519(public.public_bytes_raw())
    if isinstance(public, ec.EllipticCurvePublicKey):
        _require_p256(public)
    return jwk.from_key(public)


def published_jwk(kind: Kind, kid: str, shown: Mapping[str, str] | None) -> dict[str, Any]:
    """Write the one JWK that is served at the address of a key.

    Args:
        kind: what it is.
        kid: its name.
        shown: its JWK, of a key whose name is a thumbprint; None of one whose name is a Multikey.

    Raises:
        KeyFormatError: the name is not that of the key.

    Source: RFC 7517 section 4; Open Badges 3.0 section 8.2 (`kid` leads to a JWK).
    """
    members = to_jwk(read_name(kid)) if shown is None else dict(shown)
    if shown is not None and jwk.thumbprint(shown) != kid:
        raise keys.KeyFormatError(f"{kid} is not the thumbprint of the key")
    return {**members, "kid": kid, "use": "sig", "alg": ALGORITHMS[kind]}


def _require_p256(key: ec.EllipticCurvePublicKey) -> None:
    if not isinstance(key.curve, ec.SECP256R1):
        raise keys.KeyFormatError(f"an issuer holds no key of the curve {key.curve.name}")
