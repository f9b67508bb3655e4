"""The archive of an organisation, ordered from the console: ask, see how far it is, take it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credentials.selectors import exports as questions
from credentials.services import leaving
from issuers import access
from issuers import services as parties
from issuers.access.questions import ask
from issuers.core.roles import Action

if TYPE_CHECKING:
    import uuid as uuids

    from django.http.response import HttpResponseBase

    from credentials import models

CONFIRM = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@access.member_may(Action.EXPORT_ORGANISATION)
def exports(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Show what was ordered, how far it is, and what can be downloaded."""
    found = questions.exports_of(issuer=member.issuer)
    context = {
        "exports": [
            (each, each.ready_at + leaving.KEPT if each.ready_at else None) for each in found
        ],
        "is_under_way": any(each.is_under_way for each in found),
    }
    return render(request, "console/export.html", context)


@require_POST
@access.member_may(Action.EXPORT_ORGANISATION)
def order(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Order one, and show its passphrase: once, in this very answer."""
    try:
        ordered = leaving.order_export(issuer=member.issuer, actor=member.user, now=timezone.now())
    except leaving.NotNow:
        messages.error(
            request,
            _("One is being made already, or five were ordered today: nothing more was ordered."),
        )
        return _back(member)
    except parties.KeyServiceUnavailable:
        messages.error(request, _("The service that keeps keys does not answer. Try again later."))
        return _back(member)
    return render(request, "console/export_ordered.html", {"passphrase": ordered.passphrase})


@require_POST
@access.member_may(Action.EXPORT_ORGANISATION)
def fetch(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponseBase:
    """Hand out the file; who took it is in the trail."""
    found = _find(member, uuid)
    now = timezone.now()
    try:
        leaving.note_fetched(issuer=member.issuer, export=found, now=now)
    except leaving.NotNow:
        messages.error(request, _("This file is not there any more."))
        return _back(member)
    name = f"{member.issuer.slug}-{found.ordered_at:%Y-%m-%d}.zip"
    return StreamingHttpResponse(
        questions.pieces_of_export(export=found),
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Length": str(found.size),
            "X-Content-Type-Options": "nosniff",
        },
    )


@CONFIRM
@access.member_may(Action.EXPORT_ORGANISATION)
def remove(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Remove a file before its day is over."""
    found = _find(member, uuid)
    problem = ""
    if request.method == "POST":
        try:
            leaving.remove_export(issuer=member.issuer, export=found)
        except leaving.NotNow:
            problem = _("It is still being made: come back when it is ready.")
        else:
            messages.success(request, _("The file was removed."))
            return _back(member)
    return ask(
        request,
        title=_("Remove this file?"),
        about=_("It can no longer be downloaded. What was downloaded stays where it is."),
        act=_("Remove"),
        back=reverse("console-export", args=[member.issuer.slug]),
        problem=problem,
    )


def _find(member: access.Membership, uuid: uuids.UUID) -> models.Export:
    found = questions.find_export(issuer=member.issuer, uuid=uuid)
    if found is None:
        raise Http404
    return found


def _back(member: access.Membership) -> HttpResponse:
    return redirect("console-export", slug=member.issuer.slug)
