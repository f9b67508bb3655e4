"""Who operates the installation: made at the terminal, and nowhere else."""

from django.core.exceptions import ValidationError
from django.db import transaction

from issuers import models
from issuers.services import judging, sessions


class NotAnOperator(Exception):  # noqa: N818 - it says what is wrong
    """Nobody of that address operates this installation."""


@transaction.atomic
def let_operate(*, email: str) -> models.User:
    """Let a person operate the installation; make their account where there is none.

    They sign in as everybody does, with a code or a passkey, and need a second factor.

    Raises:
        ValidationError: the address is malformed.
    """
    try:
        address = judging.address(email)
    except ValidationError as refusal:
        raise ValidationError({"email": refusal.messages}) from refusal
    user = models.User.objects.filter(email=address).first()
    if user is None:
        user = models.User.objects.create_user(address)
    models.User.objects.filter(pk=user.pk).update(is_staff=True)
    user.refresh_from_db()
    return user


@transaction.atomic
def stop_operating(*, email: str) -> models.User:
    """Let a person operate the installation no more; what they had open is closed.

    Raises:
        NotAnOperator: they do not.
    """
    user = models.User.objects.filter(email=email.strip().lower(), is_staff=True).first()
    if user is None:
        raise NotAnOperator(f"Nobody of the address {email} operates this installation.")
    models.User.objects.filter(pk=user.pk).update(is_staff=False, is_superuser=False)
    sessions.end(user_id=user.pk, only_through_a_provider=False)
    user.refresh_from_db()
    return user
