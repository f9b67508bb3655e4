"""Many badges verified at once: hand them over, see how far it is, take the table and the receipt.

No account: whoever has the address of a pile reads it, and nobody else finds it. Workers do the
verifying, so the page can be left and opened again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from credentials import selectors, services
from credentials.core import piles as core
from credentials.core import verified_receipt
from credentials.forms import MAX_BODY_BYTES
from credentials.forms.bodies import client, content_length
from credentials.forms.piles import PileForm
from credentials.selectors import piles
from credentials.serializers import piles as serializers
from credentials.serializers import refusal_status, refusal_words
from credentials.services import piles as pile_services
from credentials.views import answers
from issuers import selectors as issuers
from issuers.core.envelope import EnvelopeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credentials import models

# As ten verifications count: it is a page's worth of work for one, and hours of it for none.
COST = 10
REFRESH_SECONDS = 3


# The token is checked within, once the size of the body is known: to read it is to read the body.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def several(request: HttpRequest) -> HttpResponse:
    """Take files and links to verify together, and lead to the page that says what came of it."""
    try:
        if content_length(request) > MAX_BODY_BYTES:
            return _refused(request, "pile_too_large")
        return _several(request)
    except MultiPartParserError:
        return _refused(request, "unreadable_upload")
    except (SuspiciousOperation, BadRequest):
        return _refused(request, "pile_too_large")


@csrf_protect
def _several(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "credentials/several.html", _bounds() | {"form": PileForm()})
    now = timezone.now()
    wait = services.admit(**client(request), now=now, cost=COST)
    form = PileForm(request.POST, request.FILES)
    if wait is not None:
        refused = _refused(request, "too_many", form)
        refused["Retry-After"] = str(wait)
        return refused
    if not form.is_valid():
        return _refused(request, "pile_too_large", form)
    files = [(each.name, each.read()) for each in form.cleaned_data["badges"]]
    site = selectors.address(token="")
    try:
        entries = core.entries(files, form.cleaned_data["links"], site=site)
        pile = pile_services.hand_over(
            entries=entries, now=now, asker=services.name_of(**client(request))
        )
    except core.Unusable as error:
        return _refused(request, error.reason, form)
    except pile_services.TooManyWaiting:
        return _refused(request, "busy", form)
    page = reverse("verify-pile", args=[pile.token])
    return HttpResponseRedirect(page + getattr(request, "keep_language", ""))


@require_safe
def pile(request: HttpRequest, token: str) -> HttpResponse:
    """Show how far it is, and what came of each so far."""
    found = piles.find_pile(token=token)
    if found is None:
        return answers.private(request, "credentials/no_pile.html", {}, status=404)
    lines = _lines(found)
    verdict = request.GET.get("verdict", "")
    context = {
        "pile": found,
        "until": found.asked_at + pile_services.KEPT,
        "counted": serializers.counted(lines),
        "rows": serializers.rows(lines, verdict=verdict),
        "verdict": verdict,
        "seconds": REFRESH_SECONDS,
    }
    return answers.private(request, "credentials/pile.html", context)


@require_safe
def table(request: HttpRequest, token: str) -> HttpResponse:
    """Give the table as CSV."""
    found = piles.find_pile(token=token)
    if found is None:
        return answers.refusal("no_pile")
    return HttpResponse(
        answers.spreadsheet(serializers.table(_lines(found), site=settings.PUBLIC_URL)),
        content_type="text/csv; charset=utf-8",
        headers=answers.PRIVATE_PAGE
        | {"Content-Disposition": 'attachment; filename="verified.csv"', "Vary": "Accept-Language"},
    )


@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """Give the signed receipt."""
    found = piles.find_pile(token=token)
    if found is None:
        return answers.refusal("no_pile")
    try:
        body = piles.receipt_of(pile=found)
    except EnvelopeError:
        body = None
    if body is None:
        return answers.refusal("no_receipt")
    headers = {"Content-Disposition": 'attachment; filename="verification-receipt.json"'}
    return HttpResponse(
        body, content_type="application/json", headers=answers.PRIVATE_PAGE | headers
    )


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Serve the public keys of this installation: whoever has a receipt checks it with them."""
    members = {
        "installation": settings.PUBLIC_URL,
        "keys": [
            {
                "publicKeyMultibase": each.kid,
                "validFrom": verified_receipt.instant(each.valid_from),
            }
            for each in issuers.installation_keys()
        ],
    }
    return JsonResponse(members, headers=answers.PUBLIC_FILE | answers.SHARED)


def _lines(found: models.Pile) -> list[Mapping[str, str]]:
    try:
        return piles.lines_of(pile=found)
    except EnvelopeError:
        return []  # SECRET_KEY is another: what it sealed is gone


def _bounds() -> dict[str, Any]:
    return {"most": core.MAX_ENTRIES, "days": pile_services.KEPT.days}


def _refused(request: HttpRequest, code: str, form: PileForm | None = None) -> HttpResponse:
    """Show the form again with what is wrong; what was pasted is still in it."""
    context = _bounds() | {"form": form or PileForm(), "refusal": refusal_words(code, code)}
    return render(request, "credentials/several.html", context, status=refusal_status(code))
