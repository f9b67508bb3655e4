"""Certificates of a list: order them, see how far they are, take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from credentials.selectors import intakes, printings
from credentials.serializers.printing import zipped
from credentials.services import printing as services
from issuers import access
from issuers.core.envelope import EnvelopeError
from issuers.core.roles import Action

if TYPE_CHECKING:
    import uuid as uuids

    from django.http.response import HttpResponseBase


@require_POST
@access.member_may(Action.PREPARE_AWARD)
def order(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Order the certificates of a list, in the language of who orders."""
    intake = intakes.find_intake(issuer=member.issuer, uuid=uuid)
    kind = request.POST.get("kind", "")
    if intake is None or kind not in services.Kind.values:
        raise Http404
    try:
        services.order_printing(
            issuer=member.issuer,
            intake=intake,
            kind=kind,
            language=translation.get_language() or "en",
            actor=member.user,
            now=timezone.now(),
        )
    except services.NotNow:
        messages.error(
            request,
            _("They are being printed already, or twenty orders were made today: try tomorrow."),
        )
    except services.TooMany:
        most = services.MOST[services.Kind(kind)]
        said = _("At most %(most)d certificates go into one order, and at least one must stand.")
        messages.error(request, said % {"most": most})
    return _back(member, uuid)


@require_POST
@access.member_may(Action.PREPARE_AWARD)
def fetch(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponseBase:
    """Hand out the certificates: one file, or several in an archive; who took them is on record."""
    found = _find(member, uuid)
    try:
        services.note_printing_fetched(issuer=member.issuer, printing=found, now=timezone.now())
    except services.NotNow:
        messages.error(request, _("These certificates are not there any more: order them again."))
        return _back(member, found.intake.uuid)
    name = slugify(found.intake.achievement.slug)
    files = printings.files_of(printing=found)
    try:
        first = next(files, None)
    except EnvelopeError:
        messages.error(request, _("What was kept of it cannot be opened: order it again."))
        return _back(member, found.intake.uuid)
    if first is None:
        raise Http404
    if found.files == 1:
        return HttpResponse(first[1], content_type="application/pdf", headers=_named(first[0]))
    return StreamingHttpResponse(
        zipped(each for part in ([first], files) for each in part),
        content_type="application/zip",
        headers=_named(f"{name}-{found.ordered_at:%Y-%m-%d}.zip"),
    )


@require_POST
@access.member_may(Action.PREPARE_AWARD)
def remove(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Remove certificates before their days are over, or stop printing them."""
    found = _find(member, uuid)
    services.remove_printing(issuer=member.issuer, printing=found)
    messages.success(request, _("The certificates were removed. They can be ordered again."))
    return _back(member, found.intake.uuid)


def _named(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
    }


def _find(member: access.Membership, uuid: uuids.UUID) -> printings.Printing:
    found = printings.find_printing(issuer=member.issuer, uuid=uuid)
    if found is None:
        raise Http404
    return found


def _back(member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    return redirect("console-list", slug=member.issuer.slug, uuid=uuid)
