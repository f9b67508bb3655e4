"""Everything of a badge for its holder, whatever its page shows to others: each file, and a ZIP."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from credentials.selectors import holding
from credentials.serializers.holding import FILES, WORDS, list_of
from credentials.serializers.printing import zipped
from credentials.views import answers, artefacts, editions, files, proof
from credentials.views.wallet.opened import Holder, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# By the name in the address: what serves it to everybody else.
_SERVED: dict[str, Callable[..., Any]] = {
    "png": files.image,
    "svg": files.drawing,
    "pdf": artefacts.certificate,
    "json": files.document,
    "jwt": editions.jwt,
    "proof.html": proof.dossier,
    "anchor.json": files.receipt,
    "qr.png": artefacts.code_png,
    "qr.svg": artefacts.code_svg,
}
# In an archive of all badges, of those beyond the newest: what is quick, and enough to prove each.
_QUICK = ("png", "json", "anchor.json")
# Of so many badges an archive has every file: a certificate and a dossier take a moment each.
WHOLE = 200
OK, MADE_LATER = 200, 202
_CONDITIONS = frozenset({"HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE"})


@require_safe
@opened
def downloads(request: HttpRequest, holder: Holder, token: str) -> HttpResponse:
    """Show every file of a badge."""
    found = holder.find(token).credential
    context = {"holder": holder, "credential": found, "files": WORDS}
    return render(request, "wallet/downloads.html", context)


@require_safe
@opened
def file(request: HttpRequest, holder: Holder, token: str, kind: str) -> HttpResponse:
    """Give one file of a badge."""
    found = holder.find(token).credential
    if kind not in _SERVED:
        raise Http404
    response = _served(request, token, kind)
    if response.status_code == OK:
        name = f"{found.achievement.slug}{FILES[kind]}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@opened
def archive(request: HttpRequest, holder: Holder, token: str) -> HttpResponse:
    """Give every file of a badge that there is, in a ZIP."""
    found = holder.find(token).credential
    blocked: HttpResponse | None = ratelimit.consume_or_429(request, action="wallet_archive")
    if blocked is not None:
        return blocked
    slug = found.achievement.slug
    later: dict[str, str] = {}
    # Made before the answer begins, so that what goes wrong is said.
    made = list(_files_of(request, token, slug, tuple(_SERVED), later))
    return _zip(f"{slug}.zip", iter([*made, *_told(later)]))


@require_POST
@opened
def everything(request: HttpRequest, holder: Holder) -> HttpResponse:
    """Give all badges of somebody in a ZIP: every file of each, and a list of them.

    It is sent badge by badge, as it is made.
    """
    blocked: HttpResponse | None = ratelimit.consume_or_429(
        request, action="wallet_everything", key=str(holder.wallet.uuid)
    )
    if blocked is not None:
        return blocked
    found = holding.held(emails=holder.emails)
    language = translation.get_language()

    def parts() -> Iterator[tuple[str, bytes]]:
        with translation.override(language):
            yield "badges.json", list_of(found, emails=holder.emails, now=timezone.now())
            later: dict[str, str] = {}
            for number, each in enumerate(found, start=1):
                slug = each.credential.achievement.slug
                kinds = tuple(_SERVED) if number <= WHOLE else _QUICK
                place = f"{number:03}-{slug}/{slug}"
                yield from _files_of(request, each.credential.token, place, kinds, later)
            # Tokens that were not there at first, workers may have made since.
            once_more, later = later, {}
            for place, token in once_more.items():
                yield from _files_of(request, token, place, ("jwt",), later)
            yield from _told(later)

    return _zip(f"{slugify(translation.gettext('My badges'))}.zip", parts())


def _files_of(
    request: HttpRequest, token: str, place: str, kinds: tuple[str, ...], later: dict[str, str]
) -> Iterator[tuple[str, bytes]]:
    """Give the files of a badge that there are.

    Args:
        request: Of its holder.
        token: Of the badge.
        place: What their names begin with.
        kinds: Which ones.
        later: Where it is noted, by place, whose token a worker makes now.
    """
    for kind in kinds:
        response = _served(request, token, kind)
        if response.status_code == OK:
            yield f"{place}{FILES[kind]}", response.content
        elif response.status_code == MADE_LATER:
            later[place] = token


def _told(later: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    """Give a text that says what is not in an archive yet; none where nothing is missing."""
    if later:
        names = "\n".join(f"{place}.jwt" for place in later)
        words = translation.gettext(
            "These files are being made and are not in here yet. Take your badges along once more "
            "in some minutes:"
        )
        yield f"{slugify(translation.gettext('Read me'))}.txt", f"{words}\n\n{names}\n".encode()


def _served(request: HttpRequest, token: str, kind: str) -> HttpResponse:
    asked = copy(request)
    asked.method = "GET"
    # A browser's own copy is of another address.
    asked.META = {name: value for name, value in request.META.items() if name not in _CONDITIONS}
    with answers.for_its_holder(token):
        response: HttpResponse = _SERVED[kind](asked, token=token)
    if response.has_header("Surrogate-Key"):
        del response["Surrogate-Key"]
    response.keep_seconds = 0  # type: ignore[attr-defined] # for config.keeping
    return response


def _zip(name: str, parts: Iterator[tuple[str, bytes]]) -> HttpResponse:
    return StreamingHttpResponse(  # type: ignore[return-value] # doors say so of all answers
        zipped(parts),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
