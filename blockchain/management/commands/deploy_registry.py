"""`manage.py deploy_registry`: see to it that the anchor registry is on the chain."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from blockchain import services


class Command(BaseCommand):
    """Deploy the registry if it is not there yet, and print its address."""

    help = "Deploy the anchor registry on the chain of the settings, if it is not there yet."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            address = services.deploy_registry(now=timezone.now())
        except services.Unavailable as trouble:
            raise CommandError(_("The chain: {}").format(trouble)) from trouble
        except (services.NoSubmitter, services.RegistryMismatch) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(address)
