"""The public doors: a credential's page and its files, the lists of what still stands, /verify."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import conditional_page, require_http_methods, require_safe

from credentials import selectors, services
from credentials.core import canonical
from credentials.forms import MAX_BODY_BYTES, VerifyForm
from credentials.serializers import present, refusal_status, refusal_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from credentials import models

# Open Badges 3.0 names the first, VC 2.0 registered the second; both are JSON-LD, which is JSON.
DOCUMENT_TYPES = [
    "application/vc+ld+json",
    "application/vc",
    "application/ld+json",
    "application/json",
]

# What a holder may have erased tomorrow: a file is kept only to be asked for again, a page never.
PRIVATE_FILE = {"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}
PRIVATE_PAGE = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
PUBLIC_FILE = {"Cache-Control": "public, max-age=60"}
SHARED = {"Access-Control-Allow-Origin": "*"}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say what this is, and offer to verify."""
    return render(request, "home.html", {"form": VerifyForm()})


# -- A credential ----------------------------------------------------------------------------------


@require_safe
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Show a credential to a person; a program that asks for it gets the document.

    The address of the page is the id of the credential, so both answer here.
    """
    response = document(request, token) if _is_program(request) else _page(request, token)
    patch_vary_headers(response, ["Accept"])
    return response


def _is_program(request: HttpRequest) -> bool:
    """Say whether the document is wanted rather than the page."""
    kind = request.get_preferred_type(["text/html", *DOCUMENT_TYPES])
    # JSON-LD readers may name a profile, which Django takes for another type altogether.
    return kind in DOCUMENT_TYPES or (kind is None and "json" in request.headers.get("Accept", ""))


def _page(request: HttpRequest, token: str) -> HttpResponse:
    credential = selectors.find_by_token(token=token)
    if credential is None:
        # What is not there and what never was are one.
        return _private(request, "404.html", {}, status=404)
    context: dict[str, Any] = {"credential": credential}
    try:
        found = services.verify_credential(credential=credential, now=timezone.now())
    except selectors.NotSigned:
        return _private(request, "credentials/preparing.html", context)
    except selectors.Erased:
        return _private(request, "credentials/erased.html", context, status=410)
    context["shown"] = present(
        found.report, found.document, found.receipt, learner=credential.learner.name
    )
    return _private(request, "credentials/credential.html", context)


@require_safe
@conditional_page
def document(request: HttpRequest, token: str) -> HttpResponse:
    """Serve the signed document, word for word."""

    def read(credential: models.Credential) -> HttpResponse:
        body = selectors.opened(credential=credential).document
        return _document(request, body, PRIVATE_FILE)

    return _file(token, read)


@require_safe
@conditional_page
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """Serve the anchor receipt: canonical JSON."""

    def read(credential: models.Credential) -> HttpResponse:
        members = selectors.receipt(credential=credential)
        if members is None:
            return _refusal("not_anchored")
        body = canonical.jcs(members)
        return HttpResponse(body, content_type="application/json", headers=PRIVATE_FILE | SHARED)

    return _file(token, read)


@require_safe
@conditional_page
def image(request: HttpRequest, token: str) -> HttpResponse:
    """Serve the badge image with the signed document baked in."""

    def read(credential: models.Credential) -> HttpResponse:
        body = selectors.baked_image(credential=credential)
        return HttpResponse(body, content_type="image/png", headers=PRIVATE_FILE | SHARED)

    return _file(token, read)


@require_safe
@conditional_page
def status_list(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Serve a signed status list: the same for everybody, and soon out of date."""
    published = selectors.published_status_list(uuid=uuid)
    if published is None:
        return _refusal("no_list")
    return _document(request, published.body, PUBLIC_FILE)


def _private(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    response = render(request, template, context, status=status)
    for name, value in PRIVATE_PAGE.items():
        response[name] = value
    return response


def _file(token: str, read: Callable[[models.Credential], HttpResponse]) -> HttpResponse:
    """Answer with a file of a credential, or with JSON that says why there is none."""
    credential = selectors.find_by_token(token=token)
    if credential is None:
        return _refusal("not_found")
    try:
        return read(credential)
    except selectors.NotSigned:
        return _refusal("not_signed")
    except selectors.Erased:
        return _refusal("erased")


def _document(request: HttpRequest, body: bytes, headers: dict[str, str]) -> HttpResponse:
    kind = request.get_preferred_type(DOCUMENT_TYPES) or DOCUMENT_TYPES[0]
    return HttpResponse(body, content_type=kind, headers=headers | SHARED | {"Vary": "Accept"})


def _refusal(code: str) -> JsonResponse:
    members = {"code": code, "detail": refusal_words(code, code)}
    headers = {"Cache-Control": "no-store"} | SHARED
    return JsonResponse(members, status=refusal_status(code), headers=headers)


# -- Verify ----------------------------------------------------------------------------------------


# The token is checked within, once the size of the body is known: to read it is to read the body.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Take a link, a file or a pasted document, and show the report."""
    try:
        if _content_length(request) > MAX_BODY_BYTES:
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
    form = VerifyForm(request.POST, request.FILES)
    if not form.is_valid():
        return _form(request, form, status=400)
    try:
        found = _submitted(form)
    except services.Unverifiable as error:
        return _refused_form(request, form, error.reason, str(error))
    if found.credential is not None and form.cleaned_data["address"] and not form.identity():
        # It lives here and has a page of its own, which can be kept and sent on.
        address = reverse("credential", args=[found.credential.token])
        return HttpResponseRedirect(address + getattr(request, "keep_language", ""))
    context = {
        "shown": present(found.report, found.document, found.receipt),
        "credential": found.credential,
        "text": canonical.dumps(found.document).decode(),
        "form": form,
    }
    return _private(request, "credentials/verified.html", context)


def _submitted(form: VerifyForm) -> services.Verification:
    """Verify what the form holds."""
    now, given = timezone.now(), form.cleaned_data
    if given["address"]:
        return services.verify_address(url=given["address"], now=now, identity=form.identity())
    if given["file"]:
        data = given["file"].read()
    else:
        data = given["document"].encode(errors="surrogatepass")
    return services.verify_document(data=data, now=now, identity=form.identity())


def _form(request: HttpRequest, form: VerifyForm, *, status: int = 200) -> HttpResponse:
    return render(request, "credentials/verify.html", {"form": form}, status=status)


def _refused_form(
    request: HttpRequest, form: VerifyForm, code: str, message: str = ""
) -> HttpResponse:
    """Show the form again, with what was given still in it, and what to do."""
    context = {"form": form, "refusal": refusal_words(code, message), "message": message}
    return render(request, "credentials/verify.html", context, status=refusal_status(code))


def _content_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
