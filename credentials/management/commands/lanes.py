"""`manage.py lanes`: show or choose where what an issuer signs is anchored.

docs/anchoring.md says what a lane is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from credentials import services
from issuers import selectors

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Show or choose the lanes of an issuer."""

    help = "Show or choose where what an issuer signs is anchored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        for name, what in (
            ("list", "show the lanes, past and present"),
            ("choose", "let what is signed from now on take these lanes, and no others"),
            ("follow", "let it take the lane of the installation again"),
        ):
            act = acts.add_parser(name, help=what)
            act.add_argument("--issuer", required=True, metavar="SLUG")
            if name == "choose":
                act.add_argument(
                    "lane",
                    nargs="+",
                    help="eip155:10, or eip155:10/name for an account of the issuer's own",
                )

    def handle(self, *args: Any, **options: Any) -> None:
        issuer = selectors.find_by_slug(slug=options["issuer"])
        if issuer is None:
            raise CommandError(f"There is no issuer {options['issuer']} here.")
        if options["act"] != "list":
            try:
                services.choose_lanes(
                    issuer=issuer, lanes=options.get("lane") or [], now=timezone.now()
                )
            except services.ImpossibleLane as refusal:
                raise CommandError(str(refusal)) from refusal
        chosen = selectors.chosen_lanes(issuer=issuer)
        for each in chosen:
            until = f" until {each.active_until:%Y-%m-%d %H:%M:%S}Z" if each.active_until else ""
            name = f"{each.chain}/{each.signer}" if each.signer else each.chain
            self.stdout.write(f"{name}  since {each.active_from:%Y-%m-%d %H:%M:%S}Z{until}")
        if all(each.active_until for each in chosen):
            self.stdout.write("It follows the installation.")
