"""Lines with holes, sorted as far as no value can change their order.

Lines of canonical N-Quads are sorted by code point. Those of one subject stand together, whatever
the values: no subject with the space after it is the beginning of another. So lines are kept in
blocks, one for each subject, and blocks are sorted when they are filled. Within a block, two lines
whose texts differ before the first hole have their order for ever; the others are sorted when they
are filled.

Source: RDF Dataset Canonicalization 1.0 (RDFC-1.0) section 5.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import TypeAlias

# A text, or the number of the value that comes here.
Piece: TypeAlias = str | int
Pieces: TypeAlias = tuple[Piece, ...]
# What comes into the holes, by their numbers, in UTF-8: bytes sort as code points do.
Values: TypeAlias = tuple[bytes, ...]

# Between blocks, and around lines whose order depends on values: no text that is signed holds them.
_BLOCK, _LOOSE = "\x00", "\x01"
_BLOCK_BYTE, _LOOSE_BYTE = _BLOCK.encode(), _LOOSE.encode()


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
    take: Callable[[Values], object]
    has_holes: bool

    def fill(self, values: Values) -> bytes:
        """Return the text with values in its holes, by their numbers."""
        return self.text % self.take(values)


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines with holes; see the module.

    Attributes:
        form: The lines, in blocks where their order depends on values.
        is_sorted: Whether values change nothing in their order.
        loose: The blocks that hold lines whose order values change.
        is_set: Whether two lines that values make one are one; otherwise nobody can tell.
    """

    form: Form
    is_sorted: bool
    loose: tuple[int, ...]
    is_set: bool

    def fill(self, values: Values) -> bytes | None:
        """Return the lines with values in their holes, sorted, each ended by a line feed.

        Args:
            values: by the numbers of the holes; without control characters.

        Returns:
            None where two lines have become one, and may not.
        """
        text = self.form.fill(values)
        if self.is_sorted:
            return text
        blocks = text.split(_BLOCK_BYTE)
        for number in self.loose:
            settled = _settle(blocks[number], is_set=self.is_set)
            if settled is None:
                return None
            blocks[number] = settled
        blocks.sort()
        return b"".join(blocks)


def _settle(block: bytes, *, is_set: bool) -> bytes | None:
    """Sort the lines that stand between two marks; None where two of them are one, and may not."""
    parts = block.split(_LOOSE_BYTE)
    for number in range(1, len(parts), 2):
        found = parts[number].split(b"\n")[:-1]
        alone = set(found)
        if len(alone) != len(found) and not is_set:
            return None
        parts[number] = b"\n".join([*sorted(alone), b""])
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
    # Of one number, itemgetter returns the value itself, which % takes as well.
    take: Callable[[Values], object] = itemgetter(*holes) if holes else _nothing
    return Form(text, take, bool(holes))


def _nothing(_values: Values) -> object:
    return ()


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
    written = [list(_block(subject, blocks[subject])) for subject in ordered]
    if is_certain:
        written = [[piece for block in written for piece in block]]
    pieces: list[Piece] = []
    for block in written:
        pieces += [_BLOCK, *block] if pieces else block
    loose = tuple(number for number, block in enumerate(written) if _LOOSE in block)
    is_sorted = len(written) == 1 and not loose
    return Lines(form(pieces), is_sorted, loose, is_set)


def _block(subject: Pieces, rests: Iterable[Pieces]) -> Iterator[Piece]:
    """Write the lines of one subject, those that values may put into another order apart."""
    waiting = sorted(rests, key=_beginning)
    while waiting:
        first = waiting[0]
        end = 1
        while end < len(waiting) and not _is_certain(first, waiting[end]):
            end += 1
        together, waiting = waiting[:end], waiting[end:]
        marks = (_LOOSE,) if len(together) > 1 and _has_hole(first) else ()
        yield from marks
        for rest in together:
            yield from subject
            yield from rest
        yield from marks


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
