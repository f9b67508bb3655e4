"""Revoke, suspend and reinstate: what will come of it is shown before it is done."""

import uuid as uuids
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from credentials import services
from credentials.forms.following import WithdrawForm
from credentials.selectors import following
from credentials.serializers import withdrawing as words
from credentials.views import issued
from issuers import access
from issuers.access.questions import CONFIRM
from issuers.core.roles import Action


@dataclass(frozen=True, slots=True)
class Act:
    """One of the three, as a door needs it.

    Attributes:
        words: What is said of it.
        verb: The service.
        several: The same for many.
        refusals: What it refuses with.
    """

    words: words.Act
    verb: Callable[..., None]
    several: Callable[..., int]
    refusals: tuple[type[Exception], ...]


REVOKE = Act(words.REVOKE, services.revoke, services.revoke_several, (services.NotRevocable,))
SUSPEND = Act(words.SUSPEND, services.suspend, services.suspend_several, (services.NotSuspendable,))
REINSTATE = Act(
    words.REINSTATE, services.reinstate, services.reinstate_several, (services.NotSuspended,)
)
ACTS = {act.words.code: act for act in (REVOKE, SUSPEND, REINSTATE)}
# Beyond so many, the number has to be typed; and more than MOST are not done at once.
TYPED = 10
MOST = 1_000


@CONFIRM
@access.member_may(Action.REVOKE_CREDENTIAL)
def revoke(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Let one stand no more, for good."""
    return _do(request, member, uuid, REVOKE)


@CONFIRM
@access.member_may(Action.REVOKE_CREDENTIAL)
def suspend(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Let one not stand for now."""
    return _do(request, member, uuid, SUSPEND)


@CONFIRM
@access.member_may(Action.REVOKE_CREDENTIAL)
def reinstate(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Let one stand again."""
    return _do(request, member, uuid, REINSTATE)


def _do(
    request: HttpRequest, member: access.Membership, uuid: uuids.UUID, act: Act
) -> HttpResponse:
    found = issued.find(member, uuid)
    needs_reason = act is not REINSTATE
    form = WithdrawForm(request.POST or None, needs_reason=needs_reason, tells=found.tells_learner)
    is_possible = not following.obstacle(found, act=act.words.code)
    problem = "" if is_possible else str(act.words.impossible)
    if request.method == "POST" and not problem and form.is_valid():
        try:
            act.verb(
                issuer=member.issuer,
                credential=found,
                reason=form.cleaned_data["reason"],
                note=form.cleaned_data["note"],
                tells=form.cleaned_data["tells"],
                actor=member.user,
                now=timezone.now(),
            )
        except act.refusals:
            problem = str(act.words.impossible)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, act.words.done)
            return redirect("console-credential", slug=member.issuer.slug, uuid=uuid)
    context = {
        "credential": found,
        "act": act.words,
        "form": form,
        "problem": problem,
        "effects": act.words.effects,
        "shown": words.public(act.words, issuer=member.issuer.name),
    }
    return render(
        request, "console/credentials/withdraw.html", context, status=409 if problem else 200
    )


@CONFIRM
@access.member_may(Action.REVOKE_CREDENTIAL)
def act(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Do one of the three to those that were chosen, or to all that the address looks for."""
    chosen = ACTS.get(request.GET.get("act", ""))
    if chosen is None:
        raise Http404
    sought = issued.sought(request, member, timezone.now())
    keys = issued.chosen(request, member, sought, most=MOST)
    back = reverse("console-credentials", kwargs={"slug": member.issuer.slug})
    back += sought.form.address()
    if len(keys) > MOST:
        return _too_many(request, chosen, back)
    found = following.prospect(issuer=member.issuer, keys=keys, act=chosen.words.code)
    number = len(found.possible)
    form = WithdrawForm(
        request.POST or None,
        needs_reason=chosen is not REINSTATE,
        typed=number if number > TYPED else None,
    )
    if request.method == "POST" and number and form.is_valid():
        done = chosen.several(
            issuer=member.issuer,
            keys=found.possible,
            reason=form.cleaned_data["reason"],
            note=form.cleaned_data["note"],
            tells=form.cleaned_data["tells"],
            actor=member.user,
            now=timezone.now(),
        )
        messages.success(request, words.done(chosen.words, done))
        return redirect(back)
    context = {
        "act": chosen.words,
        "title": words.several(chosen.words, number),
        "form": form,
        "number": number,
        "names": found.names,
        "more": number - len(found.names),
        "skipped": words.skipped(found.skipped),
        "shown": words.public(chosen.words, issuer=member.issuer.name),
        "back": back,
    }
    return render(request, "console/credentials/several.html", context)


def _too_many(request: HttpRequest, chosen: Act, back: str) -> HttpResponse:
    problem = _(
        "More than %(most)d badges are like that: narrow what you look for, and do it in parts."
    ) % {"most": MOST}
    context = {"act": chosen.words, "title": problem, "problem": problem, "back": back}
    return render(request, "console/credentials/several.html", context, status=409)
