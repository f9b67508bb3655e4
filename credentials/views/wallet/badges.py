"""What somebody holds: all their badges, and each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from credentials.forms.holding import PrivacyForm
from credentials.selectors import holding, tallies
from credentials.selectors.holding import privacy, records
from credentials.serializers.holding import card_of
from credentials.services import holding as acts
from credentials.views.wallet.opened import Holder, led, opened

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

# Lines of the log of views on the page of a badge.
VIEWS = 60


@require_safe
@opened
def badges(request: HttpRequest, holder: Holder) -> HttpResponse:
    """Show all badges of theirs, of whichever organisation; from now on they are claimed."""
    now = timezone.now()
    found = holding.held(emails=holder.emails)
    acts.claim(credentials=[each.credential for each in found if not each.claimed_at], now=now)
    cards = [card_of(each, now=now) for each in found]
    context = {
        "holder": holder, "at": "badges", "cards": cards,
        "transcripts": records.held(emails=holder.emails),
    }  # fmt: skip
    return render(request, "wallet/badges.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@opened
def show(request: HttpRequest, holder: Holder, token: str) -> HttpResponse:
    """Let a holder say what the page of a badge shows, and to whom."""
    found = holder.find(token).credential
    form = PrivacyForm(
        request.POST if request.method == "POST" else None,
        initial=PrivacyForm.saying(privacy.shown_of(credential=found)),
    )
    if form.is_valid():
        acts.show(issuer=found.issuer, credential=found, shown=form.shown(), now=timezone.now())
        messages.success(request, _("The page shows what you chose, from now on."))
        return led(request, "wallet-badge", token)
    context = {"holder": holder, "credential": found, "form": form}
    return render(request, "wallet/privacy.html", context)


@require_safe
@opened
def badge(request: HttpRequest, holder: Holder, token: str) -> HttpResponse:
    """Show one badge of theirs, and what they can do with it."""
    now = timezone.now()
    found = holder.find(token)
    if found.claimed_at is None:
        acts.claim(credentials=[found.credential], now=now)
    context = {
        "holder": holder,
        "credential": found.credential,
        "card": card_of(found, now=now),
        "views": tallies.of_credential(credential=found.credential)[:VIEWS],
        "privacy": privacy.shown_of(credential=found.credential),
    }
    return render(request, "wallet/badge.html", context)
