"""The command: `acquis-verify FILE --node https://… --node https://…`.

It ends with 0 where the badge is verified, 1 where it is refuted, 2 where not everything could be
checked, 3 where it is true as far as the record goes and the issuer's addresses no longer answer.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from acquis_verify import checking, dossiers

CODES = {"verified": 0, "refuted": 1, "inconclusive": 2, "recorded": 3}
MARKS = {"passed": "ok", "failed": "NO", "inconclusive": "??", "not_applicable": "--"}
QUESTIONS = {
    "conforms": "It is a proper digital badge",
    "signed": "It is exactly what was signed",
    "issuer": "The signature is the issuer's",
    "stands": "The issuer still stands by it",
    "in_time": "It is valid today",
    "anchored": "It is on record where nobody can rewrite it",
    "about": "It is about the right person",
}
TITLES = {
    "verified": "Verified.",
    "refuted": "Refuted: do not rely on it.",
    "inconclusive": "Not everything could be checked; nothing speaks against it.",
    "recorded": "The public record bears it out. The issuer's own addresses do not answer.",
}


def main(arguments: list[str] | None = None) -> int:
    """Verify a file, write what was found, and return the code to end with."""
    asked = _parser().parse_args(arguments)
    try:
        receipt = asked.receipt.read_bytes() if asked.receipt else None
        dossier = dossiers.read(asked.file.read_bytes(), receipt)
    except (OSError, dossiers.Unreadable) as error:
        sys.stderr.write(f"acquis-verify: {asked.file}: {error}\n")
        return 2
    answer = checking.check(
        dossier, nodes=asked.node, now=datetime.now(UTC), ask_issuer=not asked.offline
    )
    verdict = answer.verdict
    if answer.account and asked.account and verdict == "recorded":
        # The reader knows from elsewhere whose account that is: then nothing is left to believe.
        verdict = "verified" if answer.account == asked.account.lower() else "refuted"
    sys.stdout.write(_json(answer, verdict) if asked.json else _text(answer, verdict))
    return CODES[verdict]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="acquis-verify", description="Verify a badge without the service that issued it."
    )
    parser.add_argument("file", type=Path, help="a proof dossier (HTML), or a badge (JSON)")
    parser.add_argument("--receipt", type=Path, help="the receipt of a badge that is no dossier")
    parser.add_argument(
        "--node",
        action="append",
        default=[],
        metavar="URL",
        help="a JSON-RPC node of the chain; give two or more, of different operators",
    )
    parser.add_argument("--offline", action="store_true", help="ask no address of the issuer")
    parser.add_argument(
        "--account",
        metavar="CAIP-10",
        help="the account that you know to anchor for the issuer, for when its address is silent",
    )
    parser.add_argument("--json", action="store_true", help="write the answer as JSON")
    return parser


def _text(answer: checking.Answer, verdict: str) -> str:
    lines = [TITLES[verdict]]
    for check in answer.report.checks[:6]:
        lines.append(f"  {MARKS[check.outcome]}  {QUESTIONS[check.name]}: {check.reason}")
        lines += [f"        {name}: {value}" for name, value in check.detail.items() if value]
    if answer.account:
        lines.append(f"Its keys are those put on record by {answer.account}:")
        lines.append("compare this account with one that you know to be the issuer's (--account).")
    lines += [f"  {each}" for each in answer.said]
    return "\n".join(lines) + "\n"


def _json(answer: checking.Answer, verdict: str) -> str:
    checks = [
        {
            "number": check.number,
            "name": check.name,
            "outcome": check.outcome.value,
            "reason": check.reason,
            "detail": dict(check.detail),
        }
        for check in answer.report.checks[:6]
    ]
    members = {
        "verdict": verdict,
        "account": answer.account,
        "checks": checks,
        "nodes": list(answer.said),
    }
    return json.dumps(members, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main())
