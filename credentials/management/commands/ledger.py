"""`manage.py ledger --issuer SLUG`: what an issuer has on chains, what it cost, and what waits."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from credentials.selectors import ledger as ledgers
from issuers import selectors as issuers

if TYPE_CHECKING:
    from argparse import ArgumentParser

COLUMNS = "{:<14} {:<20} {:<10} {:>7} {:>7} {:>10} {:>6} {:>6} {:>8} {:>22}"
HEADINGS = (
    "root", "chain", "state", "own", "of", "block", "conf.", "reorg.", "gas", "own share (wei)",
)  # fmt: skip


class Command(BaseCommand):
    """Print the anchoring ledger of one issuer."""

    help = "Print the anchoring ledger of an issuer: batches, transactions, cost, what waits."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--issuer", metavar="SLUG", required=True, help="whose ledger")
        parser.add_argument("--limit", type=int, default=50, help="how many batches (50)")
        parser.add_argument("--json", action="store_true", help="print everything as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        issuer = issuers.find_by_slug(slug=options["issuer"])
        if issuer is None:
            raise CommandError(f"There is no issuer {options['issuer']}.")
        if options["limit"] < 1:
            raise CommandError("--limit must be 1 or more.")
        found = ledgers.ledger(issuer=issuer, limit=options["limit"])
        if options["json"]:
            self.stdout.write(json.dumps(asdict(found), default=str, indent=2))
            return
        self.stdout.write(COLUMNS.format(*HEADINGS))
        for each in found.entries:
            self.stdout.write(
                COLUMNS.format(
                    each.root[:12], each.chain[:20], each.state, each.own, each.size,
                    _shown(each.block), _shown(each.confirmations), each.reorganisations,
                    _shown(each.gas), _shown(each.own_cost),
                )
            )  # fmt: skip
        since = found.pending_since
        self.stdout.write(
            f"{found.batches} batches, {found.anchored} anchored, {found.pending} pending"
            + (f", the oldest since {since:%Y-%m-%d %H:%M} UTC" if since else "")
        )


def _shown(value: int | None) -> str:
    return "-" if value is None else str(value)
