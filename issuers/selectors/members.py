"""Questions about people: which organisations they work for, and as what."""

import uuid as uuids
from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from issuers import models
from issuers.core import roles

Membership = models.Membership
ROLES = models.Role.choices


def find_member(*, user_id: int, slug: str, through: str | None = None) -> models.Membership | None:
    """Return the membership of a person in the organisation of that short name.

    One query, and another where a provider opened the session.

    Args:
        user_id: Who.
        slug: Where.
        through: The key of the identity provider that opened the session, which opens its own
            organisation alone; None where the person opened it themselves.

    Returns:
        It, with its issuer and its user. None where there is no such organisation, or the person
        is not a member, or not in this session: nobody is told which.
    """
    return (
        _memberships(user_id, through)
        .select_related("issuer", "user")
        .filter(user__is_active=True, issuer__slug=slug)
        .first()
    )


def memberships(*, user_id: int, through: str | None = None) -> Sequence[models.Membership]:
    """Return what a person is, for every organisation that they work for, by name; one query.

    In a session that an identity provider opened, for its organisation alone; then it is two.
    """
    return list(
        _memberships(user_id, through)
        .select_related("issuer")
        .order_by("issuer__name", "issuer_id")
    )


def _memberships(user_id: int, through: str | None) -> QuerySet[models.Membership]:
    """Return the memberships that a session shows; one query, where a provider opened it."""
    rows = models.Membership.objects.of_person(user_id).defer("issuer__logo")
    if through is None:
        return rows
    opened = models.IdentityProvider.objects.named(key=through).filter(is_active=True)
    return rows.filter(issuer=opened.values_list("issuer_id", flat=True).first())


def role_names(*, action: roles.Action) -> Sequence[str]:
    """Return the roles that may take an action, in the reader's language; no query."""
    return [str(models.Role(role).label) for role in roles.who_may(action)]


def members(*, issuer: models.Issuer) -> Sequence[models.Membership]:
    """Return who works for an issuer, by name, with their accounts; one query."""
    return list(
        models.Membership.objects.of(issuer)
        .select_related("user")
        .order_by("user__name", "user__email")
    )


def find_membership(*, issuer: models.Issuer, pk: int) -> models.Membership | None:
    """Return that membership of the issuer, with the account; one query."""
    return models.Membership.objects.of(issuer).select_related("user").filter(pk=pk).first()


def open_invitations(*, issuer: models.Issuer) -> Sequence[models.Invitation]:
    """Return the invitations that nobody accepted or withdrew, latest first; one query."""
    return list(
        models.Invitation.objects.of(issuer)
        .select_related("invited_by")
        .filter(accepted_at=None, withdrawn_at=None)
        .order_by("-sent_at", "-id")
    )


def find_open_invitation(*, issuer: models.Issuer, uuid: uuids.UUID) -> models.Invitation | None:
    """Return that invitation of the issuer while it is open; one query."""
    return (
        models.Invitation.objects.of(issuer)
        .select_related("issuer", "invited_by")
        .filter(uuid=uuid, accepted_at=None, withdrawn_at=None)
        .first()
    )


def find_invitation(*, token: str, now: datetime) -> models.Invitation | None:
    """Return the invitation that a link leads to while it is good, with its issuer; one query."""
    # Whoever invites: 256 random bits are the name.
    return (
        models.Invitation.objects.named(digest=models.Invitation.digest_of(token))
        .select_related("issuer", "invited_by")
        .defer("issuer__logo")
        .filter(accepted_at=None, withdrawn_at=None, expires_at__gt=now)
        .first()
    )
