"""The audit trail of an organisation: searched on a page, exported whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from issuers import access, forms, selectors
from issuers.core import roles
from issuers.core.roles import Action
from issuers.selectors import earlier as trails
from issuers.serializers import trail as shapes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from issuers.models import TrailEntry

PAGE = 50
LEARNER = "learners.learner"
# Lines that are sent together: one by one, each would be a packet.
BATCH = 200


@require_safe
@access.member_may(Action.READ_AUDIT)
def trail(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Show who changed what, newest first, some at a time."""
    people = selectors.people_of_trail(issuer=member.issuer)
    form = _form(request, people)
    search = form.search()
    found = selectors.search_trail(
        issuer=member.issuer, search=search, before=form.before(), limit=PAGE + 1
    )
    entries = found[:PAGE]
    context = {
        "form": form,
        "lines": shapes.lines(entries, names=_names(member, entries)),
        "next": form.address(before=entries[-1].pk) if len(found) > PAGE else "",
        "first": form.address() if form.before() is not None else "",
        "export": form.address(),
        "is_searched": search != selectors.Search(),
        "head": selectors.trail_head(issuer=member.issuer),
        "earlier": trails.earlier_trails(issuer=member.issuer),
    }
    return render(request, "console/trail.html", context)


@require_safe
@access.member_may(Action.READ_AUDIT)
def table(request: HttpRequest, member: access.Membership) -> StreamingHttpResponse:
    """Send what was found as CSV, however much it is."""
    people = selectors.people_of_trail(issuer=member.issuer)
    search = _form(request, people).search()
    entries = selectors.walk_trail(issuer=member.issuer, search=search)
    return _sent(shapes.table(entries, names=people), "text/csv; charset=utf-8", member, "csv")


@require_safe
@access.member_may(Action.READ_AUDIT)
def whole(request: HttpRequest, member: access.Membership) -> StreamingHttpResponse:
    """Send the whole trail with its seals, a member of JSON on each line: see docs/trail.md."""
    lines = (_json(each) for each in selectors.export_trail(issuer=member.issuer))
    return _sent(lines, "application/jsonl; charset=utf-8", member, "jsonl")


@require_safe
@access.member_may(Action.READ_AUDIT)
def earlier(request: HttpRequest, member: access.Membership, pk: int) -> StreamingHttpResponse:
    """Send a trail that the organisation brought with it, word for word."""
    found = trails.find_earlier_trail(issuer=member.issuer, pk=pk)
    if found is None:
        raise Http404
    return StreamingHttpResponse(
        trails.earlier_lines(earlier=found),
        content_type="application/jsonl; charset=utf-8",
        headers=_saved_as(f"trail-{member.issuer.slug}-{found.arrival.made_at:%Y-%m-%d}.jsonl"),
    )


def _names(member: access.Membership, entries: Sequence[TrailEntry]) -> shapes.Names:
    """Return what is called how; a learner only to whoever may see learners."""
    rows = shapes.rows_of(entries)
    if not roles.may(member.role, Action.SEE_LEARNERS):
        rows.pop(LEARNER, None)
    return shapes.Names(
        people=selectors.people_named(ids=shapes.people_of(entries)),
        rows=selectors.rows_named(issuer=member.issuer, rows=rows),
    )


def _form(request: HttpRequest, people: Mapping[int, str]) -> forms.TrailForm:
    return forms.TrailForm(request.GET, people=people, subjects=shapes.subjects())


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False) + "\n"


def _sent(
    lines: Iterable[str], kind: str, member: access.Membership, ending: str
) -> StreamingHttpResponse:
    name = f"trail-{member.issuer.slug}.{ending}"
    return StreamingHttpResponse(
        _together(lines),
        content_type=kind,
        headers=_saved_as(name),
    )


def _saved_as(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
    }


def _together(lines: Iterable[str]) -> Iterator[str]:
    piece: list[str] = []
    for line in lines:
        piece.append(line)
        if len(piece) >= BATCH:
            yield "".join(piece)
            piece = []
    yield "".join(piece)
