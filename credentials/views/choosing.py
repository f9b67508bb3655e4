"""Issue to learners who are here already: those that were ticked, of a session, that were found."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from credentials import forms, services
from credentials.core.sheets import MAX_ROWS
from credentials.selectors import cohorts, following
from credentials.serializers import intakes as words
from credentials.views import intakes, issued
from issuers import access
from issuers.access.questions import CONFIRM
from issuers.core.roles import Action

# Of so many the names are said.
NAMED = 5


@CONFIRM
@access.member_may(Action.PREPARE_AWARD)
def choose(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Take those in to whom something was issued; what follows is the same as for a list."""
    sought = issued.sought(request, member, timezone.now())
    keys = issued.chosen(request, member, sought, most=MAX_ROWS)
    whom = following.whom(issuer=member.issuer, keys=keys, limit=MAX_ROWS)
    session = cohorts.find_named(issuer=member.issuer, name=request.GET.get("session", ""))
    offered = intakes.offered_badges(member)
    form = forms.ChosenForm(
        request.POST or None, badges=offered, initial={"day": timezone.localdate()}
    )
    is_too_many = len(keys) > MAX_ROWS
    if request.method == "POST" and whom and not is_too_many and form.is_valid():
        said = form.cleaned_data
        try:
            intake = services.enter(
                issuer=member.issuer,
                achievement=intakes.badge_of(member, said["badge"]),
                entries=[
                    {"name": each.name, "email": each.email, "language": each.language}
                    for each in whom
                ],
                choice=services.Choice(columns={}, day=said["day"], until=said["until"]),
                actor=member.user,
                now=timezone.now(),
                name=session.name if session else _("Chosen learners"),
                cohort=session,
            )
        except services.Refused as refusal:
            [each, *_more] = words.shown_mistakes(refusal.mistakes, headings=(), columns={})
            form.add_error(None, f"{each.column}: {each.expected}. {each.remedy}")
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("console-list-look", slug=member.issuer.slug, uuid=intake.uuid)
    back = reverse("console-credentials", kwargs={"slug": member.issuer.slug})
    context = {
        "form": form, "offered": offered, "number": len(whom),
        "names": [each.name for each in whom[:NAMED]], "more": max(len(whom) - NAMED, 0),
        "is_too_many": is_too_many, "most": MAX_ROWS, "back": back + sought.form.address(),
    }  # fmt: skip
    return render(request, "console/lists/chosen.html", context, status=409 if is_too_many else 200)
