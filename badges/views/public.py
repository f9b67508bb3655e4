"""What can be earned: the page of an issuer with its badges; a badge, its document and image."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import conditional_page, require_safe

from badges import selectors, serializers
from badges.core import vocabulary
from badges.serializers import described, linked_data, organisation_facts, taught, training_facts
from issuers import selectors as issuers

if TYPE_CHECKING:
    from uuid import UUID

LINKED_DATA_TYPES = ["application/ld+json", "application/json"]
HEADERS = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=60"}
# A published achievement never changes, and neither does its image.
FOREVER = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "public, max-age=31536000, immutable",
}


@require_safe
@conditional_page
def issuer(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an issuer: its profile, its badges, its keys; to a program, its Profile document."""
    found = issuers.find_by_slug(slug=slug)
    if found is None:
        return render(request, "404.html", status=404)
    kind = _linked_data(request)
    if kind is not None:
        return _json(issuers.profile(issuer=found), kind)
    context = {
        "issuer": found,
        "badges": [each for each in selectors.published_by(issuer=found) if not each.is_sample],
        "keys": issuers.key_history(issuer=found),
        "submitters": issuers.accepted_submitters(issuer=found),
        "proven": issuers.proven_domains(issuer=found, now=timezone.now()),
        "facts": organisation_facts(found),
        "sentences": training_facts(found),
        "units": [each for each in issuers.units(issuer=found) if not each.unit.closed_at],
    }
    return _varies(render(request, "issuers/issuer.html", context))


@require_safe
@conditional_page
def achievement(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show a badge that can be earned; to a program, its Achievement as it was published."""
    found = selectors.find_published(uuid=uuid)
    if found is None:
        return render(request, "404.html", status=404)
    members = json.loads(found.document)
    kind = _linked_data(request)
    if kind is not None:
        return _json(members, kind)
    parts, roles = described(members), taught(found, now=timezone.now())
    context = {
        "achievement": found,
        "image": reverse("achievement-image", args=[found.uuid]),
        "document": members,
        "parts": parts,
        "proven": issuers.proven_domains(issuer=found.issuer, now=timezone.now()),
        "taught": roles,
        "linked_data": linked_data(found, members, parts, taught=roles),
    }
    return _varies(render(request, "badges/achievement.html", context))


@require_safe
@conditional_page
def image(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Serve the image of a badge, without anybody's credential in it."""
    found = selectors.find_published(uuid=uuid)
    if found is None:
        return render(request, "404.html", status=404)
    return HttpResponse(bytes(found.image), content_type="image/png", headers=FOREVER)


@require_safe
@conditional_page
def drawing(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Serve the image of a badge as a drawing, without anybody's credential in it."""
    found = selectors.find_published(uuid=uuid)
    if found is None:
        return render(request, "404.html", status=404)
    body = selectors.drawing(achievement=found)
    return HttpResponse(
        body,
        content_type=serializers.SVG_TYPE,
        headers=FOREVER | serializers.SVG_HEADERS,
    )


def _linked_data(request: HttpRequest) -> str | None:
    """Return the type of JSON that the reader prefers to a page; None for a page."""
    kind = request.get_preferred_type(["text/html", *LINKED_DATA_TYPES])
    return kind if kind in LINKED_DATA_TYPES else None


def _json(members: dict[str, object], kind: str) -> HttpResponse:
    """Serve a part of a credential by itself: it needs the contexts that the whole has."""
    response = JsonResponse(
        {"@context": list(vocabulary.CONTEXTS), **members},
        content_type=kind,
        headers=HEADERS,
        json_dumps_params={"ensure_ascii": False},
    )
    return _varies(response)


def _varies(response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ["Accept"])
    return response
