"""Wiring of the learners app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearnersConfig(AppConfig):
    """Whom a credential is about."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "learners"
    verbose_name = _("Learners")
