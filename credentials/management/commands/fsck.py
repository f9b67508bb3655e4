"""`manage.py fsck`: do the database, the files and the chain still agree?

It reads and never writes, under the role of FSCK_DATABASE_URL. Exits with 0 when everything that
was asked holds, 1 when something does not (each on lines of its own, with the remedy), 2 when
something could not be asked. docs/fsck.md has the invariants, docs/runbook.md the remedies.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from blockchain import selectors as witnessed
from blockchain import services as anchoring
from credentials.selectors import audit
from credentials.services import remembering

if TYPE_CHECKING:
    from argparse import ArgumentParser

UNDECIDED = 2
FOREIGN = re.compile(r"(eip155:[1-9][0-9]*:0x[0-9a-f]{40})/([0-9]{1,15})")


class Command(BaseCommand):
    """Examine every invariant and print what was found."""

    help = "Examine the database, the manifests and, with --chain, the chain; write nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--chain", action="store_true", help="ask every chain as well")
        parser.add_argument(
            "--deep", action="store_true", help="open and verify every document (LEARNER_KEK)"
        )
        parser.add_argument("--json", action="store_true", help="print the report as JSON")
        parser.add_argument(
            "--foreign",
            action="append",
            default=[],
            metavar="ACCOUNT/NONCE",
            help="a transaction of our account that you know of and that is not ours",
        )
        parser.add_argument(
            "--lost",
            action="append",
            default=[],
            metavar="FROM/TO",
            help="a backup that ends at FROM was restored; what was signed until TO is lost",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = _examine(options)
        except DatabaseError as error:
            raise CommandError(f"The database: {error}", returncode=UNDECIDED) from error
        remembering.remember(report.as_json(), with_chain=options["chain"])
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), indent=2))
        else:
            self.stdout.write(report.as_text())
        raise SystemExit(report.exit_status)


def _examine(options: dict[str, Any]) -> audit.Report:
    foreign = [_foreign(text) for text in options["foreign"]]
    lost = [_interval(text) for text in options["lost"]]
    witnesses: dict[str, anchoring.Witness] | None = None
    silent: dict[str, str] = {}
    if options["chain"]:
        # Before the database: what the chains know now, the rows knew before.
        witnesses, silent = anchoring.witnesses(accounts=audit.accounts())
    return audit.examine(
        now=timezone.now(),
        manifests=settings.MANIFEST_DIR,
        seal_age=timedelta(seconds=settings.ANCHOR_SEAL_AGE_SECONDS),
        seal_ages={
            chain: timedelta(seconds=terms.seal_age_seconds)
            for chain, terms in witnessed.configured_chains().items()
        },
        deep=options["deep"],
        witnesses=witnesses,
        silent=silent,
        foreign=foreign,
        lost=lost,
    )


def _foreign(text: str) -> tuple[str, int]:
    found = FOREIGN.fullmatch(text.lower())
    if found is None:
        raise CommandError(
            f"{text}: write the account and the nonce, as in eip155:1:0x…/17", returncode=UNDECIDED
        )
    return found[1], int(found[2])


def _interval(text: str) -> tuple[datetime, datetime]:
    begin, _slash, end = text.partition("/")
    try:
        instants = datetime.fromisoformat(begin), datetime.fromisoformat(end)
        if None not in (instants[0].tzinfo, instants[1].tzinfo) and instants[0] <= instants[1]:
            return instants
    except ValueError:
        pass
    raise CommandError(
        f"{text}: write two instants with their zone, the earlier one first, as in"
        " 2026-03-01T02:00:00Z/2026-03-01T09:30:00Z",
        returncode=UNDECIDED,
    )
