"""Badges from elsewhere: kept beside one's own, and not verified by us until it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credentials import services
from credentials.core.given import Address
from credentials.forms.bodies import client
from credentials.forms.holding import ImportForm
from credentials.serializers import refusal_words
from credentials.serializers.holding import name_in
from credentials.views.wallet.opened import Holder, led, opened
from learners.selectors import collections as questions
from learners.services import collections as acts

if TYPE_CHECKING:
    import uuid as uuids

    from django.http import HttpRequest


@require_http_methods(["GET", "HEAD", "POST"])
@opened
def elsewhere(request: HttpRequest, holder: Holder) -> HttpResponse:
    """Show the badges from elsewhere, and keep another."""
    is_sent = request.method == "POST"
    form = ImportForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    if form.is_valid():
        blocked: HttpResponse | None = ratelimit.consume_or_429(request, action="wallet_import")
        if blocked is not None:
            return blocked
        data = form.cleaned_data["file"].read(acts.MAX_BYTES + 1)
        try:
            acts.keep(wallet=holder.wallet, data=data, name=_name_in(data), now=timezone.now())
        except ValidationError as refusal:
            form.add_error("file", refusal)
        else:
            messages.success(request, _("It is kept here. We have not verified it."))
            return led(request, "wallet-elsewhere")
    found = questions.imports_of(wallet=holder.wallet)
    context = {"holder": holder, "form": form, "imports": found, "at": "elsewhere"}
    return render(request, "wallet/elsewhere.html", context)


def _name_in(data: bytes) -> str:
    """Return what a file says that it is.

    Raises:
        ValidationError: it is no badge; the message says what to give instead.
    """
    if len(data) > acts.MAX_BYTES:
        raise ValidationError(_("This file is larger than 2 MB: more is not kept here."))
    try:
        found = services.take_apart(data=data)
    except services.Unverifiable as error:
        raise ValidationError(refusal_words(error.reason, str(error))) from error
    if isinstance(found, Address):
        raise ValidationError(_("This is only an address. Give the file of the badge."))
    name = name_in(found.document)
    if not name:
        raise ValidationError(refusal_words("malformed", ""))
    return name


@require_POST
@opened
def check(request: HttpRequest, holder: Holder, uuid: uuids.UUID) -> HttpResponse:
    """Have a badge from elsewhere checked, as /verify would."""
    data = questions.file_of(wallet=holder.wallet, uuid=uuid)
    if data is None:
        raise Http404
    now = timezone.now()
    wait = services.admit(**client(request), now=now)
    if wait is not None:
        messages.error(request, refusal_words("too_many", ""))
        return led(request, "wallet-elsewhere")
    try:
        found = services.verify_document(data=data, now=now)
    except services.Unverifiable as error:
        messages.error(request, refusal_words(error.reason, str(error)))
    else:
        acts.note_checked(wallet=holder.wallet, uuid=uuid, verdict=found.report.verdict, now=now)
    return led(request, "wallet-elsewhere")


@require_safe
@opened
def fetch(request: HttpRequest, holder: Holder, uuid: uuids.UUID) -> HttpResponse:
    """Give a badge from elsewhere back, byte for byte, to be saved and not opened."""
    data = questions.file_of(wallet=holder.wallet, uuid=uuid)
    if data is None:
        raise Http404
    headers = {
        "Content-Disposition": 'attachment; filename="badge"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(data, content_type="application/octet-stream", headers=headers)


@require_POST
@opened
def remove(request: HttpRequest, holder: Holder, uuid: uuids.UUID) -> HttpResponse:
    """Remove a badge from elsewhere."""
    acts.throw_away(wallet=holder.wallet, uuid=uuid)
    return led(request, "wallet-elsewhere")
