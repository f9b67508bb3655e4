"""Who certifies and who teaches what a badge stands for, made ready for a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from badges import selectors
from issuers import scope
from issuers import selectors as parties

if TYPE_CHECKING:
    from datetime import date, datetime

    from badges import models
    from issuers import models as issuers


@dataclass(frozen=True, slots=True)
class Taught:
    """The two roles of French law, and the unit.

    Attributes:
        certificateur: Who certifies; None where that is who issues.
        proven: The domains that the certifying body proved.
        organisme_de_formation: Who trains.
        code: Of the block or badge that the habilitation names.
        title: Its title.
        start_date: The first day of the habilitation.
        end_date: Its last day, where it has one.
        is_standing: Whether badges may be issued under it today.
        unit: The part of the organisation that teaches, with what it is a part of.
    """

    certificateur: issuers.Issuer | None
    proven: list[parties.ProvenDomain]
    organisme_de_formation: issuers.Issuer
    code: str = ""
    title: str = ""
    start_date: date | None = None
    end_date: date | None = None
    is_standing: bool = False
    unit: str = ""


def taught(achievement: models.Achievement, *, now: datetime) -> Taught | None:
    """Return who certifies and who teaches, where it is not simply who issues."""
    unit = ""
    if achievement.unit_id is not None:
        places = parties.units(issuer=achievement.issuer)
        unit = next(each.path for each in places if each.unit.pk == achievement.unit_id)
    partnership = selectors.partnership_of(achievement=achievement)
    named = achievement.habilitation
    if partnership is None or named is None:
        return Taught(None, [], achievement.issuer, unit=unit) if unit else None
    ended = partnership.ended_at.date() if partnership.ended_at else None
    with scope.outside():  # the certifying body's domains, which every reader is shown
        proven = parties.proven_domains(issuer=partnership.issuer, now=now)
    ends = [each for each in (ended, partnership.end_date) if each is not None]
    return Taught(
        certificateur=partnership.issuer,
        proven=proven,
        organisme_de_formation=achievement.issuer,
        code=named.code,
        title=named.title,
        start_date=partnership.start_date,
        end_date=min(ends) if ends else None,
        is_standing=selectors.is_standing(partnership, now.date()),
        unit=unit,
    )
