"""From the expanded form of a document to the statements it makes, leaving none out.

pyld's own conversion expands again, renames nodes, and silently skips what is relative. This one
walks the expanded form once and refuses instead of skipping. A test compares the two.

Source: JSON-LD 1.1 Processing Algorithms and API, section 8 (RDF serialization), for the members
that `screening` lets
through: node objects, values, lists, and the graph of a proof.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import pyoxigraph as ox

from credentials.core import canonical
from credentials.core.refusals import Ambiguous, DataLoss, TooComplex, UnsafeValue

# A transcript of fifty full badges has eight hundred nodes without an id. The time grows with their
# number and not faster (0.08 s for 283, 0.22 s for 843), as long as few are alike, which `rdf` sees
# to.
MAX_BLANK_NODES = 1024

Subject: TypeAlias = ox.NamedNode | ox.BlankNode
Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal
Graph: TypeAlias = ox.NamedNode | ox.BlankNode | ox.DefaultGraph
Statement: TypeAlias = tuple[Subject, ox.NamedNode, Term, Graph]

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPE = ox.NamedNode(_RDF + "type")
_FIRST = ox.NamedNode(_RDF + "first")
_REST = ox.NamedNode(_RDF + "rest")
_NIL = ox.NamedNode(_RDF + "nil")
_JSON = ox.NamedNode(_RDF + "JSON")
_BOOLEAN = ox.NamedNode(_XSD + "boolean")
_INTEGER = ox.NamedNode(_XSD + "integer")
_DOUBLE = ox.NamedNode(_XSD + "double")
_DEFAULT_GRAPH = ox.DefaultGraph()

_ENDORSEMENT_SUBJECT = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#EndorsementSubject"
_ENDORSEMENT_COMMENT = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#endorsementComment"

# Python writes 2.500000000000000E+00 where xsd:double is 2.5E0.
_EXPONENT = re.compile(r"(\d)0*E\+?(-?)0*(?=\d)")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S*")


def statements(
    expanded: Sequence[Mapping[str, Any]],
    *,
    written: frozenset[str],
    named: frozenset[str],
    locate: Callable[[str], str | None],
) -> list[Statement]:
    """Return the statements of an expanded document, each once.

    Args:
        expanded: one node object, as `expansion.expand` returns it.
        written: every text of the document, from `screening.screen`.
        named: every address that the contexts have a term for.
        locate: gives the JSON pointer of a text, for error messages.

    Raises:
        DataLoss: an address is relative, or a part makes no statement.
        Ambiguous: an address is abbreviated, or the credential is described in two places.
        UnsafeValue: an address is malformed.
        TooComplex: more nodes without an id than allowed.
    """
    if len(expanded) != 1 or not expanded[0].keys() - {"@id"}:
        raise DataLoss("the document makes no statement", pointer="")
    walk = _Walk(written | named, expanded[0].get("@id"), locate)
    walk.node(expanded[0], _DEFAULT_GRAPH)
    return list(dict.fromkeys(walk.statements))


def _only_endorsed(node: Mapping[str, Any]) -> bool:
    """Say whether a node object says no more of its node than that it is endorsed."""
    return node.keys() <= {"@id"} or (
        node.keys() <= {"@id", "@type", _ENDORSEMENT_COMMENT}
        and node.get("@type") == [_ENDORSEMENT_SUBJECT]
    )


class _Walk:
    """One pass over one document."""

    def __init__(
        self, known: frozenset[str], root: object, locate: Callable[[str], str | None]
    ) -> None:
        self.statements: list[Statement] = []
        self._known = known
        self._root = root
        self._locate = locate
        self._at_root = True
        self._blank_nodes = 0

    def node(self, node: Mapping[str, Any], graph: Graph) -> Subject:
        """Make the statements of a node object, and return the node."""
        subject = self._subject(node)
        for member, values in node.items():
            if member == "@id":
                continue
            if member == "@type":
                for name in values:
                    self.statements.append((subject, _TYPE, self._address(name), graph))
            elif member.startswith("@"):
                raise DataLoss(f"the keyword {member} leaves no trace")
            else:
                predicate = self._address(member)
                for value in values:
                    self.statements.append((subject, predicate, self._term(value, graph), graph))
        return subject

    def _subject(self, node: Mapping[str, Any]) -> Subject:
        at_root, self._at_root = self._at_root, False
        if "@id" not in node:
            return self._blank_node()
        identifier = node["@id"]
        # Nodes of one id are one node: a second description of the credential could take over half
        # of the first, and a program that reads the JSON would look for it in vain.
        # An endorsement within the credential is the one that may: all it says of the credential is
        # that somebody endorses it, and in which words.
        if identifier == self._root and not at_root and not _only_endorsed(node):
            raise Ambiguous(
                "the credential is described in two places", pointer=self._locate(identifier)
            )
        subject = self._address(identifier)
        if identifier not in self._known:
            raise Ambiguous(f"an address is written in full: {identifier[:200]}")
        return subject

    def _term(self, value: Mapping[str, Any], graph: Graph) -> Term:
        if "@value" in value:
            return _literal(value)
        if "@list" in value:
            return self._list(value["@list"], graph)
        if "@graph" in value:
            return self._graph(value)
        return self.node(value, graph)

    def _list(self, items: Sequence[Mapping[str, Any]], graph: Graph) -> Subject:
        head: Subject = _NIL
        for item in reversed(items):
            cell = self._blank_node()
            self.statements.append((cell, _FIRST, self._term(item, graph), graph))
            self.statements.append((cell, _REST, head, graph))
            head = cell
        return head

    def _graph(self, value: Mapping[str, Any]) -> Subject:
        """Give a proof a graph of its own, so that it says nothing about the credential's nodes."""
        if value.keys() != {"@graph"}:
            raise DataLoss("a graph has no other members")
        name = self._blank_node()
        for node in value["@graph"]:
            before = len(self.statements)
            if "@value" not in node:
                self.node(node, name)
            if len(self.statements) == before:
                raise DataLoss("a proof is written in full, not by its address")
        return name

    def _blank_node(self) -> ox.BlankNode:
        self._blank_nodes += 1
        if self._blank_nodes > MAX_BLANK_NODES:
            raise TooComplex(f"more than {MAX_BLANK_NODES} objects have no id")
        return ox.BlankNode()

    def _address(self, address: object) -> ox.NamedNode:
        if not isinstance(address, str) or not _ABSOLUTE.fullmatch(address):
            raise DataLoss(
                f"{str(address)[:200]!r} is neither a term of the contexts nor an absolute address",
                pointer=self._locate(str(address)),
            )
        try:
            return ox.NamedNode(address)
        except ValueError:
            raise UnsafeValue(
                f"{address[:200]!r} is not a valid address", pointer=self._locate(address)
            ) from None


def double(value: float) -> str:
    """Write a number in the canonical form of xsd:double, with sixteen digits at most.

    Source: JSON-LD 1.1 Processing Algorithms and API, section 8.4.2; XML Schema 1.1 part 2,
    section 3.3.5.
    """
    return _EXPONENT.sub(r"\1E\2", f"{value:.15E}")


def _literal(item: Mapping[str, Any]) -> ox.Literal:
    """Write a value: whole numbers as integers, others in the canonical form of xsd:double.

    Source: JSON-LD 1.1 Processing Algorithms and API, section 8.4.2 (object to RDF conversion).
    """
    value, datatype = item["@value"], item.get("@type")
    if datatype == "@json":
        return ox.Literal(canonical.jcs(value).decode(), datatype=_JSON)
    if "@language" in item:
        return ox.Literal(value, language=item["@language"])
    default: ox.NamedNode | None = None
    if isinstance(value, bool):
        text, default = ("true" if value else "false"), _BOOLEAN
    elif isinstance(value, int | float):
        # Only a declared xsd:double would make a whole number anything else, and no shipped context
        # declares one.
        if value == int(value) and datatype != _DOUBLE.value:
            text, default = str(int(value)), _INTEGER
        else:
            text, default = double(value), _DOUBLE
    else:
        text = value
    if datatype is None:
        return ox.Literal(text, datatype=default)
    return ox.Literal(text, datatype=ox.NamedNode(datatype))
