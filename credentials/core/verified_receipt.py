"""What an installation signs of a verification: when it looked at what, and what came of it.

JSON in its canonical form (RFC 8785), signed with an Ed25519 key of the installation. It holds
digests and verdicts and no document, so it proves nothing about a person to whoever has no
document. It says what this installation saw on that day, and no more: a badge may be revoked the
day after.

Source: RFC 8785; RFC 8032; Multikey (Controlled Identifiers 1.0 section 2.2.2).
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from credentials.core import canonical, multibase
from issuers.core import keys

TYPE = "AcquisVerificationReceipt"
VERSION = 1
# What verified: the seven checks of `verification`. Where one of them comes to another answer about
# the same document, this gets another number.
VERIFIER = "acquis/1"
# A receipt of two hundred lines takes about 80 kB.
MAX_BYTES = canonical.MAX_BYTES
_SIGNATURE = re.compile(r"z[1-9A-HJ-NP-Za-km-z]{64,88}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_INSTANT = re.compile(
    r"20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ"
)
_CODE = re.compile(r"[a-z0-9_]{1,60}")
VERDICTS = ("verified", "refuted", "inconclusive", "unreadable")
# An address, a name of a program, a key: nothing in it is longer.
MAX_TEXT = 300
_MEMBERS = {"type", "version", "installation", "verifier", "issued", "documents", "key", "proof"}


class ReceiptError(ValueError):
    """It is no such receipt, or its signature does not hold.

    Attributes:
        reason: stable code: `receipt_unlike` or `receipt_altered`.
    """

    def __init__(self, reason: str) -> None:
        """Keep the code."""
        super().__init__(reason)
        self.reason = reason


def sign(
    documents: Sequence[Mapping[str, str]],
    *,
    installation: str,
    verifier: str,
    issued: datetime,
    seed: bytes,
) -> bytes:
    """Return a receipt.

    Args:
        documents: Of each: `name`, `digest` (SHA-256, hexadecimal), `verdict`, `state`, `checked`.
        installation: Its public address.
        verifier: Name and version of what verified.
        issued: When it is signed.
        seed: Of the installation's key, 32 bytes.
    """
    said = {
        "type": TYPE,
        "version": VERSION,
        "installation": installation,
        "verifier": verifier,
        "issued": instant(issued),
        "documents": [dict(each) for each in documents],
        "key": keys.encode_multikey(keys.public_key(seed)),
    }
    signature = keys.load(seed).sign(canonical.jcs(said))
    return canonical.jcs(said | {"proof": multibase.encode(signature)})


def is_receipt(data: bytes) -> bool:
    """Say whether bytes claim to be a receipt; costs no parsing of what is large."""
    return len(data) <= MAX_BYTES and TYPE.encode() in data and b'"documents"' in data


def verify(data: bytes) -> dict[str, Any]:
    """Return what a receipt says, if the key that it names signed it; whose key, others know.

    Raises:
        ReceiptError: it is no receipt, or the signature does not hold.
    """
    try:
        said = canonical.loads(data)
    except canonical.MalformedDocument as error:
        raise ReceiptError("receipt_unlike") from error
    if not _is_like(said):
        raise ReceiptError("receipt_unlike")
    signed = {name: value for name, value in said.items() if name != "proof"}
    try:
        if not _SIGNATURE.fullmatch(said["proof"]):
            raise ReceiptError("receipt_altered")
        signature = multibase.decode(said["proof"][1:])
        keys.verify(keys.decode_multikey(said["key"]), signature, canonical.jcs(signed))
    except (ValueError, keys.SignatureError) as error:
        raise ReceiptError("receipt_altered") from error
    return said


def instant(moment: datetime) -> str:
    """Write an instant as RFC 3339 does, in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _is_like(said: Mapping[str, Any]) -> bool:
    documents = said.get("documents")
    return (
        said.keys() == _MEMBERS
        and said["type"] == TYPE
        and said["version"] == VERSION
        and all(_is_text(said[name]) for name in _MEMBERS - {"version", "documents"})
        and bool(_INSTANT.fullmatch(said["issued"]))
        and isinstance(documents, list)
        and all(_is_line(each) for each in documents)
    )


def _is_line(line: object) -> bool:
    return (
        isinstance(line, dict)
        and line.keys() == {"name", "digest", "verdict", "state", "checked"}
        and all(map(_is_text, line.values()))
        and bool(_DIGEST.fullmatch(line["digest"]))
        and bool(_INSTANT.fullmatch(line["checked"]))
        and bool(_CODE.fullmatch(line["state"]))
        and line["verdict"] in VERDICTS
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= MAX_TEXT
