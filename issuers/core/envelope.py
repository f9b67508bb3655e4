"""Envelope encryption: each row has its data key, wrapped by a key-encryption key kept elsewhere.

What is stored, byte by byte
    wrapped data key    version (1) | length of key id (1) | key id | AES-KWP of the data key (40)
      by a key service  version (2) | length of key id (1) | key id | what the service answered
    sealed value        version (1) | nonce (12) | AES-256-GCM ciphertext and tag (16 more)

The key id travels with the wrapped key, so that key-encryption keys rotate by re-wrapping data keys
alone. The version is authenticated with the caller's associated bytes: a value moved to another
row, or read as another version, does not open. Randomness is passed in: this floor has none.

Sources: NIST SP 800-38D (GCM); RFC 5649 (AES-KWP).
"""

from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import (
    InvalidUnwrap,
    aes_key_unwrap_with_padding,
    aes_key_wrap_with_padding,
)

KEY_SIZE = 32
NONCE_SIZE = 12

_VERSION = b"\x01"
_BY_SERVICE = b"\x02"
_TAG_SIZE = 16
_MAX_KEK_ID = 64
_MAX_ANSWER = 1024


class EnvelopeError(Exception):
    """The bytes do not open: wrong key, wrong row, wrong version, or altered."""


class UnknownKek(EnvelopeError):  # noqa: N818 - it says what is wrong
    """The data key is wrapped by a key-encryption key that was not given."""


def wrap(*, dek: bytes, kek: bytes, kek_id: str) -> bytes:
    """Wrap a data key.

    Args:
        dek: data key, 32 bytes.
        kek: key-encryption key, 32 bytes.
        kek_id: its name, 1 to 64 bytes of UTF-8; `unwrap` finds the key again by it.

    Raises:
        EnvelopeError: a key is not 32 bytes, or the name is empty or too long.

    Source: RFC 5649.
    """
    _require_key(dek, "data key")
    _require_key(kek, "key-encryption key")
    return _VERSION + _named(kek_id) + aes_key_wrap_with_padding(kek, dek)


def enclose(answer: bytes, *, kek_id: str) -> bytes:
    """Keep what a key service made of a data key, under the name of the key that it used.

    Raises:
        EnvelopeError: the answer is empty or too long, or the name is.
    """
    if not 1 <= len(answer) <= _MAX_ANSWER:
        raise EnvelopeError(f"a wrapped key takes 1 to {_MAX_ANSWER} bytes, not {len(answer)}")
    return _BY_SERVICE + _named(kek_id) + answer


def disclose(wrapped: bytes) -> bytes:
    """Return what the key service answered when it wrapped a data key.

    Raises:
        EnvelopeError: no key service wrapped it.
    """
    if wrapped[:1] != _BY_SERVICE:
        raise EnvelopeError("not a data key that a key service wrapped")
    return wrapped[len(header(wrapped)) :]


def unwrap(wrapped: bytes, *, keks: Mapping[str, bytes]) -> bytes:
    """Unwrap a data key, 32 bytes.

    Args:
        wrapped: what `wrap` returned.
        keks: the key-encryption keys at hand, by name.

    Raises:
        UnknownKek: none of them has the name found in the bytes.
        EnvelopeError: the bytes do not open.

    Source: RFC 5649.
    """
    name = kek_id_of(wrapped)
    if name not in keks or wrapped[:1] != _VERSION:
        raise UnknownKek(
            f"the data key is wrapped by the key-encryption key {name!r}, which is not at hand"
        )
    try:
        dek = aes_key_unwrap_with_padding(keks[name], wrapped[2 + wrapped[1] :])
    except (InvalidUnwrap, ValueError):
        raise EnvelopeError(
            f"the data key does not open under the key-encryption key {name!r}"
        ) from None
    _require_key(dek, "data key")
    return dek


def kek_id_of(wrapped: bytes) -> str:
    """Return the name of the key-encryption key that wraps a data key, without opening it.

    Raises:
        EnvelopeError: these are not the bytes of a wrapped key.
    """
    if (
        wrapped[:1] not in (_VERSION, _BY_SERVICE)
        or len(wrapped) < 2  # noqa: PLR2004 - the header
        or len(wrapped) <= 2 + wrapped[1]
    ):
        raise EnvelopeError("not a wrapped data key of a known version")
    try:
        return wrapped[2 : 2 + wrapped[1]].decode()
    except UnicodeDecodeError:
        raise EnvelopeError("not a wrapped data key of a known version") from None


def header(wrapped: bytes) -> bytes:
    """Return how every data key begins that the same key-encryption key wraps.

    Raises:
        EnvelopeError: these are not the bytes of a wrapped key.
    """
    return wrapped[: 2 + len(kek_id_of(wrapped).encode())]


def encrypt(plaintext: bytes, *, dek: bytes, nonce: bytes, associated: bytes) -> bytes:
    """Seal a value under a data key.

    Args:
        plaintext: any length.
        dek: data key, 32 bytes.
        nonce: 12 random bytes, never used twice with this data key.
        associated: says whose value this is (table, row, column); not stored, needed again to open.

    Raises:
        EnvelopeError: the key or the nonce has the wrong length.

    Source: NIST SP 800-38D section 7.1.
    """
    _require_key(dek, "data key")
    if len(nonce) != NONCE_SIZE:
        raise EnvelopeError(f"a nonce is {NONCE_SIZE} bytes, not {len(nonce)}")
    return _VERSION + nonce + AESGCM(dek).encrypt(nonce, plaintext, _VERSION + associated)


def decrypt(sealed: bytes, *, dek: bytes, associated: bytes) -> bytes:
    """Open a sealed value.

    Args:
        sealed: what `encrypt` returned.
        dek: data key, 32 bytes.
        associated: the same bytes as when it was sealed.

    Raises:
        EnvelopeError: wrong key, wrong associated bytes, altered, or not a sealed value.

    Source: NIST SP 800-38D section 7.2.
    """
    _require_key(dek, "data key")
    if sealed[:1] != _VERSION or len(sealed) < len(_VERSION) + NONCE_SIZE + _TAG_SIZE:
        raise EnvelopeError("not a sealed value of a known version")
    nonce, ciphertext = sealed[1 : 1 + NONCE_SIZE], sealed[1 + NONCE_SIZE :]
    try:
        return AESGCM(dek).decrypt(nonce, ciphertext, _VERSION + associated)
    except InvalidTag:
        raise EnvelopeError(
            "the value does not open: wrong key, wrong row, or altered bytes"
        ) from None


def _named(kek_id: str) -> bytes:
    name = kek_id.encode()
    if not 1 <= len(name) <= _MAX_KEK_ID:
        raise EnvelopeError(f"kek_id takes 1 to {_MAX_KEK_ID} bytes, not {len(name)}")
    return bytes([len(name)]) + name


def _require_key(key: bytes, what: str) -> None:
    if len(key) != KEY_SIZE:
        raise EnvelopeError(f"a {what} is {KEY_SIZE} bytes, not {len(key)}")
