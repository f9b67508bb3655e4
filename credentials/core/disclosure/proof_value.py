"""How the two proofs of ecdsa-sd-2023 are written.

    base     u || base64url(d95d00 || CBOR([signature, key, HMAC key, [signature…], [pointer…]]))
    derived  u || base64url(d95d01 || CBOR([signature, key, [signature…], {0: label…}, [index…]]))

The key is the one that was drawn for this proof alone: it signs the statements, and the issuer's
key signs it. What is read comes from anybody, so it is bounded, and must be the one encoding of
what it says.

Source: Data Integrity ECDSA Cryptosuites 1.0 section 3.5; RFC 8949 section 4.2.1.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import base58
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from credentials.core import cbor, proof
from credentials.core.disclosure import selecting
from issuers.core import base64url, ecdsa, jwk, keys

# One signature for every statement that may be hidden; a large transcript makes about 700.
MAX_STATEMENTS = 1024
MAX_LABELS = 256
LABEL_SIZE = 32
# 1024 signatures of 66 bytes, 256 labels, some pointers: less than 100 kB, in base64url.
MAX_PROOF_VALUE = 160_000

_BASE, _DERIVED = b"\xd9\x5d\x00", b"\xd9\x5d\x01"
_TEXT = re.compile(r"u[A-Za-z0-9_-]+")
_P256 = b"\x80\x24"
_KEY_SIZE = 35
_HMAC_KEY_SIZE = 32
_PARTS = 5
# Every signature, label (and its number), pointer and index is an item.
_MAX_ITEMS = 2 * MAX_STATEMENTS + 2 * MAX_LABELS + selecting.MAX_POINTERS + 16


@dataclass(frozen=True, slots=True)
class Base:
    """What an issuer gives to a learner, and nobody else may see.

    Attributes:
        signature: of the issuer's key, 64 bytes.
        public_key: that signs the statements.
        hmac_key: that made the labels, 32 bytes: with it, what is hidden can be guessed at.
        signatures: one for each statement that may be hidden, in their order.
        mandatory: JSON pointers of what may not.
    """

    signature: bytes
    public_key: ec.EllipticCurvePublicKey
    hmac_key: bytes
    signatures: tuple[bytes, ...]
    mandatory: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Derived:
    """What a learner shows.

    Attributes:
        signature: of the issuer's key, 64 bytes.
        public_key: that signs the statements.
        signatures: one for each statement that is shown and might have been hidden.
        labels: for each number of a node without an id, its label.
        mandatory: which of the statements, counted in their order, no one could hide.
    """

    signature: bytes
    public_key: ec.EllipticCurvePublicKey
    signatures: tuple[bytes, ...]
    labels: Mapping[int, str]
    mandatory: tuple[int, ...]


def key_bytes(key: ec.EllipticCurvePublicKey) -> bytes:
    """Write a P-256 public key as proofs do: multicodec and compressed point, 35 bytes.

    Source: Controlled Identifiers 1.0 section 2.2.2.
    """
    return _P256 + key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
    )


def encode_base(base: Base) -> str:
    """Write the proofValue of a base proof.

    Source: Data Integrity ECDSA Cryptosuites 1.0 section 3.5.2 (serializeBaseProofValue).
    """
    parts = [
        base.signature,
        key_bytes(base.public_key),
        base.hmac_key,
        list(base.signatures),
        list(base.mandatory),
    ]
    return "u" + base64url.encode(_BASE + cbor.write(parts))


def encode_derived(derived: Derived) -> str:
    """Write the proofValue of a derived proof.

    Source: Data Integrity ECDSA Cryptosuites 1.0 section 3.5.7 (serializeDerivedProofValue).
    """
    parts = [
        derived.signature,
        key_bytes(derived.public_key),
        list(derived.signatures),
        {number: base64url.decode(label[1:]) for number, label in derived.labels.items()},
        list(derived.mandatory),
    ]
    return "u" + base64url.encode(_DERIVED + cbor.write(parts))


def decode_base(text: str) -> Base:
    """Read the proofValue of a base proof, from anybody.

    Raises:
        ProofMalformed: too large, or not the one encoding of a base proof.

    Source: Data Integrity ECDSA Cryptosuites 1.0 section 3.5.3 (parseBaseProofValue).
    """
    signature, key, hmac_key, signatures, pointers = _parts(text, _BASE, "base")
    if not isinstance(hmac_key, bytes) or len(hmac_key) != _HMAC_KEY_SIZE:
        raise proof.ProofMalformed(f"the HMAC key of the base proof is not {_HMAC_KEY_SIZE} bytes")
    if not isinstance(pointers, list) or not all(isinstance(each, str) for each in pointers):
        raise proof.ProofMalformed("the pointers of the base proof are not texts")
    if len(pointers) > selecting.MAX_POINTERS:
        raise proof.ProofMalformed("the base proof has too many pointers")
    return Base(
        _signature(signature), _key(key), hmac_key, _signatures(signatures), tuple(pointers)
    )


def decode_derived(text: str) -> Derived:
    """Read the proofValue of a derived proof, from anybody.

    Raises:
        ProofMalformed: too large, or not the one encoding of a derived proof.

    Source: Data Integrity ECDSA Cryptosuites 1.0 section 3.5.8 (parseDerivedProofValue).
    """
    signature, key, signatures, labels, indexes = _parts(text, _DERIVED, "derived")
    if not isinstance(indexes, list) or not all(isinstance(index, int) for index in indexes):
        raise proof.ProofMalformed("the indexes of the derived proof are not numbers")
    if sorted(set(indexes)) != indexes or len(indexes) > MAX_STATEMENTS:
        raise proof.ProofMalformed("the indexes of the derived proof are not in their order")
    return Derived(
        _signature(signature), _key(key), _signatures(signatures), _labels(labels), tuple(indexes)
    )


def is_base(text: str) -> bool:
    """Say whether a proofValue begins as that of a base proof, which nobody should be shown."""
    return text.startswith("u" + base64url.encode(_BASE))


def _parts(text: str, header: bytes, what: str) -> list[Any]:
    if len(text) > MAX_PROOF_VALUE or not _TEXT.fullmatch(text):
        raise proof.ProofMalformed("the proofValue is not u and base64url, or is too large")
    try:
        data = base64url.decode(text[1:])
        if not data.startswith(header):
            raise proof.ProofMalformed(f"the proofValue is not that of a {what} proof")
        parts = cbor.read(data[len(header) :], max_items=_MAX_ITEMS)
    except (base64url.Base64Error, cbor.CborError) as error:
        raise proof.ProofMalformed(f"the proofValue: {error}") from None
    if not isinstance(parts, list) or len(parts) != _PARTS:
        raise proof.ProofMalformed(f"the proofValue does not hold the {_PARTS} parts of its kind")
    return parts


def _signature(value: object) -> bytes:
    if not isinstance(value, bytes) or len(value) != ecdsa.SIGNATURE_SIZE:
        raise proof.ProofMalformed(f"a signature is not {ecdsa.SIGNATURE_SIZE} bytes")
    return value


def _signatures(value: object) -> tuple[bytes, ...]:
    if not isinstance(value, list) or len(value) > MAX_STATEMENTS:
        raise proof.ProofMalformed(f"the signatures are not a list of at most {MAX_STATEMENTS}")
    return tuple(_signature(each) for each in value)


def _key(value: object) -> ec.EllipticCurvePublicKey:
    if isinstance(value, bytes) and len(value) == _KEY_SIZE and value.startswith(_P256):
        try:
            return jwk.decode_multikey("z" + base58.b58encode(value).decode("ascii"))
        except keys.KeyFormatError:
            pass
    raise proof.ProofMalformed("the key of the statements is not a P-256 public key")


def _labels(value: object) -> dict[int, str]:
    if not isinstance(value, dict) or len(value) > MAX_LABELS:
        raise proof.ProofMalformed(f"the labels are not a map of at most {MAX_LABELS}")
    if not all(isinstance(each, bytes) and len(each) == LABEL_SIZE for each in value.values()):
        raise proof.ProofMalformed(f"a label is not {LABEL_SIZE} bytes")
    # Two nodes under one label would be read as one: a holder could take one object for another.
    if len(set(value.values())) != len(value):
        raise proof.ProofMalformed("two nodes have one label")
    return {number: "u" + base64url.encode(each) for number, each in value.items()}
