"""Lists of rows that nobody writes to: a page of them, and what there is about each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from unfold.admin import ModelAdmin

from issuers import selectors

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

    from issuers import models


def required(slug: str) -> models.Issuer:
    """Return the organisation that an address names.

    Raises:
        Http404: there is none.
    """
    issuer = selectors.every_issuer().filter(slug=slug).first()
    if issuer is None:
        raise Http404
    return issuer


class Listing(ModelAdmin):  # type: ignore[misc] # it has no types
    """A list, at `place`; its own pages are added below it."""

    place = ""
    actions = None
    list_display_links = None
    list_per_page = 50
    show_full_result_count = False
    change_list_template = "operator/list.html"
    list_filter_sheet = False
    # What the list is called, and what it is about, in a sentence.
    heading: Any = ""
    about: Any = ""
    # Where one more is made, and what that is called.
    adding: tuple[str, Any] | None = None

    def get_urls(self) -> list[URLPattern]:
        """Return the list's address, and no page that could write."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_changelist"
        return [path(self.place, self.admin_site.admin_view(self.changelist_view), name=name)]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whoever got in sees every list."""
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever got in sees every list."""
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds a row here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes a row here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody removes a row here."""
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list."""
        # The language was read and is kept already; here it would be taken for a column.
        asked = request.GET.copy()
        asked.pop("lang", None)
        request.GET = asked  # type: ignore[assignment] # nobody writes to it any more
        context = {"title": self.heading, "about": self.about}
        if self.adding is not None:
            context["adding"] = {"address": reverse(self.adding[0]), "name": self.adding[1]}
        response: HttpResponse = super().changelist_view(request, context | (extra_context or {}))
        return response

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the page of the list that was asked for, with what there is about each row."""
        page = super().get_changelist_instance(request)
        page.result_list = self.completed(list(page.result_list))
        return page

    def completed(self, rows: list[Any]) -> list[Any]:
        """Return the rows of one page with what there is about each."""
        return rows

    def page(self, request: HttpRequest, template: str, **context: Any) -> TemplateResponse:
        """Return a page of this list's own."""
        return TemplateResponse(
            request,
            template,
            self.admin_site.each_context(request) | {"opts": self.opts} | context,
        )
