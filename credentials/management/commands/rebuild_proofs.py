"""`manage.py rebuild_proofs`: give a database its batches and proofs back, from the manifests.

Stop the workers first; docs/runbook.md has the whole way. Exits with 1 when a file or a batch was
refused, each on a line of its own.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from blockchain import services as anchoring
from credentials import services

if TYPE_CHECKING:
    from argparse import ArgumentParser

REFUSED = 1


class Command(BaseCommand):
    """Rebuild batches, trees and leaves, and say what was done."""

    help = "Rebuild every batch and inclusion proof that the database lost, from the manifests."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be done")
        parser.add_argument(
            "--from",
            dest="source",
            metavar="DIR",
            help="where the manifests are (MANIFEST_DIR unless told otherwise)",
        )
        parser.add_argument(
            "--recommit",
            action="store_true",
            help="then queue again the leaves of signed credentials that no manifest knows",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        source = Path(options["source"] or settings.MANIFEST_DIR)
        if not source.is_dir():
            raise CommandError(f"{source} is not a folder: say where the manifests are with --from")
        now, dry_run = timezone.now(), options["dry_run"]
        counts: Counter[str] = Counter()
        for each in anchoring.rebuild(source=source, now=now, dry_run=dry_run):
            counts[each.outcome] += 1
            if each.outcome != anchoring.RebuildOutcome.UNCHANGED or each.note:
                self.stdout.write(_line(each))
        would = "would be " if dry_run else ""
        self.stdout.write(
            f"{counts.total()} manifests: {counts['rebuilt']} {would}rebuilt, "
            f"{counts['completed']} {would}completed, {counts['unchanged']} unchanged, "
            f"{counts['refused']} refused."
        )
        if not dry_run:  # what would be rebuilt is not there to be counted
            self._recommit(now=now, really=options["recommit"])
        if counts["refused"]:
            raise SystemExit(REFUSED)

    def _recommit(self, *, now: Any, really: bool) -> None:
        forgotten = services.recommit(now=now, dry_run=not really)
        if not forgotten:
            return
        if really:
            self.stdout.write(f"{forgotten} leaves of signed credentials wait again for a batch.")
        else:
            self.stdout.write(
                f"{forgotten} signed credentials are in no batch and wait for none. When every "
                "manifest was there, run this again with --recommit."
            )


def _line(each: anchoring.Rebuilt) -> str:
    facts = [f"{each.outcome:<9}", each.subject]
    if each.tree_size:
        facts.append(f"{each.tree_size} leaves, {each.state}")
    return "  ".join([*facts, *([each.note] if each.note else [])])
