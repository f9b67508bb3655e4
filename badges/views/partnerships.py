"""Partnerships: what we let others issue for us, and what others let us issue for them."""

import uuid as uuids
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from badges import selectors, services
from badges.forms import PartnershipForm
from issuers import access
from issuers import selectors as parties
from issuers.access.questions import CONFIRM, ask
from issuers.core.roles import Action


@require_safe
@access.member_may(Action.MANAGE_PARTNERSHIPS)
def partnerships(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """List both sides, each with what it names."""
    today = timezone.now().date()
    context = {
        "given": [
            {
                "row": each,
                "is_standing": selectors.is_standing(each, today),
                "badges": selectors.issued_under(partnership=each) if each.accepted_at else [],
            }
            for each in selectors.partnerships_of(issuer=member.issuer)
        ],
        "received": [
            {"row": each, "is_standing": selectors.is_standing(each, today)}
            for each in selectors.partnerships_with(partner=member.issuer)
        ],
        "today": today,
        "has_something": bool(
            selectors.blocks(issuer=member.issuer) or selectors.published_by(issuer=member.issuer)
        ),
    }
    return render(request, "console/partnerships.html", context)


@CONFIRM
@access.member_may(Action.MANAGE_PARTNERSHIPS)
def propose(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Let another organisation issue badges for some of our blocks and badges."""
    form = PartnershipForm(
        request.POST or None,
        blocks=selectors.blocks(issuer=member.issuer),
        achievements=selectors.published_by(issuer=member.issuer),
    )
    if request.method == "POST" and form.is_valid() and _propose(member, form):
        messages.success(request, _("It is proposed: the other organisation must accept it."))
        return redirect(_back(member))
    return ask(
        request,
        back=_back(member),
        title=_("Habilitate a training organisation"),
        about=_(
            "It may then issue badges for what you name, on the days that you name. They say who "
            "certifies and who trains, and you see which ones it publishes."
        ),
        act=_("Propose it"),
        form=form,
    )


@CONFIRM
@access.member_may(Action.MANAGE_PARTNERSHIPS)
def accept(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Agree to what was proposed to us."""
    return _decide(
        request,
        member,
        uuid,
        verb=services.accept_partnership,
        title=_("Accept this partnership?"),
        about=_("You may then issue badges for what it names, and they say who certifies."),
        act=_("Accept"),
    )


@CONFIRM
@access.member_may(Action.MANAGE_PARTNERSHIPS)
def decline(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Refuse what was proposed to us."""
    return _decide(
        request,
        member,
        uuid,
        verb=services.decline_partnership,
        title=_("Decline this partnership?"),
        about=_("Nothing is issued under it. The other organisation may propose another one."),
        act=_("Decline"),
        is_grave=True,
    )


@CONFIRM
@access.member_may(Action.MANAGE_PARTNERSHIPS)
def end(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """End a partnership, from either side."""
    return _decide(
        request,
        member,
        uuid,
        verb=services.end_partnership,
        title=_("End this partnership?"),
        about=_("From today on no badge is issued under it. Badges that were issued stand."),
        act=_("End it"),
        is_grave=True,
    )


def _propose(member: access.Membership, form: PartnershipForm) -> bool:
    """Propose what the form says, or say in it what is wrong."""
    partner = parties.find_by_slug(slug=form.cleaned_data["partner"])
    if partner is None:
        form.add_error("partner", _("There is no organisation of this name here."))
        return False
    try:
        services.propose_partnership(
            issuer=member.issuer, partner=partner, now=timezone.now(), **form.values()
        )
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return False
    return True


def _decide(
    request: HttpRequest,
    member: access.Membership,
    uuid: uuids.UUID,
    *,
    verb: Callable[..., None],
    title: str,
    about: str,
    act: str,
    is_grave: bool = False,
) -> HttpResponse:
    """Ask, then do it; what is between others is not there."""
    found = selectors.find_partnership(issuer=member.issuer, uuid=uuid)
    if found is None:
        raise Http404
    problem = ""
    if request.method == "POST":
        try:
            verb(issuer=member.issuer, partnership=found, now=timezone.now())
        except services.NotYours:
            problem = _("It was answered or ended meanwhile, or this is not for you to say.")
        else:
            return redirect(_back(member))
    return ask(
        request,
        back=_back(member),
        title=title,
        about=about,
        act=act,
        is_grave=is_grave,
        problem=problem,
    )


def _back(member: access.Membership) -> str:
    return reverse("console-partnerships", args=[member.issuer.slug])
