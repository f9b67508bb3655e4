"""Lists that were confirmed: how far they got, and what can still be done about it."""

import uuid as uuids
from collections.abc import Callable
from functools import partial
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from credentials import services
from credentials.selectors import intakes, printings
from credentials.serializers import intakes as words
from credentials.serializers import unsigned
from credentials.services import printing
from issuers import access, rules
from issuers.access.questions import CONFIRM, ask
from issuers.core import zones
from issuers.core.roles import Action


@require_safe
@access.member_may(Action.SEE_LEARNERS)
def lists(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Show the lists of the organisation, the newest first."""
    before = request.GET.get("before", "")
    found = intakes.intakes(
        issuer=member.issuer,
        before=int(before) if before.isdecimal() and len(before) < 19 else None,  # noqa: PLR2004 - bigint
        limit=intakes.PAGE + 1,
    )
    context = {
        "lists": found[: intakes.PAGE],
        "next": found[intakes.PAGE - 1].pk if len(found) > intakes.PAGE else None,
    }
    return render(request, "console/lists/lists.html", context)


@require_safe
@access.member_may(Action.SEE_LEARNERS)
def one(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Show how far a list got; it names nobody."""
    intake = _find(member, uuid)
    if intake.state == intake.State.DRAFT:
        if rules.may(member, Action.PREPARE_AWARD):
            return redirect("console-list-look", slug=member.issuer.slug, uuid=uuid)
        raise Http404
    now = timezone.now()
    progress = intakes.progress(issuer=member.issuer, intake=intake, now=now)
    may = rules.may(member, Action.PREPARE_AWARD)
    is_over = intake.state == intake.State.CANCELLED
    held = intake.preparation
    left_out = _left_out(intake)
    context = {
        "intake": intake,
        "progress": progress,
        "remaining": "" if progress.seconds is None else words.short_time(progress.seconds),
        "reasons": [
            (unsigned.why(refusal), number)
            for refusal, number in intakes.unsigned_reasons(issuer=member.issuer, intake=intake)
        ]
        if progress.refused
        else (),
        "left_out": left_out,
        "has_left_out": may and intake.checked is not None and left_out,
        "is_done": is_over or not progress.waiting,
        "waits_for_window": not is_over and bool(intake.sign_after and intake.sign_after > now),
        **_local(member, intake),
        "may_place": may and not is_over,
        "preparation": held if held is not None and progress.held else None,
        "may_see_prepared": rules.may(member, Action.SEE_PREPARED),
        "may_pause": may and not is_over and not intake.paused_at and bool(progress.waiting),
        "may_go_on": may and not is_over and bool(intake.paused_at),
        "may_try_again": may
        and (intake.state == intake.State.STOPPED or (progress.refused and not is_over)),
        "may_print": may and bool(progress.signed),
        "printings": [
            (each, each.ready_at + printing.KEPT if each.ready_at else None)
            for each in (printings.printings_of(issuer=member.issuer, intake=intake) if may else ())
        ],
        "may_cancel": may and not is_over and bool(progress.waiting or progress.refused),
    }
    return render(request, "console/lists/one.html", context)


def _local(member: access.Membership, intake: intakes.Intake) -> dict[str, object]:
    """Return from when it is signed by the clock of the organisation, and whose clock that is."""
    zone = zones.zone_of(country=member.issuer.country, region=member.issuer.region)
    at = intake.sign_after
    return {
        "sign_at": at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) if at else None,
        "city": zones.CITIES[zone],
    }


def _left_out(intake: intakes.Intake) -> int:
    counts = intake.counts
    return int(counts.get("errors", 0)) + int(counts.get("duplicates", 0))


@require_POST
@access.member_may(Action.PREPARE_AWARD)
def pause(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Hold a list up."""
    return _do(request, member, uuid, services.pause)


@require_POST
@access.member_may(Action.PREPARE_AWARD)
def go_on(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Let a list go on that was held up."""
    return _do(request, member, uuid, services.go_on)


@require_POST
@access.member_may(Action.PREPARE_AWARD)
def try_again(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Try again what failed, and only that."""
    return _do(request, member, uuid, partial(services.try_again, actor=member.user))


def _do(
    request: HttpRequest,
    member: access.Membership,
    uuid: uuids.UUID,
    verb: Callable[..., object],
) -> HttpResponse:
    """Do with a list what needs no question, and show it."""
    intake = _find(member, uuid)
    try:
        verb(issuer=member.issuer, intake=intake, now=timezone.now())
    except services.NotThatFar:
        messages.error(request, _moved_on())
    return _back(member, uuid)


@CONFIRM
@access.member_may(Action.PREPARE_AWARD)
def cancel(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Give up what is not signed, after a question."""
    intake = _find(member, uuid)
    problem = ""
    if request.method == "POST":
        try:
            number = services.cancel(
                issuer=member.issuer, intake=intake, actor=member.user, now=timezone.now()
            )
        except services.NotThatFar:
            problem = _moved_on()
        except services.NotWaiting:
            problem = _("Somebody else prepared these awards: they cancel, or an approver returns.")
        else:
            said = ngettext(
                "%(number)d award was cancelled.", "%(number)d awards were cancelled.", number
            )
            messages.success(request, said % {"number": number})
            return _back(member, uuid)
    progress = intakes.progress(issuer=member.issuer, intake=intake, now=timezone.now())
    number = progress.waiting + progress.refused
    about = ngettext(
        "%(number)d award is not signed yet: it is deleted, and its reference is free again.",
        "%(number)d awards are not signed yet: they are deleted, and their references are free "
        "again.",
        number,
    ) % {"number": number}
    stays = ngettext(
        "%(number)d badge is signed and stays: it can be revoked.",
        "%(number)d badges are signed and stay: they can be revoked.",
        progress.signed,
    ) % {"number": progress.signed}
    return ask(
        request,
        title=_("Cancel what is not signed?"),
        about=f"{about} {stays}" if progress.signed else about,
        act=_("Cancel these awards"),
        back=reverse("console-list", kwargs={"slug": member.issuer.slug, "uuid": uuid}),
        is_grave=True,
        problem=problem,
    )


def _find(member: access.Membership, uuid: uuids.UUID) -> intakes.Intake:
    found = intakes.find_intake(issuer=member.issuer, uuid=uuid)
    if found is None:
        raise Http404
    return found


def _back(member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    return redirect("console-list", slug=member.issuer.slug, uuid=uuid)


def _moved_on() -> str:
    return _("This was moved on meanwhile: look at it again.")
