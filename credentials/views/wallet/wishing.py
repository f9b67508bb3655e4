"""A learner asks something of an organisation: another name on a badge, or to be forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from credentials.forms.holding import WishForm
from credentials.selectors.holding import wishes as questions
from credentials.services.holding import wishes as acts
from credentials.views.wallet.opened import Holder, led, opened

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "HEAD", "POST"])
@opened
def wish(request: HttpRequest, holder: Holder, token: str) -> HttpResponse:
    """Show what was asked, and ask."""
    found = holder.find(token).credential
    form = WishForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            acts.ask(
                issuer=found.issuer,
                credential=found,
                kind=form.cleaned_data["kind"],
                said=form.cleaned_data["said"],
                now=timezone.now(),
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(
                request,
                _("%(name)s has your request. Its answer will stand here.")
                % {"name": found.issuer.name},
            )
            return led(request, "wallet-wish", token)
    context = {
        "holder": holder,
        "credential": found,
        "form": form,
        "wishes": questions.wishes_of(credential=found),
    }
    return render(request, "wallet/wish.html", context)
