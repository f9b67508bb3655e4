"""Who works for an organisation: invite, change roles, remove; each step is confirmed first."""

import logging
import uuid as uuids

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from issuers import access, forms, selectors, services
from issuers.access.questions import CONFIRM, ask
from issuers.core.roles import Action

log = logging.getLogger(__name__)


@require_safe
@access.member_may(Action.SEE_PEOPLE)
def people(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """List who works here, and who is invited."""
    context = {
        "members": selectors.members(issuer=member.issuer),
        "invitations": selectors.open_invitations(issuer=member.issuer),
        "now": timezone.now(),
    }
    return render(request, "console/people.html", context)


@CONFIRM
@access.member_may(Action.MANAGE_PEOPLE)
def invite(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Invite an address; the form shows what it will be asked."""
    language = {"language": member.issuer.language, "role": "viewer"}
    form = forms.InvitationForm(request.POST or None, initial=language)
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="invite", user=member.user):
            return render(request, "429.html", status=429)
        try:
            invited = services.invite(
                issuer=member.issuer, actor=member.user, now=timezone.now(), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            _send(request, invited)
            return redirect(_people(member))
    return render(request, "console/invite.html", {"form": form})


@CONFIRM
@access.member_may(Action.MANAGE_PEOPLE)
def invite_again(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Send an invitation again, with another link."""
    invitation = selectors.find_open_invitation(issuer=member.issuer, uuid=uuid)
    if invitation is None:
        raise Http404
    if request.method == "POST":
        if not ratelimit.consume(request, action="invite", user=member.user):
            return render(request, "429.html", status=429)
        try:
            invited = services.invite_again(
                issuer=member.issuer, invitation=invitation, now=timezone.now()
            )
        except services.NotOpen as refusal:
            raise Http404 from refusal
        _send(request, invited)
        return redirect(_people(member))
    return ask(
        request,
        back=_people(member),
        title=_("Send the invitation again?"),
        about=_("%(email)s gets another e-mail, good for two weeks. The former link stops working.")
        % {"email": invitation.email},
        act=_("Send it again"),
    )


@CONFIRM
@access.member_may(Action.MANAGE_PEOPLE)
def withdraw(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Take an invitation back."""
    invitation = selectors.find_open_invitation(issuer=member.issuer, uuid=uuid)
    if invitation is None:
        raise Http404
    if request.method == "POST":
        try:
            services.withdraw(issuer=member.issuer, invitation=invitation, now=timezone.now())
        except services.NotOpen as refusal:
            raise Http404 from refusal
        messages.success(request, _("The invitation was withdrawn."))
        return redirect(_people(member))
    return ask(
        request,
        back=_people(member),
        title=_("Withdraw the invitation?"),
        about=_("The link that was sent to %(email)s stops working.") % {"email": invitation.email},
        act=_("Withdraw it"),
        is_grave=True,
    )


@CONFIRM
@access.member_may(Action.MANAGE_PEOPLE)
def change_role(request: HttpRequest, member: access.Membership, pk: int) -> HttpResponse:
    """Give somebody another role."""
    changed = selectors.find_membership(issuer=member.issuer, pk=pk)
    if changed is None:
        raise Http404
    form = forms.RoleForm(request.POST or None, initial={"role": changed.role})
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            services.change_role(
                issuer=member.issuer, membership=changed, role=form.cleaned_data["role"]
            )
        except services.LastAdministrator:
            problem = _last_administrator()
        else:
            messages.success(request, _("The role was changed. It counts from now on."))
            return redirect(_people(member))
    return ask(
        request,
        back=_people(member),
        title=_("Change the role of %(name)s") % {"name": changed.user.name or changed.user.email},
        about=_("Whoever has the page open sees the change with their next click."),
        act=_("Change the role"),
        form=form,
        problem=problem,
    )


@CONFIRM
@access.member_may(Action.MANAGE_PEOPLE)
def remove(request: HttpRequest, member: access.Membership, pk: int) -> HttpResponse:
    """Let somebody go."""
    leaving = selectors.find_membership(issuer=member.issuer, pk=pk)
    if leaving is None:
        raise Http404
    name = leaving.user.name or leaving.user.email
    problem = ""
    if request.method == "POST":
        problem = _let_go(member, leaving)
        if not problem:
            messages.success(request, _("%(name)s works here no more.") % {"name": name})
            return redirect(_people(member))
    return ask(
        request,
        back=_people(member),
        title=_("Remove %(name)s?") % {"name": name},
        about=_(
            "They are signed out of %(organisation)s at once. What they did stays in its history."
        )
        % {"organisation": member.issuer.name},
        act=_("Remove"),
        is_grave=True,
        problem=problem,
    )


@CONFIRM
@access.member_may(Action.VIEW)
def leave(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Leave the organisation oneself."""
    problem = ""
    if request.method == "POST":
        problem = _let_go(member, member)
        if not problem:
            return redirect("console")
    return ask(
        request,
        back=reverse("console-home", kwargs={"slug": member.issuer.slug}),
        title=_("Leave %(organisation)s?") % {"organisation": member.issuer.name},
        about=_("Only an administrator can invite you again. What you did stays in its history."),
        act=_("Leave"),
        is_grave=True,
        problem=problem,
    )


def _let_go(member: access.Membership, leaving: access.Membership) -> str:
    try:
        services.remove(issuer=member.issuer, membership=leaving)
    except services.LastAdministrator:
        return _last_administrator()
    return ""


def _last_administrator() -> str:
    return _(
        "Nobody else is an administrator here. Make somebody else one first, or nobody could "
        "manage the organisation any more."
    )


def _send(request: HttpRequest, invited: services.Invited) -> None:
    address = {"email": invited.invitation.email}
    try:
        services.send_invitation(invitation=invited.invitation, token=invited.token)
    except OSError:
        log.exception("invitation %s could not be sent", invited.invitation.uuid)
        messages.error(
            request,
            _("The e-mail to %(email)s could not be sent. Send the invitation again later.")
            % address,
        )
    else:
        messages.success(request, _("An invitation was sent to %(email)s.") % address)


def _people(member: access.Membership) -> str:
    return reverse("console-people", kwargs={"slug": member.issuer.slug})
