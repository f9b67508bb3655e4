"""The files that awards rest on, each at an address that cannot be guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.views.decorators.http import conditional_page, require_safe

from credentials import selectors
from credentials.views import answers

if TYPE_CHECKING:
    from django.http import HttpRequest

# Somebody else wrote the file: the browser may show it, and nothing in it may act.
SANDBOX = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
SHOWN = {"image/png": "png", "image/jpeg": "jpg", "text/plain": "txt"}


@require_safe
@conditional_page
def evidence(request: HttpRequest, token: str) -> HttpResponse:
    """Serve a file of evidence: images and text are shown, what is neither is saved."""
    try:
        found = selectors.evidence_content(token=token)
    except selectors.Erased:
        return answers.refusal("erased")
    if found is None:
        return answers.refusal("no_evidence")
    kind = found.media_type
    how = "inline" if kind in SHOWN else "attachment"
    return HttpResponse(
        found.body,
        content_type="text/plain; charset=utf-8" if kind == "text/plain" else kind,
        headers=answers.PRIVATE_FILE
        | answers.SHARED
        | SANDBOX
        | {"Content-Disposition": f'{how}; filename="evidence.{SHOWN.get(kind, "pdf")}"'},
    )
