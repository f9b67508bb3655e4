"""`manage.py invite`: ask somebody to work for an organisation, its first administrator above all.

docs/roles.md says what each role may do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from issuers import selectors, services
from issuers.core import roles

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Send an invitation."""

    help = "Invite somebody to work for an organisation: its first administrator, say."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--issuer", required=True, metavar="SLUG")
        parser.add_argument("--role", choices=list(roles.Role), default="administrator")

    def handle(self, *args: Any, **options: Any) -> None:
        issuer = selectors.find_by_slug(slug=options["issuer"])
        if issuer is None:
            raise CommandError(f"There is no organisation {options['issuer']!r} here.")
        try:
            invited = services.invite(
                issuer=issuer,
                email=options["email"],
                role=options["role"],
                language=issuer.language,
                actor=None,
                now=timezone.now(),
            )
            services.send_invitation(invitation=invited.invitation, token=invited.token)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        except OSError as trouble:
            raise CommandError(f"The invitation is noted, but not sent: {trouble}") from trouble
        self.stdout.write(f"An invitation was sent to {invited.invitation.email}.")
