"""`manage.py import_learners`: enrol everybody on a list and issue a badge to each."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from badges import selectors as badges
from credentials import services
from issuers import selectors as issuers

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from issuers.models import Issuer, User


class Command(BaseCommand):
    """Import a list of learners."""

    help = (
        "Enrol everybody on a list and issue a badge to each; workers sign them. The file is CSV "
        "in UTF-8: columns name, email and reference, and where they are wanted language, "
        "valid_from and valid_until. One mistake, and nothing is written; the same list again "
        "issues nothing twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the list")
        parser.add_argument("--issuer", metavar="SLUG", required=True, help="who issues")
        parser.add_argument("--badge", metavar="SLUG", required=True, help="what was earned")
        parser.add_argument(
            "--actor",
            metavar="E-MAIL",
            help="a member who issues; needed where a second person has to release the awards",
        )
        parser.add_argument(
            "--tell", action="store_true", help="tell the learners by e-mail, once it is signed"
        )

        parser.add_argument(
            "--session",
            metavar="NAME",
            default="",
            help="the session that they were taught in, opened where there is none of this name; "
            "asks for --actor, and the console shows the list",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        issuer = issuers.find_by_slug(slug=options["issuer"])
        if issuer is None:
            raise CommandError(f"There is no issuer {options['issuer']}.")
        achievement = badges.find(issuer=issuer, slug=options["badge"])
        if achievement is None:
            raise CommandError(f"{issuer.slug} has no badge {options['badge']}.")
        actor = _actor(issuer, options["actor"]) if options["actor"] else None
        # What is loaded stays: to look through it for garbage again and again took a third of the
        # time of a long list.
        gc.freeze()
        try:
            with Path(options["file"]).open(encoding="utf-8-sig", newline="") as file:
                imported = services.import_awards(
                    issuer=issuer,
                    achievement=achievement,
                    file=file,
                    now=timezone.now(),
                    actor=actor,
                    tells=options["tell"],
                    session=options["session"],
                    name=Path(options["file"]).name,
                )
        except services.MistakesInList as error:
            for each in error.mistakes:
                place = f"line {each.line}" + (f", {each.column}" if each.column else "")
                self.stderr.write(f"{place}: {each.reason}")
            raise CommandError("Nothing was imported.") from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise CommandError("The file is not UTF-8: save it as CSV UTF-8.") from error
        self.stdout.write(
            f"{imported.rows} rows: {imported.recorded} awards recorded,"
            f" {imported.already} were there already."
        )
        if imported.preparation is not None:
            self.stdout.write("They wait for somebody else to release them.")


def _actor(issuer: Issuer, email: str) -> User:
    for member in issuers.members(issuer=issuer):
        if member.user.is_active and member.user.email.lower() == email.strip().lower():
            return member.user
    raise CommandError(f"{issuer.slug} has no such member.")
