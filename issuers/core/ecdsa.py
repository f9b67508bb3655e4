"""ECDSA with P-256 and SHA-256: a signature is r and s, 32 bytes each.

Signing draws no random number: it takes its own from the key and the message (RFC 6979), so one
message has one signature, and a weak source of chance cannot give the key away.

Sources: FIPS 186-5 section 6; RFC 6979; RFC 7518 section 3.4 and Data Integrity ECDSA Cryptosuites
1.0 section 3.3.5 (r || s).
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from issuers.core.keys import KeyFormatError, SignatureError

SIGNATURE_SIZE = 64
_HALF = SIGNATURE_SIZE // 2


def sign(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """Return the signature of a key over a message, 64 bytes.

    Raises:
        KeyFormatError: the key is of another curve.

    Source: RFC 6979 section 3.2; RFC 7518 section 3.4.
    """
    _require_p256(key.curve)
    by_rfc_6979 = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    r, s = decode_dss_signature(key.sign(message, by_rfc_6979))
    return r.to_bytes(_HALF) + s.to_bytes(_HALF)


def verify(key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> None:
    """Return if `signature` is the key's over `message`, raise otherwise.

    Args:
        key: P-256.
        signature: 64 bytes, from anybody.
        message: what was signed, any length.

    Raises:
        KeyFormatError: the key is of another curve.
        SignatureError: the signature does not hold.

    Source: FIPS 186-5 section 6.4.2; RFC 7518 section 3.4.
    """
    _require_p256(key.curve)
    if len(signature) != SIGNATURE_SIZE:
        raise SignatureError(f"a signature is {SIGNATURE_SIZE} bytes, not {len(signature)}")
    r, s = int.from_bytes(signature[:_HALF]), int.from_bytes(signature[_HALF:])
    try:
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise SignatureError("the signature does not match the key and the message") from None


def _require_p256(curve: ec.EllipticCurve) -> None:
    if not isinstance(curve, ec.SECP256R1):
        raise KeyFormatError(f"keys of the curve {curve.name} sign nothing here: P-256 does")
