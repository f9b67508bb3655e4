"""Bitstring Status List: one bit for each credential, thousands of credentials in a list.

A reader fetches the whole list, so that nobody learns which credential it asked about.

Source: Bitstring Status List 1.0.
"""

import base64
import binascii
import re
import zlib
from datetime import datetime
from typing import Any, Literal

from badges.core.document import timestamp
from credentials.core.contexts import CREDENTIALS_V2

# Entries of a list: the least the standard allows, for the privacy of its members. 16 kB of bits.
SIZE = 131_072
# What others may publish: 8 million entries. A megabyte of zeros arrives as one kilobyte, hence the
# bound.
MAX_ENTRIES = 8 * 1024 * 1024

Purpose = Literal["revocation", "suspension"]

_GZIP = 31  # zlib's window size for a gzip wrapper
_BASE64URL = re.compile(r"u[A-Za-z0-9_-]*")
# Random bits do not shrink: base64 of a full list of random bits, and the wrapper.
_MAX_ENCODED = MAX_ENTRIES // 8 * 4 // 3 + 4096


class StatusListError(ValueError):
    """A status list, or an index into it, cannot be used.

    Attributes:
        reason: stable code, for reports and translations.
    """

    def __init__(self, reason: str, message: str) -> None:
        """Keep the code beside the message."""
        super().__init__(message)
        self.reason = reason


def empty() -> bytes:
    """Return a list of `SIZE` entries, none of them set."""
    return bytes(SIZE // 8)


def encode(bits: bytes) -> str:
    """Write a list as `encodedList`: `u`, and the base64url of its gzip.

    The same bits always give the same text: gzip's own date is left at zero.

    Args:
        bits: one bit for each entry, the first entry is the highest bit of the first byte.

    Raises:
        StatusListError: fewer entries than the standard's minimum, or more than our maximum.

    Source: Bitstring Status List 1.0 section 3.3 (bitstring generation).
    """
    _require_size(len(bits) * 8)
    compressor = zlib.compressobj(9, zlib.DEFLATED, _GZIP)
    compressed = compressor.compress(bits) + compressor.flush()
    return "u" + base64.urlsafe_b64encode(compressed).decode("ascii").rstrip("=")


def decode(encoded: str) -> bytes:
    """Read an `encodedList`, from anybody.

    Raises:
        StatusListError: not of that form, cut short, followed by something, or of a size that is
            not allowed. The decompressor stops at the bound, whatever the text promises.

    Source: Bitstring Status List 1.0 section 3.4 (bitstring expansion).
    """
    if len(encoded) > _MAX_ENCODED:
        raise StatusListError("size", f"the encodedList takes more than {_MAX_ENCODED} characters")
    if not _BASE64URL.fullmatch(encoded):
        raise StatusListError("encoding", "the encodedList is not u and base64url without padding")
    decompressor = zlib.decompressobj(_GZIP)
    try:
        compressed = base64.urlsafe_b64decode(encoded[1:] + "=" * (-(len(encoded) - 1) % 4))
        bits = decompressor.decompress(compressed, MAX_ENTRIES // 8 + 1)
    except (binascii.Error, zlib.error):
        raise StatusListError("encoding", "the encodedList does not hold a gzip stream") from None
    _require_size(len(bits) * 8)
    if not decompressor.eof or decompressor.unused_data:
        raise StatusListError("encoding", "the encodedList is cut short, or goes on after its end")
    return bits


def is_set(bits: bytes, index: int) -> bool:
    """Tell whether an entry is set.

    Raises:
        StatusListError: the list has no such entry.

    Source: Bitstring Status List 1.0 section 3.2 (index 0 is the left-most bit).
    """
    _require_index(bits, index)
    return bool(bits[index // 8] & _mask(index))


def set_bit(bits: bytes, index: int, value: bool) -> bytes:  # noqa: FBT001 - the value of the bit
    """Return a copy of the list with an entry set or cleared.

    Raises:
        StatusListError: the list has no such entry.

    Source: Bitstring Status List 1.0 section 3.2.
    """
    _require_index(bits, index)
    changed = bytearray(bits)
    if value:
        changed[index // 8] |= _mask(index)
    else:
        changed[index // 8] &= ~_mask(index) & 0xFF
    return bytes(changed)


def entry(*, url: str, index: int, purpose: Purpose) -> dict[str, Any]:
    """Write the `credentialStatus` of a credential.

    Args:
        url: address of the list credential.
        index: the credential's place in it, drawn at random.
        purpose: what a set bit means.

    Raises:
        StatusListError: the index is not within `SIZE`.

    Source: Bitstring Status List 1.0 section 2.1 (BitstringStatusListEntry).
    """
    if not 0 <= index < SIZE:
        raise StatusListError("index", f"an index is from 0 to {SIZE - 1}, not {index}")
    return {
        # Not the address of the list: the standard forbids it, and Open Badges asks for an id.
        "id": f"{url}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(index),
        "statusListCredential": url,
    }


def list_credential(
    *,
    url: str,
    issuer: str,
    purpose: Purpose,
    bits: bytes,
    valid_from: datetime,
    valid_until: datetime,
    ttl_ms: int | None = None,
) -> dict[str, Any]:
    """Write the credential that publishes a list, unsigned.

    Args:
        url: where it is served, and its id.
        issuer: the DID of the issuer of the credentials in it.
        purpose: what a set bit means.
        bits: the list.
        valid_from: when it was made.
        valid_until: after which a reader must fetch it again.
        ttl_ms: milliseconds for which a copy may be kept.

    Raises:
        StatusListError: the list has a size that is not allowed.
        DocumentError: an instant has no zone.

    Source: Bitstring Status List 1.0 section 2.2 (BitstringStatusListCredential).
    """
    subject: dict[str, Any] = {
        "id": f"{url}#list",
        "type": "BitstringStatusList",
        "statusPurpose": purpose,
        "encodedList": encode(bits),
    }
    if ttl_ms is not None:
        subject["ttl"] = ttl_ms
    return {
        "@context": [CREDENTIALS_V2],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": timestamp(valid_from),
        "validUntil": timestamp(valid_until),
        "credentialSubject": subject,
    }


def _mask(index: int) -> int:
    return 0x80 >> (index % 8)


def _require_index(bits: bytes, index: int) -> None:
    # A negative index would count from the end.
    if not 0 <= index < len(bits) * 8:
        raise StatusListError("index", f"the list has no entry {index}: it has {len(bits) * 8}")


def _require_size(entries: int) -> None:
    if not SIZE <= entries <= MAX_ENTRIES:
        raise StatusListError("size", f"a list has {SIZE} to {MAX_ENTRIES} entries, not {entries}")
