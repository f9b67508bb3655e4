"""The doors to a new organisation: one asks for the link, the other is where it leads."""

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from issuers import forms, services
from issuers.access import proving
from issuers.services import sessions


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Let anybody ask for an organisation of their own, where the installation is open to it."""
    if not settings.OPEN_TO_ORGANISATIONS:
        return render(request, "console/by_invitation.html", status=403)
    user = request.user
    form = forms.FoundingForm(
        request.POST if request.method == "POST" else None,
        initial={"email": user.email} if user.is_authenticated else {},
    )
    form.fields["email"].label = _("Your e-mail address")
    if form.is_valid():
        blocked: HttpResponse | None = ratelimit.consume_or_429(
            request, action="found", key=form.cleaned_data["email"].lower()
        )
        if blocked is not None:
            return blocked
        try:
            asked = services.send_founding(**form.cleaned_data, now=timezone.now())
        except ValidationError as refusal:
            form.add_error(None, refusal)
        except OSError:
            form.add_error(None, forms.NOT_SENT)
        else:
            return render(request, "console/founding_sent.html", {"asked": asked})
    return render(request, "console/founding_ask.html", {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def founding(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the link makes; to who proves that the address is theirs, let them make it."""
    now = timezone.now()
    try:
        asked = services.read_founding(token=token, now=now)
    except services.NotOpen:
        return render(request, "console/founding_over.html", status=410)
    user = request.user
    # What an identity provider opened is for its own organisation: it makes no other.
    is_theirs = (
        user.is_authenticated
        and user.email.lower() == asked.email
        and sessions.provider_of(request.session) is None
    )
    if services.is_founded(slug=asked.slug):
        return render(request, "console/founding_over.html", {"asked": asked}, status=410)
    if request.method == "POST" and not is_theirs:
        return proving.prove(
            request,
            email=asked.email,
            account=lambda: services.welcome_founder(founding=asked),
            back=reverse("founding", args=[token]),
        )
    if request.method == "POST" and user.is_authenticated:
        try:
            issuer = services.found(token=token, user=user, now=now)
        except services.NameTaken:
            return render(request, "console/founding_over.html", {"asked": asked}, status=410)
        messages.success(request, _("%(name)s is here. Welcome.") % {"name": issuer.name})
        return redirect("console-home", slug=issuer.slug)
    return render(request, "console/founding.html", {"asked": asked, "is_theirs": is_theirs})
