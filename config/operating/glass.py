"""Break glass: what an organisation has, read for a while, and seen by its administrators."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.operating import forms
from config.operating.listing import Listing, required
from credentials.selectors import listing
from issuers import selectors, services
from issuers.access import operators
from issuers.services import sessions

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

    from issuers import models

log = logging.getLogger(__name__)
NUMBER = re.compile(r"[0-9]{1,18}")  # a key of a row


class Looks(Listing):
    """When operators looked inside, and why; and the page that they then see."""

    place = "looks/"
    heading = gettext_lazy("Looks inside")
    about = gettext_lazy(
        "Each time that an operator read what an organisation has. Nobody changes this list, and "
        "each organisation sees its own part of it."
    )
    list_display = ("whose", "operator", "reason", "opened_at", "ended")
    ordering = ("-id",)

    def get_urls(self) -> list[URLPattern]:
        """Return the addresses of the list, of the question, and of what is inside."""
        door, one = self.admin_site.admin_view, "organisations/<slug:slug>/"
        return [
            *super().get_urls(),
            path(f"{one}look", door(self.look), name="look"),
            path(f"{one}inside", door(self.inside), name="inside"),
            path(f"{one}inside/end", door(self.end), name="end-look"),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.BreakGlass]:
        """Return the journal."""
        return selectors.every_look_inside()

    @admin.display(description=gettext_lazy("organisation"), ordering="issuer__name")
    def whose(self, row: models.BreakGlass) -> str:
        """Return the organisation, which leads to its page."""
        return format_html(
            '<a class="link" href="{}">{}</a>',
            reverse("admin:organisation", args=[row.issuer.slug]), row.issuer.name,
        )  # fmt: skip

    @admin.display(description=gettext_lazy("until"), ordering="until")
    def ended(self, row: models.BreakGlass) -> Any:
        """Return until when it was open, which may be before its time was over."""
        return row.ended_at

    def look(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Ask who it is, why and for how long; then the database lets this operator read."""
        issuer = required(slug)
        confirmed = sessions.confirmed_with(request.session, now=timezone.now())
        if not confirmed:
            return operators.ask_again(request)
        form = forms.GlassForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and request.user.is_authenticated:
            try:
                opened = services.break_glass(
                    issuer=issuer, operator=request.user, confirmed=confirmed,
                    **form.cleaned_data,
                )  # fmt: skip
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                _tell(request, opened)
                return redirect("admin:inside", slug=slug)
        about = _(
            "You will read learners' names and addresses and what they were awarded, and change "
            "nothing. Your name, the reason and the time are written down for good; the "
            "administrators of the organisation see them, and get an e-mail now."
        )
        return self.page(
            request, "operator/form.html",
            title=_("Look inside %(name)s?") % {"name": issuer.name}, about=about,
            act=_("Look inside"), form=form, is_grave=True,
            back=reverse("admin:organisation", args=[slug]),
        )  # fmt: skip

    def inside(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Show what was issued to whom, while the glass is open."""
        issuer = required(slug)
        opened = selectors.open_glass(issuer=issuer, operator_id=request.user.pk or 0)
        if opened is None:
            return redirect("admin:look", slug=slug)
        before, sought = request.GET.get("before", ""), request.GET.get("learner", "")[:254]
        found = listing.page(
            issuer=issuer,
            look=listing.Look(learner=sought),
            before=int(before) if NUMBER.fullmatch(before) else None,
        )
        return self.page(
            request, "operator/inside.html", title=issuer.name, issuer=issuer, opened=opened,
            found=found, sought=sought,
        )  # fmt: skip

    @method_decorator(require_POST)
    def end(self, request: HttpRequest, slug: str) -> HttpResponse:
        """End a look before its time is over."""
        issuer = required(slug)
        try:
            services.close_glass(issuer=issuer, operator=cast("models.User", request.user))
        except services.NothingOpen:
            messages.info(request, _("It had ended already."))
        else:
            messages.success(request, _("You look inside no longer."))
        return redirect("admin:organisation", slug=slug)


def _tell(request: HttpRequest, opened: models.BreakGlass) -> None:
    people = selectors.administrators(issuer=opened.issuer)
    try:
        told = services.tell_of_glass(opened=opened, people=people)
    except OSError:
        log.exception("of look %s inside issuer %s nobody was told", opened.pk, opened.issuer_id)
        messages.error(
            request,
            _("The e-mail to its administrators could not be sent: tell them yourself."),
        )
    else:
        messages.success(request, _("It is open. Administrators told: %(told)d.") % {"told": told})
