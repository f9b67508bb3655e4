"""The statements of a document under labels that tell nothing of what is hidden.

RDFC-1.0 numbers the nodes without an id (`c14n0`, `c14n1`…) by what all the document says: who sees
a part would learn of the rest by the numbers. So each number is replaced by its HMAC under a key
that only the issuer and the learner have, before the statements are sorted and signed.

    document ──skolemise──> the same, every object with an id of its own
        ├──select──> a part, in which each object still has that id
        └──statements──> RDFC-1.0 ──> which id became which number ──HMAC──> labels

pyoxigraph does not say which node became which number, so it is found again by comparing the
statements before and after, and what was found is tried: the statements so renamed must be the
canonical ones, each of them.

Source: Data Integrity ECDSA Cryptosuites 1.0 section 3.4 (skolemize, labelReplacementCanonicalize,
canonicalizeAndGroup, createHmacIdLabelMapFunction).
"""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from credentials.core import contexts, quads, rdf
from credentials.core.refusals import Ambiguous, TooComplex
from issuers.core import base64url

# The prefix that the standard gives; it never leaves this module.
SKOLEM = "urn:bnid:"
KEY_SIZE = 32


@dataclass(frozen=True)
class Labelled:
    """A document's statements under labels, and what it takes to find those of a part of it.

    Attributes:
        document: the document, every object with an id.
        lines: its statements as N-Quads, in code point order.
        labels: for each node without an id, by its name in here, the label that replaces it.
    """

    document: Mapping[str, Any]
    lines: tuple[str, ...]
    labels: Mapping[str, str]
    library: contexts.Library

    def statements_of(self, part: Mapping[str, Any]) -> list[quads.Statement]:
        """Return the statements of a part of `document`; its nodes have their names in here."""
        return _named(rdf.statements_of(part, library=self.library))

    def lines_of(self, statements: Iterable[quads.Statement]) -> frozenset[str]:
        """Write statements as N-Quads under the labels.

        Raises:
            Ambiguous: one of them is not the document's: a part of a list is another list.
        """
        found = frozenset(lines(statements, self.labels))
        if not found.issubset(self.lines):
            raise Ambiguous("a list, or a text with its language, is shown whole or not at all")
        return found


def label(
    document: Mapping[str, Any], *, key: bytes, library: contexts.Library | None = None
) -> Labelled:
    """Write a document's statements under labels that only who has the key can make.

    Args:
        document: without a proof.
        key: of the HMAC, 32 bytes.
        library: contexts it may use; the shipped ones unless told otherwise.

    Raises:
        CanonicalisationError: the document has no canonical form, or its objects cannot be told
            apart; a subclass says why.

    Source: Data Integrity ECDSA Cryptosuites 1.0 section 3.4 (labelReplacementCanonicalize).
    """
    library = library or contexts.pinned()
    skolemised = _skolemise(document)
    named = _named(rdf.statements_of(skolemised, library=library))
    canonical = rdf.canonical_dataset(named)
    # Giving ids must not have changed what is said; and the canonical text is what a reader will
    # make of it.
    if rdf.text(canonical) != rdf.canonicalise(document, library=library):
        raise Ambiguous("parts of the document have no id of their own, so none can be hidden")
    labels = {
        node: _hmac_label(key, number) for node, number in numbering(named, canonical).items()
    }
    return Labelled(skolemised, tuple(sorted(lines(named, labels))), labels, library)


def lines(statements: Iterable[quads.Statement | ox.Quad], labels: Mapping[str, str]) -> list[str]:
    """Write statements as N-Quads, in any order, with other labels for the nodes without an id.

    Args:
        statements: of the default graph or of others.
        labels: for each node without an id, by its present label, the new one.
    """
    return [rdf.text([_relabelled(statement, labels)]) for statement in statements]


def nodes_of(statements: Iterable[ox.Quad]) -> frozenset[str]:
    """Return the labels of the nodes without an id that stand in the statements."""
    return frozenset(_blank_nodes(tuple(quad) for quad in statements))


def numbering(
    statements: Sequence[quads.Statement], canonical: Iterable[ox.Quad]
) -> dict[str, str]:
    """Return which node became which number: present label -> `c14n0`, or another number.

    Nodes are told apart by the statements they stand in, those by their other nodes, and so on.
    Those that stay alike are alike: one of each side is taken, and the rest told apart from there.

    Args:
        statements: a forest, as a document without blank ids makes.
        canonical: the same statements after RDFC-1.0.

    Raises:
        TooComplex: it was not found.
    """
    before = [tuple(ox.Quad(*statement)) for statement in statements]
    after = [tuple(quad) for quad in canonical]
    # The two sides share no node: one of each may have the same label.
    colours: dict[_Node, int] = {
        **{(0, node): 0 for node in _blank_nodes(before)},
        **{(1, node): 0 for node in _blank_nodes(after)},
    }
    while True:
        colours = _refine(colours, (before, after))
        tied = _first_tie(colours)
        if tied is None:
            break
        # Any number below zero is nobody's colour yet.
        colours = {**colours, **dict.fromkeys(tied, min(0, *colours.values()) - 1)}
    number_of = {colour: node for (side, node), colour in colours.items() if side}
    found = {
        node: number_of.get(colour, "") for (side, node), colour in colours.items() if not side
    }
    if "" in found.values() or sorted(lines(statements, found)) != sorted(lines(canonical, {})):
        raise TooComplex("the objects without an id cannot be told apart")
    return found


_Node = tuple[int, str]
_Quad = tuple[Any, ...]


def _refine(
    colours: Mapping[_Node, int], sides: tuple[Sequence[_Quad], Sequence[_Quad]]
) -> dict[_Node, int]:
    """Give nodes that stand in unlike statements unlike colours, until that changes nothing."""
    current = dict(colours)
    while True:
        seen: dict[_Node, list[tuple[object, ...]]] = defaultdict(list)
        for side, statements in enumerate(sides):
            for statement in statements:
                shown = tuple(
                    ("", current[side, term.value]) if isinstance(term, ox.BlankNode) else str(term)
                    for term in statement
                )
                for place, term in enumerate(statement):
                    if isinstance(term, ox.BlankNode):
                        seen[side, term.value].append((place, shown))
        names: dict[tuple[object, ...], int] = {}
        refined = {}
        for node, colour in current.items():
            shape = (colour, *sorted(seen[node], key=repr))
            refined[node] = names.setdefault(shape, len(names))
        if len(names) == len(set(current.values())):
            return current
        current = refined


def _first_tie(colours: Mapping[_Node, int]) -> tuple[_Node, _Node] | None:
    """Return one node of each side that are alike, and like others; None where all are unlike."""
    members: dict[int, tuple[list[_Node], list[_Node]]] = defaultdict(lambda: ([], []))
    for node, colour in colours.items():
        members[colour][node[0]].append(node)
    for before, after in members.values():
        if len(before) > 1 and len(after) > 1:
            return before[0], after[0]
    return None


def _blank_nodes(statements: Iterable[_Quad]) -> list[str]:
    """Return the labels of nodes without an id, in the order in which they first stand."""
    nodes = (term.value for quad in statements for term in quad if isinstance(term, ox.BlankNode))
    return list(dict.fromkeys(nodes))


def _hmac_label(key: bytes, number: str) -> str:
    return "u" + base64url.encode(hmac.digest(key, number.encode("ascii"), "sha256"))


def _relabelled(statement: quads.Statement | ox.Quad, labels: Mapping[str, str]) -> ox.Quad:
    def other(term: Any) -> Any:
        if isinstance(term, ox.BlankNode):
            return ox.BlankNode(labels.get(term.value, term.value))
        return term

    subject, predicate, term, graph = statement
    return ox.Quad(other(subject), predicate, other(term), other(graph))


def _skolemise(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy in which every object that has no id has one.

    Source: Data Integrity ECDSA Cryptosuites 1.0 section 3.4 (skolemizeCompactJsonLd), written on
    the compact form: an id there is an id in the expanded form.
    """
    count = 0

    def copy(value: Any, name: str = "") -> Any:
        nonlocal count
        if isinstance(value, str) and value.startswith(SKOLEM):
            raise Ambiguous(f"an address begins with {SKOLEM}, which is kept for nodes without one")
        if isinstance(value, list):
            return [copy(item) for item in value]
        if not isinstance(value, Mapping) or name == "@context" or "@value" in value:
            return value
        given: dict[str, Any] = {}
        if "id" not in value:
            given["id"] = f"{SKOLEM}n{count}"
            count += 1
        return {**given, **{member: copy(item, member) for member, item in value.items()}}

    copied: dict[str, Any] = copy(document)
    return copied


def _named(statements: Sequence[quads.Statement]) -> list[quads.Statement]:
    """Take the ids away again, and name every node without an id in the same way each time.

    What cannot be given an id in JSON (the links of a list, the graph of a proof) is named after
    the one place where it stands, so that it has one name in the document and in a part of it.

    Raises:
        Ambiguous: two such things stand in one place.
    """
    places: dict[str, tuple[str, str]] = {}
    taken: set[tuple[str, str]] = set()
    for subject, predicate, term, _ in statements:
        if isinstance(term, ox.BlankNode):
            place = str(subject), str(predicate)
            if term.value in places or place in taken:
                raise Ambiguous("two lists stand in one place, so neither can be hidden")
            places[term.value] = place
            taken.add(place)
    names: dict[str, str] = {}

    def name(label: str) -> str:
        if label not in names:
            subject, predicate = places.get(label, ("", ""))
            parent = name(subject.removeprefix("_:")) if subject.startswith("_:") else subject
            place = f"{parent} {predicate}".encode()
            names[label] = "x" + hashlib.sha256(place).hexdigest()
        return names[label]

    def renamed(term: Any) -> Any:
        if isinstance(term, ox.NamedNode) and term.value.startswith(SKOLEM):
            return ox.BlankNode(term.value.removeprefix(SKOLEM))
        return ox.BlankNode(name(term.value)) if isinstance(term, ox.BlankNode) else term

    return [
        (renamed(subject), predicate, renamed(term), renamed(graph))
        for subject, predicate, term, graph in statements
    ]
