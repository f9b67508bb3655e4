"""What the public doors answer with: a page for one person, a file, a document, a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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


def private(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    response = render(request, template, context, status=status)
    for name, value in PRIVATE_PAGE.items():
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
