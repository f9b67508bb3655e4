"""Suspend an organisation, and let it go on: for the operator of the installation.

While it is suspended nobody gets into its console and nothing is issued in its name; its public
pages, what it issued and the verification of it stay. What was recorded before is signed.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from issuers import models, scope
from issuers.core import days

MAX_REASON = 500


@transaction.atomic
def suspend(*, issuer: models.Issuer, reason: str, now: datetime) -> None:
    """Suspend an organisation, from its next request on.

    Args:
        issuer: The organisation.
        reason: Why; its people read it.
        now: The instant.

    Raises:
        ValidationError: there is no reason, or it is too long, or the organisation is suspended
            already.
    """
    said = reason.strip()
    if not said or len(said) > MAX_REASON:
        raise ValidationError(
            {"reason": _("Say why, in 1 to 500 characters: the organisation's people read it.")}
        )
    with scope.inside(issuer):
        moved = models.Issuer.objects.filter(pk=issuer.pk, suspended_at=None).update(
            suspended_at=now, suspended_for=said
        )
    if moved != 1:
        raise ValidationError(_("This organisation is suspended already."))
    issuer.refresh_from_db(fields=["suspended_at", "suspended_for"])


@transaction.atomic
def resume(*, issuer: models.Issuer) -> None:
    """Let a suspended organisation go on.

    Raises:
        ValidationError: it is not suspended.
    """
    with scope.inside(issuer):
        moved = models.Issuer.objects.filter(pk=issuer.pk, suspended_at__isnull=False).update(
            suspended_at=None, suspended_for=""
        )
    if moved != 1:
        raise ValidationError(_("This organisation is not suspended."))
    issuer.refresh_from_db(fields=["suspended_at", "suspended_for"])


def require_active(*, issuer: models.Issuer) -> None:
    """Return if nothing keeps the organisation from issuing; no query.

    Should its row have changed meanwhile, the database refuses what is issued all the same.

    Raises:
        ValidationError: it is suspended; says since when, and whom to ask.
    """
    if issuer.suspended_at is not None:
        raise ValidationError(
            _(
                "This organisation is suspended since %(day)s, so it issues nothing. Ask whoever "
                "runs this installation."
            )
            % {
                "day": days.said(
                    date_format(issuer.suspended_at, "DATE_FORMAT"), language=get_language() or ""
                )
            }
        )


def hold_active(*, issuer: models.Issuer) -> None:
    """Return if nothing keeps it from issuing now, and nothing will in this transaction; one query.

    For long work, which begins with a row that was read long ago: a suspension waits until this
    transaction ends, and what comes afterwards is told of it in words.

    Raises:
        ValidationError: as `require_active`.
    """
    with scope.inside(issuer), connection.cursor() as cursor:
        cursor.execute(
            "SELECT suspended_at, suspended_for FROM issuers_issuer WHERE id = %s FOR SHARE",
            [issuer.pk],
        )
        issuer.suspended_at, issuer.suspended_for = cursor.fetchone()
    require_active(issuer=issuer)
