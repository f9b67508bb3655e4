"""`manage.py roles`: write the table of who may do what, docs/roles.md, from the code."""

from typing import Any

from django.core.management.base import BaseCommand

from issuers.core import roles


class Command(BaseCommand):
    """Print docs/roles.md."""

    help = "Print the table of who may do what (docs/roles.md), written from the code."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(roles.page(), ending="")
