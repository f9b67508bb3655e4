"""An audit trail as a file, read again: whether its entries and its seals belong together.

A file comes from somewhere: from an export that somebody kept, or from the installation where an
organisation was before. What is in it was hashed there; here it is followed line by line, and the
digests of its seals can be held against those that are on the chain.

Source: RFC 8785 (JCS); docs/trail.md, "Check an export yourself".
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import rfc8785

from issuers.core import trail

_ENTRY = frozenset({
    "type", "number", "at", "user", "door", "role", "subject", "act", "rows", "before", "after",
    "noted",
})  # fmt: skip


class TrailError(ValueError):
    """The file is not a trail, or not as it was written; says what does not belong together."""


class Follower:
    """A reader of one trail, from its first line on; of each entry only its digest is kept."""

    def __init__(self, issuer: str) -> None:
        """Begin before the first entry of an issuer, named by its DID."""
        self._issuer = issuer
        self._together = sha256()
        self._previous: str | None = None
        self.entries = self.seals = self.last = self.open = 0

    @property
    def digest(self) -> bytes:
        """Return the digest of the last seal, 32 bytes; none before the first."""
        return bytes.fromhex(self._previous or "")

    def take(self, document: Mapping[str, Any]) -> bool:
        """Follow one line; return whether it was a seal, and so is `digest` of it.

        Raises:
            TrailError: it is none, or does not belong after the line before.

        Source: RFC 8785.
        """
        kind = document.get("type")
        if kind == trail.ENTRY:
            self._entry(document)
            return False
        if kind == trail.SEAL:
            self._seal(document)
            return True
        raise TrailError("it is neither an entry nor a seal")

    def _entry(self, document: Mapping[str, Any]) -> None:
        if document.keys() != _ENTRY:
            raise TrailError(f"an entry has {', '.join(sorted(_ENTRY))}")
        number = document["number"]
        if not isinstance(number, int) or isinstance(number, bool) or number <= self.last:
            raise TrailError("its number is not higher than that of the entry before")
        self._together.update(_digest(document))
        self.entries, self.open, self.last = self.entries + 1, self.open + 1, number

    def _seal(self, document: Mapping[str, Any]) -> None:
        expected = {
            "type": trail.SEAL,
            "version": trail.FORMAT,
            "issuer": self._issuer,
            "sequence": self.seals + 1,
            "last": self.last,
            "count": self.open,
            "entries": self._together.hexdigest(),
            "previous": self._previous,
        }
        for name, value in expected.items():
            if name not in document or document[name] != value:
                raise TrailError(f"seal {self.seals + 1}: {name} is not that of what it follows")
        if document.keys() != expected.keys():
            raise TrailError(f"seal {self.seals + 1} has other members than a seal")
        self._previous = _digest(document).hex()
        self._together, self.open, self.seals = sha256(), 0, self.seals + 1


def _digest(document: Mapping[str, Any]) -> bytes:
    try:
        return sha256(rfc8785.dumps(dict(document))).digest()
    except rfc8785.CanonicalizationError as error:
        raise TrailError(f"it has no canonical form: {error}") from error
