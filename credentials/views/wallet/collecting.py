"""Collections: some badges together, under a name, at one address that others may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credentials.forms.holding import CollectionForm
from credentials.selectors import holding
from credentials.selectors.holding import privacy
from credentials.serializers.holding import card_of
from credentials.views import answers
from credentials.views.wallet.opened import Holder, led, opened
from learners.selectors import collections as questions
from learners.selectors import wallets
from learners.services import collections as acts

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@opened
def collections(request: HttpRequest, holder: Holder) -> HttpResponse:
    """Show what somebody put together."""
    found = questions.collections_of(wallet=holder.wallet)
    context = {"holder": holder, "collections": found, "at": "collections"}
    return render(request, "wallet/collections.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@opened
def edit(request: HttpRequest, holder: Holder, token: str | None = None) -> HttpResponse:
    """Put badges together, or otherwise."""
    found = token and questions.find_collection(token=token, wallet=holder.wallet)
    if token and not found:
        raise Http404
    held = holding.held(emails=holder.emails)
    initial = (
        {"name": found.name, "badges": list(map(str, found.badges)), "is_shown": found.is_shown}
        if found
        else {"is_shown": True}
    )
    form = CollectionForm(
        request.POST if request.method == "POST" else None, initial=initial, held=held
    )
    if form.is_valid():
        try:
            acts.put_together(
                wallet=holder.wallet, token=token, now=timezone.now(), **form.chosen()
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The collection is as you chose."))
            return led(request, "wallet-collections")
    address = f"{settings.PUBLIC_URL}{reverse('collection', args=[token])}" if token else ""
    context = {"holder": holder, "form": form, "collection": found, "address": address}
    return render(request, "wallet/collection_edit.html", context)


@require_POST
@opened
def remove(request: HttpRequest, holder: Holder, token: str) -> HttpResponse:
    """Remove a collection; its badges stay."""
    acts.take_apart(wallet=holder.wallet, token=token)
    return led(request, "wallet-collections")


@require_safe
def collection(request: HttpRequest, token: str) -> HttpResponse:
    """Show a collection to whoever has its address."""
    found = questions.find_collection(token=token)
    if found is None:
        return answers.private(request, "404.html", {}, status=404)
    now = timezone.now()
    emails = list(wallets.addresses(wallet=found.wallet).values())
    held = {each.credential.uuid: each for each in holding.held(emails=emails)}
    shown = [
        held[each]
        for each in found.badges
        if each in held and not privacy.shown_of(credential=held[each].credential).is_hidden
    ]
    context = {"collection": found, "cards": [card_of(each, now=now) for each in shown]}
    return answers.private(request, "credentials/collection.html", context)
