"""`manage.py export_tenant SLUG FILE.zip`: everything of an organisation, in one file.

docs/leaving.md has the format, and what to do before and after.
"""

from __future__ import annotations

from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from credentials.selectors import leaving as what
from credentials.services import leaving
from issuers import selectors as issuers
from issuers import services as parties

if TYPE_CHECKING:
    from argparse import ArgumentParser

# More is no passphrase.
LONGEST = 4_096


class Command(BaseCommand):
    """Write everything of an organisation into one file, sealed under a passphrase."""

    help = "Write everything of an organisation into one file that import_tenant takes in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the organisation's short name")
        parser.add_argument("file", type=Path, help="where to, as in ecole-a.zip")
        parser.add_argument(
            "--passphrase-file", type=Path, help="a file that holds it; else you are asked"
        )
        parser.add_argument(
            "--with-keys",
            action="store_true",
            help="the private halves of its signing keys, too (where workers run)",
        )
        parser.add_argument(
            "--clear",
            action="store_true",
            help="not sealed: whoever has the file reads the names and addresses of all learners",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        issuer = issuers.find_by_slug(slug=options["slug"])
        if issuer is None:
            raise CommandError(f"There is no organisation {options['slug']} here.")
        if options["clear"] and (options["with_keys"] or options["passphrase_file"]):
            raise CommandError("--clear goes with neither --with-keys nor --passphrase-file.")
        passphrase = None if options["clear"] else read_passphrase(options, twice=True)
        try:
            done = leaving.pack(
                issuer=issuer,
                path=options["file"],
                passphrase=passphrase,
                with_keys=options["with_keys"],
                now=timezone.now(),
            )
        except (
            OSError,
            ValueError,
            what.KeysNotHere,
            parties.EnvelopeError,
            parties.KeyServiceUnavailable,
        ) as error:
            raise CommandError(f"Nothing was exported: {error}") from error
        for name, member in sorted(done.manifest.members.items()):
            if member.rows:
                self.stdout.write(f"{member.rows:>9}  {name}")
        if done.waiting:
            self.stdout.write(
                f"{done.waiting} leaves are in no final batch yet: they get another anchor where "
                "the file is taken in. Export again when they are final, to keep theirs."
            )
        self.stdout.write(f"{options['file']}: archive {done.manifest.archive}")


def read_passphrase(options: dict[str, Any], *, twice: bool = False) -> str:
    """Read the passphrase from its file, or ask for it."""
    path = options["passphrase_file"]
    if path is None:
        typed = getpass("Passphrase: ")
        if twice and getpass("Once more: ") != typed:
            raise CommandError("That was not the same.")
        return typed
    try:
        with path.open(encoding="utf-8") as file:
            return str(file.read(LONGEST)).strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path}: {error}") from error
