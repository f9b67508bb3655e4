"""Revoke, suspend and reinstate: what will come of it is shown before it is done."""

import uuid as uuids
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

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
        refusals: What it refuses with.
        is_possible: Whether a credential is such that it can be done.
    """

    words: words.Act
    verb: Callable[..., Any]
    refusals: tuple[type[Exception], ...]
    is_possible: Callable[[following.Issued], bool]


REVOKE = Act(words.REVOKE, services.revoke, (services.NotRevocable,), issued.is_revocable)
SUSPEND = Act(words.SUSPEND, services.suspend, (services.NotSuspendable,), issued.is_suspendable)
REINSTATE = Act(
    words.REINSTATE, services.reinstate, (services.NotSuspended,), issued.is_reinstatable
)


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
    form = WithdrawForm(request.POST or None, needs_reason=needs_reason)
    problem = "" if act.is_possible(found) else str(act.words.impossible)
    if request.method == "POST" and not problem and form.is_valid():
        try:
            act.verb(
                issuer=member.issuer,
                credential=found,
                reason=form.cleaned_data["reason"],
                note=form.cleaned_data["note"],
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
