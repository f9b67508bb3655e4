"""`manage.py lookalikes`: names that pass for another organisation's, for the operator to judge.

docs/organisations.md says how they are found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from issuers import selectors, services

if TYPE_CHECKING:
    from argparse import ArgumentParser

JUDGEMENTS = ("harmless", "confirmed")


class Command(BaseCommand):
    """List look-alike names, or judge one."""

    help = "List the names that pass for another organisation's, or judge one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        listing = acts.add_parser("list", help="show those that wait to be judged")
        listing.add_argument("--all", action="store_true", help="show those that were judged, too")
        judge = acts.add_parser("judge", help="say what one is")
        judge.add_argument("number", type=int)
        judge.add_argument("judgement", choices=JUDGEMENTS)
        judge.add_argument("--note", default="", help="why; needed where it is confirmed")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "judge":
            self._judge(options["number"], options["judgement"], options["note"])
            return
        rows = selectors.look_alikes(
            judgements=("open", *JUDGEMENTS) if options["all"] else ("open",)
        )
        for row in rows:
            # In ASCII with escapes: what cannot be told apart on the screen is told apart here.
            names = f"{row.name!a} ({row.issuer.slug}) / {row.other_name!a} ({row.resembles.slug})"
            self.stdout.write(
                f"{row.pk}  {row.found_at:%Y-%m-%d}  {row.likeness}  {row.judgement}  {names}"
            )
        if not rows:
            self.stdout.write("No name waits to be judged.")

    def _judge(self, number: int, judgement: str, note: str) -> None:
        try:
            row = services.judge_look_alike(
                number=number, judgement=judgement, note=note, now=timezone.now()
            )
        except ValidationError as refusal:
            raise CommandError(f"--note: {' '.join(refusal.messages)}") from refusal
        except services.NoSuchLookAlike as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{row.pk} is {row.judgement}.")
