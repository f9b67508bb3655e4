"""The door that an invitation leads to. Looking at it uses nothing up: mail scanners look too."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from issuers import selectors, services
from issuers.access import proving
from issuers.services import sessions


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation; to who proves that the address is theirs, let them accept it."""
    found = selectors.find_invitation(token=token, now=timezone.now())
    if found is None:
        return render(request, "console/invitation_over.html", status=410)
    is_theirs = (
        request.user.is_authenticated
        and request.user.email.lower() == found.email
        # What an identity provider opened is for its own organisation: it joins no other.
        and _may_join(sessions.provider_of(request.session), found.issuer_id)
    )
    if request.method == "POST":
        if is_theirs:
            return _accept(request, token)
        return proving.prove(
            request,
            email=found.email,
            account=lambda: services.welcome(token=token, now=timezone.now()),
            back=reverse("invitation", args=[token]),
        )
    context = {"invitation": found, "is_theirs": is_theirs}
    return render(request, "console/invitation.html", context)


def _may_join(through: str | None, issuer_id: int) -> bool:
    if through is None:
        return True
    provider = selectors.find_provider(key=through)
    return provider is not None and provider.issuer_id == issuer_id


def _accept(request: HttpRequest, token: str) -> HttpResponse:
    user = request.user
    if not user.is_authenticated:
        raise AssertionError("It was just asked whose it is.")
    try:
        membership = services.accept(token=token, user=user, now=timezone.now())
    except (services.NotOpen, services.NotInvited):
        return render(request, "console/invitation_over.html", status=410)
    messages.success(request, _("Welcome: you work here now."))
    return redirect("console-home", slug=membership.issuer.slug)
