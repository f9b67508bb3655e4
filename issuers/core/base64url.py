"""base64url without padding, in one form only: bytes have one text, and a text one reading.

Python's decoder passes over what it does not know, so two texts could carry one signature.

Source: RFC 4648 sections 3.5 (canonical encoding) and 5; RFC 7515 appendix C.
"""

import base64
import re

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")


class Base64Error(ValueError):
    """The text is not base64url without padding, or not the one form of its bytes."""


def encode(data: bytes) -> str:
    """Write bytes as base64url without padding.

    Source: RFC 7515 appendix C.
    """
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Read base64url without padding.

    Args:
        text: of any length; the caller bounds it.

    Raises:
        Base64Error: it has padding, other characters, an impossible length, or bits left over.

    Source: RFC 4648 section 3.5.
    """
    if not _ALPHABET.fullmatch(text) or len(text) % 4 == 1:
        raise Base64Error("not base64url without padding")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode(data) != text:
        raise Base64Error("not the canonical base64url of its bytes: bits are left over")
    return data
