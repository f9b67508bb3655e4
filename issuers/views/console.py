"""The console: which organisations a person works for, and who looked inside."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from issuers import access, forms, selectors, services
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
        "is_open": settings.OPEN_TO_ORGANISATIONS,
    }
    return render(request, "console/organisations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.signed_in
def you(request: HttpRequest) -> HttpResponse:
    """Let a person say how they are called."""
    user = request.user
    if not user.is_authenticated:
        raise AssertionError("The porter lets only people in who are signed in.")
    if sessions.provider_of(request.session) is not None:
        return render(request, "console/through_provider.html", status=403)
    form = forms.NameForm(request.POST or None, initial={"name": user.name})
    if request.method == "POST" and form.is_valid():
        try:
            services.rename(user=user, name=form.cleaned_data["name"])
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Your name was changed."))
            return redirect("console")
    return render(request, "console/you.html", {"form": form})


@require_safe
@access.member_may(Action.READ_AUDIT)
def looks(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Show when operators of the installation read what the organisation has, and why."""
    context = {"looks": selectors.looks_inside(issuer=member.issuer)}
    return render(request, "console/looks.html", context)
