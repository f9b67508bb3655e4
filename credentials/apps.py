"""Wiring of the credentials app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CredentialsConfig(AppConfig):
    """Issue, sign, revoke, verify."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "credentials"
    verbose_name = _("Credentials")
