"""Signatures around a document: VC-JWT as Open Badges 3.0 wants it, and the JWS of Open Badges 2.0.

The key decides the algorithm, never the token: RSA keys make and check RS256, P-256 keys ES256, and
there are no others. A token that names another algorithm, carries any header member beyond those
of Open Badges 3.0 (`jku`, `x5u`, `crit`, `b64`…) or shows a private key is refused before a
signature is looked at.

`kid` and `jwk` say which key the signer claims to have used. Neither is trusted here: the caller
finds the issuer's key (`issuers.core.did`, or the address in `kid` under the issuer's own origin)
and gives it to `verify`.

Signing draws no random number: ECDSA takes its own from the key and the message (RFC 6979), so a
document has one token.

Sources: Open Badges 3.0 section 8.2 (JSON Web Token Proof Format); RFC 7515 (JWS); RFC 7518
sections 3.3 and 3.4; RFC 7519 (JWT); RFC 8725 (best current practices); Open Badges 2.0, "Signed
Badges".
"""

# ruff: noqa: N818 - a refusal is named after what is wrong; `reason` says the same to machines

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from badges.core import rules
from credentials.core import canonical
from credentials.core.proof import ProofError, SignatureMismatch
from issuers.core import base64url, ecdsa, jwk
from issuers.core.keys import KeyFormatError, SignatureError

TYPE = "JWT"
# A key of 8192 bits takes 1400 letters in `jwk`.
MAX_HEADER = 4096
MAX_KID = 2048
MAX_SIGNATURE = 1400
_MAX_PAYLOAD = canonical.MAX_BYTES * 4 // 3 + 4
_HEADERS = frozenset({"alg", "kid", "jwk", "typ"})
# What a JWT says of itself; the rest of it is the credential (RFC 7519 section 4.1).
CLAIMS = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti"})
_ADDRESS = re.compile(r"(?:https?://|did:|urn:)[\x21-\x7e]+")


class TokenMalformed(ProofError):
    """The text is not a compact JWS with the header that is expected."""

    reason = "token-malformed"


class AlgorithmRefused(ProofError):
    """The token names another algorithm than the key's."""

    reason = "algorithm-refused"


class KeyMismatch(ProofError):
    """The token shows another key than the one it is verified with, or shows a private one."""

    reason = "key-mismatch"


class ClaimMismatch(ProofError):
    """What the token says of itself is not what the credential in it says."""

    reason = "claim-mismatch"


@dataclass(frozen=True, slots=True)
class Token:
    """A compact JWS taken apart; nothing in it is verified.

    Attributes:
        header: the JOSE header: `alg`, and `kid`, `jwk` or `typ` where given.
        payload: what is signed.
        signing_input: the bytes that the signature is over.
        signature: as the algorithm writes it.
    """

    header: Mapping[str, Any]
    payload: bytes
    signing_input: bytes
    signature: bytes

    @property
    def kid(self) -> str | None:
        """The address of the key, as the signer gives it."""
        kid: str | None = self.header.get("kid")
        return kid

    @property
    def key(self) -> jwk.PublicKey | None:
        """The key in the header, as the signer gives it: worth no more than the signer's word.

        Raises:
            KeyMismatch: it is not a public key for signatures.
        """
        if "jwk" not in self.header:
            return None
        try:
            return jwk.to_key(self.header["jwk"])
        except KeyFormatError as error:
            raise KeyMismatch(f"the key in the header: {error}") from None


def algorithm(key: jwk.PublicKey | jwk.PrivateKey) -> str:
    """Return the one algorithm of a key: RS256 or ES256.

    Raises:
        AlgorithmRefused: keys of this kind sign no tokens here.

    Source: RFC 7518 section 3.1.
    """
    if isinstance(key, rsa.RSAPublicKey | rsa.RSAPrivateKey):
        if not jwk.MIN_RSA_BITS <= key.key_size <= jwk.MAX_RSA_BITS:
            raise AlgorithmRefused(f"an RSA key has at least {jwk.MIN_RSA_BITS} bits here")
        return "RS256"
    if isinstance(key.curve, ec.SECP256R1):
        return "ES256"
    raise AlgorithmRefused(f"keys of the curve {key.curve.name} sign no tokens here")


def sign(payload: bytes, *, key: jwk.PrivateKey, header: Mapping[str, Any]) -> str:
    """Return the compact JWS of a payload.

    Args:
        payload: any bytes.
        key: RSA or P-256.
        header: what stands in the header besides `alg`: `typ`, and `kid` or `jwk`.

    Raises:
        AlgorithmRefused: keys of this kind sign no tokens here.

    Source: RFC 7515 section 5.1.
    """
    protected = canonical.dumps({"alg": algorithm(key), **header})
    signing_input = f"{base64url.encode(protected)}.{base64url.encode(payload)}"
    if isinstance(key, rsa.RSAPrivateKey):
        signature = key.sign(signing_input.encode(), padding.PKCS1v15(), hashes.SHA256())
    else:
        signature = ecdsa.sign(key, signing_input.encode())
    return f"{signing_input}.{base64url.encode(signature)}"


def read(token: str, *, types: frozenset[str] = frozenset({TYPE})) -> Token:
    """Take a compact JWS apart, from anybody, without verifying it.

    Args:
        token: three parts of base64url, bounded.
        types: what `typ` may be; it may also be absent.

    Raises:
        TokenMalformed: it is not one, is too large, or has a header that is not expected.
        KeyMismatch: the key in its header is none, or a private one.

    Source: RFC 7515 sections 5.2 and 7.1; Open Badges 3.0 section 8.2.3.
    """
    parts = token.split(".", 3) if len(token) <= _MAX_PAYLOAD + MAX_HEADER + MAX_SIGNATURE else []
    bounds = (MAX_HEADER, _MAX_PAYLOAD, MAX_SIGNATURE)
    if len(parts) != len(bounds) or any(
        len(part) > bound for part, bound in zip(parts, bounds, strict=True)
    ):
        raise TokenMalformed("the text is not a compact JWS: three parts, each of bounded size")
    try:
        protected, payload, signature = (base64url.decode(part) for part in parts)
        header = canonical.loads(protected)
    except (base64url.Base64Error, canonical.MalformedDocument) as error:
        raise TokenMalformed(f"the token cannot be read: {error}") from None
    _require_header(header, types)
    signing_input = f"{parts[0]}.{parts[1]}".encode("ascii")
    taken = Token(header, payload, signing_input, signature)
    _ = taken.key
    return taken


def verify(token: Token, *, key: jwk.PublicKey) -> bytes:
    """Return the payload if the signature is the key's, raise otherwise.

    Args:
        token: what `read` returned.
        key: the issuer's key, found without the token's help.

    Raises:
        AlgorithmRefused: the token names another algorithm than the key's.
        KeyMismatch: the token shows another key.
        SignatureMismatch: the signature does not hold.

    Source: RFC 7515 section 5.2; RFC 8725 section 3.1.
    """
    expected = algorithm(key)
    if token.header["alg"] != expected:
        raise AlgorithmRefused(f"the token's alg is not {expected}, the algorithm of the key")
    if token.key is not None and jwk.from_key(token.key) != jwk.from_key(key):
        raise KeyMismatch("the token shows another key than the issuer's")
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(token.signature, token.signing_input, padding.PKCS1v15(), hashes.SHA256())
        else:
            ecdsa.verify(key, token.signature, token.signing_input)
    except (InvalidSignature, SignatureError):
        raise SignatureMismatch("the signature does not match the token and the key") from None
    return token.payload


def sign_credential(
    document: Mapping[str, Any], *, key: jwk.PrivateKey, kid: str | None = None
) -> str:
    """Return a credential as a VC-JWT.

    Args:
        document: an OpenBadgeCredential, with embedded proofs or without.
        key: RSA, which every verifier reads, or P-256.
        kid: an address that answers with the key as a single JWK; None puts the key itself into
            the header.

    Raises:
        ClaimMismatch: the document lacks what the claims repeat.
        TokenMalformed: `kid` is not an absolute address.
        MalformedDocument: the document cannot be written as JSON.
        AlgorithmRefused: keys of this kind sign no tokens here.

    Source: Open Badges 3.0 sections 8.2.3 to 8.2.5.
    """
    named = {"jwk": jwk.from_key(key.public_key())} if kid is None else {"kid": kid}
    header = {"typ": TYPE, **named}
    _require_header({"alg": algorithm(key), **header}, frozenset({TYPE}))
    payload = canonical.dumps({**document, **claims(document)})
    return sign(payload, key=key, header=header)


def verify_credential(token: Token, *, key: jwk.PublicKey) -> dict[str, Any]:
    """Return the credential in a VC-JWT if it is the key's, and says one thing; raise otherwise.

    Not done here, and owed by the caller: that the key is the issuer's, and that now lies within
    the credential's validity.

    Args:
        token: what `read` returned.
        key: the issuer's key.

    Returns:
        The credential: the payload without the claims.

    Raises:
        ProofError: one of its subclasses, with a stable `reason`.

    Source: Open Badges 3.0 section 8.2.6.
    """
    payload = verify(token, key=key)
    try:
        said = canonical.loads(payload)
    except canonical.MalformedDocument as error:
        raise TokenMalformed(f"the payload cannot be read: {error}") from None
    if "vc" in said:
        # VC 1.1 wrapped the credential; two credentials in one token would be two readings.
        raise ClaimMismatch("the token wraps its credential in `vc`, as VC 2.0 does no longer")
    document = {member: value for member, value in said.items() if member not in CLAIMS}
    for claim, value in claims(document).items():
        if _whole(said.get(claim)) != value:
            raise ClaimMismatch(f"the claim {claim} is not what the credential says")
    for claim in ("sub", "exp"):
        if claim in said and claim not in claims(document):
            raise ClaimMismatch(f"the claim {claim} says what the credential does not")
    return document


def claims(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a VC-JWT repeats of its credential: `iss`, `jti`, `nbf`, and `sub` and `exp`.

    A subject that is named by hashes alone has no `id`, and then the token has no `sub`; nor `exp`
    when the credential does not expire.

    Raises:
        ClaimMismatch: the document has no id, no issuer, no validFrom, or members named like
            claims.

    Source: Open Badges 3.0 section 8.2.4; RFC 7519 section 2 (NumericDate).
    """
    if CLAIMS & document.keys():
        raise ClaimMismatch("the credential has members that are claims of a JWT")
    issuer, subject = document.get("issuer"), document.get("credentialSubject")
    found = {
        "iss": issuer.get("id") if isinstance(issuer, Mapping) else issuer,
        "jti": document.get("id"),
        "nbf": _numeric_date(document.get("validFrom")),
    }
    for claim, value in found.items():
        if value is None or isinstance(value, Mapping | list):
            raise ClaimMismatch(f"the credential has nothing for the claim {claim}")
    if isinstance(subject, Mapping) and "id" in subject:
        found["sub"] = subject["id"]
    if "validUntil" in document:
        found["exp"] = _numeric_date(document["validUntil"])
    return found


def _require_header(header: Mapping[str, Any], types: frozenset[str]) -> None:
    """Return if a header has the members of Open Badges 3.0 and no other, raise otherwise."""
    unknown = sorted(header.keys() - _HEADERS)
    if unknown:
        raise TokenMalformed(f"the header has a member that is not allowed: {unknown[0][:40]}")
    # Compared, and not looked up in a set: a list in its place has no hash.
    if header.get("alg") not in ("RS256", "ES256"):
        raise AlgorithmRefused("the token's alg is neither RS256 nor ES256")
    if "typ" in header and (not isinstance(header["typ"], str) or header["typ"] not in types):
        raise TokenMalformed(f"the token's typ is not {' or '.join(sorted(types))}")
    kid = header.get("kid", "urn:none")
    if not isinstance(kid, str) or len(kid) > MAX_KID or not _ADDRESS.fullmatch(kid):
        raise TokenMalformed("the token's kid is not an absolute address")
    if not isinstance(header.get("jwk", {}), Mapping):
        raise TokenMalformed("the token's jwk is not an object")


def _numeric_date(value: object) -> int | None:
    instant = rules.read_timestamp(value)
    return int(instant.timestamp()) if instant is not None else None


def _whole(value: object) -> object:
    """Drop the fraction of a NumericDate, as reading a timestamp does."""
    return int(value) if isinstance(value, float) else value
