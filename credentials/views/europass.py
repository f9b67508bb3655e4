"""The export for Europass: a file, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page, require_safe

from credentials.core import canonical
from credentials.selectors import europass
from credentials.views import answers

if TYPE_CHECKING:
    from credentials import models


@require_safe
@conditional_page
def export(request: HttpRequest, token: str) -> HttpResponse:
    """Serve the credential in the European Learning Model, unsigned."""

    def read(credential: models.Credential) -> HttpResponse:
        try:
            written = europass.export(credential=credential)
        except europass.NotExpressible as error:
            return answers.refusal(f"europass_{error.reason}", str(error))
        return HttpResponse(
            canonical.dumps(written),
            content_type="application/ld+json",
            headers=answers.PRIVATE_FILE | answers.SHARED,
        )

    return answers.file(token, read, gives=answers.Gives.NAMED)
