"""Keys for those who do not read Ed25519: RSA and P-256 for JWTs, secp256k1 for a chain's accounts.

    JWK         RSA, P-256, secp256k1, Ed25519      what JWT verifiers and Blockcerts read
    Multikey    P-256, secp256k1                    what Data Integrity verifiers read

RSA has no Multikey in Controlled Identifiers 1.0, so it is written as a JWK only.

Sources: RFC 7517 and RFC 7518 section 6 (JWK), RFC 8037 (OKP), RFC 8812 (secp256k1), RFC 7638
(thumbprint); Controlled Identifiers 1.0 (W3C) sections 2.2.2 and 2.2.3.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import base58
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from issuers.core import base64url
from issuers.core.keys import PUBLIC_KEY_SIZE, KeyFormatError

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

# NIST SP 800-131A ends at 2048 bits; what is longer than 8192 costs a verifier more than it gives.
MIN_RSA_BITS, MAX_RSA_BITS = 2048, 8192
MAX_RSA_EXPONENT = 2**32
# A key of 8192 bits takes 1500.
MAX_PEM = 4096
_COORDINATE = 32
_SCALAR = 32

# Names of curves in JWK and in cryptography, and the multicodec of their keys as a varint.
_CURVES: Mapping[str, tuple[type[ec.EllipticCurve], bytes]] = {
    "P-256": (ec.SECP256R1, b"\x80\x24"),
    "secp256k1": (ec.SECP256K1, b"\xe7\x01"),
}
_JWK_CURVES = {"secp256r1": "P-256", "secp256k1": "secp256k1"}
# 35 bytes take 47 to 49 letters. The pattern also bounds the decoder, which is quadratic.
_MULTIKEY = re.compile(r"z[1-9A-HJ-NP-Za-km-z]{46,49}")
# RFC 7518 sections 6.2.2 and 6.3.2, RFC 7517 section 9.3.
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_ALGORITHMS = {"P-256": "ES256", "secp256k1": "ES256K", "RSA": "RS256"}


def load_p256(scalar: bytes) -> ec.EllipticCurvePrivateKey:
    """Return the P-256 private key of a scalar.

    Args:
        scalar: 32 random bytes.

    Raises:
        KeyFormatError: not 32 bytes, or not a scalar of the curve (one draw in 2^32 is not).

    Source: FIPS 186-5 appendix A.2.2.
    """
    if len(scalar) != _SCALAR:
        raise KeyFormatError(f"a P-256 private key is {_SCALAR} bytes, not {len(scalar)}")
    try:
        return ec.derive_private_key(int.from_bytes(scalar), ec.SECP256R1())
    except ValueError:
        raise KeyFormatError("the bytes are not a P-256 private key: draw others") from None


def load_rsa(pkcs8: bytes) -> rsa.RSAPrivateKey:
    """Return the RSA private key that PKCS #8 bytes hold, unencrypted.

    Raises:
        KeyFormatError: they hold something else, or a key shorter than 2048 bits.

    Source: RFC 5958.
    """
    try:
        key = serialization.load_der_private_key(pkcs8, password=None)
    except (ValueError, TypeError):
        raise KeyFormatError("the bytes are not a PKCS #8 private key") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise KeyFormatError("the private key is not of RSA")
    _require_rsa(key.public_key())
    return key


def from_key(key: PublicKey) -> dict[str, str]:
    """Write a public key as a JWK, with the members that make its thumbprint and no other.

    Raises:
        KeyFormatError: a curve, or a size of RSA key, that is not used here.

    Source: RFC 7518 sections 6.2.1 and 6.3.1; RFC 8812 section 3.1.
    """
    if isinstance(key, rsa.RSAPublicKey):
        _require_rsa(key)
        numbers = key.public_numbers()
        return {"kty": "RSA", "n": _integer(numbers.n), "e": _integer(numbers.e)}
    curve = _JWK_CURVES.get(key.curve.name)
    if curve is None:
        raise KeyFormatError(f"keys of the curve {key.curve.name} are not used here")
    point = key.public_numbers()
    x, y = (base64url.encode(value.to_bytes(_COORDINATE)) for value in (point.x, point.y))
    return {"kty": "EC", "crv": curve, "x": x, "y": y}


def from_ed25519(public_key: bytes) -> dict[str, str]:
    """Write an Ed25519 public key of 32 bytes as a JWK.

    Raises:
        KeyFormatError: it is not 32 bytes.

    Source: RFC 8037 section 2.
    """
    if len(public_key) != PUBLIC_KEY_SIZE:
        raise KeyFormatError(f"a public key is {PUBLIC_KEY_SIZE} bytes, not {len(public_key)}")
    return {"kty": "OKP", "crv": "Ed25519", "x": base64url.encode(public_key)}


def to_key(jwk: Mapping[str, Any]) -> PublicKey:
    """Read the JWK of a public key, from anybody.

    Members that are not about the key are passed over, as the standard wants, except those that
    would make it private or say that it is for something else.

    Raises:
        KeyFormatError: not an RSA, P-256 or secp256k1 public key for signatures; or it shows a
            private key.

    Source: RFC 7517 sections 4.2 to 4.4; RFC 7518 sections 6.2.1 and 6.3.1.
    """
    if _PRIVATE & jwk.keys():
        raise KeyFormatError("the JWK shows a private key: it can no longer be trusted")
    readers: Mapping[str, Callable[[Mapping[str, Any]], PublicKey]]
    readers = {"EC": _read_point, "RSA": _read_rsa}
    kind = jwk.get("kty")
    if not isinstance(kind, str) or kind not in readers:
        raise KeyFormatError("the JWK is of a kind that is not used here: RSA or EC is")
    key = readers[kind](jwk)
    algorithm = _ALGORITHMS["RSA" if kind == "RSA" else jwk["crv"]]
    if jwk.get("use", "sig") != "sig" or jwk.get("alg", algorithm) != algorithm:
        raise KeyFormatError("the JWK says that it is not for these signatures")
    return key


def to_pem(key: PublicKey) -> str:
    """Return a public key as older readers want it: SubjectPublicKeyInfo in PEM.

    Source: RFC 7468 section 13; RFC 5280 section 4.1.
    """
    shown = key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return shown.decode("ascii")


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """Return the name that a public key has by itself: base64url of a SHA-256, 43 letters.

    Raises:
        KeyFormatError: it is not a JWK that `to_key` reads.

    Source: RFC 7638 section 3.
    """
    members = from_key(to_key(jwk))
    text = json.dumps(members, sort_keys=True, separators=(",", ":"))
    return base64url.encode(hashlib.sha256(text.encode("ascii")).digest())


def method(controller: str, key: PublicKey) -> dict[str, Any]:
    """Write a public key as a verification method, named after its thumbprint.

    Args:
        controller: the DID whose document lists it.
        key: RSA, P-256 or secp256k1.

    Raises:
        KeyFormatError: a key that is not used here.

    Source: Controlled Identifiers 1.0 section 2.2.3 (JsonWebKey).
    """
    shown = from_key(key)
    return {
        "id": f"{controller}#{thumbprint(shown)}",
        "type": "JsonWebKey",
        "controller": controller,
        "publicKeyJwk": shown,
    }


def of_method(method: Mapping[str, Any]) -> PublicKey:
    """Return the public key of a verification method, written as a JWK or as a Multikey.

    Whether the method may be used, and at what time, is for `issuers.core.did` to say.

    Raises:
        KeyFormatError: it holds no RSA, P-256 or secp256k1 key, or holds one in two ways.

    Source: Controlled Identifiers 1.0 sections 2.2.2 and 2.2.3.
    """
    shown, multikey = method.get("publicKeyJwk"), method.get("publicKeyMultibase")
    if isinstance(shown, Mapping) and multikey is None:
        return to_key(shown)
    if isinstance(multikey, str) and shown is None:
        return decode_multikey(multikey)
    raise KeyFormatError("the verification method does not hold one key, in one way")


def of_pem(pem: str) -> PublicKey:
    """Read a public key in PEM, from anybody: RSA or P-256.

    Raises:
        KeyFormatError: it is not one that is used here.

    Source: RFC 7468 section 13; Open Badges 2.0, CryptographicKey `publicKeyPem`.
    """
    if len(pem) > MAX_PEM:
        raise KeyFormatError(f"a public key in PEM takes at most {MAX_PEM} characters")
    try:
        key = serialization.load_pem_public_key(pem.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyFormatError("publicKeyPem is not a public key in PEM") from None
    if isinstance(key, rsa.RSAPublicKey):
        _require_rsa(key)
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _JWK_CURVES:
        return key
    raise KeyFormatError("publicKeyPem is a key of a kind that is not used here: RSA or P-256 is")


def encode_multikey(key: ec.EllipticCurvePublicKey) -> str:
    """Write a P-256 or secp256k1 public key as `publicKeyMultibase`: `zDn…` or `zQ3s…`.

    Raises:
        KeyFormatError: another curve.

    Source: Controlled Identifiers 1.0 section 2.2.2; the multicodec table for secp256k1.
    """
    curve = _JWK_CURVES.get(key.curve.name)
    if curve is None:
        raise KeyFormatError(f"keys of the curve {key.curve.name} are not used here")
    point = key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
    )
    return "z" + base58.b58encode(_CURVES[curve][1] + point).decode("ascii")


def decode_multikey(multikey: str) -> ec.EllipticCurvePublicKey:
    """Read the `publicKeyMultibase` of a P-256 or secp256k1 key.

    Raises:
        KeyFormatError: it is not one.

    Source: Controlled Identifiers 1.0 section 2.2.2.
    """
    if _MULTIKEY.fullmatch(multikey):
        decoded = base58.b58decode(multikey[1:])
        for curve, prefix in _CURVES.values():
            # A compressed point: its sign, and one coordinate.
            if decoded.startswith(prefix) and len(decoded) == len(prefix) + 1 + _COORDINATE:
                try:
                    point = decoded[len(prefix) :]
                    return ec.EllipticCurvePublicKey.from_encoded_point(curve(), point)
                except ValueError:
                    break
    raise KeyFormatError("publicKeyMultibase is not a P-256 or secp256k1 Multikey")


def _read_point(jwk: Mapping[str, Any]) -> ec.EllipticCurvePublicKey:
    name = jwk.get("crv")
    curve = _CURVES.get(name) if isinstance(name, str) else None
    if curve is None:
        raise KeyFormatError("the curve of the JWK is not used here: P-256 or secp256k1 is")
    x, y = (_bytes(jwk, member, _COORDINATE) for member in ("x", "y"))
    if len(x) != _COORDINATE or len(y) != _COORDINATE:
        raise KeyFormatError(f"the coordinates of the JWK are not {_COORDINATE} bytes each")
    numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), curve[0]())
    try:
        return numbers.public_key()
    except ValueError:
        raise KeyFormatError("the point of the JWK is not on its curve") from None


def _read_rsa(jwk: Mapping[str, Any]) -> rsa.RSAPublicKey:
    n, e = (_bytes(jwk, member, MAX_RSA_BITS // 8 + 1) for member in ("n", "e"))
    try:
        key = rsa.RSAPublicNumbers(int.from_bytes(e), int.from_bytes(n)).public_key()
    except ValueError:
        raise KeyFormatError("the numbers of the JWK are not an RSA public key") from None
    _require_rsa(key)
    return key


def _require_rsa(key: rsa.RSAPublicKey) -> None:
    if not MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
        raise KeyFormatError(f"an RSA key has {MIN_RSA_BITS} to {MAX_RSA_BITS} bits here")
    # An exponent as long as the modulus makes each verification as slow as a signature.
    if key.public_numbers().e >= MAX_RSA_EXPONENT:
        raise KeyFormatError("the exponent of the RSA key is too large")


def _bytes(jwk: Mapping[str, Any], member: str, most: int) -> bytes:
    value = jwk.get(member)
    # Four letters for three bytes.
    if not isinstance(value, str) or not value or len(value) > most * 4 // 3 + 2:
        raise KeyFormatError(f"the member {member} of the JWK is missing, or too long")
    try:
        return base64url.decode(value)
    except base64url.Base64Error as error:
        raise KeyFormatError(f"the member {member} of the JWK is {error}") from None


def _integer(value: int) -> str:
    return base64url.encode(value.to_bytes((value.bit_length() + 7) // 8))
