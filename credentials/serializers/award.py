"""What an award says besides who, what and when, made ready for a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from badges.serializers import words
from badges.serializers.parts import Fact, organisation
from badges.serializers.reading import link, number, objects, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from badges.serializers import Described
    from badges.serializers.parts import Level
    from badges.serializers.parts import Result as Description


@dataclass(frozen=True, slots=True)
class Reached:
    """A result that somebody reached, with what its description says of it.

    Attributes:
        value: the value, the name of the level or the status: the first that there is.
        status: the status where it is said beside a value.
        bounds: what the value lies between.
        levels: all levels of the rubric; `level` is the id of the one that was reached.
    """

    name: str
    value: str
    status: str
    bounds: str
    required: str
    level: str
    levels: tuple[Level, ...]

    @property
    def is_level(self) -> bool:
        """Say whether the value is one of the levels, which are shown by themselves."""
        return any(each.id == self.level and each.name == self.value for each in self.levels)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence."""

    name: str
    url: str
    narrative: str
    description: str
    genre: str
    audience: str


@dataclass(frozen=True, slots=True)
class Award:
    """What the award says."""

    facts: tuple[Fact, ...]
    narrative: str
    results: tuple[Reached, ...]
    evidence: tuple[Piece, ...]


def award(
    document: Mapping[str, Any],
    described: Described,
    *,
    day: Callable[[object], str],
    credits_available: object = None,
) -> Award:
    """Return what there is to show of an award, in the active language.

    Args:
        document: The credential, of whatever shape.
        described: Its achievement, as `badges.serializers` describes it.
        day: Writes a dateTimeStamp as a day; nothing where it is none.
        credits_available: of the achievement.
    """
    subjects = objects(document.get("credentialSubject"))
    subject = subjects[0] if subjects else {}
    known = {each.id: each for each in described.results}
    return Award(
        facts=_facts(subject, day, credits_available),
        narrative=text(subject.get("narrative")),
        results=tuple(
            _reached(each, known.get(text(each.get("resultDescription"))))
            for each in objects(subject.get("result"))
        ),
        evidence=tuple(_piece(each) for each in objects(document.get("evidence"))),
    )


def _facts(
    subject: Mapping[str, Any],
    day: Callable[[object], str],
    credits_available: object,
) -> tuple[Fact, ...]:
    start, end = day(subject.get("activityStartDate")), day(subject.get("activityEndDate"))
    when = (
        _("%(start)s to %(end)s") % {"start": start, "end": end} if start and end else start or end
    )
    earned, available = number(subject.get("creditsEarned")), number(credits_available)
    if earned and available:
        earned = _("%(earned)s of %(available)s") % {"earned": earned, "available": available}
    found = [
        Fact(_("Activity"), when),
        Fact(_("Term"), text(subject.get("term"))),
        Fact(_("Role"), text(subject.get("role"))),
        Fact(_("Credits earned"), earned),
        Fact(_("Licence number"), text(subject.get("licenseNumber"))),
        organisation(subject.get("source"), _("Assessed by")),
    ]
    return tuple(fact for fact in found if fact.value)


def _reached(result: Mapping[str, Any], described: Description | None) -> Reached:
    level = text(result.get("achievedLevel"))
    levels = described.levels if described else ()
    named = next((each.name for each in levels if each.id == level), level)
    status = words.word(words.RESULT_STATUSES, text(result.get("status")))
    value = text(result.get("value"))
    return Reached(
        name=(described.name if described else "") or _("Result"),
        value=value or named or status,
        status=status if value or named else "",
        bounds=described.bounds if described else "",
        required=described.required if described else "",
        level=level,
        levels=levels,
    )


def _piece(piece: Mapping[str, Any]) -> Piece:
    return Piece(
        name=text(piece.get("name")),
        url=link(piece.get("id")),
        narrative=text(piece.get("narrative")),
        description=text(piece.get("description")),
        genre=text(piece.get("genre")),
        audience=text(piece.get("audience")),
    )
