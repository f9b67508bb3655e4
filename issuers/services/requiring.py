"""What an organisation asks of its people: a second person for awards, a second factor."""

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


def _set(issuer: models.Issuer, **value: bool) -> None:
    with scope.inside(issuer):
        models.Issuer.objects.filter(pk=issuer.pk).update(**value)
    issuer.refresh_from_db(fields=list(value))
