"""The transcripts of somebody: whole for them, whatever their pages say to others, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from credentials import selectors, services
from credentials.core import canonical
from credentials.selectors import transcripts
from credentials.selectors.holding import privacy, records
from credentials.serializers import present_verification
from credentials.views.wallet.opened import Holder, opened

if TYPE_CHECKING:
    from collections.abc import Callable

    from credentials import models


@require_safe
@opened
def record(request: HttpRequest, holder: Holder, transcript: str) -> HttpResponse:
    """Show one: what is in it, how it stands, and which badges keep its page from others."""
    row = _find(holder, transcript)
    try:
        found = services.verify_transcript(transcript=row, now=timezone.now())
    except selectors.Erased:
        raise Http404 from None
    context = {
        "holder": holder,
        "at": "badges",
        "transcript": row,
        # Under the name that the parts of a page know whatever was signed by.
        "credential": row,
        "shown": present_verification(found, learner=found.learner),
        "keeping": records.keeping_it_back(transcript=row),
        "privacy": privacy.shown_of_transcript(transcript=row),
    }
    return render(request, "wallet/transcript.html", context)


@require_safe
@opened
def file(request: HttpRequest, holder: Holder, transcript: str, kind: str) -> HttpResponse:
    """Give the signed document, or the receipt of its anchor."""
    row = _find(holder, transcript)
    if kind not in _FILES:
        raise Http404
    try:
        body = _FILES[kind](row)
    except selectors.Erased:
        raise Http404 from None
    if body is None:
        raise Http404
    response = HttpResponse(body, content_type="application/json")
    end = "" if kind == "json" else "-anchor"
    response["Content-Disposition"] = f'attachment; filename="transcript{end}.json"'
    return response


def _find(holder: Holder, token: str) -> models.Transcript:
    found = records.find_held(emails=holder.emails, token=token)
    if found is None:
        raise Http404
    return found


def _document(row: models.Transcript) -> bytes:
    return transcripts.opened(transcript=row).document


def _receipt(row: models.Transcript) -> bytes | None:
    members = transcripts.receipt(transcript=row)
    return None if members is None else canonical.jcs(members)


_FILES: dict[str, Callable[[models.Transcript], bytes | None]] = {
    "json": _document,
    "anchor.json": _receipt,
}
