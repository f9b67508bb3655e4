"""Wiring of the blockchain app."""

from collections.abc import Sequence
from typing import Any, cast

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.utils.translation import gettext_lazy as _

from blockchain.core import terms


class BlockchainConfig(AppConfig):
    """The witness: leaves in, proofs out."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "blockchain"
    verbose_name = _("Anchoring")

    def ready(self) -> None:
        checks.register(refuse_memory, checks.Tags.security, deploy=True)


def refuse_memory(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[checks.Error]:
    """Refuse a chain that forgets everything when the process ends."""
    known = terms.configured(cast("terms.Settings", settings))
    return [
        checks.Error(f"The node of {chain} is a chain in memory.", id="blockchain.E001")
        for chain, each in known.items()
        if any(url.startswith("memory:") for url in each.urls)
    ]
