"""Where the console of an organisation begins: how it stands, what is under way, what is wrong."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from credentials.selectors import first_steps, intakes, listing, overview
from credentials.selectors import troubles as trouble
from credentials.serializers import first_steps as first_words
from credentials.serializers import overview as words
from issuers import access, rules
from issuers.core.roles import Action

# The newest credentials, for a glance.
RECENT = 6


@require_safe
@access.member_may(Action.VIEW)
def home(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Show how an organisation stands; names of learners only to who may see them."""
    now = timezone.now()
    issuer = member.issuer
    standing = overview.standing(issuer=issuer, user_id=member.user_id)
    issued = overview.issued(issuer=issuer, now=now)
    may_see = rules.may(member, Action.SEE_LEARNERS)
    recent = listing.page(issuer=issuer, look=listing.Look(), limit=RECENT) if may_see else None
    first = None
    if issuer.settled_in_at is None:
        first = first_steps.first_steps(issuer=issuer, email=member.user.email)
    context = {
        "first": first,
        "first_steps": first_words.steps(first, member) if first and not first.is_done else (),
        "tiles": words.tiles(standing, issued, member),
        "steps": words.next_steps(standing, member),
        "months": issued.months,
        "issued": issued,
        "recent": recent.rows if recent is not None else None,
        "lists": intakes.under_way(issuer=issuer, now=now) if may_see else (),
    }
    return render(request, "console/home.html", context)


@require_safe
@access.member_may(Action.SEE_LEARNERS)
def under_way(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Show how far lists got: the part of the first page that asks for itself again."""
    lists = intakes.under_way(issuer=member.issuer, now=timezone.now())
    return render(request, "console/overview/under_way.html", {"lists": lists})


@require_safe
@access.member_may(Action.VIEW)
def troubles(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Show what went wrong in the background, and what to do about it."""
    found = trouble.troubles_for(member=member, now=timezone.now())
    context = {"shown": words.shown_troubles(found), "most": trouble.MOST}
    return render(request, "console/troubles.html", context)
