"""`manage.py retry_batch`: let a batch go on after a person has looked at what stopped it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from blockchain import services


class Command(BaseCommand):
    """Retry one batch, named by its root."""

    help = "Let a batch go on that failed, or whose final block was replaced."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("root", help="hexadecimal digits with which its root begins")
        parser.add_argument(
            "--chain",
            metavar="LANE",
            default="",
            help="e.g. eip155:10, or eip155:10/name; needed where several have the same root",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            state = services.retry(root=options["root"], now=timezone.now(), lane=options["chain"])
        except services.NothingToRetry as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"The batch is {state} again.")
