"""Under which host a page is asked for, and whose pages that host has.

Our own hosts (ALLOWED_HOSTS) have everything. A host that an organisation proved has that
organisation's public pages and nothing else:

1. It is looked up among the hosts whose proof is fresh; any other is left to Django, which answers
   400.
2. Only reading: no form is sent there, nobody signs in, no cookie is read or set. Whoever runs the
   domain around it may set cookies for it, so none that comes from there is believed. A page may
   say that it was opened (`counted`).
3. Whatever is behind sees the request as one of our own host: every address that we write stays
   the one that is written into credentials. The answer names it as canonical.
4. An address is served if `OWNERS` says whose it is and it is the owner's. Everything else is not
   there; what belongs to all (verification, the network) is where it always is.

Source: trust model T31; RFC 9110 section 7.2 (Host); RFC 6596 (canonical).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.request import split_domain_port, validate_host
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from badges import selectors as badges
from credentials import selectors as credentials
from credentials.selectors import transcripts
from issuers import selectors as issuers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from issuers import models

READING = ("GET", "HEAD", "OPTIONS")
# How long a process goes by what it read last: so long may a host that stopped still answer, and so
# often is the database asked, however many unknown hosts are named.
SECONDS = 5.0
# The domain is the organisation's: we do not tell browsers for a year how it is to be spoken to.
HSTS = "max-age=86400"
# What belongs to all is where it always is.
SHARED = frozenset({
    "verify", "verify-several", "verify-pile", "network", "network-batch", "oembed",
    "monitor", "accessibility",
})  # fmt: skip


def _by_slug(owner: models.Issuer, *, slug: str, **_more: Any) -> bool:
    return slug == owner.slug


def _by_badge(owner: models.Issuer, *, uuid: Any) -> bool:
    found = badges.find_published(uuid=uuid)
    return found is not None and found.issuer_id == owner.pk


def _by_credential(owner: models.Issuer, *, token: str) -> bool:
    found = credentials.find_by_token(token=token)
    return found is not None and found.issuer_id == owner.pk


def _by_transcript(owner: models.Issuer, *, token: str) -> bool:
    found = transcripts.find_by_token(token=token)
    return found is not None and found.issuer_id == owner.pk


def _by_endorsement(owner: models.Issuer, *, token: str) -> bool:
    found = credentials.find_endorsement(token=token)
    return found is not None and owner.pk in {found.issuer_id, found.endorsed_id}


# Names of addresses, and how to tell whether one is the owner's. What is not here is not served.
OWNERS: Mapping[str, Callable[..., bool]] = {
    **dict.fromkeys(
        ("issuer", "issuer-did", "issuer-key", "issuer-logo", "issuer-colour", "key-histories",
         "key-history", "issuer-issued-atom", "issuer-issued-json"),
        _by_slug,
    ),
    **dict.fromkeys(("achievement", "achievement-image", "achievement-drawing"), _by_badge),
    **dict.fromkeys(
        ("credential", "credential-document", "credential-image", "credential-drawing",
         "credential-jwt", "credential-jwt-es256", "credential-share", "credential-part",
         "credential-blockcerts", "credential-elm", "credential-receipt", "credential-receipts",
         "credential-report", "credential-check", "credential-dossier", "credential-embed",
         "credential-certificate", "credential-card", "credential-code-svg",
         "credential-code-png"),
        _by_credential,
    ),
    **dict.fromkeys(
        ("transcript", "transcript-document", "transcript-receipt", "transcript-report"),
        _by_transcript,
    ),
    "endorsement": _by_endorsement,
    # The pages of credentials run it, and by their policy from their own host; likewise they say
    # there that they were opened, and are told nothing.
    "verifier": lambda _owner: True,
    "counted": lambda _owner: True,
}  # fmt: skip


class LiveHosts:
    """The hosts that answer, as this process read them last."""

    def __init__(self) -> None:
        self._read_at: float | None = None
        self._hosts: dict[str, models.Issuer] = {}

    def owner_of(self, name: str) -> models.Issuer | None:
        """Return whose host it is; None for nobody's; at most one query every SECONDS."""
        at = time.monotonic()
        if self._read_at is None or not 0 <= at - self._read_at < SECONDS:
            self._hosts = issuers.live_hosts(now=timezone.now())  # noqa: TID251 - this is a door
            self._read_at = at
        return self._hosts.get(name)

    def forget(self) -> None:
        """Read again before the next answer."""
        self._read_at = None


live = LiveHosts()


class HostMiddleware:
    """Keep a proven host to its owner's public pages; the first of all middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        host, _port = split_domain_port(request.META.get("HTTP_HOST", ""))
        if not host or validate_host(host, settings.ALLOWED_HOSTS):
            return self.get_response(request)
        owner = live.owner_of(host)
        if owner is None:
            return self.get_response(request)
        if request.method not in READING and request.path != reverse("counted"):
            return HttpResponseNotAllowed(READING)
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            return HttpResponseRedirect(f"https://{host}{request.get_full_path()}")
        request.META["HTTP_HOST"] = settings.PUBLIC_URL.partition("://")[2]
        for name in ("HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_X_FORWARDED_HOST"):
            request.META.pop(name, None)
        request.host_owner = owner  # type: ignore[attr-defined] # for process_view
        return _dressed(request, self.get_response(request))

    def process_view(
        self, request: HttpRequest, view: object, arguments: object, values: dict[str, Any]
    ) -> HttpResponse | None:
        """Serve what is the owner's, and nothing else."""
        owner: models.Issuer | None = getattr(request, "host_owner", None)
        if owner is None:
            return None
        match = request.resolver_match
        name = match.view_name if match is not None else ""
        if name == "home":
            begin = reverse("issuer", args=[owner.slug])
            return HttpResponseRedirect(begin + getattr(request, "keep_language", ""))
        if name in SHARED:
            return HttpResponseRedirect(settings.PUBLIC_URL + request.get_full_path())
        if name in OWNERS and OWNERS[name](owner, **values):
            return None
        return render(request, "404.html", status=404)


def _dressed(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return the answer as it leaves on a host of somebody else's domain."""
    response.cookies.clear()
    # What a cache keeps it gives again without asking whose the host is by now.
    response.keep_seconds = 0  # type: ignore[attr-defined] # for config.keeping
    if response.has_header("Surrogate-Key"):
        del response.headers["Surrogate-Key"]
        response.headers["Cache-Control"] = "private, no-cache"
    if response.has_header("Strict-Transport-Security"):
        response.headers["Strict-Transport-Security"] = HSTS
    if response.headers.get("Content-Type", "").startswith("text/html"):
        canonical = settings.PUBLIC_URL + request.path
        response.headers["Link"] = f'<{canonical}>; rel="canonical"'
    return response
