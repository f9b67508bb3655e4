"""Ed25519 keys: from a 32-byte seed, to a Multikey, and back to a verdict.

Sources: RFC 8032 (Ed25519); Controlled Identifiers 1.0 section 2.2.2 (Multikey);
draft-multiformats-multibase.
"""

import re
from functools import lru_cache

import base58
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from nacl.bindings import crypto_sign, crypto_sign_open
from nacl.exceptions import BadSignatureError

SEED_SIZE = 32
PUBLIC_KEY_SIZE = 32
SIGNATURE_SIZE = 64

# Multicodec ed25519-pub (0xed), written as a varint, before the 32 bytes of the key.
_MULTICODEC = b"\xed\x01"
# 34 bytes that begin with 0xed 0x01 always take 47 letters. The pattern also bounds the decoder,
# which is quadratic.
_MULTIKEY = re.compile(r"z[1-9A-HJ-NP-Za-km-z]{47}")

# Points of order 1, 2, 4 and 8, without their sign bit. One signature under such a key verifies for
# many messages, so whoever publishes it can later deny what was signed. RFC 8032 leaves the check
# to us; this is libsodium's list.
_SMALL_ORDER = frozenset(
    bytes.fromhex(point)
    for point in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    )
)


class KeyFormatError(ValueError):
    """A seed, a public key or a Multikey is not one."""


class SignatureError(Exception):
    """The signature is not of this key over this message."""


def load(seed: bytes) -> Ed25519PrivateKey:
    """Return the private key of a seed.

    Args:
        seed: 32 random bytes, RFC 8032's private key.

    Raises:
        KeyFormatError: the seed is not 32 bytes.

    Source: RFC 8032 section 5.1.5.
    """
    if len(seed) != SEED_SIZE:
        raise KeyFormatError(f"a seed is {SEED_SIZE} bytes, not {len(seed)}")
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key(seed: bytes) -> bytes:
    """Return the public key of a seed, 32 bytes.

    Raises:
        KeyFormatError: the seed is not 32 bytes.

    Source: RFC 8032 section 5.1.5.
    """
    return load(seed).public_key().public_bytes_raw()


def secret(key: Ed25519PrivateKey) -> bytes:
    """Return a private key as `sign` takes it: its seed and its public key, 64 bytes."""
    return key.private_bytes_raw() + key.public_key().public_bytes_raw()


def sign(secret: bytes, message: bytes) -> bytes:
    """Return the signature that the private key makes of a message, 64 bytes.

    Ed25519 leaves nothing to chance: it is the one that `Ed25519PrivateKey.sign` makes, by
    libsodium, in half the time.

    Args:
        secret: what the function of that name returned.
        message: any length.

    Source: RFC 8032 section 5.1.6.
    """
    return crypto_sign(message, secret)[:SIGNATURE_SIZE]


def verify(public_key: bytes, signature: bytes, message: bytes) -> None:
    """Return if `signature` is the key's over `message`, raise otherwise.

    Args:
        public_key: 32 bytes.
        signature: 64 bytes.
        message: what was signed, any length.

    Raises:
        KeyFormatError: the key is not 32 bytes, or is of small order.
        SignatureError: the signature does not hold.

    Source: RFC 8032 section 5.1.7.
    """
    _require_sound(public_key)
    if len(signature) != SIGNATURE_SIZE:
        raise SignatureError(f"a signature is {SIGNATURE_SIZE} bytes, not {len(signature)}")
    if _surely(public_key, signature, message):
        return
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except InvalidSignature:
        raise SignatureError("the signature does not match the key and the message") from None


def encode_multikey(public_key: bytes) -> str:
    """Write a public key as `publicKeyMultibase`: `z6Mk` and 44 letters.

    Raises:
        KeyFormatError: the key is not 32 bytes, or is of small order.

    Source: Controlled Identifiers 1.0 section 2.2.2.
    """
    _require_sound(public_key)
    return "z" + base58.b58encode(_MULTICODEC + public_key).decode("ascii")


@lru_cache(maxsize=1024)  # the same few keys, several times for each credential
def decode_multikey(multikey: str) -> bytes:
    """Read a `publicKeyMultibase`, 32 bytes.

    Raises:
        KeyFormatError: it is not the Multikey of an Ed25519 public key.

    Source: Controlled Identifiers 1.0 section 2.2.2.
    """
    if not _MULTIKEY.fullmatch(multikey):
        raise KeyFormatError(
            "publicKeyMultibase is not an Ed25519 Multikey: z6Mk and 44 letters of base58"
        )
    decoded = base58.b58decode(multikey[1:])
    if not decoded.startswith(_MULTICODEC) or len(decoded) != len(_MULTICODEC) + PUBLIC_KEY_SIZE:
        raise KeyFormatError(
            "publicKeyMultibase is not an Ed25519 Multikey: z6Mk and 44 letters of base58"
        )
    public_key = decoded[len(_MULTICODEC) :]
    _require_sound(public_key)
    return public_key


def _surely(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Say whether libsodium takes the signature: in half the time, and no more than others do.

    It refuses some keys and signatures that are written oddly and hold nevertheless; so its yes is
    believed, and its no is asked about.
    """
    try:
        crypto_sign_open(signature + message, public_key)
    except BadSignatureError:
        return False
    return True


@lru_cache(maxsize=1024)  # as `decode_multikey`: the same few keys
def _require_sound(public_key: bytes) -> None:
    if len(public_key) != PUBLIC_KEY_SIZE:
        raise KeyFormatError(f"a public key is {PUBLIC_KEY_SIZE} bytes, not {len(public_key)}")
    if public_key[:-1] + bytes([public_key[-1] & 0x7F]) in _SMALL_ORDER:
        raise KeyFormatError("the public key is of small order: its signatures prove nothing")
