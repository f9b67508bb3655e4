"""Meet: find the person of an address, or make an account that a code sent there will open."""

from allauth.account.internal.flows.manage_email import sync_user_email_address
from django.db import transaction

from issuers import models


@transaction.atomic
def meet(*, email: str, name: str) -> models.User:
    """Return the account of an address; make one where there is none.

    It has no password and no right of any kind, and its name is only written where it is new.

    Args:
        email: in small letters.
        name: as others know the person.
    """
    found = models.User.objects.filter(email=email).first()
    user = found or models.User.objects.create_user(email, name=name)
    sync_user_email_address(user)  # so that the code proves it
    return user
