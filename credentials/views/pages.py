"""The first page, and the page of a credential."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import conditional_page, require_safe

from badges.serializers import taught
from credentials import selectors, services
from credentials.core.members import instant
from credentials.forms import VerifyForm
from credentials.selectors import blockcerts, serving
from credentials.selectors.holding import privacy
from credentials.serializers import present
from credentials.serializers.sections import files_of
from credentials.serializers.sharing import locales, sharing, summary
from credentials.views import answers, editions, files
from issuers import selectors as issuers

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from credentials import models

# VC-JOSE-COSE registered it.
TOKEN_TYPE = "application/vc+jwt"  # noqa: S105 - a media type, not a password


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say what this is, and offer to verify."""
    context = {"form": VerifyForm(), "is_open": settings.OPEN_TO_ORGANISATIONS}
    return render(request, "home.html", context)


@require_safe
@conditional_page
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Show a credential to a person; a program that asks for it gets the document.

    The address of the page is the id of the credential, so both answer here.
    """
    if answers.is_program(request):
        response = files.document(request, token)
    elif request.get_preferred_type(["text/html", TOKEN_TYPE]) == TOKEN_TYPE:
        response = editions.jwt(request, token)
    else:
        response = _page(request, token)
    patch_vary_headers(response, ["Accept"])
    return response


def _page(request: HttpRequest, token: str) -> HttpResponse:
    there = serving.find_with_shared(token=token)
    if there is None:
        # What is not there and what never was are one.
        return answers.private(request, "404.html", {}, status=404)
    credential, shared = there
    if (kept := answers.hidden(request, credential)) is not None:
        return kept
    shown = privacy.shown_of(credential=credential)
    context: dict[str, Any] = {"credential": credential, "privacy": shown}
    now = timezone.now()
    try:
        found = services.verify_credential(
            credential=credential, now=now, shared=shared, shown=shown
        )
    except selectors.NotSigned:
        return answers.private(request, "credentials/preparing.html", context)
    except selectors.Erased:
        return answers.private(request, "credentials/erased.html", context, status=410)
    context["shown"] = present(
        found.report,
        found.document,
        found.receipt,
        learner=found.learner,
        correction=found.correction,
        others=found.others,
    )
    context["proven"] = issuers.proven_among(rows=shared.domains, now=now)
    context["taught"] = taught(credential.achievement, now=now)
    context["is_endorsed"] = shared.is_endorsed
    context["has_older_edition"] = bool(credential.issuer.email)
    context["blockcerts"] = _export(found) if shown.is_whole else ""
    context["sharing"] = sharing(context["shown"], credential)
    context["summary"] = summary(context["shown"])
    context["locale"], context["other_locales"] = locales()
    context["oembed"] = f"{settings.PUBLIC_URL}/oembed?{urlencode({'url': context['shown'].id})}"
    context["files"] = files_of(request, context)
    response = answers.own(request, "credentials/credential.html", context)
    if shown.is_published:
        del response["X-Robots-Tag"]
    answers.lead_on(response, found.correction)
    lasts = 0 if settings.LANGUAGE_COOKIE_NAME in request.COOKIES else _lasts(credential, found)
    return answers.keep(response, token=token, seconds=lasts)


def _lasts(credential: models.Credential, found: services.Verification) -> int:
    """Return for how many seconds what a page says holds, if its credential is not changed.

    Until it begins or ends. No time at all before it is on record for good, and while its status
    list does not say yet what its issuer decided.
    """
    reasons = {check.name: check.reason for check in found.report.checks}
    decided = "revoked" if credential.is_revoked else "suspended"
    if not (credential.is_revoked or credential.is_suspended):
        decided = reasons["stands"] if reasons["stands"] in {"stands", "no_status"} else ""
    if reasons["anchored"] != "anchored_final" or reasons["stands"] != decided:
        return 0
    moments = (instant(found.document.get(name)) for name in ("validFrom", "validUntil"))
    left = [(each - found.report.checked_at).total_seconds() for each in moments if each]
    return int(min([settings.EDGE_SECONDS, *(seconds for seconds in left if seconds > 0)]))


def _export(found: services.Verification) -> str:
    """Say whether the export for Blockcerts is there, comes with time, or never will."""
    proof = blockcerts.best_of([each for each in (found.receipt, *found.others) if each])
    obstacles = set(blockcerts.obstacles(found.document, proof))
    if not obstacles:
        return "ready"
    # Before it is on record nobody knows which chain it will be on.
    return "soon" if obstacles == {"not_final"} else ""
