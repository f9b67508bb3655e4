"""What one organisation says of another: the signed document, at its own address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.http import conditional_page, require_safe

from credentials import selectors
from credentials.views import answers

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@conditional_page
def endorsement(request: HttpRequest, token: str) -> HttpResponse:
    """Serve a signed endorsement; that it was accepted is not asked: its address is unguessable."""
    found = selectors.find_endorsement(token=token)
    if found is None:
        return answers.refusal("no_endorsement")
    try:
        body = selectors.signed_endorsement(endorsement=found)
    except selectors.NotSigned:
        return answers.refusal("not_signed")
    except selectors.Erased:
        return answers.refusal("erased")
    return answers.document(request, body, answers.PRIVATE_FILE)
