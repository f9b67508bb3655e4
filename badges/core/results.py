"""What somebody reached: results, and what an achievement says about the results it can have.

A result refers to its description by id, and both stand in one credential; so what can be checked
between the two is checked here, before anybody signs: the level exists, the value is one of those
that are allowed or lies between the bounds, a status is given where a status is the result.

All values are text, numbers included, as the standard wants them.

Source: Open Badges 3.0 appendix B (ResultDescription, RubricCriterionLevel, Result).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from badges.core import vocabulary
from badges.core.document import Alignment, DocumentError, alignment_document

# What a person may still read, and a transcript still canonicalise.
MAX_LEVELS = 20
MAX_ALLOWED_VALUES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricLevel:
    """One level of a rubric (Open Badges 3.0, RubricCriterionLevel).

    Attributes:
        id: a URI; results refer to it.
        level: its place, such as "3" or "Maîtrise".
        points: what it is worth, as text.
    """

    id: str
    name: str
    level: str | None = None
    points: str | None = None
    description: str | None = None
    alignments: Sequence[Alignment] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultDescription:
    """A result that an achievement can have (Open Badges 3.0, ResultDescription).

    Attributes:
        id: a URI; results refer to it.
        result_type: a word of the standard, such as Percent or RubricCriterionLevel, or `ext:…`.
        allowed_values: in order, from the least to the best. Leave them out of what will be
            disclosed selectively: ordered lists break there.
        value_min: the least number, as text.
        value_max: the greatest number, as text.
        required_value: what must be reached to earn the achievement.
        rubric_levels: in order, from the least to the best.
        required_level: id of the level that must be reached.
    """

    id: str
    name: str
    result_type: str
    allowed_values: Sequence[str] = ()
    value_min: str | None = None
    value_max: str | None = None
    required_value: str | None = None
    rubric_levels: Sequence[RubricLevel] = ()
    required_level: str | None = None
    alignments: Sequence[Alignment] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A result that somebody reached (Open Badges 3.0, Result).

    Attributes:
        result_description: id of its description in the achievement.
        value: a number or a word, as text.
        achieved_level: id of a level of the description.
        status: a word of the standard, such as Completed.
    """

    result_description: str
    value: str | None = None
    achieved_level: str | None = None
    status: str | None = None
    alignments: Sequence[Alignment] = ()


def result_description_document(description: ResultDescription) -> dict[str, Any]:
    """Write a ResultDescription.

    Raises:
        DocumentError: bounds that are not numbers or cross, a required value or level that there
            is not, more levels or values than anybody reads.

    Source: Open Badges 3.0 appendix B (ResultDescription).
    """
    _require_sound(description)
    return _said(
        {
            "id": description.id,
            "type": ["ResultDescription"],
            "name": description.name,
            "resultType": description.result_type,
            "allowedValue": list(description.allowed_values),
            "valueMin": description.value_min,
            "valueMax": description.value_max,
            "requiredValue": description.required_value,
            "rubricCriterionLevel": [_level(each) for each in description.rubric_levels],
            "requiredLevel": description.required_level,
            "alignment": [alignment_document(each) for each in description.alignments],
        }
    )


def result_documents(
    results: Sequence[Result], descriptions: Sequence[ResultDescription]
) -> list[dict[str, Any]]:
    """Write the Results of one award.

    Args:
        results: what was reached.
        descriptions: those of the achievement that was awarded.

    Raises:
        DocumentError: a result says nothing, has no description, or is not what its description
            allows.

    Source: Open Badges 3.0 appendix B (Result).
    """
    known = {each.id: each for each in descriptions}
    written = []
    for result in results:
        description = known.get(result.result_description)
        if description is None:
            raise DocumentError(
                f"No result is described as {result.result_description}.",
                "no_description",
                name=result.result_description,
            )
        _require_allowed(result, description)
        written.append(
            _said(
                {
                    "type": ["Result"],
                    "resultDescription": result.result_description,
                    "value": result.value,
                    "achievedLevel": result.achieved_level,
                    "status": result.status,
                    "alignment": [alignment_document(each) for each in result.alignments],
                }
            )
        )
    return written


def _level(level: RubricLevel) -> dict[str, Any]:
    return _said(
        {
            "id": level.id,
            "type": ["RubricCriterionLevel"],
            "name": level.name,
            "level": level.level,
            "points": level.points,
            "description": level.description,
            "alignment": [alignment_document(each) for each in level.alignments],
        }
    )


def _require_sound(description: ResultDescription) -> None:
    levels = [each.id for each in description.rubric_levels]
    if len(levels) > MAX_LEVELS or len(description.allowed_values) > MAX_ALLOWED_VALUES:
        raise DocumentError(
            f"A result has at most {MAX_LEVELS} levels and {MAX_ALLOWED_VALUES} values.",
            "too_many_levels",
            levels=str(MAX_LEVELS),
            allowed=str(MAX_ALLOWED_VALUES),
        )
    if len(set(levels)) != len(levels):
        raise DocumentError("Two levels of a rubric have one id.", "level_twice")
    if description.required_level is not None and description.required_level not in levels:
        raise DocumentError(
            f"The rubric has no level {description.required_level}.",
            "no_level",
            name=description.required_level,
        )
    least, most = (_number(bound) for bound in (description.value_min, description.value_max))
    if least is not None and most is not None and least > most:
        raise DocumentError(
            f"The least value {least} is greater than the greatest, {most}.",
            "bounds_cross",
            least=str(least),
            most=str(most),
        )
    if description.required_value is not None:
        _require_value(description.required_value, description)


def _require_allowed(result: Result, description: ResultDescription) -> None:
    if result.value is None and result.achieved_level is None and result.status is None:
        raise DocumentError("A result has a value, a level or a status.", "result_empty")
    if result.value is not None:
        _require_value(result.value, description)
    levels = {each.id for each in description.rubric_levels}
    if result.achieved_level is not None and result.achieved_level not in levels:
        raise DocumentError(
            f"The rubric has no level {result.achieved_level}.",
            "no_level",
            name=result.achieved_level,
        )
    if result.status is not None and result.status not in vocabulary.RESULT_STATUSES:
        allowed = ", ".join(vocabulary.RESULT_STATUSES)
        raise DocumentError(f"A status is one of {allowed}.", "no_such_status", allowed=allowed)
    if description.result_type == "Status" and result.status is None:
        raise DocumentError(
            f"The result {description.name} is a status, and none is given.",
            "status_missing",
            name=description.name,
        )


def _require_value(value: str, description: ResultDescription) -> None:
    if description.allowed_values and value not in description.allowed_values:
        allowed = ", ".join(description.allowed_values)
        raise DocumentError(
            f"The value {value} is not one of {allowed}.",
            "value_not_allowed",
            value=value,
            allowed=allowed,
        )
    least, most = (_number(bound) for bound in (description.value_min, description.value_max))
    if least is None and most is None:
        return
    number = _number(value)
    if number is not None and (
        (least is not None and number < least) or (most is not None and number > most)
    ):
        raise DocumentError(
            f"The value {value} lies outside of {least} to {most}.",
            "value_outside",
            value=value,
            least=str(least),
            most=str(most),
        )


def _number(text: str | None) -> Decimal | None:
    """Read a number that is written as text; None stays None."""
    if text is None:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise DocumentError(
            f"{text!r} is not a number: write 12.5.", "not_a_number", value=text
        ) from error
    if not number.is_finite():
        raise DocumentError(f"{text!r} is not a number: write 12.5.", "not_a_number", value=text)
    return number


def _said(members: dict[str, Any]) -> dict[str, Any]:
    """Leave out what was not said: the standard knows neither null nor the empty array."""
    return {name: value for name, value in members.items() if value is not None and value != []}
