"""Keep answers about a credential, and give them again as long as what they say is so.

Most of what a page about a credential says never changes: it was signed, and it was anchored for
good. So a process keeps the answers that it gave, and asks the database with one small query what
can have changed (`credentials.selectors.facts`). If that is as it was, the same bytes are
given again, before Django makes a request of it; else, and for whatever is asked in an unusual way,
Django answers. A view says how long its answer may be kept (`answers.keep`): until its credential
ends, and never longer than what is said besides may lag behind.

Nothing is kept outside of the process: there is nothing to lose, to flush or to leak, and it works
without Redis.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language_from_request

from credentials.selectors import facts as asking

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http.response import HttpResponseBase

Headers: TypeAlias = list[tuple[str, str]]
Key: TypeAlias = tuple[str, ...]

_PATH = re.compile(r"/credentials/([A-Za-z0-9_-]{22})(?:\.json|\.png|\.svg|\.pdf|/[a-z.]{1,20})?")
_QUERY = re.compile(r"(?:lang=[a-z-]{2,7})?")
# What an answer may depend on; a reader whose headers are longer than any browser's gets no copy.
_TELLING = ("HTTP_HOST", "HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "HTTP_X_FORWARDED_PROTO",
            "HTTP_X_FORWARDED_HOST", "wsgi.url_scheme")  # fmt: skip
# Browsers want a page first, and say so in many ways; who names a kind of document may mean it.
_BROWSER = re.compile(r"text/html(?:,(?!.*(?:json|vc|jwt)).*)?", re.IGNORECASE)
# Who asks for a part, or only if it is still the same, is answered by Django.
_UNUSUAL = frozenset({"HTTP_RANGE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE"})
MAX_HEADER = 300
# What an answer without a body repeats (RFC 9110 section 15.4.5).
_WITH_304 = frozenset({"etag", "cache-control", "vary", "date", "expires", "content-location",
                       "surrogate-key", "access-control-allow-origin"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, what it was true under, and until when it may be given."""

    status: str
    headers: Headers
    body: bytes
    etag: str
    facts: str
    until: float

    @property
    def size(self) -> int:
        """Return the bytes that it takes, the small things about it roughly counted."""
        return len(self.body) + 2_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A request whose answer may be kept, and what was so before it was answered."""

    key: Key
    facts: str | None


class Keeper:
    """The answers of one process: those that were not asked for the longest time go first."""

    def __init__(self, *, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def ask(self, environ: dict[str, Any]) -> tuple[Kept | None, Asked | None]:
        """Return the answer that still holds; else under what the next one is to be kept."""
        found = self._name(environ)
        return (None, None) if found is None else self._ask(*found)

    def again(self, environ: dict[str, Any]) -> Kept | None:
        """Return the answer that still holds, if there is one; where there is none, ask nothing."""
        found = self._name(environ)
        return None if found is None or found[0] not in self._kept else self._ask(*found)[0]

    def _name(self, environ: dict[str, Any]) -> tuple[Key, str] | None:
        return _key(environ) if self._most else None

    def _ask(self, key: Key, token: str) -> tuple[Kept | None, Asked | None]:
        try:
            facts = asking.facts(token=token)
        except Error:
            return None, None  # Django asks again, on a connection that it has looked at
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and (kept.facts != facts or kept.until < self._clock()):
                self._drop(key)
                kept = None
            if kept is not None:
                self._kept.move_to_end(key)
        return kept, Asked(key, facts)

    def keep(self, asked: Asked, response: HttpResponseBase) -> None:
        """Keep an answer for as long as its view says, if it is for everybody."""
        seconds = getattr(response, "keep_seconds", 0)
        if asked.facts is None or seconds <= 0 or response.cookies:
            return
        if not isinstance(response, HttpResponse):
            return  # it is made while it is sent
        if response.status_code != 200:  # noqa: PLR2004 - the only one that a view may keep
            return
        kept = Kept(
            status=f"{response.status_code} {response.reason_phrase}",
            headers=list(response.items()),
            body=response.content,
            etag=response.headers.get("ETag", ""),
            facts=asked.facts,
            until=self._clock() + seconds,
        )
        with self._lock:
            self._drop(asked.key)
            self._kept[asked.key] = kept
            self._size += kept.size
            while self._size > self._most and self._kept:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: Key) -> None:
        gone = self._kept.pop(key, None)
        if gone is not None:
            self._size -= gone.size


def give(kept: Kept, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """Answer with what was kept, or that the reader has it already."""
    known = environ.get("HTTP_IF_NONE_MATCH", "")
    if kept.etag and known and (known.strip() == "*" or kept.etag in _tags(known)):
        headers = [(name, value) for name, value in kept.headers if name.lower() in _WITH_304]
        start_response("304 Not Modified", headers)
        return [b""]
    start_response(kept.status, kept.headers)
    return [kept.body]


def _tags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}


def _key(environ: dict[str, Any]) -> tuple[Key, str] | None:
    """Return what an answer depends on, and the token; None for what is not kept."""
    if environ.get("REQUEST_METHOD") != "GET" or environ.get("HTTP_COOKIE"):
        return None
    path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    match = _PATH.fullmatch(path)
    if match is None or not _QUERY.fullmatch(query) or not _UNUSUAL.isdisjoint(environ):
        return None
    host, kind, languages, *more = (environ.get(name, "") for name in _TELLING)
    if settings.SECURE_PROXY_SSL_HEADER and environ.get(settings.SECURE_PROXY_SSL_HEADER[0]):
        more[-1] = ""  # the proxy says how it was asked: how it asks us is nothing to the reader
    if sum(map(len, (host, kind, languages, *more))) > MAX_HEADER * 3:
        return None
    if _BROWSER.fullmatch(kind):
        kind = "text/html"
    return (path, query, host, kind, _language(languages), *more), match[1]


@lru_cache(maxsize=1_000)
def _language(header: str) -> str:
    """Return the language that a reader gets who prefers these; Django alone reads the header."""
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = header
    return get_language_from_request(request)


keeper = Keeper(most=settings.KEEP_BYTES)
