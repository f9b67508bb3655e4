"""Names that pass for another organisation's: found by a worker, judged here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.operating import forms
from config.operating.listing import Listing
from config.templatetags import days
from issuers import selectors, services

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

    from issuers import models


class Judged(admin.SimpleListFilter):
    """Those that were judged so."""

    title = gettext_lazy("judgement")
    parameter_name = "judgement"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return what a look-alike may be."""
        return list(selectors.JUDGEMENTS)

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[models.LookAlike]
    ) -> QuerySet[models.LookAlike]:
        """Return those that were judged so."""
        return queryset.filter(judgement=self.value()) if self.value() else queryset


class Names(Listing):
    """Every look-alike, those that wait to be judged first."""

    place = "names/"
    heading = gettext_lazy("Look-alike names")
    about = gettext_lazy(
        "Names that pass for another organisation's. Nothing happens by itself: honest neighbours "
        "have similar names."
    )
    list_display = ("pair", "found", "judged")
    list_filter = (Judged,)
    ordering = ("judged_at", "-found_at", "-id")

    def get_urls(self) -> list[URLPattern]:
        """Return the addresses of the list and of each judgement."""
        judge = path(f"{self.place}<int:pk>/", self.admin_site.admin_view(self.judge), name="judge")
        return [*super().get_urls(), judge]

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.LookAlike]:
        """Return the look-alikes."""
        return selectors.every_look_alike()

    @admin.display(description=gettext_lazy("name, and whose it passes for"))
    def pair(self, row: models.LookAlike) -> str:
        """Return both names, with escapes: what cannot be told apart is told apart there."""
        return format_html(
            '<a class="link" href="{}">{} → {}</a><br>'
            '<span class="quiet">{} · {}<br>{} · {}</span>',
            reverse("admin:judge", args=[row.pk]), row.name, row.other_name,
            row.issuer.slug, ascii(row.name), row.resembles.slug, ascii(row.other_name),
        )  # fmt: skip

    @admin.display(description=gettext_lazy("found"), ordering="found_at")
    def found(self, row: models.LookAlike) -> str:
        """Return the day on which it was found."""
        return days.day(row.found_at)

    @admin.display(description=gettext_lazy("judgement"), ordering="judgement")
    def judged(self, row: models.LookAlike) -> str:
        """Return what it is, by whom, and the note."""
        who = row.judged_by.email if row.judged_by else ""
        return format_html(
            '{}<br><span class="quiet">{} {}</span>', row.get_judgement_display(), who, row.note
        )

    def judge(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say what a look-alike is."""
        row = selectors.every_look_alike().filter(pk=pk).first()
        if row is None or not request.user.is_authenticated:
            raise Http404
        form = forms.JudgementForm(request.POST or None, initial={"note": row.note})
        if request.method == "POST" and form.is_valid():
            try:
                services.judge_look_alike(
                    number=pk, judge=request.user, now=timezone.now(), **form.cleaned_data
                )
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                messages.success(request, _("The judgement was noted."))
                return redirect("admin:issuers_lookalike_changelist")
        return self.page(
            request, "operator/judge.html", title=_("Does it pass for the other?"), row=row,
            names=[ascii(row.name), ascii(row.other_name)], form=form,
            back=reverse("admin:issuers_lookalike_changelist"),
        )  # fmt: skip
