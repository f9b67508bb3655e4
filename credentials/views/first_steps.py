"""First steps: a sample badge to oneself, a sample list, and how all that goes again."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from credentials import services
from credentials.services import samples
from issuers import access
from issuers import services as parties
from issuers.access.questions import CONFIRM, ask
from issuers.core.roles import Action


@require_POST
@access.member_may(Action.PREPARE_AWARD)
def issue_to_oneself(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Issue the sample badge to whoever presses."""
    try:
        found = samples.issue_to_oneself(
            issuer=member.issuer, actor=member.user, now=timezone.now()
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("console-home", slug=member.issuer.slug)
    if found.state == found.State.HELD:
        messages.success(request, _("It waits for a second person, as your organisation asks."))
    else:
        messages.success(
            request, _("It is yours. A worker signs it within seconds; then see its page.")
        )
    return redirect("console-credential", slug=member.issuer.slug, uuid=found.uuid)


@require_POST
@access.member_may(Action.PREPARE_AWARD)
def add_list(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Hand over a list of invented learners, and show what its columns mean."""
    try:
        intake = samples.add_list(issuer=member.issuer, actor=member.user, now=timezone.now())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("console-home", slug=member.issuer.slug)
    messages.success(
        request, _("Five invented learners, for a sample badge: play with them as you like.")
    )
    return redirect("console-list-columns", slug=member.issuer.slug, uuid=intake.uuid)


@CONFIRM
@access.member_may(Action.REVOKE_CREDENTIAL)
def remove(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Take all samples away."""
    home = reverse("console-home", kwargs={"slug": member.issuer.slug})
    problem = ""
    if request.method == "POST":
        try:
            left = samples.remove(issuer=member.issuer, actor=member.user, now=timezone.now())
        except services.NotWaiting:
            problem = _(
                "Samples wait for approval that somebody else prepared: decide on them first."
            )
        else:
            if left:
                said = ngettext(
                    "%(number)d sample is left: press once more.",
                    "%(number)d samples are left: press once more.",
                    left,
                )
                messages.warning(request, said % {"number": left})
            else:
                messages.success(request, _("The samples are gone."))
            return redirect(home)
    return ask(
        request,
        title=_("Remove the samples?"),
        about=_(
            "Sample lists that nobody confirmed, and what is not signed, are deleted. Sample "
            "badges that are signed were public and are on record: they are revoked, and say so. "
            "Nothing that is not a sample is touched."
        ),
        act=_("Remove the samples"),
        back=home,
        problem=problem,
        is_grave=True,
    )


@require_POST
@access.member_may(Action.EDIT_ORGANISATION)
def hide(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Show the first steps to nobody of this organisation any more."""
    parties.settle_in(issuer=member.issuer, now=timezone.now())
    messages.success(request, _("The first steps are not shown any more."))
    return redirect("console-home", slug=member.issuer.slug)
