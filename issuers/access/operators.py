"""Who stands at the door of the operator's pages.

    nobody, or somebody who does not operate    404: not even that there is such a page
    this installation, or whom an identity
    provider sent
    an operator without a second factor         403, with a page that says how to get one
    an operator                                 the page; the database then shows what is open to
                                                operators, of every organisation, and nothing else

Nobody keeps a copy (Cache-Control: no-store).
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import SimpleTemplateResponse
from django.views.decorators.cache import never_cache

from issuers import scope
from issuers.services import sessions

if TYPE_CHECKING:
    from collections.abc import Callable


def operates(request: HttpRequest) -> bool:
    """Say whether whoever asks operates this installation, with or without a second factor."""
    user = request.user
    return (
        user.is_authenticated
        and user.is_active
        and user.is_staff
        and sessions.provider_of(request.session) is None
    )


def may_enter(request: HttpRequest) -> bool:
    """Say whether whoever asks may see the operator's pages."""
    return operates(request) and sessions.has_second_factor(request.session)


def ask_again(request: HttpRequest) -> HttpResponse:
    """Send an operator away to confirm that it is they, and back; or say what that takes.

    Raises:
        ReauthenticationRequired: which allauth turns into the way there.
    """
    if not get_adapter().get_reauthentication_methods(request.user):
        return render(request, "operator/second_factor.html", status=403)
    raise ReauthenticationRequired


def operator_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let only operators in, and let the database know that one is at work."""

    @never_cache
    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not operates(request):
            raise Http404
        if not may_enter(request):
            return render(request, "operator/second_factor.html", status=403)
        with scope.operating(request.user.pk):
            response = view(request, *args, **kwargs)
            # What a page asks while it is written, it asks as an operator, too.
            if isinstance(response, SimpleTemplateResponse):
                response.render()
        return response

    # The tests walk every address of the operator's and look for this.
    door.is_operators = True  # type: ignore[attr-defined]
    return door
