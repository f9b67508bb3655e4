"""People come by invitation, work in a role, and go.

invite, invite_again, withdraw   an address is asked to join; the link in the e-mail is good once
accept                           the person who has that address joins
change_role, remove              what an administrator decides; one administrator always stays
"""

# ruff: noqa: N818 - a refusal is named after what is wrong

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from issuers import models, selectors
from issuers.core import roles
from issuers.services import judging, limiting, meeting, sessions

VALIDITY = timedelta(days=14)
# An address of ours is not to be used to write to half the world.
MAX_OPEN = 300


class NotOpen(Exception):
    """There is no such invitation, or it was accepted, withdrawn or replaced, or has expired."""


class NotInvited(Exception):
    """The invitation is for another address than that of who wants to accept it."""


class LastAdministrator(Exception):
    """The organisation would be left without anybody who can manage it."""


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation, and the token for the link in the e-mail; it is kept nowhere."""

    invitation: models.Invitation
    token: str


@transaction.atomic
def invite(
    *,
    issuer: models.Issuer,
    email: str,
    role: str,
    language: str,
    actor: models.User | None,
    now: datetime,
) -> Invited:
    """Ask an address to join the issuer in a role.

    Args:
        issuer: Whom to work for.
        email: Who is asked; capitals do not matter.
        role: In the words of `roles.Role`.
        language: Of the e-mail.
        actor: Who asks; None where whoever runs the installation does.
        now: From when the invitation is good, for two weeks.

    Raises:
        ValidationError: the address is malformed, works here already or is invited already, the
            role is none, or too many people are there or invited; names the field.
    """
    address = _judged(email, role)
    _lock(issuer)
    invitations = models.Invitation.objects.of(issuer)
    opened = invitations.filter(accepted_at=None, withdrawn_at=None)
    opened.filter(email=address, expires_at__lte=now).update(withdrawn_at=now)
    if models.Membership.objects.of(issuer).filter(user__email=address).exists():
        raise ValidationError({"email": _("This person works here already.")})
    if opened.filter(email=address).exists():
        raise ValidationError(
            {"email": _("This address is invited already: send that invitation again.")}
        )
    limiting.require_room_for_people(issuer=issuer)
    if opened.count() >= MAX_OPEN:
        raise ValidationError(
            {"email": _("Too many invitations are open: withdraw those that nobody accepts.")}
        )
    token = _token()
    invitation = invitations.create(
        issuer=issuer,
        email=address,
        role=role,
        language=language,
        digest=models.Invitation.digest_of(token),
        invited_by=actor,
        sent_at=now,
        expires_at=now + VALIDITY,
    )
    return Invited(invitation, token)


@transaction.atomic
def invite_again(*, issuer: models.Issuer, invitation: models.Invitation, now: datetime) -> Invited:
    """Give an open invitation another token and another two weeks; the former link is dead.

    Raises:
        NotOpen: it was accepted or withdrawn.
    """
    token = _token()
    moved = (
        models.Invitation.objects.of(issuer)
        .filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None)
        .update(digest=models.Invitation.digest_of(token), sent_at=now, expires_at=now + VALIDITY)
    )
    if moved != 1:
        raise NotOpen(f"Invitation {invitation.uuid} is not open any more.")
    invitation.refresh_from_db()
    return Invited(invitation, token)


@transaction.atomic
def withdraw(*, issuer: models.Issuer, invitation: models.Invitation, now: datetime) -> None:
    """Take an invitation back.

    Raises:
        NotOpen: it was accepted or withdrawn before.
    """
    moved = (
        models.Invitation.objects.of(issuer)
        .filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None)
        .update(withdrawn_at=now)
    )
    if moved != 1:
        raise NotOpen(f"Invitation {invitation.uuid} is not open any more.")


@transaction.atomic
def welcome(*, token: str, now: datetime) -> models.User:
    """Return the account of whoever was invited; make one where there is none.

    Nothing is accepted, and the account opens with a code sent to its address, or not at all.

    Raises:
        NotOpen: the invitation is not good.
    """
    invitation = _open(token, now)
    return meeting.meet(email=invitation.email, name="")


@transaction.atomic
def accept(*, token: str, user: models.User, now: datetime) -> models.Membership:
    """Let the invited person join; once.

    Who works here already keeps their role: an old invitation raises nobody.

    Raises:
        NotOpen: the invitation is not good, or somebody was faster.
        NotInvited: it is for another address.
    """
    invitation = _open(token, now)
    if user.email.lower() != invitation.email:
        raise NotInvited(f"Invitation {invitation.uuid} is for another address.")
    return join(invitation=invitation, user=user, now=now)


@transaction.atomic
def join(*, invitation: models.Invitation, user: models.User, now: datetime) -> models.Membership:
    """Use up an invitation of a person whose address is proven; return what they are now.

    Raises:
        NotOpen: somebody was faster.
    """
    issuer_id = invitation.issuer_id
    moved = (
        models.Invitation.objects.of(issuer_id)
        .filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None, expires_at__gt=now)
        .update(accepted_at=now)
    )
    if moved != 1:
        raise NotOpen(f"Invitation {invitation.uuid} is not open any more.")
    membership, _made = models.Membership.objects.of(issuer_id).get_or_create(
        issuer_id=issuer_id, user=user, defaults={"role": invitation.role}
    )
    return membership


@transaction.atomic
def change_role(*, issuer: models.Issuer, membership: models.Membership, role: str) -> None:
    """Give a member another role, from their next request on.

    Raises:
        ValidationError: there is no such role.
        LastAdministrator: nobody would be left to manage the organisation.
    """
    if role not in set(roles.Role):
        raise ValidationError({"role": _("Choose one of the roles.")})
    _lock(issuer)
    if role != roles.Role.ADMINISTRATOR:
        _keep_an_administrator(issuer, membership)
    models.Membership.objects.of(issuer).filter(pk=membership.pk).update(role=role)


@transaction.atomic
def remove(*, issuer: models.Issuer, membership: models.Membership) -> None:
    """Let a member go; what they had open here is closed.

    Raises:
        LastAdministrator: nobody would be left to manage the organisation.
    """
    _lock(issuer)
    _keep_an_administrator(issuer, membership)
    user_id = membership.user_id
    models.Membership.objects.of(issuer).filter(pk=membership.pk).delete()
    is_left = models.Membership.objects.of_person(user_id).exists()
    sessions.end(user_id=user_id, only_through_a_provider=is_left)


@transaction.atomic
def rename(*, user: models.User, name: str) -> None:
    """Call a person otherwise, as they wish.

    Raises:
        ValidationError: the name is empty, too long, or more than one line.
    """
    try:
        kept = judging.name(name)
    except ValidationError as refusal:
        raise ValidationError({"name": refusal.messages}) from refusal
    models.User.objects.filter(pk=user.pk).update(name=kept)


def _keep_an_administrator(issuer: models.Issuer, leaving: models.Membership) -> None:
    others = models.Membership.objects.of(issuer).filter(
        role=roles.Role.ADMINISTRATOR, user__is_active=True
    )
    if not others.exclude(pk=leaving.pk).exists():
        raise LastAdministrator(f"Issuer {issuer.slug} keeps one administrator.")


def _lock(issuer: models.Issuer) -> None:
    # One change of people at a time: two administrators may remove each other.
    models.Issuer.objects.select_for_update(no_key=True).only("id").get(pk=issuer.pk)


def _open(token: str, now: datetime) -> models.Invitation:
    found = selectors.find_invitation(token=token, now=now)
    if found is None:
        raise NotOpen("There is no open invitation of that token.")
    return found


def _judged(email: str, role: str) -> str:
    try:
        address = judging.address(email)
    except ValidationError as refusal:
        raise ValidationError({"email": refusal.messages}) from refusal
    if role not in set(roles.Role):
        raise ValidationError({"role": _("Choose one of the roles.")})
    return address


def _token() -> str:
    return secrets.token_urlsafe(32)
