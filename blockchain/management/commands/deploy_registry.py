"""`manage.py deploy_registry`: see to it that the anchor registry is on a chain."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from blockchain import services
from blockchain.core import lanes


class Command(BaseCommand):
    """Deploy the registry if it is not there yet, and print its address."""

    help = "Deploy the anchor registry on a chain of the settings, if it is not there yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--chain",
            metavar="LANE",
            help="e.g. eip155:10, or eip155:10/name for who pays; the first chain unless told",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            lane = lanes.parse(options["chain"]) if options["chain"] else None
            address = services.deploy_registry(now=timezone.now(), lane=lane)
        except lanes.LaneError as refusal:
            raise CommandError(str(refusal)) from refusal
        except services.Unavailable as trouble:
            raise CommandError(_("The chain: {}").format(trouble)) from trouble
        except (services.NoSubmitter, services.RegistryMismatch) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(address)
