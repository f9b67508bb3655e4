"""Put right what was issued: a badge that says something wrong, an address that is no more."""

import uuid as uuids
from contextlib import suppress

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badges import selectors as badges
from credentials import selectors, services
from credentials.forms.correcting import AddressForm, CorrectForm
from credentials.selectors import following, listing
from credentials.selectors import messages as mail
from credentials.services import retelling
from credentials.views import issued
from issuers import access, rules
from issuers.access.questions import CONFIRM, ask
from issuers.core.roles import Action
from learners import selectors as learners
from learners import services as people

# How many badges of one learner are counted.
COUNTED = 1_000


@CONFIRM
@access.member_may(Action.PREPARE_AWARD)
def correct(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Ask what is wrong, show what changes, and issue it anew."""
    found = issued.find(member, uuid)
    form = _form(request, found) if issued.is_correctable(found) else None
    problem = "" if form else _impossible()
    if form and request.method == "POST" and form.is_valid():
        if not form.changes():
            form.add_error(None, _("Nothing is different yet: put right what is wrong."))
        elif "confirmed" in request.POST:
            try:
                services.correct(
                    issuer=member.issuer,
                    credential=found,
                    instead=form.instead(),
                    reason=form.cleaned_data["reason"],
                    note=form.cleaned_data["note"],
                    tells=form.cleaned_data["tells"],
                    actor=member.user,
                    now=timezone.now(),
                )
            except services.NotCorrectable:
                problem = _impossible()
            except ValidationError as refusal:
                form.add_error(None, " ".join(refusal.messages))
            else:
                return _corrected(request, member, found)
    is_sound = form is not None and form.is_bound and form.is_valid()
    context = {
        "credential": found,
        "form": form,
        "problem": problem,
        "changes": form.changes() if form is not None and is_sound and not problem else (),
        "asks_second": member.issuer.four_eyes,
    }
    template = "console/credentials/correct.html"
    return render(request, template, context, status=409 if problem else 200)


def _form(request: HttpRequest, found: following.Issued) -> CorrectForm | None:
    try:
        says = services.wording(credential=found)
    except selectors.Erased:
        return None
    descriptions = badges.result_descriptions(achievement=found.achievement)
    return CorrectForm(
        request.POST or None, says=says, descriptions=descriptions, tells=found.tells_learner
    )


def _impossible() -> str:
    return _(
        "It is not signed, it is revoked, its badge was designed to stand for good, or it is being "
        "corrected already."
    )


def _corrected(
    request: HttpRequest, member: access.Membership, found: following.Issued
) -> HttpResponse:
    messages.success(
        request,
        _("The correction waits for a second person. Until it is signed, this badge stands.")
        if member.issuer.four_eyes
        else _("The correction is being signed. In that moment it takes the place of this badge."),
    )
    return redirect("console-credential", slug=member.issuer.slug, uuid=found.uuid)


@CONFIRM
@access.member_may(Action.ENROL_LEARNER)
def address(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Let a learner have another e-mail address."""
    learner = learners.find_by_name(issuer=member.issuer, name=str(uuid))
    if learner is None:
        raise Http404
    back = f"{reverse('console-credentials', kwargs={'slug': member.issuer.slug})}?learner={uuid}"
    form = AddressForm(request.POST or None, initial={"email": learner.email})
    if not rules.may(member, Action.PREPARE_AWARD) or not mail.undelivered(
        issuer=member.issuer, learner=learner, states=retelling.AGAIN
    ):
        del form.fields["again"]
    if request.method == "POST" and form.is_valid():
        try:
            people.change_address(
                issuer=member.issuer, learner=learner, email=form.cleaned_data["email"]
            )
        except ValidationError as refusal:
            form.add_error("email", " ".join(refusal.messages))
        else:
            messages.success(request, _("The address was changed."))
            if form.cleaned_data.get("again"):
                _send_again(member, learner)
            return redirect(back)
    look = listing.Look(learner_id=learner.pk, state="signed")
    many = len(listing.keys(issuer=member.issuer, look=look, limit=COUNTED))
    signed = ngettext(
        "%(number)d badge is signed for the address of today and keeps it: whoever checks it with "
        "the new address is told that it does not match. Correct it to have it signed for the new "
        "one.",
        "%(number)d badges are signed for the address of today and keep it: whoever checks them "
        "with the new address is told that it does not match. Correct them to have them signed for "
        "the new one.",
        many,
    ) % {"number": many}
    return ask(
        request,
        title=_("Change the address of %(name)s?") % {"name": learner.name},
        about=_("E-mail goes to the new address from now on. Today it is %(email)s.")
        % {"email": learner.email}
        + (f" {signed}" if many else ""),
        act=_("Change the address"),
        back=back,
        form=form,
    )


def _send_again(member: access.Membership, learner: learners.Learner) -> None:
    """Send what did not arrive at the address before; a moment later there may be nothing."""
    with suppress(retelling.NothingToSend):
        retelling.send_again(
            issuer=member.issuer,
            states=retelling.AGAIN,
            actor=member.user,
            now=timezone.now(),
            learner=learner,
        )
