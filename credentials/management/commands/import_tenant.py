"""`manage.py import_tenant FILE.zip`: take in an organisation that export_tenant wrote.

All of it in one transaction, or nothing. docs/leaving.md says what comes before and after.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from credentials.management.commands.export_tenant import read_passphrase
from credentials.services import leaving
from issuers import services as parties

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Take in an organisation with everything it has."""

    help = "Take in an organisation from a file that export_tenant wrote; run it where workers run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--passphrase-file", type=Path, help="a file that holds it; else you are asked"
        )
        parser.add_argument("--clear", action="store_true", help="it is not sealed")

    def handle(self, *args: Any, **options: Any) -> None:
        passphrase = None if options["clear"] else read_passphrase(options)
        try:
            done = leaving.unpack(path=options["file"], passphrase=passphrase, now=timezone.now())
        except (leaving.ArchiveRefused, OSError, parties.KeyServiceUnavailable) as refused:
            raise CommandError(f"Nothing was taken in. {refused}") from refused
        if not done.is_new:
            self.stdout.write(f"{done.issuer.name} came with this archive before: all is here.")
            return
        for label, count in done.rows.items():
            if count:
                self.stdout.write(f"{count:>9}  {label}")
        for reason in done.left_out:
            self.stdout.write(f"left out: {reason}")
        self.stdout.write(_told(done))


def _told(done: leaving.Unpacked) -> str:
    batches = done.batches
    anchored = (
        f"{done.issuer.name} is here. Of its batches {batches.taken_in} came with it and "
        f"{batches.known} were here already; the chain confirmed {batches.witnessed}."
    )
    told = [anchored]
    if done.entries:
        told.append(f"{done.entries} entries of its audit trail are kept as they came.")
    if done.waiting:
        told.append(f"{done.waiting} leaves wait for an anchor of this installation.")
    told.append("Now run manage.py fsck --deep, and let the address answer here.")
    return " ".join(told)
