"""The lists of what still stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.http import conditional_page, require_safe

from credentials import selectors
from credentials.views import answers

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
    return answers.document(request, published.body, answers.PUBLIC_FILE)
