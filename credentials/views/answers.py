"""What the public doors answer with: a page for one person, a file, a document, a refusal."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language

from badges.serializers import SVG_HEADERS, SVG_TYPE
from credentials import selectors
from credentials.core import separated
from credentials.selectors.holding import privacy
from credentials.serializers import refusal_status, refusal_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

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
# Of which credential the holder asks, in their own wallet.
_holders: ContextVar[str] = ContextVar("holders", default="")


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
    return kept_private(render(request, template, context, status=status))


def kept_private(response: HttpResponse) -> HttpResponse:
    """Let nobody keep what is somebody's own, nor list it."""
    for name, value in PRIVATE_PAGE.items():
        response[name] = value
    return response


def own(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Answer with the page of a credential: asked for again before it is shown again."""
    response = render(request, template, context)
    for name, value in PRIVATE_FILE.items():
        response[name] = value
    return response


def spreadsheet(lines: Iterable[Sequence[str]]) -> bytes:
    """Return lines as CSV for a spreadsheet in the active language, with the mark of UTF-8."""
    separator = separated.separator_for(get_language() or "")
    return separated.write(lines, separator=separator).encode("utf-8-sig")


def is_program(request: HttpRequest) -> bool:
    """Say whether the document is wanted rather than the page."""
    kind = request.get_preferred_type(["text/html", *DOCUMENT_TYPES])
    # JSON-LD readers may name a profile, which Django takes for another type altogether.
    return kind in DOCUMENT_TYPES or (kind is None and "json" in request.headers.get("Accept", ""))


class Gives(Enum):
    """What a file of a credential says: what its holder keeps back is in none that is given."""

    RECORD = auto()  # nothing that is about the person
    PART = auto()  # what its view leaves of it
    WHOLE = auto()  # all that was signed
    NAMED = auto()  # all of it, and the name


@contextmanager
def for_its_holder(token: str) -> Iterator[None]:
    """Give files of this credential in the block whatever its address shows to others."""
    before = _holders.set(token)
    try:
        yield
    finally:
        _holders.reset(before)


def file(
    token: str,
    read: Callable[[models.Credential], HttpResponse],
    *,
    gives: Gives = Gives.WHOLE,
) -> HttpResponse:
    """Answer with a file of a credential, or with JSON that says why there is none."""
    credential = selectors.find_by_token(token=token)
    if credential is None:
        return refusal("not_found")
    if code := _kept_back(credential, gives):
        return refusal(code)
    try:
        return read(credential)
    except selectors.NotSigned:
        return refusal("not_signed")
    except selectors.Erased:
        return refusal("erased")


def _kept_back(credential: models.Credential, gives: Gives) -> str:
    """Say why its holder keeps such a file back; an empty text where they do not."""
    if gives is Gives.RECORD or _holders.get() == credential.token:
        return ""
    shown = privacy.shown_of(credential=credential)
    if shown.is_hidden:
        return "hidden"
    is_in_part = gives is not Gives.PART and not shown.is_whole
    return "kept_back" if is_in_part or (gives is Gives.NAMED and not shown.name) else ""


def keeps_back(credential: models.Credential) -> bool:
    """Say whether its holder keeps back what files with the name and the whole document say."""
    return bool(_kept_back(credential, Gives.NAMED))


def hidden(request: HttpRequest, credential: models.Credential) -> HttpResponse | None:
    """Answer that its holder keeps a badge private, where they do."""
    if not privacy.shown_of(credential=credential).is_hidden:
        return None
    return private(request, "credentials/hidden.html", {"credential": credential}, status=403)


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
