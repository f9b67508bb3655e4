"""Who operates this installation: shown here, changed at the terminal (`manage.py staff`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.translation import gettext_lazy

from config.operating.listing import Listing
from issuers import selectors

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from issuers import models


class Operators(Listing):
    """The accounts that get in here."""

    place = "operators/"
    heading = gettext_lazy("Operators")
    about = gettext_lazy(
        "Who gets in here. They are added and removed at the terminal, with manage.py staff."
    )
    list_display = ("email", "name", "armed", "is_active", "last_login")
    ordering = ("email",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.User]:
        """Return the operators."""
        return selectors.operators()

    @admin.display(description=gettext_lazy("second factor"), boolean=True)
    def armed(self, row: Any) -> bool:
        """Say whether a second factor is set: without one nobody gets in."""
        return bool(row.is_armed)
