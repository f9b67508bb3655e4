"""The badges of an organisation, for its own people: the list, the page of each, its image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from badges import serializers
from badges.selectors import designs
from issuers import access
from issuers.core.roles import Action

if TYPE_CHECKING:
    import uuid as uuids

    from badges import models

# What a person types to find a badge.
MAX_WORDS = 100


@require_safe
@access.member_may(Action.VIEW)
def badges(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """List the badges, and find one."""
    words = request.GET.get("words", "")[:MAX_WORDS].strip()
    states = serializers.states()
    state = request.GET.get("state", "")
    found = designs.designs(
        issuer=member.issuer, words=words, state=state if state in dict(states) else ""
    )
    language = (get_language() or "").partition("-")[0]
    context = {
        "designs": found,
        "listed": [(each, each.told_in(language)) for each in found],
        "words": words,
        "state": state,
        "states": states,
        "is_narrowed": bool(words or state),
        "has_samples": any(each.first.is_sample and each.published for each in found),
    }
    return render(request, "console/badges.html", context)


@require_safe
@access.member_may(Action.VIEW)
def badge(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Show one version of a badge, and what may be done with it."""
    row = required(member, uuid)
    design = designs.design_of(achievement=row)
    context = {
        "row": row,
        "design": design,
        "designs": [design],
        "beside": design.beside(row),
        "versions": [each for each in design.rows if each.slug == row.slug],
        "taught": serializers.taught(row, now=timezone.now()),
        "kind": serializers.kind(row.achievement_type),
        "is_current": row in design.published or not design.published,
    }
    return render(request, "console/badge.html", context)


@require_safe
@access.member_may(Action.VIEW)
def image(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Serve the image of a badge, be it a draft's."""
    return HttpResponse(bytes(required(member, uuid).image), content_type="image/png")


@require_safe
@access.member_may(Action.VIEW)
def certifications(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Show which certifications are cut into which blocks, and which badges stand for each."""
    cuts = designs.certifications(issuer=member.issuer)
    return render(request, "console/certifications.html", {"cuts": cuts})


def required(member: access.Membership, uuid: uuids.UUID) -> models.Achievement:
    """Return a row of the member's organisation; what is another's is not there."""
    found = designs.find_row(issuer=member.issuer, uuid=uuid)
    if found is None:
        raise Http404
    return found
