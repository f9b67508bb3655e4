"""Who issues here, how they do, and suspending them: never what they issued, nor to whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.operating import forms
from config.operating.listing import Listing, required
from config.templatetags import days
from credentials.selectors import figures
from issuers import models, selectors, services
from issuers.forms import NOT_SENT, FoundingForm

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

# What "lately" is in the list.
LATELY = timedelta(days=30)


class IsSuspended(admin.SimpleListFilter):
    """Those that are suspended, or those that are not."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("active", _("active")), ("suspended", _("suspended"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[models.Issuer]
    ) -> QuerySet[models.Issuer]:
        if self.value() in {"active", "suspended"}:
            return queryset.filter(suspended_at__isnull=self.value() == "active")
        return queryset


class Organisations(Listing):
    """Every organisation that issues here."""

    place = "organisations/"
    adding = ("admin:found", gettext_lazy("A new organisation"))
    heading = gettext_lazy("Organisations")
    about = gettext_lazy(
        "Who issues here. What they issued, and to whom, is theirs: it is not on these pages."
    )
    list_display = ("named", "proven", "people", "issued", "lately", "state")
    list_filter = (IsSuspended, "kind")
    search_fields = ("name", "legal_name", "slug")
    search_help_text = gettext_lazy("Name or short name")
    ordering = ("name", "id")

    def get_urls(self) -> list[URLPattern]:
        """Return the addresses of the list and of each organisation."""
        inside = self.admin_site.admin_view
        one = f"{self.place}<slug:slug>/"
        return [
            *super().get_urls(),
            path(f"{self.place}new/", inside(self.found), name="found"),
            path(one, inside(self.organisation), name="organisation"),
            path(f"{one}suspend", inside(self.suspend), name="suspend"),
            path(f"{one}resume", inside(self.resume), name="resume"),
            path(f"{one}quotas", inside(self.quotas), name="quotas"),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.Issuer]:
        """Return the organisations, without their logos."""
        return selectors.every_issuer()

    def completed(self, rows: list[Any]) -> list[Any]:
        """Return the rows with what there is about each; three queries."""
        now = timezone.now()
        facts = selectors.facts_of(issuers=[row.pk for row in rows], now=now)
        issued = figures.issued(since=now - LATELY)
        for row in rows:
            row.facts, row.figures = facts[row.pk], issued.get(row.pk)
        return rows

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def named(self, row: Any) -> str:
        """Return the name, which leads to its page, and what kind of organisation it is."""
        return format_html(
            '<a class="link" href="{}">{}</a><br><span class="quiet">{}<br>{}</span>',
            reverse("admin:organisation", args=[row.slug]), row.name, row.slug,
            " · ".join(filter(None, [row.get_kind_display(), row.country])),
        )  # fmt: skip

    @admin.display(description=gettext_lazy("proven domains"))
    def proven(self, row: Any) -> str:
        """Return the domains that are proven now."""
        return ", ".join(row.facts.domains) or "–"  # noqa: RUF001 - text for people is typeset

    @admin.display(description=gettext_lazy("people"))
    def people(self, row: Any) -> int:
        """Return how many people work there."""
        return int(row.facts.members)

    @admin.display(description=gettext_lazy("credentials"))
    def issued(self, row: Any) -> str:
        """Return how many credentials were issued, in all and lately."""
        if row.figures is None:
            return "0"
        return _("%(all)s, of which %(lately)s in 30 days") % {
            "all": row.figures.rows,
            "lately": row.figures.since,
        }

    @admin.display(description=gettext_lazy("last issued"))
    def lately(self, row: Any) -> str:
        """Return the day on which something was issued last."""
        return _day(row.figures.latest if row.figures else None)

    @admin.display(
        description=gettext_lazy("state"),
        ordering="suspended_at",
    )
    def state(self, row: Any) -> str:
        """Say whether it is suspended."""
        if row.suspended_at:
            return format_html('<span class="mark mark--bad">{}</span>', _("suspended"))
        return format_html('<span class="mark">{}</span>', _("active"))

    def organisation(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Show one organisation."""
        issuer = required(slug)
        [row] = self.completed([issuer])
        return self.page(
            request,
            "operator/organisation.html",
            title=issuer.name,
            issuer=row,
            administrators=selectors.administrators(issuer=issuer),
            domains=selectors.domains_of(issuer=issuer),
            alike=selectors.look_alikes_of(issuer=issuer),
            quotas=[
                (label, given[kind])
                for given in [selectors.quotas(issuer=issuer)]
                for kind, label in selectors.QUOTAS
                if kind in given
            ],
            opened=selectors.open_glass(issuer=issuer, operator_id=request.user.pk or 0),
        )

    def found(self, request: HttpRequest) -> HttpResponse:
        """Send the link that makes an organisation to its first administrator."""
        form = FoundingForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                asked = services.send_founding(**form.cleaned_data, now=timezone.now())
            except ValidationError as refusal:
                form.add_error(None, refusal)
            except OSError:
                form.add_error(None, NOT_SENT)
            else:
                messages.success(
                    request,
                    _("A link was sent to %(email)s. Once it is opened, %(name)s is here.")
                    % {"email": asked.email, "name": asked.name},
                )
                return redirect("admin:issuers_issuer_changelist")
        about = _(
            "Its first administrator gets an e-mail with a link. Whoever opens it and has that "
            "address makes the organisation; until then there is nothing here."
        )
        return self.page(
            request, "operator/form.html", title=_("A new organisation"), about=about,
            act=_("Send the link"), form=form,
            back=reverse("admin:issuers_issuer_changelist"),
        )  # fmt: skip

    def suspend(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Suspend an organisation, with a reason."""
        issuer = required(slug)
        form = forms.ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                services.suspend(
                    issuer=issuer, reason=form.cleaned_data["reason"], now=timezone.now()
                )
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                messages.success(request, _("%(name)s is suspended.") % {"name": issuer.name})
                return _to(issuer)
        about = _(
            "From now on nobody gets into its console and nothing is issued in its name. Its pages "
            "stay, and what it issued goes on verifying."
        )
        return self.page(
            request, "operator/form.html", title=_("Suspend %(name)s?") % {"name": issuer.name},
            about=about, act=_("Suspend"), form=form, is_grave=True, back=_address(issuer),
        )  # fmt: skip

    def resume(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Let an organisation go on."""
        issuer = required(slug)
        form = Form(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                services.resume(issuer=issuer)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                messages.success(request, _("%(name)s may go on.") % {"name": issuer.name})
                return _to(issuer)
        return self.page(
            request, "operator/form.html",
            title=_("Let %(name)s go on?") % {"name": issuer.name},
            about=_("Its people get into its console again, and it may issue."),
            act=_("Let it go on"), form=form, back=_address(issuer),
        )  # fmt: skip

    def quotas(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Say how much an organisation may have at most."""
        issuer = required(slug)
        form = forms.QuotaForm(
            request.POST if request.method == "POST" else None,
            initial=selectors.quotas(issuer=issuer),
        )
        if form.is_valid():
            try:
                services.set_quotas(issuer=issuer, quotas=form.cleaned_data)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                messages.success(request, _("The quotas were noted."))
                return _to(issuer)
        about = _("What is there stays, though it be more. Once a quota is full, nothing is added.")
        return self.page(
            request, "operator/form.html", title=_("Quotas of %(name)s") % {"name": issuer.name},
            about=about, act=_("Note them"), form=form, back=_address(issuer),
        )  # fmt: skip


def _address(issuer: models.Issuer) -> str:
    return reverse("admin:organisation", args=[issuer.slug])


def _to(issuer: models.Issuer) -> HttpResponse:
    return redirect(_address(issuer))


def _day(at: datetime | None) -> str:
    return days.day(at) if at else "–"  # noqa: RUF001 - text for people is typeset
