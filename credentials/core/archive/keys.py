"""What a passphrase becomes: one key for each member of one archive, and one for its manifest.

    transfer key = scrypt(passphrase, salt, n, r, p), 32 bytes
    a key        = HKDF-SHA256(transfer key, salt = archive, info = "acquis/archive/1|" purpose)

Sources: RFC 7914 (scrypt); RFC 5869 (HKDF); NIST SP 800-107 (HMAC).
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

SALT_SIZE = 16
KEY_SIZE = 32
# 128 MB and about half a second, once an archive.
COST, BLOCK, LANES = 2**17, 8, 1
# An archive says what it cost; it may not ask a reader for more than a gigabyte.
MAX_COST = 2**20
MIN_PASSPHRASE, MAX_PASSPHRASE = 12, 1024


class PassphraseError(ValueError):
    """The passphrase cannot be used; says why, and never what it was."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """How the transfer key comes from the passphrase.

    Attributes:
        salt: 16 random bytes.
        cost: the N of scrypt, a power of two.
    """

    salt: bytes
    cost: int = COST

    def as_json(self) -> dict[str, Any]:
        """Return it as the manifest has it."""
        return {"kdf": "scrypt", "salt": self.salt.hex(), "n": self.cost, "r": BLOCK, "p": LANES}


def read_derivation(members: object) -> Derivation:
    """Read how a key was derived; strictly, for it decides how much memory is used.

    Raises:
        PassphraseError: it is not what `as_json` writes.
    """
    if not isinstance(members, Mapping) or set(members) != {"kdf", "salt", "n", "r", "p"}:
        raise PassphraseError("the derivation of the key is malformed")
    cost, salt = members["n"], members["salt"]
    if members["kdf"] != "scrypt" or members["r"] != BLOCK or members["p"] != LANES:
        raise PassphraseError("the key is derived in a way that is not known here")
    if not isinstance(cost, int) or not 2**14 <= cost <= MAX_COST or cost & (cost - 1):
        raise PassphraseError(f"n must be a power of two from {2**14} to {MAX_COST}")
    try:
        raw = bytes.fromhex(salt)
    except (TypeError, ValueError):
        raw = b""
    if len(raw) != SALT_SIZE:
        raise PassphraseError(f"the salt must be {SALT_SIZE} bytes in hexadecimal")
    return Derivation(raw, cost)


def transfer_key(passphrase: str, derivation: Derivation) -> bytes:
    """Return the transfer key, 32 bytes.

    Args:
        passphrase: 12 to 1024 characters.
        derivation: the salt and the cost.

    Raises:
        PassphraseError: the passphrase is too short or too long.

    Source: RFC 7914 section 6.
    """
    if not MIN_PASSPHRASE <= len(passphrase) <= MAX_PASSPHRASE:
        raise PassphraseError(f"a passphrase has {MIN_PASSPHRASE} to {MAX_PASSPHRASE} characters")
    scrypt = Scrypt(salt=derivation.salt, length=KEY_SIZE, n=derivation.cost, r=BLOCK, p=LANES)
    return scrypt.derive(passphrase.encode())


def member_key(transfer: bytes, *, archive: bytes, member: str) -> bytes:
    """Return the key of one member of one archive, 32 bytes.

    Args:
        transfer: the transfer key.
        archive: the 16 bytes that name the archive, drawn once.
        member: the name of the member.

    Source: RFC 5869 section 2.
    """
    return _derived(transfer, archive, f"member|{member}")


def authenticate(message: bytes, *, transfer: bytes, archive: bytes) -> bytes:
    """Return the HMAC-SHA256 of a manifest, 32 bytes.

    Source: NIST SP 800-107.
    """
    return hmac.digest(_derived(transfer, archive, "manifest"), message, sha256)


def is_authentic(message: bytes, tag: bytes, *, transfer: bytes, archive: bytes) -> bool:
    """Say whether a manifest was written by somebody who had the passphrase."""
    return hmac.compare_digest(authenticate(message, transfer=transfer, archive=archive), tag)


def _derived(transfer: bytes, archive: bytes, purpose: str) -> bytes:
    return HKDF(
        algorithm=hashes.SHA256(),
        length=KEY_SIZE,
        salt=archive,
        info=f"acquis/archive/1|{purpose}".encode(),
    ).derive(transfer)
