"""Wiring of the blockchain app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BlockchainConfig(AppConfig):
    """The witness: leaves in, proofs out."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "blockchain"
    verbose_name = _("Anchoring")
