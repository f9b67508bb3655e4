"""The audit trail as it is hashed: entries, and the seals that chain them.

    entry digest = SHA-256(RFC 8785 of the entry)
    seal digest  = SHA-256(RFC 8785 of the seal: whose it is, its number, the last entry it covers,
                   how many, the SHA-256 of their digests one after the other, and the seal before)

Whoever has the entries and one seal digest can say that none was changed, left out, put in between
or moved, up to that seal. A seal is made by a worker after the fact, so writing never waits for
it; what makes it impossible to write the past anew is that seal digests are anchored.

What is made here is hashed and anchored: it never changes (docs/adr, "audit trail").

Sources: RFC 8785 (JCS); docs/trail.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import rfc8785

FORMAT = 1
ENTRY, SEAL = "AuditEntry", "AuditSeal"


@dataclass(frozen=True, slots=True)
class Entry:
    """Rows of one table that were changed alike.

    Attributes:
        number: its number; numbers grow, and some are missing.
        at: when.
        user: the person's number, as the program said; None where a program acted.
        door: by which way, as the program said.
        role: the role of the database.
        subject: what kind of row.
        act: "added", "changed" or "removed".
        rows: their keys.
        before: values before, of what changed; None of what was added.
        after: values after; None of what was removed.
        noted: what else changed, without its values.
    """

    number: int
    at: datetime
    user: int | None
    door: str
    role: str
    subject: str
    act: str
    rows: Sequence[int]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    noted: Sequence[str]


def entry_document(entry: Entry) -> dict[str, Any]:
    """Return an entry as it is exported and hashed.

    Raises:
        ValueError: the instant has no zone.
    """
    if entry.at.tzinfo is None:
        raise ValueError("an instant needs its zone")
    return {
        "type": ENTRY,
        "number": entry.number,
        "at": entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "user": entry.user,
        "door": entry.door,
        "role": entry.role,
        "subject": entry.subject,
        "act": entry.act,
        "rows": list(entry.rows),
        "before": entry.before,
        "after": entry.after,
        "noted": list(entry.noted),
    }


def entry_digest(entry: Entry) -> bytes:
    """Return the SHA-256 of an entry's canonical JSON, 32 bytes.

    Source: RFC 8785.
    """
    return sha256(rfc8785.dumps(entry_document(entry))).digest()


class Covered:
    """Entries that a seal is to cover, one after the other: of each only its digest is kept."""

    def __init__(self) -> None:
        """Begin with none."""
        self._together = sha256()
        self.count = self.last = 0

    def add(self, entry: Entry) -> None:
        """Cover one entry more.

        Raises:
            ValueError: its number is not higher than that of the one before.

        Source: docs/trail.md.
        """
        if entry.number <= self.last:
            raise ValueError(f"entry {entry.number} comes after entry {self.last}")
        self._together.update(entry_digest(entry))
        self.count, self.last = self.count + 1, entry.number

    def document(self, *, issuer: str, sequence: int, previous: bytes | None) -> dict[str, Any]:
        """Return the seal as it is exported and hashed.

        Source: docs/trail.md.
        """
        return {
            "type": SEAL,
            "version": FORMAT,
            "issuer": issuer,
            "sequence": sequence,
            "last": self.last,
            "count": self.count,
            "entries": self._together.hexdigest(),
            "previous": None if previous is None else previous.hex(),
        }


def seal_document(
    entries: Iterable[Entry], *, issuer: str, sequence: int, previous: bytes | None
) -> dict[str, Any] | None:
    """Return the seal of some entries as it is exported and hashed; None where there are none.

    Args:
        entries: in the order of their numbers; read once, so there may be many.
        issuer: the DID of whoever they are of.
        sequence: 1 for the first seal, then one more each time.
        previous: the digest of the seal before; None of the first.

    Raises:
        ValueError: the first seal has a predecessor, or a later one none; or numbers do not grow.
    """
    if sequence < 1 or (sequence == 1) is not (previous is None):
        raise ValueError("the first seal has no predecessor, and every later one has")
    covered = Covered()
    for entry in entries:
        covered.add(entry)
    if not covered.count:
        return None
    return covered.document(issuer=issuer, sequence=sequence, previous=previous)


def seal_digest(document: Mapping[str, Any]) -> bytes:
    """Return the SHA-256 of a seal's canonical JSON, 32 bytes.

    Source: RFC 8785.
    """
    return sha256(rfc8785.dumps(dict(document))).digest()
