"""All that is issued in a name, for anybody to follow: certificate transparency for badges.

What is listed leads to no page of a person and to no person: a leaf, a badge, an hour. Whoever
holds a badge finds its leaf here; whoever does not learns that one was issued.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from credentials.selectors import monitoring
from credentials.serializers import feeds, refusal_words
from credentials.views import answers
from issuers import selectors as issuers
from issuers.core import domains

if TYPE_CHECKING:
    from issuers import models

FRESH = {"Cache-Control": "public, max-age=300", "X-Robots-Tag": "noindex"}
MAX_DOMAIN = 300


@require_safe
@conditional_page
def atom(request: HttpRequest, slug: str) -> HttpResponse:
    """Serve what an organisation issued, as Atom."""
    return _of_issuer(request, slug, "atom")


@require_safe
@conditional_page
def json(request: HttpRequest, slug: str) -> HttpResponse:
    """Serve what an organisation issued, as JSON Feed."""
    return _of_issuer(request, slug, "json")


@require_safe
@conditional_page
def domain_atom(request: HttpRequest) -> HttpResponse:
    """Serve what was issued last by whoever proved a domain, as Atom."""
    return _of_domain(request, "atom")


@require_safe
@conditional_page
def domain_json(request: HttpRequest) -> HttpResponse:
    """Serve what was issued last by whoever proved a domain, as JSON Feed."""
    return _of_domain(request, "json")


@require_safe
def monitor(request: HttpRequest) -> HttpResponse:
    """Explain what can be followed, and lead to the feeds of a domain."""
    given = request.GET.get("domain", "")[:MAX_DOMAIN]
    context: dict[str, object] = {"given": given}
    status = 200
    if given:
        try:
            name = domains.domain(given)
            context |= {"name": name, "holders": _holders(name)}
        except domains.DomainError:
            context["refusal"] = refusal_words("no_domain", "")
            status = 400
    return render(request, "credentials/monitor.html", context, status=status)


def _holders(name: str) -> list[tuple[models.Issuer, list[issuers.ProvenDomain]]]:
    now = timezone.now()
    return [
        (each, [one for one in issuers.proven_domains(issuer=each, now=now) if one.name == name])
        for each in issuers.holders_of(domain=name)
    ]


def _of_issuer(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    issuer = issuers.find_by_slug(slug=slug)
    if issuer is None:
        return answers.refusal("no_issuer")
    before = request.GET.get("before", "")
    try:
        page = monitoring.issued(issuer=issuer, before=before)
    except monitoring.NoSuchEntry:
        return answers.refusal("bad_page")
    first = _address(f"issuer-issued-{kind}", slug)
    return _answer(
        feeds.Feed(
            title=_("Issued by %(name)s") % {"name": issuer.name},
            page=issuers.address(issuer=issuer),
            address=f"{first}?before={before}" if before else first,
            first=first,
            following=f"{first}?before={page.following}" if page.following else "",
            entries=page.entries,
            begun=issuer.created_at,
        ),
        kind,
    )


def _of_domain(request: HttpRequest, kind: str) -> HttpResponse:
    try:
        name = domains.domain(request.GET.get("domain", "")[:MAX_DOMAIN])
    except domains.DomainError:
        return answers.refusal("no_domain")
    holders, entries = monitoring.issued_under(domain=name)
    if not holders:
        return answers.refusal("no_holder")
    query = urlencode({"domain": name})
    first = f"{_address(f'monitor-{kind}')}?{query}"
    return _answer(
        feeds.Feed(
            title=_("Issued in the name of %(name)s") % {"name": name},
            page=f"{_address('monitor')}?{query}",
            address=first,
            first=first,
            following="",
            entries=entries,
            begun=min(each.created_at for each in holders),
        ),
        kind,
    )


def _answer(feed: feeds.Feed, kind: str) -> HttpResponse:
    headers = FRESH | answers.SHARED
    response: HttpResponse
    if kind == "atom":
        response = HttpResponse(feeds.atom(feed), content_type=feeds.ATOM, headers=headers)
    else:
        response = JsonResponse(
            feeds.json_feed(feed),
            content_type=feeds.JSON,
            headers=headers,
            json_dumps_params={"ensure_ascii": False},
        )
    patch_vary_headers(response, ["Accept-Language"])
    return response


def _address(name: str, *arguments: str) -> str:
    return settings.PUBLIC_URL + reverse(name, args=arguments)
