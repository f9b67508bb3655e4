"""Links for an audience: a holder makes them, takes them back, sees how often they were opened.

What makes a link a secret stands after the `#`, so neither our log nor a proxy's ever has it: a
script in the page sends its SHA-256 in the body of a form, and the badge is the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from badges.serializers import taught
from credentials import selectors, services
from credentials.forms.holding import LinkForm
from credentials.selectors.holding import links as questions
from credentials.serializers import present
from credentials.services.holding import links as acts
from credentials.views import answers
from credentials.views.wallet.opened import Holder, led, opened
from issuers import selectors as issuers

if TYPE_CHECKING:
    import uuid as uuids

    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "HEAD", "POST"])
@opened
def links(request: HttpRequest, holder: Holder, token: str) -> HttpResponse:
    """Show the links of a badge, and make another."""
    found, now = holder.find(token).credential, timezone.now()
    form = LinkForm(request.POST if request.method == "POST" else None)
    made = ""
    if form.is_valid():
        try:
            secret = acts.make(
                issuer=found.issuer,
                credential=found,
                label=form.cleaned_data["label"],
                shown=form.shown(),
                days=int(form.cleaned_data["days"]),
                now=now,
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            made = f"{settings.PUBLIC_URL}{reverse('shown')}#{secret}"
            form = LinkForm()
    context = {
        "holder": holder,
        "credential": found,
        "form": form,
        "made": made,
        "links": questions.links_of(credential=found, now=now),
    }
    return render(request, "wallet/links.html", context)


@require_POST
@opened
def take_back(request: HttpRequest, holder: Holder, token: str, uuid: uuids.UUID) -> HttpResponse:
    """Let a link be over."""
    found = holder.find(token).credential
    if acts.take_back(issuer=found.issuer, credential=found, uuid=uuid, now=timezone.now()):
        messages.success(request, _("Whoever opens that link reads that it is over."))
    return led(request, "wallet-links", token)


@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest) -> HttpResponse:
    """Open a link: its page says what it waits for, and what is sent back is the badge."""
    if request.method != "POST":
        return answers.private(request, "credentials/shown_wait.html", {})
    now = timezone.now()
    found = questions.find_open(key=request.POST.get("key", "")[:100], now=now)
    if found is None:
        return answers.private(request, "credentials/shown_over.html", {}, status=404)
    link, credential = found
    chosen = questions.shown_at(link=link)
    try:
        verified = services.verify_credential(credential=credential, now=now, shown=chosen)
    except (selectors.Erased, selectors.NotSigned):
        return answers.private(request, "credentials/erased.html", {}, status=410)
    acts.note_opened(issuer=credential.issuer, link=link, now=now)
    # Nothing here leads to the page of the badge: that link would outlive this one.
    context = {
        "shown": present(
            verified.report,
            verified.document,
            verified.receipt,
            learner=verified.learner,
            others=verified.others,
        ),
        "taught": taught(credential.achievement, now=now),
        "proven": issuers.proven_domains_of(identifier=credential.issuer.did, now=now),
        "until": link.ends_at,
        "is_whole": chosen.is_whole,
    }
    return answers.private(request, "credentials/shown.html", context)
