"""What an award says besides who, what and when, as plain JSON values, read into core's classes.

Between the issuing and the signing these values wait encrypted; so they are read twice, by the same
reader: when they come in, to be refused where they are wrong, and when the document is written.

Source: Open Badges 3.0 appendix B (AchievementSubject, Evidence; AchievementCredential).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from badges.core import evidence as pieces
from badges.core import parts, results, rules
from badges.core.document import DocumentError, Subject

TEXTS = ("license_number", "narrative", "role", "term")
KNOWN = (
    "results", "evidence", "credits_earned", "activity_start", "activity_end", *TEXTS, "source",
    "awarded_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one award says, ready for the document.

    Attributes:
        subject: what stands in credentialSubject.
        evidence: Evidence documents.
        awarded_at: when it was first earned; None where that is `valid_from`.
    """

    subject: Subject
    evidence: tuple[dict[str, Any], ...] = ()
    awarded_at: datetime | None = None


NOTHING = Said(subject=Subject())


def read(
    values: object, *, address: str, descriptions: Sequence[results.ResultDescription]
) -> Said:
    """Read what an award says.

    Args:
        values: an object with any of: results (array: result, value, level, status), evidence
            (array of the members of Evidence), credits_earned (number), activity_start,
            activity_end, awarded_at (date and time with its zone), license_number, narrative,
            role, term (text), source (object: id, name, ... of who assessed).
        address: of the achievement that was awarded.
        descriptions: the results that it can have.

    Raises:
        DocumentError: `where` names the place.

    Source: Open Badges 3.0 appendix B (AchievementSubject).
    """
    if not isinstance(values, Mapping):
        raise DocumentError("must be an object", "not_an_object")
    for name in values:
        if name not in KNOWN:
            allowed = ", ".join(KNOWN)
            raise DocumentError(
                f"is none of {allowed}", "unknown_member", where=str(name)[:60], allowed=allowed
            )
    start, end = (_instant(values, name) for name in ("activity_start", "activity_end"))
    if start is not None and end is not None and end < start:
        raise DocumentError("ends before it starts", "activity_order", where="activity_end")
    texts = {name: parts.text(values, name) for name in TEXTS}
    with parts.placed("source"):
        source = parts.profile(values.get("source"))
    return Said(
        subject=Subject(
            results=_results(values.get("results"), address, descriptions),
            credits_earned=_number(values, "credits_earned"),
            activity_start=start,
            activity_end=end,
            source=source,
            **texts,
        ),
        evidence=_evidence(values.get("evidence")),
        awarded_at=_instant(values, "awarded_at"),
    )


def _results(
    values: object, address: str, descriptions: Sequence[results.ResultDescription]
) -> list[dict[str, Any]]:
    with parts.placed("results"):
        found = parts.results(values, address=address)
    written = []
    for at, result in enumerate(found):
        with parts.placed(f"results/{at}"):
            written += results.result_documents([result], descriptions)
    return written


def _evidence(values: object) -> tuple[dict[str, Any], ...]:
    with parts.placed("evidence"):
        found = parts.evidence(values)
    written = []
    for at, piece in enumerate(found):
        with parts.placed(f"evidence/{at}"):
            written.append(pieces.evidence_document(piece))
    return tuple(written)


def _instant(values: Mapping[str, Any], name: str) -> datetime | None:
    value = values.get(name)
    if value is None or value == "":
        return None
    instant = rules.read_timestamp(value)
    if instant is None:
        raise DocumentError("must be 2026-01-31T12:00:00Z", "not_a_timestamp", where=name)
    return instant


def _number(values: Mapping[str, Any], name: str) -> float | None:
    value = values.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise DocumentError("must be a number of at least 0", "not_a_count", where=name)
    return value
