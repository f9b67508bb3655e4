"""What an organisation says of itself: the page where an administrator changes it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from badges import services
from badges.forms import OrganisationForm
from issuers import access
from issuers.core.roles import Action


@require_http_methods(["GET", "HEAD", "POST"])
@access.member_may(Action.EDIT_ORGANISATION)
def organisation(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Show what the organisation says, and change it."""
    form = OrganisationForm(request.POST or None, request.FILES or None, issuer=member.issuer)
    if request.method == "POST" and form.is_valid():
        try:
            services.describe_organisation(issuer=member.issuer, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("It is changed, and public pages say so."))
            return redirect("console-organisation", slug=member.issuer.slug)
    status = 400 if form.errors else 200
    return render(request, "console/organisation.html", {"form": form}, status=status)
