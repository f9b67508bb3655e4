"""The lists of what still stands, and who keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import JsonResponse
from django.views.decorators.http import conditional_page, require_safe

from badges.core import extensions
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
    """Serve which credentials were revoked, to verifiers of Blockcerts: they ask about one.

    Of all of them, whose names are the addresses of their pages, as little is told as by `revoked`.
    """
    issuer = issuers.find_by_slug(slug=slug)
    if issuer is None:
        return answers.refusal("not_found")
    only = request.GET.get("assertionId", "")
    if not only and not settings.REVOCATION_LIST:
        return answers.refusal("no_revocation_list")
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


@require_safe
@conditional_page
def revoked(request: HttpRequest, slug: str) -> HttpResponse:
    """Serve 1EdTech's list of what an issuer revoked, where the installation chose to have one.

    It names every revoked credential to everybody, and the name of a credential is the address of
    its page; a Bitstring Status List names none. So it is off unless REVOCATION_LIST is set.
    """
    issuer = issuers.find_by_slug(slug=slug)
    after = request.GET.get("after", "0")
    if issuer is None or not settings.REVOCATION_LIST:
        return answers.refusal("no_revocation_list")
    if not (after.isascii() and after.isdigit() and len(after) < 19):  # noqa: PLR2004 - 64 bits
        return answers.refusal("bad_page")
    page = selectors.revoked(issuer=issuer, after=int(after))
    url = selectors.revocation_list_address(issuer=issuer)
    members = extensions.revocation_list(url=url, issuer=issuer.did, revoked=page.reasons)
    headers = answers.PUBLIC_FILE | answers.SHARED
    if page.following is not None:
        headers |= {"Link": f'<{url}?after={page.following}>; rel="next"'}
    return JsonResponse(members, headers=headers, json_dumps_params={"ensure_ascii": False})
