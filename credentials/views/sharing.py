"""A learner shares a badge: links and texts to pass on, or a part of it as a file.

The page says how the whole badge is passed on, and what may be hidden of it. Its form asks with
GET, so it works without scripts, and the page that waits for the worker asks again for the same
part. What a badge can be shown in part from (the base proof) is never served: it holds the means to
guess at what is hidden.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from credentials import selectors, services
from credentials.selectors import disclosure, editions
from credentials.selectors.holding import privacy
from credentials.serializers import oembed, part_words, present, refusal_status, refusal_words
from credentials.serializers.sharing import sharing, signature
from credentials.views import answers
from credentials.views.editions import preparing

if TYPE_CHECKING:
    from credentials import models

HIDE = "hide"


@require_safe
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type] # of views it knows the shortest
def form(request: HttpRequest, token: str) -> HttpResponse:
    """Offer ways to pass a badge on, and to hide parts of it."""
    credential = selectors.find_by_token(token=token)
    if credential is None:
        return answers.private(request, "404.html", {}, status=404)
    return answers.hidden(request, credential) or _form(request, credential)


@require_safe
def part(request: HttpRequest, token: str) -> HttpResponse:
    """Give the badge without the parts that are to be hidden, as a file."""
    return answers.file(token, partial(_part, request), gives=answers.Gives.PART)


def _part(request: HttpRequest, credential: models.Credential) -> HttpResponse:
    kept_back = privacy.shown_of(credential=credential).kept_back
    hidden = [*request.GET.getlist(HIDE), *kept_back]
    try:
        if kept_back:
            # What its holder keeps back need not be in every badge.
            there = disclosure.hideable(credential=credential)
            hidden = [name for name in hidden if name not in kept_back or name in there]
        disclosure.require_hideable(credential=credential, hidden=hidden)
    except disclosure.UnknownPart as error:
        return _refusal(request, credential, "unknown_part", f"{HIDE}: {error}")
    except disclosure.Anonymous as error:
        return _refusal(request, credential, "nobody_left", f"{HIDE}: {error}")
    except disclosure.NotABadge as error:
        return answers.refusal("not_in_part", str(error))
    edition = services.request_edition(
        issuer=credential.issuer,
        credential=credential,
        kind=editions.Kind.DISCLOSURE,
        now=timezone.now(),
    )
    if edition.state == editions.State.REFUSED:
        return answers.refusal("edition_refused", edition.refusal)
    if edition.state == editions.State.DUE:
        return preparing(request, credential)
    name = f"{credential.achievement.slug}-part.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    # For whoever asked, and for nobody's cache: with other parts hidden it is another file.
    return HttpResponse(
        disclosure.shown_in_part(credential=credential, edition=edition, hidden=hidden),
        content_type=answers.DOCUMENT_TYPES[0],
        headers=answers.PRIVATE_PAGE | headers,
    )


def _refusal(
    request: HttpRequest, credential: models.Credential, code: str, message: str
) -> HttpResponse:
    """Show a person the form again with what is wrong; tell a program."""
    if request.get_preferred_type(["application/json", "text/html"]) != "text/html":
        return answers.refusal(code, message)
    return _form(request, credential, code=code)


def _form(request: HttpRequest, credential: models.Credential, *, code: str = "") -> HttpResponse:
    context: dict[str, Any] = {
        "credential": credential,
        "keeps_back": answers.keeps_back(credential),
    }
    try:
        context |= _whole(credential)
        kept_back = privacy.shown_of(credential=credential).kept_back
        found = disclosure.hideable(credential=credential)
        names = tuple(name for name in found if name not in kept_back)
    except selectors.NotSigned:
        return answers.private(request, "credentials/preparing.html", context)
    except selectors.Erased:
        return answers.private(request, "credentials/erased.html", context, status=410)
    except disclosure.NotABadge:
        names, code = (), "not_in_part"
    asked = set(request.GET.getlist(HIDE))
    context["parts"] = [(name, part_words(name), name in asked) for name in names]
    context["problem"] = refusal_words(code, code) if code else ""
    status = refusal_status(code) if code else 200
    return answers.private(request, "credentials/share.html", context, status=status)


def _whole(credential: models.Credential) -> dict[str, Any]:
    """Return what the whole badge is passed on with; nothing of one that does not stand."""
    found = services.verify_credential(credential=credential, now=timezone.now())
    shown = present(found.report, found.document, found.receipt, correction=found.correction)
    ways = sharing(shown, credential)
    if ways is None:
        return {"withheld": True}
    image = reverse("achievement-image", args=[credential.achievement.uuid])
    return {
        "sharing": ways,
        "frame": oembed.frame(shown),
        "signature": signature(shown, image=image),
        "signature_source": signature(shown, image=image, site=settings.PUBLIC_URL),
    }
