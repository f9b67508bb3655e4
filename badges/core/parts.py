"""The parts of an achievement and of an award as plain JSON values, read into the core's classes.

Rows and requests hold them under short keys of the issuer's own ("maitrise"); a document refers to
them by address. Reading is strict and bounded: a member that nobody knows is refused by name, and
so is a text that is none.

Source: Open Badges 3.0 appendix B (ResultDescription, Result, Evidence, Profile, IdentifierEntry).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from badges.core.document import Alignment, DocumentError
from badges.core.evidence import Evidence
from badges.core.results import Result, ResultDescription, RubricLevel
from issuers.core import profile as profiles

# What a person fills in, and a document of 256 kB holds many times.
MAX_ITEMS = 50
MAX_TEXT = 10_000
T = TypeVar("T")

KEY = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}", re.ASCII)

_ALIGNMENT = (
    "target_name", "target_url", "target_framework", "target_code", "target_type",
    "target_description",
)  # fmt: skip
_EVIDENCE = ("id", "name", "narrative", "description", "genre", "audience")
_PROFILE = ("id", "name", "url", "email", "description", "image", "country")
_DESCRIPTION = (
    "key", "name", "result_type", "allowed_values", "value_min", "value_max", "required_value",
    "levels", "required_level", "alignments",
)  # fmt: skip
_LEVEL = ("key", "name", "level", "points", "description", "alignments")
_RESULT = ("result", "value", "level", "status", "alignments")


def result_descriptions(values: object, *, address: str) -> tuple[ResultDescription, ...]:
    """Read the results that an achievement can have.

    Args:
        values: an array of objects: key, name, result_type, and perhaps allowed_values, value_min,
            value_max, required_value, levels (key, name, level, points, description, alignments),
            required_level (key of a level), alignments.
        address: of the achievement; ids are made of it and of the keys.

    Raises:
        DocumentError: `where` names the place.

    Source: Open Badges 3.0 appendix B (ResultDescription).
    """

    def read(item: Mapping[str, Any]) -> ResultDescription:
        _only(item, _DESCRIPTION)
        base = f"{address}#{_key(item)}"
        required = text(item, "required_level")
        return ResultDescription(
            id=base,
            name=_required(item, "name"),
            result_type=_required(item, "result_type"),
            allowed_values=_texts(item, "allowed_values"),
            value_min=text(item, "value_min"),
            value_max=text(item, "value_max"),
            required_value=text(item, "required_value"),
            rubric_levels=_each(item.get("levels"), "levels", lambda one: _level(one, base)),
            required_level=f"{base}/{required}" if required else None,
            alignments=alignments(item.get("alignments")),
        )

    found = _each(values, "", read)
    if len({each.id for each in found}) != len(found):
        raise DocumentError("Two results have one key.", "key_twice")
    return found


def results(values: object, *, address: str) -> tuple[Result, ...]:
    """Read the results of an award.

    Args:
        values: an array of objects: result (key of its description), and value, level (key), status
            or several of them; alignments.
        address: of the achievement.

    Raises:
        DocumentError: `where` names the place.

    Source: Open Badges 3.0 appendix B (Result).
    """

    def read(item: Mapping[str, Any]) -> Result:
        _only(item, _RESULT)
        described, level = f"{address}#{_required(item, 'result')}", text(item, "level")
        return Result(
            result_description=described,
            value=text(item, "value"),
            achieved_level=f"{described}/{level}" if level else None,
            status=text(item, "status"),
            alignments=alignments(item.get("alignments")),
        )

    return _each(values, "", read)


def evidence(values: object) -> tuple[Evidence, ...]:
    """Read what an award rests on: an array of objects with the members of Evidence.

    Raises:
        DocumentError: `where` names the place.

    Source: Open Badges 3.0 appendix B (Evidence).
    """

    def read(item: Mapping[str, Any]) -> Evidence:
        _only(item, _EVIDENCE)
        return Evidence(**{name: text(item, name) for name in _EVIDENCE})

    return _each(values, "", read)


def alignments(values: object) -> tuple[Alignment, ...]:
    """Read alignments: an array of objects with the members of Alignment.

    Raises:
        DocumentError: `where` names the place.

    Source: Open Badges 3.0 appendix B (Alignment).
    """

    def read(item: Mapping[str, Any]) -> Alignment:
        _only(item, _ALIGNMENT)
        return Alignment(
            target_name=_required(item, "target_name"),
            target_url=_required(item, "target_url"),
            **{name: text(item, name) for name in _ALIGNMENT[2:]},
        )

    return _each(values, "alignments", read)


def identifiers(values: object) -> tuple[tuple[str, str], ...]:
    """Read other identifiers of an achievement: an array of objects with `type` and `identifier`.

    Raises:
        DocumentError: `where` names the place.

    Source: Open Badges 3.0 appendix B (IdentifierEntry).
    """

    def read(item: Mapping[str, Any]) -> tuple[str, str]:
        _only(item, ("type", "identifier"))
        return _required(item, "type"), _required(item, "identifier")

    return _each(values, "", read)


def profile(values: object) -> dict[str, Any] | None:
    """Read an organisation that is not the issuer: who conceived a badge, or who assessed.

    Args:
        values: None, or an object: id, name, and perhaps url, email, description, image, country.

    Raises:
        DocumentError: `where` names the place.

    Source: Open Badges 3.0 appendix B (Profile).
    """
    if values is None or values == {}:
        return None
    if not isinstance(values, Mapping):
        raise DocumentError("must be an object", "not_an_object")
    _only(values, _PROFILE)
    return profiles.profile(
        id=_required(values, "id"),
        name=_required(values, "name"),
        url=text(values, "url"),
        email=text(values, "email"),
        description=text(values, "description"),
        image=text(values, "image"),
        country=text(values, "country"),
    )


@contextmanager
def placed(where: str) -> Iterator[None]:
    """Add to a refusal the place of what held the refused part."""
    try:
        yield
    except DocumentError as error:
        raise error.at(where) from error


def _level(item: Mapping[str, Any], base: str) -> RubricLevel:
    _only(item, _LEVEL)
    return RubricLevel(
        id=f"{base}/{_key(item)}",
        name=_required(item, "name"),
        level=text(item, "level"),
        points=text(item, "points"),
        description=text(item, "description"),
        alignments=alignments(item.get("alignments")),
    )


def _each(values: object, where: str, read: Callable[[Mapping[str, Any]], T]) -> tuple[T, ...]:
    if values is None:
        return ()
    if not isinstance(values, Sequence) or isinstance(values, str | bytes):
        raise DocumentError("must be an array", "not_an_array", where=where)
    if len(values) > MAX_ITEMS:
        raise DocumentError(
            f"holds more than {MAX_ITEMS} entries", "too_many", where=where, most=str(MAX_ITEMS)
        )
    found = []
    for index, item in enumerate(values):
        place = f"{where}/{index}" if where else str(index)
        if not isinstance(item, Mapping):
            raise DocumentError("must be an object", "not_an_object", where=place)
        with placed(place):
            found.append(read(item))
    return tuple(found)


def _only(item: Mapping[str, Any], known: Sequence[str]) -> None:
    for name in item:
        if name not in known:
            allowed = ", ".join(known)
            raise DocumentError(
                f"is none of {allowed}", "unknown_member", where=str(name)[:60], allowed=allowed
            )


def _key(item: Mapping[str, Any]) -> str:
    key = _required(item, "key")
    if not KEY.fullmatch(key):
        raise DocumentError(
            "must be 1 to 60 small letters, digits, dots, dashes", "not_a_key", where="key"
        )
    return key


def _required(item: Mapping[str, Any], name: str) -> str:
    value = text(item, name)
    if value is None:
        raise DocumentError("is missing", "missing", where=name)
    return value


def text(item: Mapping[str, Any], name: str) -> str | None:
    """Return a text; None where there is none, or an empty one.

    Raises:
        DocumentError: it is no text, or longer than anybody reads.
    """
    value = item.get(name)
    if value is None or value == "":
        return None
    return _checked(value, name)


def _texts(item: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = item.get(name) or ()
    if not isinstance(values, Sequence) or isinstance(values, str | bytes):
        raise DocumentError("must be an array", "not_an_array", where=name)
    return tuple(_checked(value, f"{name}/{at}") for at, value in enumerate(values))


def _checked(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise DocumentError('must be text: write "12", not 12', "not_text", where=where)
    if len(value) > MAX_TEXT:
        raise DocumentError(
            f"takes more than {MAX_TEXT} characters", "too_long", where=where, most=str(MAX_TEXT)
        )
    return value
