"""The site: Django's admin in the dress of unfold, with nothing but what is registered here.

Nobody signs in here: people sign in where everybody does, and `issuers.access.operators` lets
operators in. Django's own pages of the admin (accounts, passwords, history, search across models)
are not there.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.sites import UnfoldAdminSite

from config.operating import health
from config.operating.glass import Looks
from config.operating.names import Names
from config.operating.organisations import Organisations
from config.operating.people import Operators
from issuers import models, selectors
from issuers.access import operators

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.template.response import TemplateResponse
    from django.urls import URLPattern, URLResolver


class OperatorSite(UnfoldAdminSite):  # type: ignore[misc] # it has no types
    """What an operator may open."""

    index_title = gettext_lazy("Overview")

    def has_permission(self, request: HttpRequest) -> bool:
        """Say whether whoever asks may see these pages."""
        return operators.may_enter(request)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:  # noqa: FBT001, FBT002 - Django's
        """Let only operators in, whatever the page."""
        return operators.operator_only(view)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Return the pages: where it begins, and those of what is registered."""
        found: list[URLPattern | URLResolver] = [
            path("", self.admin_view(self.index), name="index"),
            path("health/", self.admin_view(partial(health.health, self)), name="health"),
            path("runbook/", self.admin_view(partial(health.runbook, self)), name="runbook"),
        ]
        for listing in self._registry.values():
            found += listing.get_urls()
        return found

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Show where one may go, and what waits for an operator."""
        waiting = {"names_to_judge": selectors.number_of_names_to_judge()}
        shown: TemplateResponse = super().index(request, waiting | (extra_context or {}))
        return shown

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Return nothing: there are no pages of apps, and the frame has links of its own."""
        return []

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what every page shows: where one may go."""
        context: dict[str, Any] = super().each_context(request)
        return context | {"operator_pages": _pages(request)}


def _pages(request: HttpRequest) -> list[dict[str, Any]]:
    pages = [
        (_("Overview"), "admin:index"),
        (_("Organisations"), "admin:issuers_issuer_changelist"),
        (_("Health"), "admin:health"),
        (_("Look-alike names"), "admin:issuers_lookalike_changelist"),
        (_("Looks inside"), "admin:issuers_breakglass_changelist"),
        (_("Operators"), "admin:issuers_user_changelist"),
    ]
    longest = max(
        (reverse(name) for _title, name in pages if request.path.startswith(reverse(name))),
        key=len,
        default="",
    )
    return [
        {"title": title, "address": reverse(name), "is_current": reverse(name) == longest}
        for title, name in pages
    ]


def build() -> OperatorSite:
    """Return the site with everything that is shown in it."""
    made = OperatorSite(name="admin")
    made.register(models.Issuer, Organisations)
    made.register(models.LookAlike, Names)
    made.register(models.BreakGlass, Looks)
    made.register(models.User, Operators)
    return made


site = build()
