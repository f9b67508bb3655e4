"""Questions about people: which organisations they work for, and as what."""

from collections.abc import Sequence

from issuers import models
from issuers.core import roles

Membership = models.Membership


def find_member(*, user_id: int, slug: str) -> models.Membership | None:
    """Return the membership of a person in the organisation of that short name; one query.

    With its issuer and its user. None where there is no such organisation, or the person is not a
    member: nobody is told which.
    """
    # Across issuers: it is this question that names the issuer.
    return (
        models.Membership.objects.across_issuers()
        .select_related("issuer", "user")
        .defer("issuer__logo")
        .filter(user_id=user_id, user__is_active=True, issuer__slug=slug)
        .first()
    )


def memberships(*, user_id: int) -> Sequence[models.Membership]:
    """Return what a person is, for every organisation that they work for, by name; one query."""
    # Across issuers: a person may work for several, and sees where they do.
    return list(
        models.Membership.objects.across_issuers()
        .select_related("issuer")
        .defer("issuer__logo")
        .filter(user_id=user_id)
        .order_by("issuer__name", "issuer_id")
    )


def role_names(*, action: roles.Action) -> Sequence[str]:
    """Return the roles that may take an action, in the reader's language; no query."""
    return [str(models.Membership.Role(role).label) for role in roles.who_may(action)]
