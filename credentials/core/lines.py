"""Lines with holes, sorted as far as no value can change their order.

Lines of canonical N-Quads are sorted by code point. Those of one subject stand together, whatever
the values: no subject with the space after it is the beginning of another. So lines are kept in
blocks, one for each subject, and blocks are sorted when they are filled. Within a block, two lines
whose texts differ before the first hole have their order for ever; each of the others is a part of
its own, and sorted with the blocks.

Source: RDF Dataset Canonicalization 1.0 (RDFC-1.0) section 5.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from credentials.core import picking

# A text, or the number of the value that comes here.
Piece: TypeAlias = str | int
Pieces: TypeAlias = tuple[Piece, ...]
# What comes into the holes, by their numbers, in UTF-8: bytes sort as code points do.
Values: TypeAlias = tuple[bytes, ...]

# Between parts: no text that is signed holds a null. Python looks for one byte at every byte, and
# for sixteen at every seventeenth: a text of 7 kB is parted in a fifth of the time.
_PART = "\x00" * 16
_PART_BYTES = _PART.encode()


@dataclass(frozen=True, slots=True)
class Form:
    """A text with holes.

    Attributes:
        text: For Python's %, which fills bytes three times as fast as text, and what is made is
            hashed or stored as bytes.
        take: Picks the values that it takes, in the order of the holes.
        has_holes: Whether there is one.
    """

    text: bytes
    take: picking.Picker
    has_holes: bool

    def fill(self, values: Values) -> bytes:
        """Return the text with values in its holes, by their numbers."""
        return self.text % self.take(values)


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines with holes; see the module.

    Attributes:
        form: The lines, in parts where their order depends on values.
        is_sorted: Whether values change nothing in their order.
        loose: Takes the parts that are one line each, which values may make one, out of all.
        is_set: Whether two lines that values make one are one; otherwise nobody can tell.
    """

    form: Form
    is_sorted: bool
    loose: picking.Picker
    is_set: bool

    def fill(self, values: Values) -> bytes | None:
        """Return the lines with values in their holes, sorted, each ended by a line feed.

        Args:
            values: by the numbers of the holes; without control characters.

        Returns:
            None where two lines have become one, and may not.
        """
        text = self.form.text % self.form.take(values)
        if self.is_sorted:
            return text
        parts = text.split(_PART_BYTES)
        loose = self.loose(parts)
        if len({*loose}) != len(loose):
            if not self.is_set:
                return None
            parts = [*{*parts}]
        parts.sort()
        return b"".join(parts)


def cut(text: str, marks: Sequence[str]) -> Pieces:
    """Cut a text at the marks in it: where the first of them stands is hole 0.

    Args:
        text: any.
        marks: none is part of another.
    """
    pieces: list[Piece] = [text]
    for number, mark in enumerate(marks):
        if mark in text:
            pieces = [
                part
                for piece in pieces
                for part in (_parted(piece, mark, number) if isinstance(piece, str) else [piece])
            ]
    return tuple(piece for piece in pieces if piece != "")


def _parted(text: str, mark: str, number: int) -> Iterator[Piece]:
    first, *rest = text.split(mark)
    yield first
    for part in rest:
        yield number
        yield part


def form(pieces: Iterable[Piece]) -> Form:
    """Make a text with holes from its pieces."""
    listed = list(pieces)
    holes = [piece for piece in listed if isinstance(piece, int)]
    text = "".join(
        "%b" if isinstance(piece, int) else piece.replace("%", "%%") for piece in listed
    ).encode()
    return Form(text, picking.picker(holes), bool(holes))


def lines(parted: Iterable[tuple[Pieces, Pieces]], *, is_set: bool) -> Lines:
    """Sort lines as far as no value can change their order.

    Args:
        is_set: see `Lines`.
        parted: each line as the pieces of its subject with the space after it, and those of the
            rest with the line feed. A hole is a whole term, or all of it between its delimiters.
    """
    blocks: dict[Pieces, list[Pieces]] = {}
    for subject, rest in parted:
        blocks.setdefault(subject, []).append(rest)
    ordered = sorted(blocks, key=_beginning)
    is_certain = all(_is_certain(one, other) for one, other in pairwise(ordered))
    parts: list[tuple[Pieces, bool]] = []
    for subject in ordered:
        found = list(_parts(subject, blocks[subject]))
        if parts and is_certain and not parts[-1][1] and not found[0][1]:
            found[0] = (parts.pop()[0] + found[0][0], False)
        parts += found
    pieces: list[Piece] = []
    for part, _is_loose in parts:
        pieces += [_PART, *part] if pieces else part
    loose = [number for number, (_part, is_loose) in enumerate(parts) if is_loose]
    return Lines(form(pieces), len(parts) == 1, picking.picker(loose), is_set)


def _parts(subject: Pieces, rests: Iterable[Pieces]) -> Iterator[tuple[Pieces, bool]]:
    """Part the lines of one subject: each that values may put elsewhere is loose, and a part."""
    waiting = sorted(rests, key=_beginning)
    steady: Pieces = ()
    while waiting:
        first = waiting[0]
        end = 1
        while end < len(waiting) and not _is_certain(first, waiting[end]):
            end += 1
        together, waiting = waiting[:end], waiting[end:]
        if len(together) > 1 and _has_hole(first):
            if steady:
                yield steady, False
            steady = ()
            yield from ((subject + rest, True) for rest in together)
        else:
            for rest in together:
                steady += subject + rest
    if steady:
        yield steady, False


def _beginning(pieces: Pieces) -> str:
    """Return the text before the first hole."""
    text = ""
    for piece in pieces:
        if isinstance(piece, int):
            break
        text += piece
    return text


def _has_hole(pieces: Pieces) -> bool:
    return any(isinstance(piece, int) for piece in pieces)


def _is_certain(one: Pieces, other: Pieces) -> bool:
    """Tell whether `one` comes first whatever the values; their beginnings are in order."""
    return not _beginning(other).startswith(_beginning(one))
