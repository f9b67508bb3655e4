"""Quotas: how much an organisation may have at most. None by default."""

from collections.abc import Callable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from issuers import models

Kind = models.Quota.Kind
MOST = 2_000_000_000
_WORDS: Mapping[str, StrOrPromise] = {
    Kind.CREDENTIALS: gettext_lazy(
        "The quota of this organisation is %(most)d credentials in a calendar month: %(used)d are "
        "issued, and these are %(more)d more. Issue them next month, or ask whoever runs this "
        "installation for a higher quota."
    ),
    Kind.PEOPLE: gettext_lazy(
        "The quota of this organisation is %(most)d people, those who are invited included: there "
        "are %(used)d. Remove somebody, withdraw an invitation, or ask whoever runs this "
        "installation for a higher quota."
    ),
    Kind.STORAGE: gettext_lazy(
        "The quota of this organisation is %(most)d MB of files: %(used)d MB are taken. Attach a "
        "smaller file, or ask whoever runs this installation for a higher quota."
    ),
}


@transaction.atomic
def set_quotas(*, issuer: models.Issuer, quotas: Mapping[str, int | None]) -> None:
    """Let an organisation have so much at most; None: as much as it likes.

    What is there already stays, though it be more.

    Raises:
        ValidationError: there is no such quota, or the number is not one; names it.
    """
    for kind, most in quotas.items():
        if kind not in Kind.values:
            raise ValidationError(_("There is no such quota."))
        if most is not None and not 0 <= most <= MOST:
            raise ValidationError({kind: _("Give a whole number from 0 to 2,000,000,000.")})
        rows = models.Quota.objects.of(issuer)
        if most is None:
            rows.filter(kind=kind).delete()
        else:
            rows.update_or_create(issuer=issuer, kind=kind, defaults={"most": most})


def require_room(
    *, issuer: models.Issuer, kind: str, more: int, used: Callable[[], int], unit: int = 1
) -> None:
    """Return if the organisation may have `more`; one query, and what `used` asks.

    Two who ask at once may together pass it by what one of them adds.

    Args:
        issuer: Whose.
        kind: Of Quota.Kind.
        more: How much is to be added.
        used: How much there is; asked only where there is a quota.
        unit: How much of that the quota counts as one: 1,000,000 where it counts megabytes.

    Raises:
        ValidationError: there would be too much; names the quota, and the remedy.
    """
    quota = models.Quota.objects.of(issuer).filter(kind=kind).first()
    if quota is None:
        return
    there = used()
    if there + more > quota.most * unit:
        raise ValidationError(
            str(_WORDS[kind])
            % {"most": quota.most, "used": -(-there // unit), "more": -(-more // unit)}
        )


def require_room_for_people(*, issuer: models.Issuer, more: int = 1) -> None:
    """Return if so many more may work for the organisation.

    Raises:
        ValidationError: there would be too many.
    """

    def used() -> int:
        opened = models.Invitation.objects.of(issuer).filter(accepted_at=None, withdrawn_at=None)
        return models.Membership.objects.of(issuer).count() + opened.count()

    require_room(issuer=issuer, kind=Kind.PEOPLE, more=more, used=used)
