"""What an invariant is given to look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from credentials.selectors.audit.report import Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from pathlib import Path

    from blockchain.services import Witness
    from credentials.selectors.audit.snapshot import Snapshot

# Workers are behind for seconds; minutes are worth a look, and a day a complaint.
LATE = timedelta(minutes=10)
TOO_LATE = timedelta(hours=24)

Findings = Iterator[Finding]

# Whatever is signed, has a status entry and is anchored: credentials and transcripts alike.
_COLUMNS = (
    "uuid, token, issuer_id, learner_id, state, sealed, leaf, status_list_id, status_index,"
    " revoked_at, signed_at"
)
DOCUMENTS = (
    f"(SELECT 'credential' AS kind, {_COLUMNS}, sign_after AS due_at, suspension_list_id,"
    " suspension_index FROM credentials_credential"
    f" UNION ALL SELECT 'transcript', {_COLUMNS}, requested_at, NULL, NULL"
    " FROM credentials_transcript)"
)


class CannotTell(Exception):  # noqa: N818 - it says what is wrong
    """The invariant could not be examined, or not to its end."""


@dataclass(slots=True)
class Scope:
    """The instant, the database, the files, the chains.

    Attributes:
        now: The instant of the audit.
        rows: The database at that instant.
        manifests: MANIFEST_DIR.
        seal_age: How long a leaf may wait for company, where the chain is not in `seal_ages`.
        deep: Whether documents are to be opened.
        witnesses: Chains by CAIP-2 identifier; None unless they are to be asked.
        silent: Why chains could not be asked, by their identifiers.
        foreign: Account and nonce of transactions that an operator knows to be no part of ours.
        seal_ages: How long it may wait on a chain.
        lost: From when to when an operator knows documents to be lost, each with both ends.
        examined: Rows that the present invariant has looked at.
        note: What the present invariant wants to tell besides.
    """

    now: datetime
    rows: Snapshot
    manifests: Path
    seal_age: timedelta
    deep: bool = False
    witnesses: Mapping[str, Witness] | None = None
    silent: Mapping[str, str] = field(default_factory=dict)
    foreign: Collection[tuple[str, int]] = ()
    seal_ages: Mapping[str, timedelta] = field(default_factory=dict)
    lost: Collection[tuple[datetime, datetime]] = ()
    examined: int = 0
    note: str = ""

    def count(self, rows: int = 1) -> None:
        """Note how much was looked at."""
        self.examined += rows


def batch(pk: int, root: bytes) -> str:
    """Name a batch as people find it in the database and in the log."""
    return f"batch {pk} ({bytes(root).hex()[:12]})"
