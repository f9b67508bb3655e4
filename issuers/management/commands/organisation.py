"""`manage.py organisation`: let somebody make an organisation on this installation.

docs/people.md says what happens then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from issuers import services

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Send the link that makes an organisation to its first administrator."""

    help = "Send somebody the link that makes an organisation, with them as its administrator."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="as people know it")
        parser.add_argument("email", help="of its first administrator")
        parser.add_argument("--slug", default="", help="short name in addresses, for ever")
        parser.add_argument("--kind", default="", choices=["", *dict(services.KINDS)])
        parser.add_argument("--country", default="", help="its two letters, such as FR")
        parser.add_argument("--language", default="fr", choices=["fr", "en"])

    def handle(self, *args: Any, **options: Any) -> None:
        given = {each: options[each] for each in FIELDS}
        try:
            asked = services.send_founding(**given, now=timezone.now())
        except ValidationError as refusal:
            wrong = [f"{name}: {' '.join(said)}" for name, said in refusal.message_dict.items()]
            raise CommandError(" ".join(wrong)) from refusal
        except OSError as trouble:
            raise CommandError(f"The link could not be sent: {trouble}") from trouble
        self.stdout.write(f"The link that makes {asked.name} was sent to {asked.email}.")


FIELDS = ("name", "email", "slug", "kind", "country", "language")
