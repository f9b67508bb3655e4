"""What learners ask of an organisation, in its console: correct, answer, erase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from credentials.forms.holding import AnswerForm
from credentials.selectors.holding import wishes as questions
from credentials.services.holding import wishes as acts
from issuers import access, rules
from issuers.access.questions import CONFIRM, ask
from issuers.core.roles import Action

if TYPE_CHECKING:
    import uuid as uuids


@require_safe
@access.member_may(Action.SEE_LEARNERS)
def wishes(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Show what learners ask for and nobody has answered."""
    context = {
        "wishes": questions.open_wishes(issuer=member.issuer),
        "may_answer": rules.may(member, Action.ENROL_LEARNER),
        "may_correct": rules.may(member, Action.PREPARE_AWARD),
        "may_erase": rules.may(member, Action.ERASE_LEARNER),
    }
    return render(request, "console/wishes.html", context)


@CONFIRM
@access.member_may(Action.ENROL_LEARNER)
def answer(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Ask what to answer, and write it down where the learner reads it."""
    found = _find(member, uuid)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            acts.answer(
                issuer=member.issuer,
                wish=found.row,
                state=form.cleaned_data["state"],
                words=form.cleaned_data["words"],
                actor=member.user,
                now=timezone.now(),
            )
        except acts.Answered:
            messages.error(request, _("Somebody answered it meanwhile."))
            return _back(member)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The learner reads your answer beside their badge."))
            return _back(member)
    return ask(
        request,
        title=_("Answer a learner"),
        about=found.said or found.row.get_kind_display(),
        act=_("Answer"),
        back=reverse("console-wishes", args=[member.issuer.slug]),
        form=form,
    )


@CONFIRM
@access.member_may(Action.ERASE_LEARNER)
def erase(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Ask once more, and erase whoever asked to be forgotten."""
    found = _find(member, uuid)
    if found.row.kind != questions.Wish.Kind.ERASURE:
        raise Http404
    if request.method == "POST":
        try:
            acts.forget(issuer=member.issuer, wish=found.row, actor=member.user, now=timezone.now())
        except acts.Answered:
            messages.error(request, _("Somebody answered it meanwhile."))
        else:
            messages.success(request, _("They are forgotten: nobody can read what was theirs."))
        return _back(member)
    return ask(
        request,
        title=_("Erase %(name)s for good?") % {"name": found.row.learner.name},
        about=_(
            "All badges that you issued to them can be read and verified by nobody any more; their "
            "pages say that they were erased. Their name and address go from here. What they "
            "downloaded stays theirs. Where the law makes you keep proof of a certification, keep "
            "it elsewhere first. This cannot be taken back."
        ),
        act=_("Erase for good"),
        back=reverse("console-wishes", args=[member.issuer.slug]),
        is_grave=True,
    )


def _find(member: access.Membership, uuid: uuids.UUID) -> questions.Asked:
    found = questions.find(issuer=member.issuer, uuid=uuid)
    if found is None:
        raise Http404
    return found


def _back(member: access.Membership) -> HttpResponse:
    return redirect("console-wishes", slug=member.issuer.slug)
