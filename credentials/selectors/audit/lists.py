"""I8: what a status list tells the world is what the rows say, signed by the issuer, and fresh."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from credentials.core import canonical, proof
from credentials.core import status_list as lists
from credentials.selectors.audit.keys import Keys
from credentials.selectors.audit.report import Finding
from credentials.selectors.audit.scope import DOCUMENTS, LATE, Findings, Scope

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
    """I8: bits are what was revoked, or is suspended; published are the bits, signed, in time."""
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
        wanted = _wanted(scope, row["id"], row["purpose"])
        if wanted.bits != bytes(row["bits"]):
            wrong = sum(
                (a ^ b).bit_count() for a, b in zip(wanted.bits, bytes(row["bits"]), strict=False)
            )
            acts = f"{row['purpose']}s"
            yield Finding(name, f"{wrong} of its bits are not the rows' {acts}", RESTORE)
        for problem, remedy in _problems(scope, keys, row, wanted):
            yield Finding(name, problem, remedy)


# What a set bit means: column of the list, of the index, and of the instant at which it was set. A
# suspension can be taken back: its last column is the instant at which the bit was cleared.
ENTRIES = {
    "revocation": (
        f"SELECT c.status_index, c.revoked_at IS NOT NULL, c.revoked_at FROM {DOCUMENTS} c"
        " WHERE c.status_list_id = %s AND c.revoked_at IS NOT NULL UNION ALL"
        # Endorsements have their bits in their endorser's lists.
        " SELECT status_index, TRUE, revoked_at FROM credentials_endorsement"
        " WHERE status_list_id = %s AND revoked_at IS NOT NULL"
    ),
    "suspension": (
        "SELECT suspension_index, suspended_at IS NOT NULL, coalesce(suspended_at, reinstated_at)"
        " FROM credentials_credential WHERE suspension_list_id = %s"
        " AND (suspended_at IS NOT NULL OR reinstated_at IS NOT NULL)"
    ),
}


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the rows ask of a list.

    Attributes:
        bits: What must be set.
        set_by_now: What must be set in public by now.
        clear_by_now: What must be clear in public by now.
    """

    bits: bytes
    set_by_now: bytes
    clear_by_now: bytes


def _wanted(scope: Scope, pk: int, purpose: str) -> _Wanted:
    size = lists.SIZE // 8
    bits, set_by_now, clear_by_now = bytearray(size), bytearray(size), bytearray(size)
    for index, is_set, since in scope.rows.rows(
        ENTRIES[purpose], [pk] * ENTRIES[purpose].count("%s")
    ):
        if not 0 <= index < lists.SIZE:
            continue
        byte, mask = index >> 3, 0x80 >> (index & 7)
        bits[byte] |= mask if is_set else 0
        if since < scope.now - PUBLISHED_WITHIN:
            (set_by_now if is_set else clear_by_now)[byte] |= mask
    return _Wanted(bytes(bits), bytes(set_by_now), bytes(clear_by_now))


def _problems(
    scope: Scope, keys: Keys, row: dict[str, Any], wanted: _Wanted
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
        if any(due & ~public for due, public in zip(wanted.set_by_now, bits, strict=False)):
            problems.append((f"a {row['purpose']} was not published in five minutes", PUBLISH))
        if any(due & public for due, public in zip(wanted.clear_by_now, bits, strict=False)):
            problems.append(("a reinstatement was not published in five minutes", PUBLISH))
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
