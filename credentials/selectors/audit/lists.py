"""I8: what a status list tells the world is what the rows say, signed by the issuer, and fresh."""

from datetime import timedelta
from typing import Any

from credentials.core import canonical, proof
from credentials.core import status_list as lists
from credentials.selectors.audit.keys import Keys
from credentials.selectors.audit.report import Finding
from credentials.selectors.audit.scope import LATE, Findings, Scope

# A revocation is public within five minutes: how long a reader may keep a copy, too.
PUBLISHED_WITHIN = timedelta(minutes=5)
# Lists are signed again every twelve hours; an hour later nobody is doing it.
RENEWED_WITHIN = timedelta(hours=13)
PUBLISH = "docs/runbook.md, A status list is late: look at beat, at the workers and at their log"
RESTORE = "docs/runbook.md, Findings of fsck"
COLUMNS = (
    "id", "issuer", "did", "purpose", "url", "bits", "version", "published", "published_version",
    "published_at", "created_at",
)  # fmt: skip


class _Wrong(Exception):  # noqa: N818 - it says what
    """What does not hold of a published list."""


def tell_what_the_rows_say(scope: Scope) -> Findings:
    """I8: bits are the revocations; what is published is the bits, signed, in time."""
    keys = Keys(scope.rows)
    rows = scope.rows.rows(
        "SELECT l.id, l.issuer_id, i.did, l.purpose, l.url, l.bits, l.version, l.published,"
        " l.published_version, l.published_at, l.created_at FROM credentials_statuslist l"
        " JOIN issuers_issuer i ON i.id = l.issuer_id ORDER BY l.id"
    )
    for values in rows:
        row = dict(zip(COLUMNS, values, strict=True))
        name = f"status list {row['url']}"
        scope.count()
        revoked, overdue = _revoked(scope, row["id"])
        if row["purpose"] == "revocation" and revoked != bytes(row["bits"]):
            wrong = sum(
                (a ^ b).bit_count() for a, b in zip(revoked, bytes(row["bits"]), strict=False)
            )
            yield Finding(name, f"{wrong} of its bits are not the rows' revocations", RESTORE)
        for problem, remedy in _problems(scope, keys, row, overdue):
            yield Finding(name, problem, remedy)


def _revoked(scope: Scope, pk: int) -> tuple[bytes, bytes]:
    """Return the bits that the rows ask for, and those of them that must be public by now."""
    bits, overdue = bytearray(lists.SIZE // 8), bytearray(lists.SIZE // 8)
    entries = scope.rows.rows(
        "SELECT status_index, revoked_at < %s FROM credentials_credential"
        " WHERE status_list_id = %s AND revoked_at IS NOT NULL",
        [scope.now - PUBLISHED_WITHIN, pk],
    )
    for index, is_overdue in entries:
        if 0 <= index < lists.SIZE:
            bits[index >> 3] |= 0x80 >> (index & 7)
            overdue[index >> 3] |= 0x80 >> (index & 7) if is_overdue else 0
    return bytes(bits), bytes(overdue)


def _problems(
    scope: Scope, keys: Keys, row: dict[str, Any], overdue: bytes
) -> list[tuple[str, str]]:
    if row["published"] is None:
        if row["created_at"] < scope.now - LATE:
            return [("it was never published", PUBLISH)]
        return []
    problems = []
    if row["published_version"] > row["version"]:
        problems.append(("it went back to an earlier version than the published one", RESTORE))
    if row["published_at"] is None or row["published_at"] < scope.now - RENEWED_WITHIN:
        problems.append((f"it was published last at {row['published_at']}", PUBLISH))
    try:
        bits = _published(keys, row)
    except _Wrong as wrong:
        return [*problems, (str(wrong), RESTORE)]
    if row["published_version"] < row["version"]:
        if any(due & ~public for due, public in zip(overdue, bits, strict=False)):
            problems.append(("a revocation was not published in five minutes", PUBLISH))
    elif bits != bytes(row["bits"]):
        problems.append(("what is published is not what the row holds", RESTORE))
    return problems


def _published(keys: Keys, row: dict[str, Any]) -> bytes:
    """Return the bits that the world reads."""
    try:
        document = canonical.loads(bytes(row["published"]))
        keys.verify(document, issuer=row["issuer"])
        subject = document["credentialSubject"]
        told = (document["id"], document["issuer"], subject["statusPurpose"])
        bits = lists.decode(subject["encodedList"])
    except (canonical.MalformedDocument, lists.StatusListError, KeyError, TypeError) as error:
        raise _Wrong(f"what is published cannot be read: {type(error).__name__}") from error
    except proof.ProofError as error:
        raise _Wrong(f"what is published is not signed by its issuer: {error.reason}") from error
    if told != (row["url"], row["did"], row["purpose"]):
        raise _Wrong("what is published is another list, or another issuer's")
    return bits
