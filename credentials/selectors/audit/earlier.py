"""I15, of what organisations brought with them: earlier trails belong together, seal by seal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from credentials.core import canonical
from credentials.selectors.audit.report import Finding
from credentials.selectors.audit.scope import Findings, Scope
from issuers.core import trail_file
from issuers.selectors import earlier as trails

DAMAGED = "docs/leaving.md, The audit trail: the archive that it came with has it whole"
TRAILS = (
    "SELECT a.issuer_id, a.arrived_at, e.id, e.entries, e.seals, e.digest FROM issuers_arrival a"
    " LEFT JOIN issuers_earliertrail e ON e.arrival_id = a.id ORDER BY a.issuer_id, a.arrived_at"
)
PIECES = "SELECT content FROM issuers_earliertrailpiece WHERE earlier_id = %s ORDER BY number"


@dataclass(frozen=True, slots=True)
class Before:
    """What was sealed before an arrival; `seals` is None where no trail came."""

    until: datetime
    seals: Mapping[int, str] | None


def seals_before(
    scope: Scope, names: Mapping[int, str], before: dict[int, list[Before]]
) -> Findings:
    """Follow every trail that came with an organisation, and note its seals in `before`."""
    for issuer, arrived_at, pk, entries, seals, digest in scope.rows.all(TRAILS):
        found: dict[int, str] | None = None
        if pk is not None:
            follower, found = trail_file.Follower(names[issuer]), {}
            subject = f"audit trail of {names[issuer]} before {arrived_at:%Y-%m-%d}"
            try:
                for document in _documents(scope, pk):
                    scope.count()
                    if follower.take(document):
                        found[follower.seals] = follower.digest.hex()
            except (trail_file.TrailError, trails.Damaged, canonical.MalformedDocument) as error:
                yield Finding(
                    subject, f"line {follower.entries + follower.seals + 1}: {error}", DAMAGED
                )
            else:
                told = (entries, seals, bytes(digest))
                if told != (follower.entries, follower.seals, follower.digest):
                    yield Finding(subject, "lines of its end are gone, or came to it", DAMAGED)
        before.setdefault(issuer, []).append(Before(arrived_at, found))


def trail_of(before: list[Before], at: datetime) -> Before | None:
    """Return whose seals a head of that instant names; None for the trail that is written here."""
    return next((each for each in before if at <= each.until), None)


def _documents(scope: Scope, pk: int) -> Any:
    for (content,) in scope.rows.rows(PIECES, [pk]):
        for line in trails.unpacked(bytes(content)).splitlines():
            yield canonical.loads(line, limit=len(line))
