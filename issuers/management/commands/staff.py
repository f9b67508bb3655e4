"""`manage.py staff`: who operates this installation. docs/operator.md says what that opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from issuers import selectors, services

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """List the operators, add one, or remove one."""

    help = "List who operates this installation, add somebody, or remove somebody."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help="show who operates this installation")
        acts.add_parser("add", help="let somebody operate it").add_argument("email")
        acts.add_parser("remove", help="let somebody operate it no more").add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "list":
            for user in selectors.operators().order_by("email"):
                armed = "has a second factor" if user.is_armed else "has no second factor yet"
                self.stdout.write(f"{user.email}  {armed}")
            return
        try:
            if options["act"] == "add":
                user = services.let_operate(email=options["email"])
                self.stdout.write(
                    f"{user.email} operates this installation: sign in at /account/login/, set up "
                    "a second factor, then open /operator/."
                )
            else:
                user = services.stop_operating(email=options["email"])
                self.stdout.write(f"{user.email} does not operate this installation any more.")
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        except services.NotAnOperator as refusal:
            raise CommandError(str(refusal)) from refusal
