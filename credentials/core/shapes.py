"""The shape of a document, and what is different in each: its values.

Credentials of one badge version differ in a handful of texts (whom, when, which address) and agree
in everything else. `divide` parts the two: two documents of one shape have the same statements but
for the values in their slots, so that what the shape costs is paid once.

A value is in a slot only where it can be any text (or any address) without changing which
statements the document makes. Everything else belongs to the shape: types, words of the vocabulary,
numbers, references to parts of the achievement, the number of entries of an array.
"""

from collections.abc import Hashable, Mapping, Sequence
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

_TEXT, _ADDRESS, _CONSTANT = "text", "address", "constant"


class Division:
    """A document, divided.

    Attributes:
        shape: What it has in common with others; equal for two documents of one shape.
        values: The texts in its slots, in the order of the document.
        is_address: For each slot, whether it holds an address.
    """

    __slots__ = ("is_address", "shape", "values")

    def __init__(self) -> None:
        """Begin with nothing."""
        self.shape: list[Hashable] = []
        self.values: list[str] = []
        self.is_address: list[bool] = []


def divide(document: Mapping[str, Any], *, constants: Sequence[object] = ()) -> Division:
    """Part a document into its shape and its values.

    Args:
        document: a JSON object, unsecured or secured; it is not changed.
        constants: objects within it that are the same, by identity, in every document of a kind
            (the issuer's profile, the achievement): they are not looked into. Equal shapes mean
            equal documents only among those divided with the same constants.
    """
    division = Division()
    _divide(document, {id(constant): number for number, constant in enumerate(constants)}, division)
    return division


def _divide(value: Any, constants: Mapping[int, int], division: Division) -> None:
    shape = division.shape
    if isinstance(value, dict):
        known = constants.get(id(value))
        if known is not None:
            shape.append((_CONSTANT, known))
            return
        shape.append(len(value))
        for name, member in value.items():
            shape.append(name)
            if type(member) is str:
                if name in TEXTS:
                    shape.append((_TEXT,))
                    division.values.append(member)
                    division.is_address.append(False)
                    continue
                if name in ADDRESSES:
                    shape.append((_ADDRESS,))
                    division.values.append(member)
                    division.is_address.append(True)
                    continue
            _divide(member, constants, division)
    elif isinstance(value, list):
        shape.append((len(value),))
        for item in value:
            _divide(item, constants, division)
    else:
        # True and 1 are equal to Python, and 1 and 1.0; JSON writes each in its own way.
        shape.append(value if isinstance(value, str) else (type(value), value))


def fill(document: Any, values: Sequence[str], *, constants: Sequence[object] = ()) -> Any:
    """Return the document with other values in its slots; constants are taken over as they are."""
    remaining = iter(values)
    return _fill(document, remaining, {id(constant) for constant in constants})


def _fill(value: Any, remaining: Any, constants: set[int]) -> Any:
    if isinstance(value, dict) and id(value) not in constants:
        filled = {}
        for name, member in value.items():
            is_slot = type(member) is str and (name in TEXTS or name in ADDRESSES)
            filled[name] = next(remaining) if is_slot else _fill(member, remaining, constants)
        return filled
    if isinstance(value, list):
        return [_fill(item, remaining, constants) for item in value]
    return value
