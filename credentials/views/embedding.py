"""A badge on a page of somebody else: the widget for a frame, and oEmbed, which says where it is.

The widget is the one page here that may stand in a frame of others. It has no form and no script,
so there is nothing to trick anybody into; it sets no cookie and reads none; and it says what the
badge is worth now, not when it was embedded.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import conditional_page, require_safe

from credentials import selectors, services
from credentials.selectors.holding import privacy
from credentials.serializers import oembed, present
from credentials.views import answers
from issuers import selectors as parties

if TYPE_CHECKING:
    from credentials import models
    from credentials.serializers import Presentation

_PAGE = re.compile(r"/credentials/([A-Za-z0-9_-]{22})/?")
MAX_ADDRESS = 2000
CACHE_SECONDS = 300


@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type] # of views it knows the shortest
@conditional_page
def widget(request: HttpRequest, token: str) -> HttpResponse:
    """Show a badge in short, with what it is worth now."""
    found = _found(token)
    if found is None:
        return answers.private(request, "credentials/embed.html", {"is_missing": True}, status=404)
    try:
        shown = _shown(*found)
    except selectors.NotSigned:
        return answers.private(request, "credentials/embed.html", {"is_preparing": True})
    except selectors.Erased:
        return answers.private(request, "credentials/embed.html", {"is_erased": True}, status=410)
    is_proven = parties.is_name_proven(issuer=found[0].issuer, now=timezone.now())
    context = {"shown": shown, "is_proven": is_proven}
    return answers.own(request, "credentials/embed.html", context)


@require_safe
@conditional_page
def embedding(request: HttpRequest) -> HttpResponse:
    """Answer oEmbed: how the page of a badge stands on the page of somebody else.

    Source: oEmbed 1.0 sections 2.2 (request), 2.3 (response, errors).
    """
    kind = request.GET.get("format", "json")
    if kind not in {"json", "xml"}:
        return answers.refusal("format_unknown", f"format: {kind[:20]}")
    token = _token(request.GET.get("url", ""))
    if token is None:
        return answers.refusal("not_found")
    try:
        most = [oembed.bound(request.GET.get(name)) for name in ("maxwidth", "maxheight")]
    except ValueError:
        return answers.refusal("bound_unreadable", "maxwidth, maxheight")
    there = _found(token)
    if there is None:
        return answers.refusal("not_found")
    try:
        shown = _shown(*there)
    except (selectors.NotSigned, selectors.Erased):
        # It says no more about what is not there than about what never was.
        return answers.refusal("not_found")
    image = reverse("credential-card", args=[token])
    found = oembed.embedded(shown, thumbnail=image, most=(most[0], most[1]), cache=CACHE_SECONDS)
    return _written(found, kind)


def _written(found: dict[str, Any], kind: str) -> HttpResponse:
    headers = answers.SHARED | {
        "Cache-Control": f"public, max-age={CACHE_SECONDS}",
        "X-Robots-Tag": "noindex",
        "Vary": "Accept-Language",
    }
    if kind == "xml":
        return HttpResponse(oembed.xml(found), content_type="text/xml", headers=headers)
    return JsonResponse(found, headers=headers, json_dumps_params={"ensure_ascii": False})


def _found(token: str) -> tuple[models.Credential, privacy.Shown] | None:
    """Return a badge and how much of it is shown; None where it is not, or its holder hides it."""
    credential = selectors.find_by_token(token=token)
    if credential is None:
        return None
    show = privacy.shown_of(credential=credential)
    return None if show.is_hidden else (credential, show)


def _shown(credential: models.Credential, show: privacy.Shown) -> Presentation:
    """Verify it.

    Raises:
        NotSigned, Erased: there is nothing to show of it.
    """
    found = services.verify_credential(credential=credential, now=timezone.now(), shown=show)
    return present(
        found.report,
        found.document,
        found.receipt,
        learner=found.learner,
        correction=found.correction,
    )


def _token(address: str) -> str | None:
    """Return whose page an address is, if it is one of ours; nothing is fetched."""
    if len(address) > MAX_ADDRESS:
        return None
    try:
        parts, own = urlsplit(address), urlsplit(settings.PUBLIC_URL)
    except ValueError:
        return None
    if (parts.scheme, parts.netloc) != (own.scheme, own.netloc):
        return None
    match = _PAGE.fullmatch(parts.path.removeprefix(own.path))
    return match[1] if match else None
