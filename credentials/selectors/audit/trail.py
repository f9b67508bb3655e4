"""I15: the audit trail is written, whole up to its last seal, and on record.

Entries are hashed here anew, by other code than the one that sealed them.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import groupby
from typing import Any

from credentials.core import canonical
from credentials.selectors.audit import earlier
from credentials.selectors.audit.report import Finding
from credentials.selectors.audit.scope import LATE, Findings, Scope
from issuers.trail import laying

# The head is put on record once a day, by a worker that has other things to do as well.
HEAD_LATE = timedelta(hours=26)
CHANGED = "docs/runbook.md, The audit trail does not hold"
LAY = "run `manage.py migrate` as the owner, and find out who undid it, and since when"
CLOCK = "docs/runbook.md, Work lies about: look at beat, at the workers and at their log"
ENTRIES = (
    "SELECT e.issuer_id, e.id, e.at, e.user_id, e.door, e.role, e.subject, e.act, e.rows,"
    " e.before, e.after, e.noted FROM issuers_trailentry e ORDER BY e.issuer_id, e.id"
)
MEMBERS = (
    "number", "at", "user", "door", "role", "subject", "act", "rows", "before", "after", "noted",
)  # fmt: skip


def is_written(scope: Scope) -> Findings:
    """I15: every table has the triggers that write, and nobody but they may."""
    for statement in laying.missing(scope.rows):
        scope.count()
        words = " ".join(statement.split())
        yield Finding("what writes the audit trail", f"this was undone: {words:.100}", LAY)


def is_whole(scope: Scope) -> Findings:
    """I15: no entry was changed, removed, put in or moved, and no seal was made anew."""
    seals: dict[int, list[tuple[int, int, int, bytes, datetime]]] = {}
    for issuer, *seal in scope.rows.rows(
        "SELECT issuer_id, sequence, last, entries, digest, sealed_at FROM issuers_trailseal"
        " ORDER BY issuer_id, sequence"
    ):
        sequence, last, entries, digest, sealed_at = seal
        seals.setdefault(issuer, []).append((sequence, last, entries, bytes(digest), sealed_at))
    names = dict(scope.rows.all("SELECT id, did FROM issuers_issuer"))
    groups = groupby(scope.rows.rows(ENTRIES), key=lambda row: row[0])
    seen = set()
    for issuer, rows in groups:
        seen.add(issuer)
        yield from _of_one(scope, names[issuer], rows, seals.get(issuer, []))
    for issuer in sorted(seals.keys() - seen):
        yield Finding(f"audit trail of {names[issuer]}", "its entries are gone", CHANGED)
    before: dict[int, list[earlier.Before]] = {}
    yield from earlier.seals_before(scope, names, before)
    yield from _heads(scope, names, seals, before)


def _of_one(
    scope: Scope,
    did: str,
    rows: Iterator[tuple[Any, ...]],
    seals: Sequence[tuple[int, int, int, bytes, datetime]],
) -> Findings:
    """Walk the entries and the seals of one issuer together."""
    subject, previous, expected = f"audit trail of {did}", None, 1
    row = next(rows, None)
    for sequence, last, entries, digest, _sealed_at in seals:
        together, count = sha256(), 0
        end = 0
        while row is not None and row[1] <= last:
            together.update(_digest(row))
            count, end = count + 1, row[1]
            scope.count()
            row = next(rows, None)
        told = {
            "type": "AuditSeal",
            "version": 1,
            "issuer": did,
            "sequence": sequence,
            "last": end,
            "count": count,
            "entries": together.hexdigest(),
            "previous": previous,
        }
        if sequence != expected:
            yield Finding(subject, f"seal {expected} is not there", CHANGED)
        elif count != entries:
            yield Finding(
                subject, f"seal {sequence} covers {entries} entries, and {count} are there", CHANGED
            )
        elif sha256(canonical.jcs(told)).digest() != digest:
            yield Finding(subject, f"what seal {sequence} covers is not what was sealed", CHANGED)
        # Of the seal as it is kept: one that does not hold is told once, not with all that follow.
        previous, expected = digest.hex(), sequence + 1
    while row is not None:
        scope.count()
        if row[2] < scope.now - LATE:
            yield Finding(
                subject, f"entry {row[1]} is not sealed since {row[2]:%Y-%m-%d %H:%M}", CLOCK
            )
            return
        row = next(rows, None)


def _digest(row: tuple[Any, ...]) -> bytes:
    entry = dict(zip(MEMBERS, row[1:], strict=True))
    entry["type"] = "AuditEntry"
    entry["at"] = entry["at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    for member in ("before", "after"):
        if isinstance(entry[member], str):
            entry[member] = canonical.loads(entry[member].encode())
    return sha256(canonical.jcs(entry)).digest()


def _heads(
    scope: Scope,
    names: dict[int, str],
    seals: dict[int, list[tuple[int, int, int, bytes, datetime]]],
    before: dict[int, list[earlier.Before]],
) -> Findings:
    """Hold what was put on record against the seals, and ask for what should have been.

    An organisation that arrived brought the heads of the trail that it has elsewhere.
    """
    stated: dict[int, tuple[int, datetime]] = {}
    for issuer, sequence, at, document in scope.rows.rows(
        "SELECT s.issuer_id, s.sequence, s.at, s.document FROM credentials_statement s"
        " WHERE s.kind = 'head' AND NOT EXISTS (SELECT FROM issuers_arrival a"
        " WHERE a.issuer_id = s.issuer_id AND a.arrived_at >= s.at)"
        " ORDER BY s.issuer_id, s.sequence"
    ):
        scope.count()
        subject = f"audit trail of {names[issuer]}"
        try:
            told = canonical.loads(bytes(document))
            number, digest = int(told["seal"]), str(told["sealDigest"])
        except (canonical.MalformedDocument, KeyError, TypeError, ValueError):
            continue  # I2 tells of it
        came = earlier.trail_of(before.get(issuer, []), at)
        kept = {seal[0]: seal[3].hex() for seal in seals.get(issuer, [])}
        if came is not None:
            kept = dict(came.seals or {number: digest})
        if kept.get(number) != digest:
            yield Finding(
                subject,
                f"seal {number} is not the one that statement {sequence} put on record",
                CHANGED,
            )
        if came is None:
            stated[issuer] = (number, at)
    for issuer, of_issuer in seals.items():
        number, at = stated.get(issuer, (0, None))
        later = [seal[4] for seal in of_issuer if seal[0] > number]
        waits_since = max(at, later[0]) if at and later else later[0] if later else None
        if waits_since is not None and waits_since < scope.now - HEAD_LATE:
            yield Finding(
                f"audit trail of {names[issuer]}",
                f"what was sealed at {later[0]:%Y-%m-%d %H:%M} is not put on record",
                CLOCK,
            )
