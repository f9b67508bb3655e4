"""The optional parts of an Achievement, made ready for a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from badges.serializers import words
from badges.serializers.reading import items, link, number, objects, text

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and a value; `url` where the value can be followed."""

    label: str
    value: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a rubric."""

    id: str
    name: str
    level: str
    points: str
    description: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class Result:
    """A result that the achievement can have.

    Attributes:
        bounds: the least and the greatest value, or nothing.
        required: the least value that earns the achievement, or nothing.
    """

    id: str
    name: str
    bounds: str
    required: str
    allowed: tuple[str, ...]
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class Alignment:
    """What the badge corresponds to in a framework; a *bloc de compétences* is shown by itself."""

    name: str
    code: str
    framework: str
    url: str
    description: str
    is_block: bool


@dataclass(frozen=True, slots=True)
class Described:
    """What an Achievement says of itself besides its name, its description and its criteria."""

    facts: tuple[Fact, ...]
    results: tuple[Result, ...]
    alignments: tuple[Alignment, ...]
    related: tuple[Fact, ...]
    image_caption: str
    criteria_url: str

    @property
    def blocks(self) -> tuple[Alignment, ...]:
        """Return the competency blocks."""
        return tuple(each for each in self.alignments if each.is_block)

    @property
    def others(self) -> tuple[Alignment, ...]:
        """Return the other alignments."""
        return tuple(each for each in self.alignments if not each.is_block)


def described(achievement: Mapping[str, Any]) -> Described:
    """Return what there is to show of an Achievement, in the active language.

    Args:
        achievement: As a document holds it, of whatever shape.
    """
    image, criteria = achievement.get("image"), achievement.get("criteria")
    return Described(
        facts=_facts(achievement),
        results=tuple(_result(each) for each in objects(achievement.get("resultDescription"))),
        alignments=tuple(_alignment(each) for each in objects(achievement.get("alignment"))),
        related=tuple(_related(each) for each in objects(achievement.get("related"))),
        image_caption=text(image.get("caption")) if isinstance(image, dict) else "",
        criteria_url=link(criteria.get("id")) if isinstance(criteria, dict) else "",
    )


def organisation(profile: object, label: str) -> Fact:
    """Return an organisation by its name; the name may lead to its page."""
    if not isinstance(profile, dict):
        return Fact(label, text(profile))
    return Fact(
        label, text(profile.get("name")) or text(profile.get("id")), link(profile.get("url"))
    )


def _facts(achievement: Mapping[str, Any]) -> tuple[Fact, ...]:
    kind = text(achievement.get("achievementType"))
    found = [
        Fact(_("Kind"), words.word(words.ACHIEVEMENT_TYPES, kind)),
        Fact(_("Credits"), number(achievement.get("creditsAvailable"))),
        Fact(_("Field of study"), text(achievement.get("fieldOfStudy"))),
        Fact(_("Specialization"), text(achievement.get("specialization"))),
        organisation(achievement.get("creator"), _("Conceived by")),
        Fact(_("Code"), text(achievement.get("humanCode"))),
        *(
            Fact(
                text(each.get("identifierType")).removeprefix("ext:") or _("Identifier"),
                text(each.get("identifier")),
            )
            for each in objects(achievement.get("otherIdentifier"))
        ),
    ]
    return tuple(fact for fact in found if fact.value)


def _result(described: Mapping[str, Any]) -> Result:
    least, most = text(described.get("valueMin")), text(described.get("valueMax"))
    required = text(described.get("requiredLevel"))
    return Result(
        id=text(described.get("id")),
        name=text(described.get("name")),
        bounds=f"{least} – {most}" if least and most else least or most,  # noqa: RUF001 - typeset
        required=text(described.get("requiredValue")),
        allowed=tuple(filter(None, (text(each) for each in items(described.get("allowedValue"))))),
        levels=tuple(
            Level(
                id=text(each.get("id")),
                name=text(each.get("name")),
                level=text(each.get("level")),
                points=text(each.get("points")),
                description=text(each.get("description")),
                is_required=bool(required) and text(each.get("id")) == required,
            )
            for each in objects(described.get("rubricCriterionLevel"))
        ),
    )


def _alignment(alignment: Mapping[str, Any]) -> Alignment:
    code = text(alignment.get("targetCode"))
    framework = text(alignment.get("targetFramework"))
    return Alignment(
        name=text(alignment.get("targetName")),
        code=code,
        framework=framework,
        url=link(alignment.get("targetUrl")),
        description=text(alignment.get("targetDescription")),
        is_block=framework == "RNCP" and "BC" in code,
    )


def _related(related: Mapping[str, Any]) -> Fact:
    version, code = text(related.get("version")), text(related.get("inLanguage"))
    told = [words.language(code)] if code else []
    if version:
        told.append(_("version %(version)s") % {"version": version})
    url = link(related.get("id"))
    return Fact("", ", ".join(told) or url or text(related.get("id")), url)
