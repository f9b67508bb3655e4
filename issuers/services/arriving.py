"""Whether somebody whom an identity provider sends may come in, and as whom.

A provider speaks for one organisation, and is believed only for addresses in domains that this
organisation proved:

1. The provider is in use.
2. The address is in a domain that its organisation proved by a DNS record, and of late.
3. The account is the one of that address, or the one that this provider sent before.
   It is not an operator's: no organisation opens the door to the whole installation.
4. The person works there already, or was invited, or the organisation lets them join as viewers.

So no provider can speak for an address of another organisation, and what it opens is its own
organisation: see `issuers.services.sessions`.
"""

# ruff: noqa: N818 - a refusal is named after what is wrong

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from issuers import models, selectors
from issuers.core import roles
from issuers.services import limiting, people


class NotAdmitted(Exception):
    """Who comes through a provider may not come in; `why` says it in one word.

    provider: it is not in use. address: none, or none that is proven. person: nobody invited them.
    operator: they operate this installation. quota: as many work there as may.
    """

    def __init__(self, why: str) -> None:
        super().__init__(f"Somebody who came through an identity provider was refused: {why}.")
        self.why = why


@transaction.atomic
def arrive(
    *, key: str, email: str, name: str, known: models.User | None, now: datetime
) -> models.User:
    """Return the account of whom a provider sends; they are a member of its organisation then.

    Args:
        key: Of the provider.
        email: The address that the provider asserts.
        name: How the provider calls them; taken for a new account only.
        known: Whom this provider sent before under the same subject; None for somebody new.
        now: The instant.

    Raises:
        NotAdmitted: they may not come in.
    """
    provider = selectors.find_provider(key=key)
    if provider is None:
        raise NotAdmitted("provider")
    issuer, address = provider.issuer, email.strip().lower()
    _require_proven(issuer, address, now)
    user = known or models.User.objects.filter(email=address).first()
    is_theirs = user is None or user.email == address
    if user is not None and not user.is_active:
        raise NotAdmitted("person")
    if user is not None and (user.is_staff or user.is_superuser):
        raise NotAdmitted("operator")
    if user is not None and _works_there(issuer, user):
        return user
    invitation = selectors.invitation_of(issuer=issuer, email=address, now=now)
    # What is for an address is for whom has it, and not for an account that had it once.
    if not is_theirs or (invitation is None and not provider.just_in_time):
        raise NotAdmitted("person")
    if user is None:
        user = models.User.objects.create_user(address, name=name.strip()[:200])
    if invitation is not None:
        people.join(invitation=invitation, user=user, now=now)
    else:
        try:
            limiting.require_room_for_people(issuer=issuer)
        except ValidationError as error:
            raise NotAdmitted("quota") from error
        models.Membership.objects.of(issuer).get_or_create(
            issuer=issuer, user=user, defaults={"role": roles.Role.VIEWER}
        )
    return user


def _require_proven(issuer: models.Issuer, address: str, now: datetime) -> None:
    try:
        validate_email(address)
    except ValidationError as error:
        raise NotAdmitted("address") from error
    if address.rpartition("@")[2] not in selectors.mail_domains(issuer=issuer, now=now):
        raise NotAdmitted("address")


def _works_there(issuer: models.Issuer, user: models.User) -> bool:
    return models.Membership.objects.of(issuer).filter(user=user).exists()
