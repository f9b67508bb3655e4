"""The lists of what still stands, and who keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import JsonResponse
from django.views.decorators.http import conditional_page, require_safe

from credentials import selectors
from credentials.selectors import blockcerts
from credentials.views import answers
from issuers import selectors as issuers

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@require_safe
@conditional_page
def status_list(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Serve a signed status list: the same for everybody, and soon out of date."""
    published = selectors.published_status_list(uuid=uuid)
    if published is None:
        return answers.refusal("no_list")
    response = answers.document(request, published.body, answers.PUBLIC_FILE)
    response["Link"] = f'<{request.path}/versions>; rel="version-history"'  # RFC 5829
    return response


@require_safe
@conditional_page
def blockcerts_profile(request: HttpRequest, slug: str) -> HttpResponse:
    """Serve the issuer as verifiers of Blockcerts read it: its accounts, with their keys."""
    issuer = issuers.find_by_slug(slug=slug)
    profile = blockcerts.issuer_profile(issuer=issuer) if issuer is not None else None
    return _json(profile)


@require_safe
@conditional_page
def blockcerts_revoked(request: HttpRequest, slug: str) -> HttpResponse:
    """Serve which credentials were revoked, to verifiers of Blockcerts; they may ask about one."""
    issuer = issuers.find_by_slug(slug=slug)
    if issuer is None:
        return answers.refusal("not_found")
    only = request.GET.get("assertionId", "")
    return _json(
        blockcerts.revocation_list(issuer=issuer, only=only if only.isprintable() else "-")
    )


def _json(members: dict[str, Any] | None) -> HttpResponse:
    if members is None:
        return answers.refusal("not_found")
    return JsonResponse(
        members,
        content_type="application/ld+json",
        headers=answers.PUBLIC_FILE | answers.SHARED,
        json_dumps_params={"ensure_ascii": False},
    )
