"""Sessions of trainings: which there are, and which one a list is of."""

import uuid as uuids
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from credentials.forms.cohorts import CohortForm, PlaceForm
from credentials.selectors import cohorts as questions
from credentials.selectors import intakes
from credentials.serializers import cohorts as words
from credentials.services import cohorts as services
from issuers import access, rules
from issuers.access.questions import CONFIRM, ask
from issuers.core.roles import Action


@require_safe
@access.member_may(Action.VIEW)
def cohorts(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Show the sessions of the organisation, the newest first, and how much was issued to each."""
    before = request.GET.get("before", "")
    found = questions.cohorts(
        issuer=member.issuer,
        before=int(before) if before.isdecimal() and len(before) < 19 else None,  # noqa: PLR2004 - bigint
        limit=questions.PAGE + 1,
    )
    shown = found[: questions.PAGE]
    signed = questions.signed_of(issuer=member.issuer, cohorts=shown)
    context = {
        "rows": [(each, words.when(each), signed.get(each.pk, 0)) for each in shown],
        "next": shown[-1].pk if len(found) > questions.PAGE else None,
        "may_change": rules.may(member, Action.PREPARE_AWARD),
        "may_see": rules.may(member, Action.SEE_LEARNERS),
    }
    return render(request, "console/cohorts.html", context)


@CONFIRM
@access.member_may(Action.PREPARE_AWARD)
def add(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Add a session."""
    form = CohortForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.open_cohort(
                issuer=member.issuer, actor=member.user, now=timezone.now(), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect(_back(member))
    return ask(
        request,
        title=_("Add a session"),
        about=_("A training that learners take together: a course, its dates, its place."),
        act=_("Add it"),
        back=_back(member),
        form=form,
    )


@CONFIRM
@access.member_may(Action.PREPARE_AWARD)
def change(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Describe a session anew."""
    found = _find(member, uuid)
    form = CohortForm(
        request.POST or None,
        initial={
            "name": found.name, "starts_on": found.starts_on, "ends_on": found.ends_on,
            "place": found.place,
        },
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            services.change_cohort(issuer=member.issuer, cohort=found, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect(_back(member))
    return ask(
        request,
        title=_("Change %(name)s") % {"name": found.name},
        about=_(
            "Badges do not say to which session they were issued: nothing that is signed changes."
        ),
        act=_("Change it"),
        back=_back(member),
        form=form,
    )


@CONFIRM
@access.member_may(Action.PREPARE_AWARD)
def remove(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Remove a session that nothing was issued to."""
    found = _find(member, uuid)
    problem = ""
    if request.method == "POST":
        try:
            services.remove_cohort(issuer=member.issuer, cohort=found)
        except services.InUse:
            problem = _("Lists are of this session: say of each that it is of another one first.")
        else:
            messages.success(request, _("The session was removed."))
            return redirect(_back(member))
    return ask(
        request,
        title=_("Remove %(name)s?") % {"name": found.name},
        about=_("It is offered no more. Nothing that was issued changes."),
        act=_("Remove it"),
        back=_back(member),
        problem=problem,
        is_grave=True,
    )


@CONFIRM
@access.member_may(Action.PREPARE_AWARD)
def place(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Say which session a list is of, and what was issued from it with it."""
    intake = intakes.find_intake(issuer=member.issuer, uuid=uuid)
    if intake is None or intake.state == intake.State.DRAFT:
        raise Http404
    back = reverse("console-list", kwargs={"slug": member.issuer.slug, "uuid": uuid})
    form = PlaceForm(
        request.POST or None, initial={"cohort": str(intake.cohort.uuid) if intake.cohort else ""}
    )
    form.offer(offered(member, also=intake.cohort))
    if request.method == "POST" and form.is_valid():
        try:
            chosen = cohort_of(form, member, timezone.now())
            services.place_list(issuer=member.issuer, intake=intake, cohort=chosen)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect(back)
    return ask(
        request,
        title=_("Which session is this list of?"),
        about=_("Lists of badges and figures can be looked at by session."),
        act=_("Save"),
        back=back,
        form=form,
    )


def offered(
    member: access.Membership, *, also: questions.Cohort | None = None
) -> list[tuple[str, str]]:
    """Return sessions as a form offers them."""
    found = questions.offered(issuer=member.issuer, also=also)
    return [(str(each.uuid), words.called(each)) for each in found]


def cohort_of(form: PlaceForm, member: access.Membership, now: datetime) -> questions.Cohort | None:
    """Return the session that was chosen, or the one that was named; None for none.

    Raises:
        ValidationError: the name is taken.
    """
    said = form.cleaned_data
    if said["new_cohort"]:
        try:
            return services.open_cohort(
                issuer=member.issuer, name=said["new_cohort"], actor=member.user, now=now
            )
        except ValidationError as refusal:
            raise ValidationError(refusal.messages) from refusal
    if not said["cohort"]:
        return None
    return questions.find_named(issuer=member.issuer, name=said["cohort"])


def _find(member: access.Membership, uuid: uuids.UUID) -> questions.Cohort:
    found = questions.find_cohort(issuer=member.issuer, uuid=uuid)
    if found is None:
        raise Http404
    return found


def _back(member: access.Membership) -> str:
    return reverse("console-cohorts", kwargs={"slug": member.issuer.slug})
