"""`manage.py certificates ISSUER BADGE FOLDER`: the certificates of a badge, for paper."""

from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from credentials import selectors
from credentials.selectors import listing
from credentials.serializers.certificate import Certificate, made
from credentials.serializers.press import SHEETS, NoPress, press
from issuers import selectors as issuers


class Command(BaseCommand):
    """Print certificates of everybody who holds a badge that stands."""

    help = "Print the certificates of a badge: a PDF for each person, or --sheets for a printer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("issuer", help="short name of the organisation")
        parser.add_argument("badge", help="short name of the badge")
        parser.add_argument("folder", type=Path, help="where the files go")
        parser.add_argument(
            "--sheets", action="store_true", help=f"{SHEETS} certificates in each file"
        )
        parser.add_argument("--language", default="", help="en or fr; else that of the badge")

    def handle(self, *args: Any, **options: Any) -> None:
        issuer = issuers.find_by_slug(slug=options["issuer"])
        if issuer is None:
            raise CommandError(f"There is no organisation {options['issuer']} here.")
        try:
            printer = press()
        except NoPress as error:
            raise CommandError(f"{error}\nTo see what is missing: manage.py doctor") from error
        folder: Path = options["folder"]
        folder.mkdir(parents=True, exist_ok=True)
        count = 0
        with translation.override(options["language"] or issuer.language):
            found = self._certificates(issuer, options["badge"])
            if options["sheets"]:
                while sheet := list(islice(found, SHEETS)):
                    name = f"{options['badge']}-{count + 1}-{count + len(sheet)}.pdf"
                    (folder / name).write_bytes(
                        printer.sheets([printed for _token, printed in sheet])
                    )
                    count += len(sheet)
            else:
                for token, printed in found:
                    (folder / f"{token}.pdf").write_bytes(printer.certificate(printed))
                    count += 1
        if not count:
            raise CommandError(f"Nobody holds a badge {options['badge']} that stands.")
        self.stdout.write(f"{count} certificate(s) in {folder}")

    def _certificates(self, issuer: Any, slug: str) -> Iterator[tuple[str, Certificate]]:
        """Yield each certificate in turn, so that only one sheet is in memory."""
        after, now = 0, timezone.now()
        while page := listing.standing(issuer=issuer, slug=slug, after=after, limit=SHEETS):
            for credential in page:
                try:
                    yield credential.token, made(credential, now)[1]
                except selectors.Erased:
                    continue
            after = page[-1].pk
