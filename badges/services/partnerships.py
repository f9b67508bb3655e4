"""Habilitation: a certifying body lets a training organisation issue for its blocks and badges.

    proposed (by who certifies)  ->  accepted (by who trains)  ->  ended (by either, or by its date)
                                 ->  declined

A badge is issued under a habilitation on days on which it stands, and on no others: neither before,
nor after, nor today for a day of the past once it has ended.

Source: art. R6113-16 code du travail (partners of a certifying body, and their habilitation).
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from badges import models, selectors
from issuers import models as issuers
from issuers import scope
from issuers.core.days import said

MAX_NAMED = 100


class NotYours(Exception):  # noqa: N818 - it says what is wrong
    """There is no such partnership for this organisation in the state that the verb needs."""


@transaction.atomic
def propose_partnership(
    *,
    issuer: issuers.Issuer,
    partner: issuers.Issuer,
    start_date: date,
    now: datetime,
    end_date: date | None = None,
    blocks: Sequence[models.CompetencyBlock] = (),
    achievements: Sequence[models.Achievement] = (),
    agreement: str = "",
) -> models.Partnership:
    """Offer a training organisation to issue badges for named blocks and badges.

    Args:
        issuer: Who certifies.
        partner: Who trains, and must accept.
        start_date: The first day.
        now: The instant.
        end_date: The last day; None for no end.
        blocks: Of the certifying body.
        achievements: Published badges of the certifying body.
        agreement: What the agreement between them is known by.

    Raises:
        ValidationError: nothing is named, something is another's, or the dates are the wrong way
            round; names the field, and the remedy.
    """
    if partner.pk == issuer.pk:
        raise ValidationError({"partner": _("Choose another organisation than your own.")})
    if end_date is not None and end_date < start_date:
        raise ValidationError({"end_date": _("It would end before it begins.")})
    named: list[models.CompetencyBlock | models.Achievement] = [*blocks, *achievements]
    if not named or len(named) > MAX_NAMED:
        raise ValidationError(
            {"named": _("Name 1 to %(most)d blocks or badges.") % {"most": MAX_NAMED}}
        )
    if any(each.issuer_id != issuer.pk for each in named):
        raise ValidationError({"named": _("Name blocks and badges of your own.")})
    if any(each.state != models.Achievement.State.PUBLISHED for each in achievements):
        raise ValidationError({"named": _("Name badges that are published.")})
    partnership = models.Partnership(
        issuer=issuer,
        partner=partner,
        agreement=agreement.strip(),
        start_date=start_date,
        end_date=end_date,
        proposed_at=now,
    )
    with scope.inside(issuer):
        partnership.clean_fields()
    partnership.save(force_insert=True)
    models.Habilitation.objects.of(issuer).bulk_create(
        [_of_block(partnership, each) for each in blocks]
        + [_of_achievement(partnership, each) for each in achievements]
    )
    return partnership


@transaction.atomic
def accept_partnership(
    *, issuer: issuers.Issuer, partnership: models.Partnership, now: datetime
) -> None:
    """Agree, as the training organisation: from its first day on, badges may be issued under it.

    Raises:
        NotYours: it was not proposed to this organisation, or was answered or taken back.
    """
    _answer(issuer, partnership, accepted_at=now)


@transaction.atomic
def decline_partnership(
    *, issuer: issuers.Issuer, partnership: models.Partnership, now: datetime
) -> None:
    """Refuse, as the training organisation.

    Raises:
        NotYours: it was not proposed to this organisation, or was answered or taken back.
    """
    _answer(issuer, partnership, declined_at=now)


@transaction.atomic
def end_partnership(
    *, issuer: issuers.Issuer, partnership: models.Partnership, now: datetime
) -> None:
    """End a partnership, as either side, or take a proposal back; what was issued stands.

    Raises:
        NotYours: it is between others, or has ended.
    """
    # The certifying body's row, which its partner may end as well.
    moved = (
        models.Partnership.objects.visible_to(issuer)
        .filter(pk=partnership.pk, ended_at=None)
        .update(ended_at=now)
    )
    if moved != 1:
        raise NotYours(f"Partnership {partnership.uuid} is not there to end.")
    partnership.refresh_from_db()


def require(*, achievement: models.Achievement, days: Iterable[date]) -> None:
    """Refuse days on which a badge may not be issued under its habilitation; one query at most.

    Args:
        achievement: The badge; one that needs no habilitation passes.
        days: Those of the awards, and of the act itself.

    Raises:
        ValidationError: on one of them it does not stand; names the day and who certifies.
    """
    if achievement.habilitation_id is None:
        return
    partnership = selectors.partnership_of(achievement=achievement)
    for day in sorted(set(days)):
        if partnership is None or not selectors.is_standing(partnership, day):
            certifier = achievement.certificateur
            raise ValidationError(
                {
                    "habilitation": _(
                        "%(certifier)s does not let this badge be issued on %(day)s: no "
                        "habilitation stands on that day."
                    )
                    % {
                        "certifier": certifier.name if certifier else "?",
                        "day": said(formats.date_format(day), language=get_language() or ""),
                    }
                }
            )


def _answer(issuer: issuers.Issuer, partnership: models.Partnership, **answer: datetime) -> None:
    # The certifying body's row, which was proposed to this organisation.
    moved = (
        models.Partnership.objects.shared_with(issuer)
        .filter(pk=partnership.pk, accepted_at=None, declined_at=None, ended_at=None)
        .update(**answer)
    )
    if moved != 1:
        raise NotYours(f"Partnership {partnership.uuid} is not there to answer.")
    partnership.refresh_from_db()


def _of_block(
    partnership: models.Partnership, block: models.CompetencyBlock
) -> models.Habilitation:
    certification = block.certification
    return models.Habilitation(
        issuer_id=partnership.issuer_id,
        partner_id=partnership.partner_id,
        partnership=partnership,
        block=block,
        code=block.code,
        title=block.title,
        whole=f"{certification.code} {certification.title}",
        url=certification.url,
    )


def _of_achievement(
    partnership: models.Partnership, achievement: models.Achievement
) -> models.Habilitation:
    return models.Habilitation(
        issuer_id=partnership.issuer_id,
        partner_id=partnership.partner_id,
        partnership=partnership,
        achievement=achievement,
        code=achievement.human_code[:30],
        title=achievement.name,
        url=selectors.address(achievement=achievement),
    )
