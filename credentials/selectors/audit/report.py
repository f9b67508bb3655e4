"""What an audit found, in words and in JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

VERSION = 1
# The JSON of another version may have other members; of this one, it only ever gets more.
CLEAN, BROKEN, UNDECIDED = 0, 1, 2


class Outcome(StrEnum):
    """What can be said of an invariant."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"  # it could not be asked; neither true nor false
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be.

    Attributes:
        subject: The row, e.g. "batch 12 (ab12cd34ef56)" or "credential <uuid>"; never a person.
        problem: What is wrong with it.
        remedy: What to do; docs/runbook.md has the whole way.
    """

    subject: str
    problem: str
    remedy: str


@dataclass(slots=True)
class Examination:
    """One invariant: how much was looked at, and what was found.

    Attributes:
        findings: The first ones; `found` counts them all.
        examined: Rows that were looked at.
        note: Why it is inconclusive, or what else a person should know.
    """

    invariant: str
    title: str
    outcome: Outcome = Outcome.NOT_ASKED
    examined: int = 0
    found: int = 0
    seconds: float = 0.0
    note: str = ""
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Report:
    """A whole audit."""

    checked_at: datetime
    role: str
    can_write: bool
    chains: Mapping[str, int]
    examinations: Sequence[Examination]

    @property
    def exit_status(self) -> int:
        """Return 0 when all holds, 1 when something does not, 2 when something cannot be told."""
        outcomes = {each.outcome for each in self.examinations}
        if Outcome.FAILED in outcomes:
            return BROKEN
        return UNDECIDED if Outcome.INCONCLUSIVE in outcomes else CLEAN

    def as_json(self) -> dict[str, Any]:
        """Return the members of the JSON form."""
        return {
            "version": VERSION,
            "checkedAt": self.checked_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "database": {"role": self.role, "canWrite": self.can_write},
            "chains": dict(self.chains),
            "exitStatus": self.exit_status,
            "invariants": [
                {
                    "id": each.invariant,
                    "title": each.title,
                    "outcome": str(each.outcome),
                    "examined": each.examined,
                    "findings": each.found,
                    "seconds": round(each.seconds, 3),
                    "note": each.note,
                }
                for each in self.examinations
            ],
            "findings": [
                {
                    "invariant": each.invariant,
                    "subject": finding.subject,
                    "problem": finding.problem,
                    "remedy": finding.remedy,
                }
                for each in self.examinations
                for finding in each.findings
            ],
        }

    def as_text(self) -> str:
        """Return a table for a person, and the findings below it."""
        lines = [f"{'':4} {'outcome':<13} {'examined':>10} {'found':>7} {'seconds':>8}  what holds"]
        for each in self.examinations:
            lines.append(
                f"{each.invariant:<4} {each.outcome:<13} {each.examined:>10,} {each.found:>7,} "
                f"{each.seconds:>8.1f}  {each.title}"
            )
            if each.note:
                lines.append(f"{'':5}{each.note}")
        for each in self.examinations:
            for finding in each.findings:
                lines += [
                    "",
                    f"{each.invariant}  {finding.subject}",
                    f"    {finding.problem}",
                    f"    -> {finding.remedy}",
                ]
            if each.found > len(each.findings):
                lines += ["", f"{each.invariant}  and {each.found - len(each.findings):,} more"]
        if self.can_write:
            lines += ["", f"Asked as {self.role}, who could also write: set FSCK_DATABASE_URL."]
        verdict = {
            CLEAN: "Everything that was asked holds.",
            BROKEN: "Something does not hold: see the findings, and docs/runbook.md.",
            UNDECIDED: "Nothing was found wrong, and something could not be asked.",
        }
        return "\n".join([*lines, "", verdict[self.exit_status]])
