"""Conformity to Open Badges 3.0, read once for each shape.

What the standard asks of a document is asked of its shape (which members, which types, how many)
and of single values: that a date is one, that a text is not blank. So the whole document is read
once for a shape, and then only its values, each by the rule of its member. Two dates that must be
in order are the one thing that lies between; they are read as the whole does.

Source: Open Badges 3.0 appendices A and B.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from badges.core import rules, schema
from credentials.core import shapes


class Conformity:
    """Reads documents that share some constants; remembers which shapes conform."""

    def __init__(self, *, constants: Sequence[object] = ()) -> None:
        """Know nothing yet.

        Args:
            constants: what documents are divided with.
        """
        self._constants = tuple(constants)
        self._names: dict[Hashable, list[str]] = {}

    def require(self, document: Mapping[str, Any], division: shapes.Division) -> None:
        """Return if a document conforms, as `schema.validate` would find strictly.

        Args:
            document: unsecured, made here.
            division: of this document, with the constants.

        Raises:
            NonConformant: it departs from the standard; `problems` says where.

        Source: Open Badges 3.0 section 9, first step.
        """
        names = self._names.get(division.shape)
        if names is not None:
            named = list(zip(names, division.values, strict=True))
            if schema.values_conform(named) and _are_in_order(named):
                return
        schema.validate(document, strict=True)
        if names is None:
            self._names[division.shape] = shapes.slots(document, constants=self._constants)


def _are_in_order(named: Sequence[tuple[str, str]]) -> bool:
    """Tell whether no validity ends before it begins; False where there are several of them."""
    ends = [value for name, value in named if name == "validUntil"]
    if not ends:
        return True
    starts = [value for name, value in named if name == "validFrom"]
    if len(starts) != 1 or len(ends) != 1:
        return False
    start, end = rules.read_timestamp(starts[0]), rules.read_timestamp(ends[0])
    return start is not None and end is not None and start <= end
