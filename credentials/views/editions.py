"""Editions that have a signature of their own: a worker makes them once they are asked for.

This process has no key. So the first answer is "being prepared" (202), to a program and to a person
alike; a person's page asks again by itself, without a script.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import conditional_page, require_safe

from credentials import services
from credentials.selectors import editions
from credentials.serializers import refusal_words
from credentials.views import answers

if TYPE_CHECKING:
    from credentials import models

Kind = editions.Kind
# Open Badges 3.0 names the first for a JWT; VC-JOSE-COSE and RFC 7519 registered the others.
TOKEN_TYPES = ["text/plain", "application/vc+jwt", "application/jwt"]
JWS_TYPES = ["text/plain", "application/jose"]
_FILES = {Kind.JWT: ".jwt", Kind.JWT_ES256: "-es256.jwt", Kind.ASSERTION: "-ob2.jws"}


@require_safe
@conditional_page
def jwt(request: HttpRequest, token: str) -> HttpResponse:
    """Serve the credential as a VC-JWT that every verifier of Open Badges 3.0 reads (RS256)."""
    return answers.file(token, partial(answer, request, Kind.JWT))


@require_safe
@conditional_page
def jwt_es256(request: HttpRequest, token: str) -> HttpResponse:
    """Serve the credential as a VC-JWT, shorter (ES256)."""
    return answers.file(token, partial(answer, request, Kind.JWT_ES256))


def answer(request: HttpRequest, kind: str, credential: models.Credential) -> HttpResponse:
    """Answer with the edition, or with how far it has come.

    Raises:
        NotSigned, Erased: there is nothing that it could say.
    """
    edition = services.request_edition(
        issuer=credential.issuer, credential=credential, kind=kind, now=timezone.now()
    )
    if edition.state == editions.State.REFUSED:
        return answers.refusal("edition_refused", edition.refusal)
    if edition.state == editions.State.DUE:
        return preparing(request, credential)
    types = JWS_TYPES if kind == Kind.ASSERTION else TOKEN_TYPES
    name = f"{credential.achievement.slug}{_FILES[Kind(kind)]}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Vary": "Accept",
        # A token is text: no browser is to guess that it were anything else.
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(
        editions.opened(credential=credential, edition=edition),
        content_type=request.get_preferred_type(types) or types[0],
        headers=answers.PRIVATE_FILE | answers.SHARED | headers,
    )


def preparing(request: HttpRequest, credential: models.Credential) -> HttpResponse:
    """Answer that a worker is at it, and when to ask again."""
    seconds = max(2, math.ceil(settings.TICK_SECONDS))
    if request.get_preferred_type(["application/json", "text/html"]) == "text/html":
        context = {"credential": credential, "seconds": seconds}
        response = answers.private(request, "credentials/edition.html", context, status=202)
    else:
        members = {"code": "edition_due", "detail": refusal_words("edition_due", "")}
        headers = answers.PRIVATE_PAGE | answers.SHARED
        response = JsonResponse(members, status=202, headers=headers)
    response["Retry-After"] = str(seconds)
    response["Vary"] = "Accept, Accept-Language, Cookie"
    return response
