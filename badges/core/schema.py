"""Conformance to Open Badges 3.0: where a document departs from the standard, all places at once.

Two readers use it. Our own documents are read strictly, before they are signed: sets are arrays,
text says something and holds nothing that JSON-LD processors disagree about. Documents of others
are read as the standard's JSON Schema reads them: a set of one may be written without its array.

Whatever the document, the reading is bounded: see the limits in `rules` and `classes`.

Source: Open Badges 3.0 appendices A and B; W3C Verifiable Credentials 2.0 section 4.
"""

from collections.abc import Iterable
from functools import cache

from badges.core import classes, rules
from badges.core.rules import Problem

__all__ = [
    "NonConformant", "Problem", "achievement_problems", "problems", "validate", "values_conform",
]  # fmt: skip


class NonConformant(ValueError):  # noqa: N818 - a statement about the document, not an accident
    """The document departs from Open Badges 3.0.

    Attributes:
        problems: every departure that was found, at most `rules.MAX_PROBLEMS`.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Name the first problem and say how many more there are."""
        self.problems = problems
        rest = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"{problems[0]}{rest}")


def problems(document: object, *, strict: bool = False) -> tuple[Problem, ...]:
    """Tell every way in which `document` is not an OpenBadgeCredential; nothing when it is one.

    Args:
        document: parsed JSON, with a proof or without.
        strict: True for documents made here.

    Returns:
        The problems in the order they were met, at most `rules.MAX_PROBLEMS`.

    Source: Open Badges 3.0 section 9, appendix B.
    """
    return _examine(document, "OpenBadgeCredential", strict=strict)


def achievement_problems(document: object, *, strict: bool = False) -> tuple[Problem, ...]:
    """Tell every way in which `document` is not an Achievement; nothing when it is one.

    Args:
        document: parsed JSON.
        strict: True for documents made here.

    Returns:
        The problems in the order they were met, at most `rules.MAX_PROBLEMS`.

    Source: Open Badges 3.0 appendix B (Achievement).
    """
    return _examine(document, "Achievement", strict=strict)


def validate(document: object, *, strict: bool = False) -> None:
    """Return if `document` is an OpenBadgeCredential, raise otherwise.

    Args:
        document: parsed JSON, with a proof or without.
        strict: True for documents made here.

    Raises:
        NonConformant: it departs from the standard; `problems` says where.

    Source: Open Badges 3.0 section 9, first step.
    """
    found = problems(document, strict=strict)
    if found:
        raise NonConformant(found)


def values_conform(named: Iterable[tuple[str, str]]) -> bool:
    """Tell whether texts may stand in members of these names, whatever the class; strictly.

    For documents that differ from one that conforms in nothing but such texts: all that is left to
    ask is whether two dates are in order.

    Args:
        named: names of members, each with its text.

    Returns:
        False where one may not stand there, and where that depends on the class.

    Source: Open Badges 3.0 appendix B.
    """
    rule_of, walk = _rules_by_name(), rules.Walk(strict=True)
    for name, value in named:
        rule = rule_of.get(name)
        if rule is not None:
            rule(value, "", walk)
            if walk.found:
                return False
    return True


@cache
def _rules_by_name() -> dict[str, rules.Rule]:
    """Return the rule of each member; where classes have different ones, one that refuses all."""
    found: dict[str, rules.Rule] = {}
    for described in classes.CLASSES.values():
        for name, member in described.members.items():
            if found.setdefault(name, member.rule) is not member.rule:
                found[name] = _refuse
    return found


def _refuse(_value: object, pointer: str, walk: rules.Walk) -> None:
    walk.refuse(pointer, "depends", "depends on the class")


def _examine(document: object, class_name: str, *, strict: bool) -> tuple[Problem, ...]:
    walk = rules.Walk(strict=strict)
    try:
        classes.one(class_name)(document, "", walk)
        rules.refuse_nothing(document, walk)
    except rules.EnoughError:
        pass
    return tuple(walk.found)
