"""How far badges get: a page with charts and their tables, and the tables to take along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from badges import selectors as badges
from credentials.forms.figures import FiguresForm
from credentials.selectors import cohorts, reach
from credentials.serializers import figures as words
from credentials.serializers.cohorts import called
from credentials.views import answers
from issuers import access
from issuers.core.roles import Action

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from django.http import HttpRequest

PERIODS = (30, 90, 365)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for, and what was found."""

    form: FiguresForm
    names: Mapping[str, str]
    found: reach.Reach
    today: date


@require_safe
@access.member_may(Action.VIEW)
def figures(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Show how far badges got; numbers only, and of nobody in particular."""
    asked = _asked(request, member)
    found, form = asked.found, asked.form
    context = {
        "form": form,
        "presets": _presets(asked, member),
        "found": found,
        "steps": words.steps(found.total),
        "periods": words.over_time(found),
        "acts": [str(label) for label in words.ACTS.values()],
        "badges": words.by_badge(found, asked.names),
        "cohorts": words.by_cohort(found, _called(member, found)),
        "headings": words.headings(found),
        "opened_heading": str(words.STEPS["opened"][0]),
        "most_bars": words.MOST_BARS,
        "address": form.address(),
    }
    return render(request, "console/figures.html", context)


@require_safe
@access.member_may(Action.VIEW)
def of_badges(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Send what became of each badge, as CSV."""
    asked = _asked(request, member)
    return _table(words.badges_table(asked.found, asked.names), f"badges-{member.issuer.slug}")


@require_safe
@access.member_may(Action.VIEW)
def of_cohorts(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Send what became of what was issued to each session, as CSV."""
    found = _asked(request, member).found
    keys = [key for key, _reached in found.cohorts]
    lines = words.cohorts_table(found, cohorts.called(issuer=member.issuer, keys=keys))
    return _table(lines, f"sessions-{member.issuer.slug}")


@require_safe
@access.member_may(Action.VIEW)
def over_time(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Send what was issued and done in each period, as CSV."""
    asked = _asked(request, member)
    return _table(words.time_table(asked.found), f"figures-{member.issuer.slug}")


def _asked(request: HttpRequest, member: access.Membership) -> Asked:
    now = timezone.now()
    today = now.astimezone(UTC).date()
    names = words.names_of(badges.ever_published(issuer=member.issuer))
    offered = sorted(names.items(), key=lambda each: each[1].casefold())
    session = cohorts.find_named(issuer=member.issuer, name=request.GET.get("session", ""))
    groups = cohorts.offered(issuer=member.issuer, also=session)
    form = FiguresForm(
        request.GET,
        badges=offered,
        sessions=[(str(each.uuid), called(each)) for each in groups],
        today=today,
    )
    since, until = form.span()
    found = reach.reach(
        issuer=member.issuer,
        since=since,
        until=until,
        badge=form.chosen,
        cohort_id=session.pk if session is not None else 0,
        now=now,
    )
    return Asked(form, names, found, today)


def _called(member: access.Membership, found: reach.Reach) -> Mapping[int, str]:
    keys = [key for key, _reached in found.cohorts[: words.MOST_COHORTS]]
    return cohorts.called(issuer=member.issuer, keys=keys)


def _presets(asked: Asked, member: access.Membership) -> Sequence[tuple[str, str, bool]]:
    """Return periods that are asked for often: their names, their addresses, and which it is."""
    until = asked.today
    begin = member.issuer.created_at.astimezone(UTC).date()
    firsts = [
        (_("%(number)d days") % {"number": days}, until - timedelta(days=days))
        for days in PERIODS[:-1]
    ]
    firsts += [
        (_("12 months"), until - timedelta(days=PERIODS[-1])),
        (_("Since the beginning"), begin),
    ]
    return [
        (
            label,
            asked.form.address(since=first.isoformat(), until=until.isoformat()),
            asked.form.span() == (first, until),
        )
        for label, first in firsts
    ]


def _table(lines: Iterable[Sequence[str]], name: str) -> HttpResponse:
    return HttpResponse(
        answers.spreadsheet(lines),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.csv"',
            "X-Content-Type-Options": "nosniff",
        },
    )
