"""Wiring of the config app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AcquisConfig(AppConfig):
    """The composition root: settings, wiring, the embedded stack."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "config"
    verbose_name = _("Acquis")
