"""The files of a credential, each at its own address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page, require_safe

from credentials import selectors
from credentials.core import canonical
from credentials.selectors import blockcerts as exports
from credentials.selectors import corrections, images
from credentials.views import answers

if TYPE_CHECKING:
    from credentials import models


@require_safe
@conditional_page
def document(request: HttpRequest, token: str) -> HttpResponse:
    """Serve the signed document, word for word."""

    def read(credential: models.Credential) -> HttpResponse:
        body = selectors.opened(credential=credential).document
        response = answers.document(request, body, answers.PRIVATE_FILE)
        correction = corrections.newest_correction(credential=credential)
        if correction is None:
            return answers.keep(response, token=token, seconds=answers.FOREVER)
        answers.lead_on(response, correction.address)
        return answers.keep(response, token=token, seconds=settings.EDGE_SECONDS)

    return answers.file(token, read)


@require_safe
@conditional_page
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """Serve the best anchor receipt: canonical JSON."""

    def read(credential: models.Credential) -> HttpResponse:
        members = selectors.receipt(credential=credential)
        if members is None:
            return answers.refusal("not_anchored")
        body = canonical.jcs(members)
        response = HttpResponse(
            body, content_type="application/json", headers=answers.PRIVATE_FILE | answers.SHARED
        )
        # A final block may still be replaced where a chain is broken: then people look at it.
        seconds = settings.EDGE_SECONDS if members["state"] == "finalized" else 0
        return answers.keep(response, token=token, seconds=seconds)

    return answers.file(token, read, gives=answers.Gives.RECORD)


@require_safe
@conditional_page
def receipts(request: HttpRequest, token: str) -> HttpResponse:
    """Serve every anchor receipt, the best first: canonical JSON."""

    def read(credential: models.Credential) -> HttpResponse:
        found = selectors.receipts(credential=credential)
        if not found:
            return answers.refusal("not_anchored")
        return HttpResponse(
            canonical.jcs({"type": "AnchorReceipts", "receipts": found}),
            content_type="application/json",
            headers=answers.PRIVATE_FILE | answers.SHARED,
        )

    return answers.file(token, read, gives=answers.Gives.RECORD)


@require_safe
@conditional_page
def image(request: HttpRequest, token: str) -> HttpResponse:
    """Serve the badge image with the signed document baked in."""

    def read(credential: models.Credential) -> HttpResponse:
        response = answers.png(selectors.baked_image(credential=credential))
        return answers.keep(response, token=token, seconds=answers.FOREVER)

    return answers.file(token, read)


@require_safe
@conditional_page
def drawing(request: HttpRequest, token: str) -> HttpResponse:
    """Serve the badge image with the signed document baked in, as a drawing."""

    def read(credential: models.Credential) -> HttpResponse:
        response = answers.svg(images.baked_drawing(credential=credential))
        return answers.keep(response, token=token, seconds=answers.FOREVER)

    return answers.file(token, read)


@require_safe
@conditional_page
def blockcerts(request: HttpRequest, token: str) -> HttpResponse:
    """Serve the document with its anchor as a second proof, where verifiers would accept it."""

    def read(credential: models.Credential) -> HttpResponse:
        try:
            members = exports.export(credential=credential)
        except exports.NotExportable as refused:
            reasons = [f"blockcerts_{obstacle}" for obstacle in refused.obstacles]
            return answers.refusal("no_blockcerts", reasons=reasons)
        return answers.document(request, canonical.dumps(members), answers.PRIVATE_FILE)

    return answers.file(token, read)
