"""Who stands at the door of an organisation's console, and whether they may come in.

    @access.member_may(Action.MANAGE_PEOPLE)
    def people(request: HttpRequest, member: access.Membership) -> HttpResponse: ...

is the whole of what a console view asks; its address begins with `console/<slug:slug>/`.

    nobody is signed in         sign in, and come back
    not a member                404: not even that there is such a page; an identity provider opens
                                its own organisation alone, so every other is such a page
    no second factor, though    403, with a page that says how to get one
    the organisation asks
    the organisation is         403, with a page that says since when and why
    suspended
    the role does not allow it  403, with a page that says which roles do
    a member who may            the view, with `member`; templates find `request.member`; a
                                query in it that names another organisation raises

What is shown is the organisation's own, so nobody keeps a copy (Cache-Control: no-store).
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache

from issuers import rules, scope, selectors
from issuers.selectors.members import Membership
from issuers.services import sessions

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http.response import HttpResponseBase

    from issuers.core import roles

__all__ = ["Membership", "member_may", "signed_in"]

P = ParamSpec("P")


def signed_in(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Let only people in who are signed in; the others sign in and come back."""

    @never_cache
    @wraps(view)
    def door(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        request = args[0]
        if not isinstance(request, HttpRequest):
            raise TypeError("The first argument of a view is the request.")
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(*args, **kwargs)

    return door


def member_may(
    action: roles.Action,
) -> Callable[
    [Callable[Concatenate[HttpRequest, Membership, P], HttpResponseBase]],
    Callable[..., HttpResponseBase],
]:
    """Let only members in whose role allows the action; the view receives the member."""

    def decorate(
        view: Callable[Concatenate[HttpRequest, Membership, P], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @signed_in
        @wraps(view)
        def door(
            request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            through = sessions.provider_of(request.session)
            member = selectors.find_member(user_id=request.user.pk or 0, slug=slug, through=through)
            if member is None:
                raise Http404
            request.member = member  # type: ignore[attr-defined]  # for templates
            if member.issuer.suspended_at is not None:
                return render(request, "console/suspended.html", status=403)
            # What an identity provider asks of its people is its own business.
            is_asked = member.issuer.second_factor and through is None
            if is_asked and not sessions.has_second_factor(request.session):
                return render(request, "console/second_factor.html", status=403)
            if not rules.may(member, action):
                return _forbidden(request, action)
            if member.issuer.country == "CA" and translation.get_language() == "fr":
                translation.activate("fr-ca")  # what is not said otherwise there is read in "fr"
            with scope.inside(member.issuer_id):  # whatever the view does, it does for this one
                return view(request, member, *args, **kwargs)

        # The tests walk every address of the console and read what it asks for.
        door.action = action  # type: ignore[attr-defined]
        return door

    return decorate


def _forbidden(request: HttpRequest, action: roles.Action) -> HttpResponse:
    context = {"allowed": selectors.role_names(action=action)}
    return render(request, "console/forbidden.html", context, status=403)
