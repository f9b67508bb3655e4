"""Canonical texts of one shape: worked out once, then filled for each document.

`compile_texts` canonicalises a document whose slots hold marks, and keeps the lines with holes
where the marks were. `Texts.fill` puts values into the holes, and does again what values can
change:

1. escaping: tab, line ends, quotation mark, backslash (RDFC-1.0 section 5.2);
2. the labels of blank nodes: their first-degree hash is computed again where a value reaches it,
   and labels are issued in the order of the hashes (sections 4.5 and 4.6);
3. two lines that have become equal are one statement;
4. the order of the lines.

What it cannot decide, it does not answer (None), and the full canonicaliser is asked: two blank
nodes with one hash (section 4.8 would have to tell them apart), two addresses that are one node, an
address that is not of a plain form, a text that must not be signed at all.

A document with its proof is that without, and a graph more: both texts come from one set of lines,
and the hashes of their blank nodes are computed once.

Source: RDF Dataset Canonicalization 1.0.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from credentials.core import contexts, rdf, screening

_PROOF = "<https://w3id.org/security#proof>"

# One line of canonical N-Quads: subject, predicate, object, graph.
_LINE = re.compile(
    r'(<[^>]*>|_:\S+) (<[^>]*>) (<[^>]*>|_:\S+|"(?:[^"\\]|\\.)*"(?:\^\^<[^>]*>|@\S+)?)'
    r"(?: (<[^>]*>|_:\S+))? \.\n"
)
_ESCAPED = str.maketrans({"\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\"})
_NEEDS_ESCAPE = re.compile(r'[\t\n\r"\\]')
# Addresses whose every reader agrees that they are one, without a percent sign, in ASCII. Any other
# goes to the full canonicaliser, which knows more.
_PLAIN_ADDRESS = re.compile(
    r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~!$&()*+,;=:@/-]*)?"
    r"(?:\?[A-Za-z0-9._~!$&()*+,;=:@/?-]*)?(?:#[A-Za-z0-9._~!$&()*+,;=:@/?-]*)?"
    r"|urn:uuid:[0-9a-f-]{36}"
    r"|did:[a-z0-9]+:[A-Za-z0-9._:-]*[A-Za-z0-9._-](?:#[A-Za-z0-9._-]+)?"
)


class NotCompilable(ValueError):  # noqa: N818 - it says what is wrong
    """The shape has slots that do not come out as they went in: it takes the long way."""


@dataclass(frozen=True, slots=True)
class _Node:
    """A blank node: how its first-degree hash is found.

    Attributes:
        label: The hole for its label in `blank` lines.
        alone: Its lines with `_:a` for itself, and holes for values; all of them in one text.
        others: Those lines in which other blank nodes stand as well, with `_:z` for them.
        known: The hash, where no value reaches it.
    """

    label: str
    alone: str
    others: str
    known: str | None


@dataclass(frozen=True, slots=True)
class _Part:
    """Some of the lines: those of the document, or those that its proof adds.

    Attributes:
        fixed: Lines that never change.
        moving: Lines with values in them, one text with holes.
        blank: Lines with blank nodes, one text with holes for values and labels.
        nodes: The blank nodes that first appear here.
    """

    fixed: tuple[str, ...]
    moving: str
    blank: str
    nodes: tuple[_Node, ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """The canonical text of a document, halfway to that of the document with its proof."""

    text: str
    values: Mapping[str, str]
    hashes: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]

    def named(self, more: Sequence[str]) -> dict[str, str]:
        """Return every value under the name of its hole, `more` being those of the proof."""
        first = len(self.values)
        named = {f"v{number}": value for number, value in enumerate(more, start=first)}
        named.update(self.values)
        return named


@dataclass(frozen=True, slots=True)
class Texts:
    """The canonical texts of one shape, with and without its proof; see the module."""

    is_address: tuple[bool, ...]
    addresses: frozenset[str]
    document: _Part
    proof: _Part

    def fill(self, values: Sequence[str]) -> Filled | None:
        """Return the canonical text of the document without its proof.

        Args:
            values: One for each slot before the proof's, in order; escaped by `escape`.

        Returns:
            None where the full canonicaliser must be asked.
        """
        named = {f"v{number}": value for number, value in enumerate(values)}
        known = self._addresses(values)
        hashes = _hashes(self.document.nodes, named) if known else None
        if hashes is None:
            return None
        lines = [*self.document.fixed, *_lines(self.document.moving % named)]
        blank = _lines(self.document.blank % (named | _labels(hashes)))
        return Filled(_joined({*lines, *blank}), named, tuple(hashes), tuple(lines))

    def complete(self, filled: Filled, values: Sequence[str]) -> str | None:
        """Return the canonical text of the document with its proof.

        Args:
            filled: What `fill` returned for the document.
            values: One for each slot of the proof, in order; escaped.

        Returns:
            None where the full canonicaliser must be asked.
        """
        named = filled.named(values)
        hashes = _hashes(self.proof.nodes, named)
        if hashes is None:
            return None
        hashes.extend(filled.hashes)
        if len({found for found, _label in hashes}) != len(hashes):
            return None
        named.update(_labels(hashes))
        blank = self.document.blank + self.proof.blank
        return _joined(
            {*filled.lines, *self.proof.fixed, *_lines(self.proof.moving % named),
             *_lines(blank % named)}
        )  # fmt: skip

    def _addresses(self, values: Sequence[str]) -> bool:
        """Say whether all addresses are plain, and each is a node of its own."""
        found = [
            value for value, is_address in zip(values, self.is_address, strict=False) if is_address
        ]
        return (
            all(map(_PLAIN_ADDRESS.fullmatch, found))
            and len(set(found)) == len(found)
            and self.addresses.isdisjoint(found)
        )


def escape(values: Iterable[str]) -> list[str] | None:
    """Return values as they stand between quotation marks, in N-Quads and in JSON alike.

    The five characters that are written otherwise are written alike in both (RFC 8259 section 7;
    RDFC-1.0 section 5.2): the others that would be are those that are never signed.

    Returns:
        None where one of them must not be signed: the long way says which and why.
    """
    listed = list(values)
    whole = "".join(listed)
    if not screening.is_safe(whole):
        return None
    if _NEEDS_ESCAPE.search(whole) is None:
        return listed
    return [value.translate(_ESCAPED) for value in listed]


def is_plain(address: str) -> bool:
    """Say whether an address is of a form that every reader takes for the same one."""
    return _PLAIN_ADDRESS.fullmatch(address) is not None


def marks(is_address: Sequence[bool]) -> list[str]:
    """Return a mark for each slot: texts and addresses that no document holds."""
    # Of one length, so that none is the beginning of another.
    return [
        f"urn:x-acquis-slot:{number:06d}" if address else f"x-acquis-slot-{number:06d}"
        for number, address in enumerate(is_address)
    ]


def with_holes(text: str, marks: Sequence[str]) -> str:
    """Make a text for Python's % from one that holds marks: `%(v0)s` where the first stands."""
    return _with_holes(text, _holes(marks), {})


def compile_texts(
    secured: Mapping[str, Any],
    *,
    marks: Sequence[str],
    is_address: Sequence[bool],
    library: contexts.Library | None = None,
) -> Texts:
    """Work out the canonical texts of a shape.

    Args:
        secured: a document of that shape with a proof, whose slots hold the marks.
        marks: one for each slot, the proof's after the document's; unlike anything else in it.
        is_address: for each slot, whether it holds an address.
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
    holes = _holes(marks)
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
    labels = {node: f"%(b{number})s" for number, node in enumerate([*nodes, *added])}
    return Texts(
        is_address=tuple(is_address),
        addresses=frozenset(
            term[1:-1] for line in parsed for term in line if term.startswith("<")
        ).difference(marks),
        document=_part(outside, nodes, labels, holes),
        proof=_part(inside, added, labels, holes),
    )


_Line = tuple[str, ...]


def _part(
    lines: Sequence[_Line],
    nodes: Sequence[str],
    labels: Mapping[str, str],
    holes: Mapping[str, str],
) -> _Part:
    fixed, moving, blank = [], [], []
    for line in lines:
        with_holes = _with_holes(_written(line, labels), holes, labels)
        if any(term in labels for term in line):
            blank.append(with_holes)
        elif any(mark in term for mark in holes for term in line):
            moving.append(with_holes)
        else:
            fixed.append(_written(line)[:-1])
    return _Part(
        fixed=tuple(fixed),
        moving="".join(moving),
        blank="".join(blank),
        nodes=tuple(_node(node, lines, labels, holes) for node in nodes),
    )


def _node(
    node: str, lines: Sequence[_Line], labels: Mapping[str, str], holes: Mapping[str, str]
) -> _Node:
    seen = {other: "_:a" if other == node else "_:z" for other in labels}
    alone: list[str] = []
    others: list[str] = []
    for line in lines:
        if node in line:
            is_alone = all(term == node for term in line if term in labels)
            written = _with_holes(_written(line, seen), holes, {})
            (alone if is_alone else others).append(written)
    has_values = any(hole in line for hole in holes.values() for line in alone + others)
    found = _Node(labels[node][2:-2], "".join(alone), "".join(others), None)
    return found if has_values else replace(found, known=_hash(found, {}))


def _holes(marks: Sequence[str]) -> dict[str, str]:
    return {mark: f"%(v{number})s" for number, mark in enumerate(marks)}


def _with_holes(line: str, holes: Mapping[str, str], labels: Mapping[str, str]) -> str:
    """Make a text for Python's % from a line: percent signs doubled, holes where marks stand."""
    line = line.replace("%", "%%")
    for label in labels.values():
        line = line.replace("%" + label, label)
    for mark, hole in holes.items():
        line = line.replace(mark, hole)
    return line


def _written(line: _Line, names: Mapping[str, str] | None = None) -> str:
    terms = [(names or {}).get(term, term) for term in line if term]
    return " ".join([*terms, ".\n"])


def _blank_nodes(lines: Iterable[_Line]) -> list[str]:
    return list(dict.fromkeys(term for line in lines for term in line if term.startswith("_:")))


def _require_whole(
    lines: Sequence[_Line], marks: Sequence[str], is_address: Sequence[bool]
) -> None:
    """Refuse a mark that is lost, cut, or part of something larger."""
    terms = [term for line in lines for term in line]
    for mark, address in zip(marks, is_address, strict=True):
        where = [term for term in terms if mark in term]
        whole = {f"<{mark}>"} if address else {f'"{mark}"'}
        if not where or any(term.partition("^^")[0] not in whole for term in where):
            raise NotCompilable("the value of a slot does not come out as it went in")


def _hashes(nodes: Sequence[_Node], named: Mapping[str, str]) -> list[tuple[str, str]] | None:
    """Return the hash and the label's hole of each node; None where two hashes are one."""
    hashes = [
        (node.known if node.known is not None else _hash(node, named), node.label) for node in nodes
    ]
    if len({found for found, _label in hashes}) != len(hashes):
        return None
    return hashes


def _hash(node: _Node, named: Mapping[str, str]) -> str:
    """Return the first-degree hash of a node (RDFC-1.0 section 4.6)."""
    lines = list(set(_lines(node.alone % named)))
    # These may look alike here and are not: the nodes that `_:z` stands for differ.
    lines += _lines(node.others % named)
    return sha256(_joined(lines).encode()).hexdigest()


def _labels(hashes: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Issue labels in the order of the hashes."""
    return {label: f"_:c14n{number}" for number, (_hash, label) in enumerate(sorted(hashes))}


def _lines(text: str) -> list[str]:
    # A value's own line ends are escaped, so that these part the lines and nothing else.
    return text.split("\n")[:-1]


def _joined(lines: Iterable[str]) -> str:
    ordered = sorted(lines)
    ordered.append("")
    return "\n".join(ordered)
