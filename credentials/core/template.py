"""Canonical texts of one shape: worked out once, then filled for each document.

`compile_texts` canonicalises a document whose slots hold marks, and keeps the lines with holes
where the marks were, in their order as far as no value can change it. `Texts.fill` puts values into
the holes, and does again what values can change:

1. escaping: tab, line ends, quotation mark, backslash (RDFC-1.0 section 5.2);
2. the labels of blank nodes: their first-degree hash is computed again where a value reaches it,
   and labels are issued in the order of the hashes (sections 4.5 and 4.6);
3. two lines that have become equal are one statement;
4. the order of the lines.

What it cannot decide, it does not answer (None), and the full canonicaliser is asked: two blank
nodes with one hash (section 4.8 would have to tell them apart), two lines of a blank node that have
become equal, two addresses that are one node, an address that is not of a plain form, a text that
must not be signed at all.

A document with its proof is that without, and a graph more: the hashes of the nodes that both have
are computed once.

Source: RDF Dataset Canonicalization 1.0.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from typing import Any, NamedTuple

from credentials.core import contexts, lines, picking, rdf, screening

_PROOF = "<https://w3id.org/security#proof>"
_LABEL = "_:c14n"
# How labels go on; few documents need more.
_NUMBERS = tuple(b"%d" % number for number in range(64))

# One line of canonical N-Quads: subject, predicate, object, graph.
_LINE = re.compile(
    r'(<[^>]*>|_:\S+) (<[^>]*>) (<[^>]*>|_:\S+|"(?:[^"\\]|\\.)*"(?:\^\^<[^>]*>|@\S+)?)'
    r"(?: (<[^>]*>|_:\S+))? \.\n"
)
# Of ASCII, what is written as it is.
_ORDINARY = bytes({*range(0x20, 0x7F)} - {*b'"\\'})
_ESCAPED = str.maketrans({"\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\"})
# Addresses whose every reader agrees that they are one, without a percent sign, in ASCII. Any other
# goes to the full canonicaliser, which knows more. `+` after a quantifier: what it took is not
# given back, since nothing that follows could want it.
_PLAIN_ADDRESS = re.compile(
    rb"https?://[a-z0-9-]++(?:\.[a-z0-9-]++)*+(?::[0-9]{1,5}+)?+(?:/[A-Za-z0-9._~!$&()*+,;=:@/-]*+)?+"
    rb"(?:\?[A-Za-z0-9._~!$&()*+,;=:@/?-]*+)?+(?:#[A-Za-z0-9._~!$&()*+,;=:@/?-]*+)?+"
    rb"|urn:uuid:[0-9a-f-]{36}"
    rb"|did:[a-z0-9]+:[A-Za-z0-9._:-]*[A-Za-z0-9._-](?:#[A-Za-z0-9._-]++)?+"
)
# Any number of them, each with a line end, which no value holds.
_PLAIN_ADDRESSES = re.compile(rb"(?:(?:%b)\n)*" % _PLAIN_ADDRESS.pattern)


class NotCompilable(ValueError):  # noqa: N818 - it says what is wrong
    """The shape has slots that do not come out as they went in: it takes the long way."""


@dataclass(frozen=True, slots=True)
class Node:
    """A blank node: how its first-degree hash is found (RDFC-1.0 section 4.6).

    Attributes:
        seen: Its lines with `_:a` for itself, `_:z` for any other blank node, holes for values.
        known: The hash, where no value reaches it.
    """

    seen: lines.Lines
    known: bytes | None


class Filled(NamedTuple):
    """The canonical text of a document, halfway to that of the document with its proof."""

    text: bytes
    values: lines.Values
    hashes: list[bytes]


@dataclass(frozen=True, slots=True)
class Texts:
    """The canonical texts of one shape, with and without its proof; see the module.

    Attributes:
        is_address: For each slot, whether it holds an address.
        pick: Takes the addresses out of the values.
        addresses: Those of the shape itself.
        document: The lines without the proof; holes for the values, then for the labels of `nodes`.
        secured: The lines with it; holes for all values, then for all labels.
        nodes: The blank nodes of the document.
        proof_nodes: Those that its proof adds.
    """

    is_address: tuple[bool, ...]
    pick: picking.Picker
    addresses: frozenset[bytes]
    document: lines.Lines
    secured: lines.Lines
    nodes: tuple[Node, ...]
    proof_nodes: tuple[Node, ...]

    def fill(self, values: lines.Values) -> Filled | None:
        """Return the canonical text of the document without its proof.

        Args:
            values: One for each slot before the proof's, in order; escaped by `escape`.

        Returns:
            None where the full canonicaliser must be asked.
        """
        hashes = _hashes(self.nodes, values) if self._are_plain(values) else None
        labels = _labels(hashes) if hashes is not None else None
        if hashes is None or labels is None:
            return None
        text = self.document.fill((*values, *labels))
        return None if text is None else Filled(text, values, hashes)

    def complete(self, filled: Filled, values: lines.Values) -> bytes | None:
        """Return the canonical text of the document with its proof.

        Args:
            filled: What `fill` returned for the document.
            values: One for each slot of the proof, in order; escaped.

        Returns:
            None where the full canonicaliser must be asked.
        """
        given = (*filled.values, *values)
        added = _hashes(self.proof_nodes, given)
        labels = _labels([*filled.hashes, *added]) if added is not None else None
        return None if labels is None else self.secured.fill((*given, *labels))

    def _are_plain(self, values: lines.Values) -> bool:
        """Say whether all addresses are plain, and each is a node of its own."""
        found = self.pick(values)
        return (
            _PLAIN_ADDRESSES.fullmatch(b"\n".join((*found, b""))) is not None
            and len({*found}) == len(found)
            and self.addresses.isdisjoint(found)
        )


def escape(values: Sequence[str]) -> lines.Values | None:
    """Return values as they stand between quotation marks, in N-Quads and in JSON alike; UTF-8.

    The five characters that are written otherwise are written alike in both (RFC 8259 section 7;
    RDFC-1.0 section 5.2): the others that would be are those that are never signed.

    Returns:
        None where one of them must not be signed: the long way says which and why.
    """
    if not values:
        return ()
    # No text that is safe holds a null: together they are encoded, and looked at, at once.
    whole = "\0".join(values)
    try:
        encoded = whole.encode()
    except UnicodeEncodeError:
        return None
    rest = encoded.translate(None, _ORDINARY)
    odd = rest.replace(b"\0", b"")
    if len(rest) - len(odd) != len(values) - 1:
        return None
    if odd:
        # What can be printed is neither a control nor unassigned: nearly always this is enough, and
        # ten times as fast as to look for each.
        words = odd.decode()
        is_plain = words.isprintable()
        if not is_plain and not screening.is_safe(words):
            return None
        if not is_plain or '"' in words or "\\" in words:
            encoded = "\0".join([value.translate(_ESCAPED) for value in values]).encode()
    return tuple(encoded.split(b"\0"))


def is_plain(address: str) -> bool:
    """Say whether an address is of a form that every reader takes for the same one."""
    return _PLAIN_ADDRESS.fullmatch(address.encode(errors="replace")) is not None


def marks(is_address: Sequence[bool]) -> list[str]:
    """Return a mark for each slot: texts and addresses that no document holds."""
    # Of one length, so that none is the beginning of another.
    return [
        f"urn:x-acquis-slot:{number:06d}" if address else f"x-acquis-slot-{number:06d}"
        for number, address in enumerate(is_address)
    ]


def compile_texts(
    secured: Mapping[str, Any],
    *,
    marks: Sequence[str],
    is_address: Sequence[bool],
    proof_slots: int,
    library: contexts.Library | None = None,
) -> Texts:
    """Work out the canonical texts of a shape.

    Args:
        secured: a document of that shape with a proof, whose slots hold the marks.
        marks: one for each slot, the proof's after the document's; unlike anything else in it.
        is_address: for each slot, whether it holds an address.
        proof_slots: how many of them are the proof's.
        library: contexts it may use; the shipped ones unless told otherwise.

    Raises:
        NotCompilable: a mark is lost, or comes out otherwise than as a whole text or address.
        CanonicalisationError: no document of this shape has a canonical text.

    Source: RDFC-1.0 section 4.4.
    """
    text = rdf.canonicalise(secured, library=library)
    parsed = [match.groups("") for match in _LINE.finditer(text)]
    if "".join(_written(line) for line in parsed) != text:
        raise NotCompilable("the canonical text has a line of an unknown form")
    _require_whole(parsed, marks, is_address)
    # The document's own proof, not those of endorsements within it.
    root = f"<{secured.get('id')}>"
    graphs = {line[2] for line in parsed if line[:2] == (root, _PROOF)}
    if len(graphs) != 1:
        raise NotCompilable("the document has no id, or not one proof")
    inside = [line for line in parsed if line[3] in graphs or line[2] in graphs]
    outside = [line for line in parsed if line not in inside]
    nodes = _blank_nodes(outside)
    added = [node for node in _blank_nodes(inside) if node not in nodes]
    own_marks = marks[: len(marks) - proof_slots]
    return Texts(
        is_address=tuple(is_address),
        pick=picking.picker([place for place, held in enumerate(is_address) if held]),
        addresses=frozenset(
            term[1:-1].encode()
            for line in parsed
            for term in line
            if term.startswith("<") and term[1:-1] not in marks
        ),
        document=lines.lines(_parted(outside, own_marks, nodes), is_set=True),
        secured=lines.lines(_parted(parsed, marks, [*nodes, *added]), is_set=True),
        nodes=tuple(_node(node, outside, own_marks) for node in nodes),
        proof_nodes=tuple(_node(node, inside, marks) for node in added),
    )


_Line = tuple[str, ...]


def _parted(
    parsed: Iterable[_Line], marks: Sequence[str], labels: Sequence[str]
) -> Iterator[tuple[lines.Pieces, lines.Pieces]]:
    """Part lines behind their subjects, and cut them at their holes.

    Holes are one for each mark, then one for each label: its number behind `_:c14n`.
    """
    numbers = {label: number for number, label in enumerate(labels, start=len(marks))}

    def pieces(term: str) -> lines.Pieces:
        return (_LABEL, numbers[term]) if term in numbers else lines.cut(term, marks)

    for line in parsed:
        subject, *rest = (term for term in line if term)
        behind: lines.Pieces = ()
        for term in rest:
            behind += (*pieces(term), " ")
        yield (*pieces(subject), " "), (*behind, ".\n")


def _node(node: str, parsed: Sequence[_Line], marks: Sequence[str]) -> Node:
    """Work out how the hash of a node is found.

    Two of its lines may look alike here and are not: the nodes that `_:z` stands for differ.
    """
    seen = [
        tuple("_:a" if term == node else "_:z" if term.startswith("_:") else term for term in line)
        for line in parsed
        if node in line
    ]
    found = lines.lines(_parted(seen, marks, []), is_set=False)
    text = None if found.form.has_holes else found.fill(())
    return Node(found, None if text is None else sha256(text).digest())


def _written(line: _Line) -> str:
    return " ".join([*filter(None, line), ".\n"])


def _blank_nodes(parsed: Iterable[_Line]) -> list[str]:
    return list(dict.fromkeys(term for line in parsed for term in line if term.startswith("_:")))


def _require_whole(
    parsed: Sequence[_Line], marks: Sequence[str], is_address: Sequence[bool]
) -> None:
    """Refuse a mark that is lost, cut, or part of something larger."""
    terms = [term for line in parsed for term in line]
    for mark, address in zip(marks, is_address, strict=True):
        where = [term for term in terms if mark in term]
        whole = {f"<{mark}>"} if address else {f'"{mark}"'}
        if not where or any(term.partition("^^")[0] not in whole for term in where):
            raise NotCompilable("the value of a slot does not come out as it went in")


def _hashes(nodes: Sequence[Node], values: lines.Values) -> list[bytes] | None:
    """Return the hash of each node; None where one cannot be told."""
    hashes = []
    for node in nodes:
        found = node.known
        if found is None:
            text = node.seen.fill(values)
            if text is None:
                return None
            found = sha256(text).digest()
        hashes.append(found)
    return hashes


def _labels(hashes: Sequence[bytes]) -> list[bytes] | None:
    """Issue the numbers of labels in the order of the hashes; None where two hashes are one."""
    numbers = _NUMBERS if len(hashes) <= len(_NUMBERS) else map(b"%d".__mod__, count())
    labels = dict(zip(sorted(hashes), numbers, strict=False))
    return [labels[found] for found in hashes] if len(labels) == len(hashes) else None
