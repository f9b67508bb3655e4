"""What an organisation asks for: a second person, a second factor, reminders, no first steps."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from issuers import models, scope

# Later or more often than this, a reminder is a nuisance.
MOST_DAYS, MOST_REMINDERS = 30, 3


@transaction.atomic
def require_four_eyes(*, issuer: models.Issuer, is_required: bool) -> None:
    """Let awards wait for a second person, or no longer; what waits already goes on waiting."""
    _set(issuer, four_eyes=is_required)


@transaction.atomic
def require_second_factor(*, issuer: models.Issuer, is_required: bool) -> None:
    """Let nobody in who signed in without a second factor, or let them in again."""
    _set(issuer, second_factor=is_required)


@transaction.atomic
def require_reminders(
    *, issuer: models.Issuer, after: int | None, most: int, now: datetime
) -> None:
    """Let learners be reminded of what they are told from now on and do not open, or no longer.

    Args:
        issuer: Whose learners.
        after: How many days after the last e-mail; None for never.
        most: How often at most, of one badge.
        now: The instant. What was told before reminders were asked for is left to people.

    Raises:
        ValidationError: it would be sooner, later or more often than anybody may be reminded.
    """
    if after is None:
        _set(issuer, reminds_after=None, reminds_since=None)
        return
    wrong = {}
    if not 1 <= after <= MOST_DAYS:
        wrong["after"] = _("Choose 1 to %(most)d days.") % {"most": MOST_DAYS}
    if not 1 <= most <= MOST_REMINDERS:
        wrong["most"] = _("Choose 1 to %(most)d reminders.") % {"most": MOST_REMINDERS}
    if wrong:
        raise ValidationError(wrong)
    since = issuer.reminds_since or now
    _set(issuer, reminds_after=after, reminds_most=most, reminds_since=since)


@transaction.atomic
def settle_in(*, issuer: models.Issuer, now: datetime) -> None:
    """Let the people of an organisation not be shown the first steps any more."""
    _set(issuer, settled_in_at=now)


def _set(issuer: models.Issuer, **value: bool | int | datetime | None) -> None:
    with scope.inside(issuer):
        models.Issuer.objects.filter(pk=issuer.pk).update(**value)
    issuer.refresh_from_db(fields=list(value))
