"""Four eyes: what waits for a second person, what will be signed, and the decision."""

import json
import uuid as uuids

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from badges.core.document import DocumentError
from credentials import forms, services
from credentials.selectors import preparations
from credentials.serializers import unsigned
from credentials.services import refusing
from issuers import access, rules
from issuers import services as parties
from issuers.access.questions import CONFIRM, ask
from issuers.core.roles import Action
from issuers.forms import SwitchForm
from learners.selectors import Erased

SHOWN = 50


@require_safe
@access.member_may(Action.SEE_PREPARED)
def approvals(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """List what waits for a second person."""
    context = {
        "waiting": preparations.waiting_preparations(issuer=member.issuer),
        "decided": preparations.decided_preparations(issuer=member.issuer),
    }
    return render(request, "console/approvals.html", context)


@require_safe
@access.member_may(Action.SEE_PREPARED)
def approval(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Show one preparation and its awards, some at a time."""
    found = _find(member, uuid)
    after = request.GET.get("after", "0")
    awards = preparations.prepared_awards(
        issuer=member.issuer,
        preparation=found,
        after=int(after) if after.isdecimal() and len(after) < 19 else 0,  # noqa: PLR2004 - bigint
        limit=SHOWN + 1,
    )
    is_mine = found.prepared_by_id == member.user_id
    context = {
        "preparation": found,
        "awards": awards[:SHOWN],
        "next": awards[SHOWN - 1].pk if len(awards) > SHOWN else None,
        "count": preparations.count_prepared(issuer=member.issuer, preparation=found),
        "is_mine": is_mine,
        "may_decide": found.state == found.State.WAITING
        and rules.may(member, Action.RELEASE_AWARD, found),
        "may_discard": is_mine and found.state in {found.State.WAITING, found.State.RETURNED},
        "may_hand_in": is_mine and found.state == found.State.RETURNED,
    }
    return render(request, "console/approval.html", context)


@require_safe
@access.member_may(Action.SEE_PREPARED)
def preview(
    request: HttpRequest, member: access.Membership, uuid: uuids.UUID, pk: int
) -> HttpResponse:
    """Show what will be signed for one award."""
    found = _find(member, uuid)
    award = preparations.find_prepared(issuer=member.issuer, preparation=found, pk=pk)
    if award is None:
        raise Http404
    document = ""
    problem: unsigned.Why | None = None
    try:
        document = json.dumps(
            services.preview(credential=award), indent=2, ensure_ascii=False, default=str
        )
    except (DocumentError, Erased) as refusal:
        problem = unsigned.why(refusing.reason(refusal))
    context = {"preparation": found, "award": award, "document": document, "problem": problem}
    return render(request, "console/preview.html", context)


@CONFIRM
@access.member_may(Action.RELEASE_AWARD)
def release(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Let what somebody else prepared be signed."""
    found = _find(member, uuid)
    problem = ""
    if request.method == "POST":
        try:
            number = services.release(
                issuer=member.issuer, preparation=found, actor=member.user, now=timezone.now()
            )
        except services.OwnPreparation:
            problem = _own()
        except services.NotWaiting:
            problem = _decided()
        except ValidationError as refusal:  # its habilitation stands no more
            problem = " ".join(refusal.messages)
        else:
            said = ngettext(
                "%(number)d award was released and will be signed.",
                "%(number)d awards were released and will be signed.",
                number,
            )
            messages.success(request, said % {"number": number})
            return _back(member)
    count = preparations.count_prepared(issuer=member.issuer, preparation=found)
    about = ngettext(
        "%(number)d award of “%(badge)s” will be signed and put on record. This cannot be "
        "taken back: what is signed can only be revoked.",
        "%(number)d awards of “%(badge)s” will be signed and put on record. This cannot be "
        "taken back: what is signed can only be revoked.",
        count,
    ) % {"number": count, "badge": found.achievement.name}
    return ask(
        request,
        title=_("Release these awards?"),
        about=about,
        act=_("Release"),
        back=_address(member, found),
        problem=problem,
    )


@CONFIRM
@access.member_may(Action.RELEASE_AWARD)
def give_back(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Return what somebody else prepared, with what is wrong."""
    found = _find(member, uuid)
    form = forms.ReturnForm(request.POST or None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            services.give_back(
                issuer=member.issuer,
                preparation=found,
                actor=member.user,
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
        except services.OwnPreparation:
            problem = _own()
        except services.NotWaiting:
            problem = _decided()
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The awards were returned to who prepared them."))
            return _back(member)
    return ask(
        request,
        title=_("Return these awards?"),
        about=_("Nothing is signed. Who prepared them reads why, and corrects or discards."),
        act=_("Return"),
        back=_address(member, found),
        form=form,
        problem=problem,
    )


@CONFIRM
@access.member_may(Action.PREPARE_AWARD)
def hand_in(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Let one's own returned awards wait again."""
    found = _find(member, uuid)
    problem = ""
    if request.method == "POST":
        try:
            services.hand_in(issuer=member.issuer, preparation=found, actor=member.user)
        except services.NotWaiting:
            problem = _decided()
        else:
            messages.success(request, _("The awards wait for approval again."))
            return _back(member)
    return ask(
        request,
        title=_("Hand these awards in again?"),
        about=_("Somebody else looks at them again."),
        act=_("Hand in"),
        back=_address(member, found),
        problem=problem,
    )


@CONFIRM
@access.member_may(Action.PREPARE_AWARD)
def discard(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Give up one's own awards."""
    found = _find(member, uuid)
    problem = ""
    if request.method == "POST":
        try:
            services.discard(
                issuer=member.issuer, preparation=found, actor=member.user, now=timezone.now()
            )
        except services.NotWaiting:
            problem = _decided()
        else:
            messages.success(request, _("The awards were discarded."))
            return _back(member)
    return ask(
        request,
        title=_("Discard these awards?"),
        about=_("They are deleted; nothing was signed. Their references are free again."),
        act=_("Discard"),
        back=_address(member, found),
        is_grave=True,
        problem=problem,
    )


@CONFIRM
@access.member_may(Action.MANAGE_APPROVAL)
def four_eyes(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Decide whether awards wait for a second person."""
    is_asked = member.issuer.four_eyes
    pressed = SwitchForm(request.POST or None)
    if request.method == "POST" and pressed.is_valid():
        parties.require_four_eyes(issuer=member.issuer, is_required=pressed.is_on)
        messages.success(
            request,
            _("Awards wait for a second person from now on.")
            if pressed.is_on
            else _("Awards are signed as they are issued now."),
        )
        return _back(member)
    form = SwitchForm.to(is_on=not is_asked)
    back = reverse("console-approvals", kwargs={"slug": member.issuer.slug})
    if is_asked:
        return ask(
            request,
            title=_("Ask no second person any more?"),
            about=_("Awards will be signed as they are issued. What waits goes on waiting."),
            act=_("Ask no second person"),
            back=back,
            form=form,
            is_grave=True,
        )
    return ask(
        request,
        title=_("Ask for a second person?"),
        about=_(
            "Awards wait until an approver or an administrator, other than who prepared them, "
            "releases them. You need at least two people for that."
        ),
        act=_("Ask for a second person"),
        back=back,
        form=form,
    )


def _find(member: access.Membership, uuid: uuids.UUID) -> preparations.Preparation:
    found = preparations.find_preparation(issuer=member.issuer, uuid=uuid)
    if found is None:
        raise Http404
    return found


def _address(member: access.Membership, found: preparations.Preparation) -> str:
    return reverse("console-approval", kwargs={"slug": member.issuer.slug, "uuid": found.uuid})


def _back(member: access.Membership) -> HttpResponse:
    return redirect("console-approvals", slug=member.issuer.slug)


def _own() -> str:
    return _("You prepared these awards: somebody else has to look at them.")


def _decided() -> str:
    return _("This was decided meanwhile, or is not yours: look at it again.")
