"""What the public doors answer with: a page for one person, a file, a document, a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from badges.serializers import SVG_HEADERS, SVG_TYPE
from credentials import selectors
from credentials.serializers import refusal_status, refusal_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from credentials import models

# Open Badges 3.0 names the first, VC 2.0 registered the second; both are JSON-LD, which is JSON.
DOCUMENT_TYPES = [
    "application/vc+ld+json",
    "application/vc",
    "application/ld+json",
    "application/json",
]

# What a holder may have erased tomorrow: a file is kept only to be asked for again, a page never.
PRIVATE_FILE = {"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}
PRIVATE_PAGE = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
PUBLIC_FILE = {"Cache-Control": "public, max-age=60"}
SHARED = {"Access-Control-Allow-Origin": "*"}
# What cannot change is kept until there is no room for it.
FOREVER = 30 * 24 * 3600
SHORTLY = 300


def keep(response: HttpResponse, *, token: str, seconds: int) -> HttpResponse:
    """Let a public answer be kept for some seconds: here, and by the caches that we can purge.

    Args:
        response: what everybody gets who asks for it so.
        token: of the credential that it is about: a cache forgets it under that name.
        seconds: for how long at most what it says may lag behind; FOREVER where it cannot.
    """
    response.keep_seconds = seconds  # type: ignore[attr-defined] # for config.keeping
    shared = min(seconds, settings.EDGE_SECONDS)
    if settings.EDGE_CACHES and shared > 0:
        # A browser asks again; what never changes it need not ask about for a minute. No cache that
        # we cannot purge keeps anything for longer than EDGE_SECONDS.
        fresh = "max-age=60, immutable" if seconds == FOREVER else "max-age=0, must-revalidate"
        response["Cache-Control"] = f"public, {fresh}, s-maxage={shared}"
        response["Surrogate-Key"] = f"credential/{token}"
    return response


def lead_on(response: HttpResponse, correction: str) -> None:
    """Say to programs where the correction of a credential is, if there is one.

    Source: RFC 5829 section 3.3 (latest-version).
    """
    if correction:
        response["Link"] = f'<{correction}>; rel="latest-version"'


def private(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    response = render(request, template, context, status=status)
    for name, value in PRIVATE_PAGE.items():
        response[name] = value
    return response


def own(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Answer with the page of a credential: asked for again before it is shown again."""
    response = render(request, template, context)
    for name, value in PRIVATE_FILE.items():
        response[name] = value
    return response


def is_program(request: HttpRequest) -> bool:
    """Say whether the document is wanted rather than the page."""
    kind = request.get_preferred_type(["text/html", *DOCUMENT_TYPES])
    # JSON-LD readers may name a profile, which Django takes for another type altogether.
    return kind in DOCUMENT_TYPES or (kind is None and "json" in request.headers.get("Accept", ""))


def file(token: str, read: Callable[[models.Credential], HttpResponse]) -> HttpResponse:
    """Answer with a file of a credential, or with JSON that says why there is none."""
    credential = selectors.find_by_token(token=token)
    if credential is None:
        return refusal("not_found")
    try:
        return read(credential)
    except selectors.NotSigned:
        return refusal("not_signed")
    except selectors.Erased:
        return refusal("erased")


def document(request: HttpRequest, body: bytes, headers: dict[str, str]) -> HttpResponse:
    kind = request.get_preferred_type(DOCUMENT_TYPES) or DOCUMENT_TYPES[0]
    return HttpResponse(body, content_type=kind, headers=headers | SHARED | {"Vary": "Accept"})


def png(body: bytes) -> HttpResponse:
    return HttpResponse(body, content_type="image/png", headers=PRIVATE_FILE | SHARED)


def svg(body: bytes) -> HttpResponse:
    headers = PRIVATE_FILE | SHARED | SVG_HEADERS
    return HttpResponse(body, content_type=SVG_TYPE, headers=headers)


def refusal(code: str, message: str = "", *, reasons: Sequence[str] = ()) -> JsonResponse:
    """Answer with JSON that says what there is not, why, and what to do.

    Args:
        code: one of `REFUSALS`.
        message: what is wrong in the program's words, where the code leaves it open.
        reasons: further codes: everything that stands in the way.
    """
    members: dict[str, object] = {"code": code, "detail": refusal_words(code, code)}
    if message:
        members["message"] = message
    if reasons:
        members["reasons"] = [
            {"code": each, "detail": refusal_words(each, each)} for each in reasons
        ]
    headers = {"Cache-Control": "no-store"} | SHARED
    return JsonResponse(members, status=refusal_status(code), headers=headers)
