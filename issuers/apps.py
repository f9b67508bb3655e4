"""Wiring of the issuers app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IssuersConfig(AppConfig):
    """Who speaks: issuers, their people and their keys."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "issuers"
    verbose_name = _("Issuers")
