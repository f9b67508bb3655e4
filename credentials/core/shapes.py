"""The shape of a document, and what is different in each: its values.

Credentials of one badge version differ in a handful of texts (whom, when, which address) and agree
in everything else. `divide` parts the two: two documents of one shape have the same statements but
for the values in their slots, so that what the shape costs is paid once.

A value is in a slot only where it can be any text (or any address) without changing which
statements the document makes. Everything else belongs to the shape: types, words of the vocabulary,
numbers, references to parts of the achievement, the number of entries of an array.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Members whose text is carried into a literal as it is (Open Badges 3.0 appendix B; VC 2.0 section
# 4; Data Integrity 1.0 section 2.1), wherever they stand.
TEXTS = frozenset(
    {
        "activityEndDate", "activityStartDate", "audience", "awardedDate", "caption", "created",
        "description", "genre", "identityHash", "licenseNumber", "name", "narrative", "proofValue",
        "role", "salt", "statusListIndex", "term", "validFrom", "validUntil", "value",
    }
)  # fmt: skip
# Members whose text is the address of a node.
ADDRESSES = frozenset({"id", "statusListCredential"})
SLOTS = TEXTS | ADDRESSES


@dataclass(frozen=True, slots=True)
class Division:
    """A document, divided.

    Attributes:
        shape: What it has in common with others; equal for two documents of one shape.
        values: The texts in its slots, in the order of the document.
    """

    shape: tuple[Hashable, ...]
    values: list[str]


def divide(document: Mapping[str, Any], *, constants: Sequence[object] = ()) -> Division:
    """Part a document into its shape and its values.

    Args:
        document: a JSON object, unsecured or secured; it is not changed.
        constants: objects within it that are the same, by identity, in every document of a kind
            (the issuer's profile, the achievement): they are not looked into. Equal shapes mean
            equal documents only among those divided with the same constants.
    """
    shape: list[Hashable] = []
    values: list[str] = []
    known = {id(constant): number for number, constant in enumerate(constants)}
    _divide(document, known, shape, values)
    return Division(tuple(shape), values)


def _divide(
    value: Any, constants: Mapping[int, int], shape: list[Hashable], values: list[str]
) -> None:
    """Write down a shape such that it can be read in one way only.

    An object is the names of its members, then their values in that order, but for those in slots;
    an array is its length, then its items. Names, lengths, constants and values cannot be taken for
    one another: they are tuples of texts, of a number, a number, and texts or pairs with a type.
    """
    if isinstance(value, dict):
        number = constants.get(id(value))
        if number is not None:
            shape.append(number)
            return
        shape.append((*value,))
        for name, member in value.items():
            if type(member) is not str:
                _divide(member, constants, shape, values)
            elif name in SLOTS:
                values.append(member)
            else:
                shape.append(member)
    elif isinstance(value, list):
        shape.append((len(value),))
        for item in value:
            if type(item) is str:
                shape.append(item)
            else:
                _divide(item, constants, shape, values)
    else:
        # True and 1 are equal to Python, and 1 and 1.0; JSON writes each in its own way.
        shape.append(value if isinstance(value, str) else (type(value), value))


def slots(document: Mapping[str, Any], *, constants: Sequence[object] = ()) -> list[str]:
    """Return the name of the member that each slot of a document is, in order."""
    return list(_slots(document, {id(constant) for constant in constants}))


def _slots(value: Any, constants: set[int]) -> Iterator[str]:
    if isinstance(value, dict) and id(value) not in constants:
        for name, member in value.items():
            if type(member) is str and name in SLOTS:
                yield name
            else:
                yield from _slots(member, constants)
    elif isinstance(value, list):
        for item in value:
            yield from _slots(item, constants)


def fill(document: Any, values: Sequence[str], *, constants: Sequence[object] = ()) -> Any:
    """Return the document with other values in its slots; constants are taken over as they are."""
    return _fill(document, iter(values), {id(constant) for constant in constants})


def _fill(value: Any, remaining: Iterator[str], constants: set[int]) -> Any:
    if isinstance(value, dict) and id(value) not in constants:
        filled = {}
        for name, member in value.items():
            is_slot = type(member) is str and name in SLOTS
            filled[name] = next(remaining) if is_slot else _fill(member, remaining, constants)
        return filled
    if isinstance(value, list):
        return [_fill(item, remaining, constants) for item in value]
    return value
