"""The shape of a document, and what is different in each: its values.

Credentials of one badge version differ in a handful of texts (whom, when, which address) and agree
in everything else. `divide` parts the two: two documents of one shape have the same statements but
for the values in their slots, so that what the shape costs is paid once.

A value is in a slot only where it can be any text (or any address) without changing which
statements the document makes. Everything else belongs to the shape: types, words of the vocabulary,
numbers, references to parts of the achievement, the number of entries of an array.

Documents of one badge come one after the other. A `Divider` therefore tries first whether the next
one is of the shape of the last, which takes half as long as to find out which shape it has.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from credentials.core import picking

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


class Shape:
    """What documents of one shape have in common; equal for two of them, and only then.

    A tuple works its hash out whenever it is looked for in a dictionary: this does it once.

    Attributes:
        parts: Names, lengths, constants and values, as `divide` writes them down.
    """

    __slots__ = ("_hash", "parts")

    def __init__(self, parts: tuple[Hashable, ...]) -> None:
        """Work the hash out."""
        self.parts = parts
        self._hash = hash(parts)

    def __hash__(self) -> int:
        """Return what was worked out."""
        return self._hash

    def __eq__(self, other: object) -> bool:
        """Compare with another shape."""
        return isinstance(other, Shape) and self.parts == other.parts


class Division(NamedTuple):
    """A document, divided.

    Attributes:
        shape: What it has in common with others.
        values: The texts in its slots, in the order of the document.
    """

    shape: Shape
    values: Sequence[str]


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
    return Division(Shape(tuple(shape)), values)


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
        # True and 1 are equal to Python, 1 and 1.0, 0.0 and -0.0; JSON writes each in its own way.
        shape.append(value if isinstance(value, str) else (type(value), repr(value)))


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


class Divider:
    """Divides documents that share some constants; several threads may share one.

    Attributes:
        constants: Objects within them that are the same, as `divide` takes them.
    """

    def __init__(self, constants: Sequence[object] = ()) -> None:
        """Remember what they share."""
        self.constants = tuple(constants)
        self._last: Shape | None = None
        self._reader: _Reader | None = None

    def divide(self, document: Mapping[str, Any]) -> Division:
        """Part a document into its shape and its values, as `divide` does.

        Args:
            document: a JSON object, unsecured or secured; it is not changed.
        """
        reader = self._reader
        values = reader.read(document) if reader is not None else None
        if reader is not None and values is not None:
            return Division(reader.shape, values)
        shape, found = divide(document, constants=self.constants)
        if shape == self._last:
            # Two in a row: to prepare for a third takes as long as to divide a few. Whoever looks
            # the shape up finds it by the object that came first, without comparing any.
            shape = self._last
            self._reader = _reader(document, shape, self.constants)
        self._last = shape
        return Division(shape, found)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the values of documents of one shape, and knows every other.

    A document is read level by level into one flat list of members and items, and everything that
    is asked of it is asked of many places at once.

    Attributes:
        shape: The shape.
        names: Of the members of the document, in order.
        steps: Where in the list an object or an array stands whose content follows, and the names
            of its members, or the number of its items.
        slots: Takes the values out of the list.
        texts: Takes the other texts; they are `said`.
        others: Takes numbers, truth values and nulls; they are `written`.
        constants: Where objects stand that must be these.
    """

    shape: Shape
    names: tuple[str, ...]
    steps: tuple[tuple[int, tuple[str, ...] | int], ...]
    slots: picking.Picker
    texts: picking.Picker
    said: tuple[str, ...]
    others: picking.Picker
    written: tuple[str, ...]
    constants: tuple[tuple[int, object], ...]

    def read(self, document: Mapping[str, Any]) -> tuple[str, ...] | None:
        """Return the values of a document; None where it is of another shape."""
        if (*document,) != self.names:
            return None
        flat = [*document.values()]
        for place, content in self.steps:
            part = flat[place]
            if type(content) is tuple:
                if type(part) is not dict or (*part,) != content:
                    return None
                flat += part.values()
            elif type(part) is list and len(part) == content:
                flat += part
            else:
                return None
        values = self.slots(flat)
        if self.texts(flat) != self.said or not _TEXT.issuperset(map(type, values)):
            return None
        for place, constant in self.constants:
            if flat[place] is not constant:
                return None
        return values if tuple(map(repr, self.others(flat))) == self.written else None


_TEXT = frozenset({str})


def _reader(document: Mapping[str, Any], shape: Shape, constants: Sequence[object]) -> _Reader:
    """Prepare to read documents of the shape of this one."""
    known = {id(constant) for constant in constants}
    flat: list[tuple[str, Any]] = [*document.items()]
    steps: list[tuple[int, tuple[str, ...] | int]] = []
    within: dict[int, range] = {}
    for place, (_name, value) in enumerate(flat):
        # The list grows meanwhile.
        if isinstance(value, dict) and id(value) not in known:
            steps.append((place, (*value,)))
            within[place] = range(len(flat), len(flat) + len(value))
            flat += value.items()
        elif isinstance(value, list):
            steps.append((place, len(value)))
            within[place] = range(len(flat), len(flat) + len(value))
            flat += (("", item) for item in value)
    # In the order of the document: what is within stands where its object or array does.
    ordered: list[int] = []
    waiting = [*reversed(range(len(document)))]
    while waiting:
        place = waiting.pop()
        ordered.append(place)
        waiting += reversed(within.get(place, ()))
    texts = [place for place in ordered if type(flat[place][1]) is str]
    slots = [place for place in texts if flat[place][0] in SLOTS]
    fixed = [place for place in texts if flat[place][0] not in SLOTS]
    constant = [place for place in ordered if id(flat[place][1]) in known]
    rest = [place for place in ordered if place not in {*texts, *constant, *within}]
    return _Reader(
        shape=shape,
        names=(*document,),
        steps=tuple(steps),
        slots=picking.picker(slots),
        texts=picking.picker(fixed),
        said=tuple(flat[place][1] for place in fixed),
        others=picking.picker(rest),
        written=tuple(repr(flat[place][1]) for place in rest),
        constants=tuple((place, flat[place][1]) for place in constant),
    )
