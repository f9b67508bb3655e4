"""The page of a transcript, and its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import conditional_page, require_safe

from credentials import selectors, services
from credentials.core import canonical
from credentials.selectors import transcripts
from credentials.selectors.holding import privacy
from credentials.serializers import present_verification
from credentials.views import answers
from issuers import selectors as issuers

if TYPE_CHECKING:
    from collections.abc import Callable

    from credentials import models


@require_safe
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Show a transcript to a person; a program that asks for it gets the document."""
    program = answers.is_program(request)
    response = document(request, token) if program else _page(request, token)
    patch_vary_headers(response, ["Accept"])
    return response


def _page(request: HttpRequest, token: str) -> HttpResponse:
    transcript = transcripts.find_by_token(token=token)
    if transcript is None:
        return answers.private(request, "404.html", {}, status=404)
    # Under the name that the parts of a page know whatever was signed by.
    context: dict[str, Any] = {"transcript": transcript, "credential": transcript}
    show = privacy.shown_of_transcript(transcript=transcript)
    if show.is_hidden:
        return answers.private(request, "transcripts/hidden.html", context, status=403)
    try:
        found = services.verify_transcript(transcript=transcript, now=timezone.now(), shown=show)
    except selectors.NotSigned:
        return answers.private(request, "transcripts/preparing.html", context)
    except selectors.Erased:
        return answers.private(request, "transcripts/erased.html", context, status=410)
    context["shown"] = present_verification(found, learner=found.learner)
    context["proven"] = issuers.proven_domains(issuer=transcript.issuer, now=timezone.now())
    return answers.private(request, "transcripts/transcript.html", context)


@require_safe
@conditional_page
def document(request: HttpRequest, token: str) -> HttpResponse:
    """Serve the signed document, word for word."""

    def read(transcript: models.Transcript) -> HttpResponse:
        if privacy.shown_of_transcript(transcript=transcript).is_hidden:
            return answers.refusal("hidden")
        body = transcripts.opened(transcript=transcript).document
        return answers.document(request, body, answers.PRIVATE_FILE)

    return _file(token, read)


@require_safe
@conditional_page
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """Serve the anchor receipt: canonical JSON."""

    def read(transcript: models.Transcript) -> HttpResponse:
        members = transcripts.receipt(transcript=transcript)
        if members is None:
            return answers.refusal("not_anchored")
        return HttpResponse(
            canonical.jcs(members),
            content_type="application/json",
            headers=answers.PRIVATE_FILE | answers.SHARED,
        )

    return _file(token, read)


def _file(token: str, read: Callable[[models.Transcript], HttpResponse]) -> HttpResponse:
    """Answer with a file of a transcript, or with JSON that says why there is none."""
    transcript = transcripts.find_by_token(token=token)
    if transcript is None:
        return answers.refusal("not_found")
    try:
        return read(transcript)
    except selectors.NotSigned:
        return answers.refusal("not_signed")
    except selectors.Erased:
        return answers.refusal("erased")
