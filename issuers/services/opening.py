"""Break glass: an operator reads what an organisation has, for a reason, for a while, and seen.

The database writes who and when, lets the operator read until then, and no longer; nobody changes
or removes the row. The organisation's administrators find it in their console and get an e-mail.
"""

import logging
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from issuers import models, scope, selectors

log = logging.getLogger(__name__)
MINUTES = (15, 30, 60)
MAX_REASON = 500


class NothingOpen(Exception):  # noqa: N818 - it says what is wrong
    """The operator reads nothing there now."""


@transaction.atomic
def break_glass(
    *, issuer: models.Issuer, operator: models.User, reason: str, minutes: int, confirmed: str
) -> models.BreakGlass:
    """Let an operator read what an organisation has, from now on and for some minutes.

    Args:
        issuer: The organisation.
        operator: Who looks; the database takes whom it is told with the statement.
        reason: Why; the organisation reads it.
        minutes: One of MINUTES.
        confirmed: With what they have just confirmed that it is they: "totp", "webauthn".

    Raises:
        ValidationError: there is no reason, or it is too long, or the time is another.
    """
    said = reason.strip()
    if not said or len(said) > MAX_REASON:
        raise ValidationError(
            {"reason": _("Say why, in 1 to 500 characters: the organisation's people read it.")}
        )
    if minutes not in MINUTES:
        raise ValidationError({"minutes": _("Choose one of the times.")})
    with scope.inside(issuer):
        opened = models.BreakGlass.objects.of(issuer).create(
            issuer=issuer, operator=operator, reason=said, minutes=minutes
        )
        opened.refresh_from_db()
    log.warning(
        "operator %s reads what issuer %s has, for %s minutes (confirmed: %s)",
        operator.pk, issuer.pk, minutes, confirmed,
    )  # fmt: skip
    return opened


@transaction.atomic
def close_glass(*, issuer: models.Issuer, operator: models.User) -> None:
    """Let an operator read no longer what an organisation has, before the time is over.

    Raises:
        NothingOpen: they do not read it now.
    """
    opened = selectors.open_glass(issuer=issuer, operator_id=operator.pk)
    if opened is None:
        raise NothingOpen(f"Nothing of issuer {issuer.slug} is open to operator {operator.pk}.")
    while opened is not None:
        models.GlassEnd.objects.of(issuer).create(glass=opened, issuer=issuer)
        log.warning("operator %s reads no more what issuer %s has", operator.pk, issuer.pk)
        opened = selectors.open_glass(issuer=issuer, operator_id=operator.pk)


def tell_of_glass(*, opened: models.BreakGlass, people: Sequence[models.User]) -> int:
    """Write to the administrators of the organisation; return to how many.

    Raises:
        OSError: the mail server does not take it (smtplib's errors are of that kind).
    """
    with translation.override(opened.issuer.language):
        context = {"opened": opened, "issuer": opened.issuer}
        subject = render_to_string("mail/glass_subject.txt", context)
        body = render_to_string("mail/glass.txt", context)
    for person in people:
        # One each: they need not know each other's addresses.
        EmailMessage(" ".join(subject.split()), body, to=[person.email]).send()
    return len(people)
