"""What an organisation asks of its people: a second person, a second factor, no first steps."""

from datetime import datetime

from django.db import transaction

from issuers import models, scope


@transaction.atomic
def require_four_eyes(*, issuer: models.Issuer, is_required: bool) -> None:
    """Let awards wait for a second person, or no longer; what waits already goes on waiting."""
    _set(issuer, four_eyes=is_required)


@transaction.atomic
def require_second_factor(*, issuer: models.Issuer, is_required: bool) -> None:
    """Let nobody in who signed in without a second factor, or let them in again."""
    _set(issuer, second_factor=is_required)


@transaction.atomic
def settle_in(*, issuer: models.Issuer, now: datetime) -> None:
    """Let the people of an organisation not be shown the first steps any more."""
    _set(issuer, settled_in_at=now)


def _set(issuer: models.Issuer, **value: bool | datetime) -> None:
    with scope.inside(issuer):
        models.Issuer.objects.filter(pk=issuer.pk).update(**value)
    issuer.refresh_from_db(fields=list(value))
