"""The Open Badges 2.0 edition: every document of it at the address that is its id.

A hosted badge of that edition is believed because of where it is served, so what is served here is
the badge. To a person who follows such an address, the page of the credential is shown.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import conditional_page, require_safe

from badges import selectors as catalogue
from badges.core.baking import BakingError
from credentials.selectors import openbadges2
from credentials.views import answers, editions
from issuers import selectors as issuers

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from credentials import models
    from issuers import models as issuer_rows

TYPES = ["application/ld+json", "application/json"]


@require_safe
@conditional_page
def issuer(request: HttpRequest, slug: str) -> HttpResponse:
    """Serve the Issuer."""
    return _of_issuer(request, slug, lambda found: openbadges2.issuer(issuer=found))


@require_safe
@conditional_page
def revocation_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Serve the list of the signed assertions that were revoked."""
    return _of_issuer(request, slug, lambda found: openbadges2.revocation_list(issuer=found))


@require_safe
@conditional_page
def key(request: HttpRequest, slug: str, kid: str) -> HttpResponse:
    """Serve a CryptographicKey, which signs assertions."""
    return _of_issuer(
        request, slug, lambda found: openbadges2.cryptographic_key(issuer=found, kid=kid)
    )


@require_safe
@conditional_page
def badge_class(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Serve the BadgeClass of what was published."""
    found = catalogue.find_published(uuid=uuid)
    if found is None or found.issuer.slug != slug:
        return answers.refusal("not_found")
    return _expressed(
        lambda: _linked_data(
            request, openbadges2.badge_class(achievement=found), answers.PUBLIC_FILE
        )
    )


@require_safe
@conditional_page
def assertion(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Serve the hosted Assertion; what was revoked is gone, and says so (410)."""
    if request.get_preferred_type([*TYPES, "text/html"]) == "text/html":
        return HttpResponseRedirect(reverse("credential", args=[token]))
    return document(request, slug, token)


@require_safe
@conditional_page
def document(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Serve the hosted Assertion to keep, to people too; its id is the address without `.json`."""

    def read(credential: models.Credential) -> HttpResponse:
        members = openbadges2.hosted(credential=credential)
        status = 410 if "revoked" in members else 200
        return _linked_data(request, members, answers.PRIVATE_FILE, status=status)

    return _of_credential(slug, token, read)


@require_safe
@conditional_page
def image(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Serve the badge image with the hosted Assertion inside (PNG)."""

    def read(credential: models.Credential) -> HttpResponse:
        plain = bytes(credential.achievement.image)
        return answers.png(openbadges2.baked(credential=credential, image=plain))

    return _of_credential(slug, token, read)


@require_safe
@conditional_page
def drawing(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Serve the badge image with the hosted Assertion inside (SVG)."""

    def read(credential: models.Credential) -> HttpResponse:
        plain = catalogue.drawing(achievement=credential.achievement)
        return answers.svg(openbadges2.baked(credential=credential, image=plain))

    return _of_credential(slug, token, read)


@require_safe
@conditional_page
def signed(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Serve the signed Assertion, a JWS; a worker signs it when it is first asked for."""
    return _of_credential(slug, token, partial(editions.answer, request, editions.Kind.ASSERTION))


def _of_issuer(
    request: HttpRequest, slug: str, read: Callable[[issuer_rows.Issuer], dict[str, Any] | None]
) -> HttpResponse:
    found = issuers.find_by_slug(slug=slug)
    if found is None:
        return answers.refusal("no_issuer")

    def answer() -> HttpResponse:
        members = read(found)
        if members is None:
            return answers.refusal("no_key")
        return _linked_data(request, members, answers.PUBLIC_FILE)

    return _expressed(answer)


def _of_credential(
    slug: str, token: str, read: Callable[[models.Credential], HttpResponse]
) -> HttpResponse:
    def own(credential: models.Credential) -> HttpResponse:
        if credential.issuer.slug != slug:
            return answers.refusal("not_found")
        return _expressed(lambda: read(credential))

    return answers.file(token, own)


def _expressed(answer: Callable[[], HttpResponse]) -> HttpResponse:
    """Answer, or say what the older edition needs and the award does not have."""
    try:
        return answer()
    except openbadges2.NoIssuerEmail:
        return answers.refusal("no_issuer_email")
    except (*openbadges2.INEXPRESSIBLE, BakingError) as error:
        return answers.refusal("not_expressible", str(error))


def _linked_data(
    request: HttpRequest, members: dict[str, Any], headers: dict[str, str], *, status: int = 200
) -> HttpResponse:
    kind = request.get_preferred_type(TYPES) or TYPES[0]
    return JsonResponse(
        members,
        status=status,
        content_type=kind,
        headers=headers | answers.SHARED | {"Vary": "Accept"},
        json_dumps_params={"ensure_ascii": False},
    )
