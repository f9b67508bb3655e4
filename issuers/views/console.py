"""The console: which organisations a person works for, and where each begins."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from issuers import access, selectors
from issuers.core.roles import Action
from issuers.services import sessions


@require_safe
@access.signed_in
def organisations(request: HttpRequest) -> HttpResponse:
    """List the organisations of whoever is signed in."""
    through = sessions.provider_of(request.session)
    context = {
        "memberships": selectors.memberships(user_id=request.user.pk or 0, through=through),
        "through": through,
    }
    return render(request, "console/organisations.html", context)


@require_safe
@access.member_may(Action.VIEW)
def home(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Show where the console of an organisation begins."""
    return render(request, "console/home.html")
