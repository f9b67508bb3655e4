"""The page where anybody verifies a credential."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from badges.serializers import taught
from credentials import services
from credentials.core import verified_receipt
from credentials.forms import MAX_BODY_BYTES, VerifyForm
from credentials.forms.bodies import client, content_length
from credentials.serializers import present_verification, refusal_status, refusal_words
from credentials.serializers.piles import rows
from credentials.services import piles
from credentials.views import answers
from issuers import selectors as issuers

# The only page that may ask for the camera: static/camera.js reads the code of a badge with it.
CAMERA = "camera=(self), microphone=(), geolocation=(), payment=(), usb=()"


# The token is checked within, once the size of the body is known: to read it is to read the body.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Take a link, a file or a pasted document, and show the report."""
    response = _bounded(request)
    response["Permissions-Policy"] = CAMERA
    return response


def _bounded(request: HttpRequest) -> HttpResponse:
    try:
        if content_length(request) > MAX_BODY_BYTES:
            return _refused_form(request, VerifyForm(), "too_large")
        return _verify(request)
    except MultiPartParserError:
        return _refused_form(request, VerifyForm(), "unreadable_upload")
    except (SuspiciousOperation, BadRequest):
        # Django's own bounds on the text of a form: it is far beyond what a document can be.
        return _refused_form(request, VerifyForm(), "too_large")


@csrf_protect
def _verify(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _form(request, VerifyForm(initial={"address": request.GET.get("address", "")}))
    wait = services.admit(**client(request), now=timezone.now())
    form = VerifyForm(request.POST, request.FILES)
    if wait is not None:
        refused = _refused_form(request, form, "too_many")
        refused["Retry-After"] = str(wait)
        return refused
    if not form.is_valid():
        return _form(request, form, status=400)
    data = form.data_given()
    if verified_receipt.is_receipt(data):
        return _checked_receipt(request, form, data)
    return _verified(request, form)


def _verified(request: HttpRequest, form: VerifyForm) -> HttpResponse:
    """Show what came of it, or lead to the page that does."""
    try:
        found = _submitted(form)
    except services.Unverifiable as error:
        return _refused_form(request, form, error.reason, str(error))
    address = _own_page(found)
    if address and form.cleaned_data["address"] and not form.identity():
        # It lives here and has a page of its own, which can be kept and sent on.
        return HttpResponseRedirect(address + getattr(request, "keep_language", ""))
    shown = present_verification(found)
    held = found.credential
    context = {
        "shown": shown,
        "taught": taught(held.achievement, now=timezone.now()) if held is not None else None,
        # Of a stranger nothing is proven here, and the page says so in other words.
        "proven": None
        if shown.stranger
        else issuers.proven_domains_of(identifier=shown.issuer.id, now=timezone.now()),
        "credential": found.credential or found.transcript,
        "page": address,
        # What its holder keeps back is not shown, and what is left would not be verified again.
        "text": "" if found.is_part else found.text,
        "form": form,
    }
    return answers.private(request, "credentials/verified.html", context)


def _own_page(found: services.Verification) -> str:
    """Return the page of what was verified, if it was issued here."""
    if found.transcript is not None:
        return reverse("transcript", args=[found.transcript.token])
    return reverse("credential", args=[found.credential.token]) if found.credential else ""


def _submitted(form: VerifyForm) -> services.Verification:
    """Verify what the form holds."""
    now, given = timezone.now(), form.cleaned_data
    if given["address"]:
        return services.verify_address(url=given["address"], now=now, identity=form.identity())
    return services.verify_document(data=form.data_given(), now=now, identity=form.identity())


def _checked_receipt(request: HttpRequest, form: VerifyForm, data: bytes) -> HttpResponse:
    """Say who signed a receipt, when, and of which documents."""
    try:
        said, is_ours = piles.check_receipt(data=data)
    except verified_receipt.ReceiptError as error:
        return _refused_form(request, form, error.reason)
    context = {
        "said": said,
        "is_ours": is_ours,
        "issued": datetime.fromisoformat(said["issued"]),
        "rows": rows(said["documents"]),
    }
    return answers.private(request, "credentials/receipt.html", context)


def _form(request: HttpRequest, form: VerifyForm, *, status: int = 200) -> HttpResponse:
    return render(request, "credentials/verify.html", {"form": form}, status=status)


def _refused_form(
    request: HttpRequest, form: VerifyForm, code: str, message: str = ""
) -> HttpResponse:
    """Show the form again, with what was given still in it, and what to do."""
    context = {"form": form, "refusal": refusal_words(code, message), "message": message}
    return render(request, "credentials/verify.html", context, status=refusal_status(code))
