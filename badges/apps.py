"""Wiring of the badges app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BadgesConfig(AppConfig):
    """What can be earned."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "badges"
    verbose_name = _("Badges")
