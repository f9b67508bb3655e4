"""What is made of a badge for paper and for sharing: certificate, card, and the code of its page.

Made when they are first asked for, and kept as other files are. None of them is proof of anything:
each leads to the page, which is.
"""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import conditional_page, require_safe

from credentials import selectors
from credentials.selectors.holding import privacy
from credentials.serializers.card import card as drawn_card
from credentials.serializers.certificate import made
from credentials.serializers.press import NoPress, press
from credentials.views import answers

if TYPE_CHECKING:
    from credentials import models

_log = logging.getLogger(__name__)


@require_safe
@conditional_page
def certificate(request: HttpRequest, token: str) -> HttpResponse:
    """Serve a certificate to print: PDF, in the language of the reader, the signed badge inside."""

    def read(credential: models.Credential) -> HttpResponse:
        if credential.is_revoked or credential.is_suspended:
            return answers.refusal("not_on_paper")
        _shown, printed = made(credential, timezone.now())
        try:
            body = press().certificate(printed)
        except NoPress:
            _log.exception("No PDF can be made here: see `manage.py doctor`.")
            return answers.refusal("no_press")
        name = f"{credential.achievement.slug}.pdf"
        headers = {"Content-Disposition": f'inline; filename="{name}"'}
        response = HttpResponse(
            body, content_type="application/pdf", headers=answers.PRIVATE_FILE | headers
        )
        # Its receipt goes into it once there is one; colour, logo and what proves the name change.
        seconds = settings.EDGE_SECONDS if printed.is_final else 0
        return answers.keep(response, token=token, seconds=seconds)

    return _in_a_language(answers.file(token, read, gives=answers.Gives.NAMED))


@require_safe
@conditional_page
def card(request: HttpRequest, token: str) -> HttpResponse:
    """Serve the picture that goes with the address of the page where it is shared: PNG."""

    def read(credential: models.Credential) -> HttpResponse:
        show = privacy.shown_of(credential=credential)
        shown, printed = made(credential, timezone.now(), show)
        stands = shown.state.tone != "bad"
        response = answers.png(
            drawn_card(printed, warning="" if stands else str(shown.state.title))
        )
        return answers.keep(response, token=token, seconds=answers.SHORTLY)

    return _in_a_language(answers.file(token, read, gives=answers.Gives.PART))


@require_safe
@conditional_page
def code_svg(request: HttpRequest, token: str) -> HttpResponse:
    """Serve the QR code of the address of the page, as a drawing."""
    return answers.file(
        token, lambda credential: _code(credential, "svg"), gives=answers.Gives.RECORD
    )


@require_safe
@conditional_page
def code_png(request: HttpRequest, token: str) -> HttpResponse:
    """Serve the QR code of the address of the page, as a PNG image."""
    return answers.file(
        token, lambda credential: _code(credential, "png"), gives=answers.Gives.RECORD
    )


def _code(credential: models.Credential, kind: str) -> HttpResponse:
    stream = io.BytesIO()
    code = segno.make(selectors.address(token=credential.token), error="m", micro=False)
    code.save(stream, kind=kind, scale=8, border=4)
    response = answers.svg if kind == "svg" else answers.png
    return answers.keep(
        response(stream.getvalue()), token=credential.token, seconds=answers.FOREVER
    )


def _in_a_language(response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ["Accept-Language"])
    return response
