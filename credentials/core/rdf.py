"""The canonical text of a document: what is hashed, signed and anchored.

    document -> screening (refuse) -> expansion (pyld) -> statements -> RDFC-1.0 (pyoxigraph) ->
    sorted lines

Everything here fails closed: a document that another implementation might read otherwise has no
canonical text.

Sources: RDF Dataset Canonicalization 1.0 (RDFC-1.0); Data Integrity 1.0 section 4; vc-di-eddsa 1.0
section 3.2.
"""

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyoxigraph as ox

from credentials.core import contexts, expansion, quads, screening
from credentials.core.refusals import (
    Ambiguous,
    CanonicalisationError,
    DataLoss,
    NotJsonLd,
    TooComplex,
    UndefinedTerms,
    UnknownContext,
    UnsafeValue,
)

__all__ = [
    "Ambiguous",
    "CanonicalisationError",
    "DataLoss",
    "NotJsonLd",
    "TooComplex",
    "UndefinedTerms",
    "UnknownContext",
    "UnsafeValue",
    "canonicalise",
    "digest",
]

# RDFC-1.0 tries every order of nodes that it cannot tell apart: 6 alike under one node take 15 ms,
# 8 more than a second. Within this bound the slowest of 20 000 random forests took 0.1 s.
MAX_ORDERS = math.factorial(5)


def canonicalise(document: Mapping[str, Any], *, library: contexts.Library | None = None) -> str:
    """Return the canonical N-Quads of a document, with or without its proof.

    Args:
        document: a JSON object, from anybody; it is not changed.
        library: contexts it may use; the shipped ones unless told otherwise.

    Returns:
        N-Quads, one statement to a line, lines in code point order, each ended by a line feed.

    Raises:
        DataLoss: part of the document would not be covered (undefined terms, relative addresses,
            null).
        Ambiguous: part of it is written in a way that hides what is signed.
        UnsafeValue: a text or a number that is not written alike everywhere.
        UnknownContext: its contexts are not exactly a known sequence.
        NotJsonLd: its contexts do not allow it.
        TooComplex: too deep, too many objects without an id, or too many that cannot be told apart.
        All of them are CanonicalisationError.

    Source: RDFC-1.0 section 4; Data Integrity 1.0 section 4.6.
    """
    return text(canonical_dataset(statements_of(document, library=library)))


def statements_of(
    document: Mapping[str, Any], *, library: contexts.Library | None = None
) -> list[quads.Statement]:
    """Return the statements that a document makes, each once; nodes without an id have any label.

    Args and Raises: as for `canonicalise`.
    """
    library = library or contexts.pinned()
    written = screening.screen(document, library=library)
    try:
        expanded = expansion.expand(document, library=library)
    except UndefinedTerms as error:
        # The first place is enough, and looking for all of them takes the square of their number.
        places = (place for term in error.terms for place in screening.pointers_of(document, term))
        raise UndefinedTerms(error.terms, pointer=next(places, None)) from None
    return quads.statements(
        expanded,
        written=written,
        named=library.iris,
        locate=lambda text: screening.pointer_of_text(document, text),
    )


def canonical_dataset(statements: Sequence[quads.Statement]) -> ox.Dataset:
    """Return the statements with the canonical labels: `c14n0`, `c14n1`, and so on.

    Raises:
        TooComplex: too many nodes without an id cannot be told apart.

    Source: RDFC-1.0 section 4.
    """
    _require_few_orders(statements)
    dataset = ox.Dataset(ox.Quad(*statement) for statement in statements)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def text(statements: Iterable[ox.Quad]) -> str:
    """Write statements as N-Quads: lines in code point order, each ended by a line feed.

    Source: RDFC-1.0 section 5.
    """
    written = ox.serialize(statements, format=ox.RdfFormat.N_QUADS)
    # Line feeds alone part the lines: splitlines() would also cut at U+0085 and U+2028, which stand
    # unescaped in literals. Bytes of UTF-8 sort as code points do.
    return b"".join(sorted((written or b"").splitlines(keepends=True))).decode()


def digest(document: Mapping[str, Any], *, library: contexts.Library | None = None) -> bytes:
    """Return the SHA-256 of the canonical N-Quads of a document, 32 bytes.

    Of a secured document it covers the proof as well: this is what is anchored.

    Raises:
        CanonicalisationError: the document has no canonical text.

    Source: RDFC-1.0; FIPS 180-4.
    """
    return hashlib.sha256(canonicalise(document, library=library).encode()).digest()


def _require_few_orders(statements: Sequence[quads.Statement]) -> None:
    """Refuse a graph in which RDFC-1.0 would have to try too many orders.

    Nodes without an id are first told apart by the statements they stand in. Only those that stay
    alike are tried in every order, as neighbours of one another: k alike under one that is itself
    not unique are k! orders, and orders multiply along the graph. No id in a document is a blank
    node's, so that its graph is a forest.

    Source: RDFC-1.0 sections 4.6 (hash first degree quads) and 4.8 (hash n-degree quads).
    """
    shapes: dict[ox.BlankNode, list[tuple[str, ...]]] = defaultdict(list)
    edges: list[tuple[ox.BlankNode, ox.BlankNode, tuple[str, str]]] = []
    for statement in statements:
        blank = [term for term in statement if isinstance(term, ox.BlankNode)]
        if not blank:
            continue
        for node in blank:
            shapes[node].append(tuple(_seen_from(node, term) for term in statement))
        predicate = statement[1].value
        for one in blank:
            edges.extend(
                (one, other, (predicate, _place(other, statement)))
                for other in blank
                if other != one
            )
    shape_of = {node: tuple(sorted(seen)) for node, seen in shapes.items()}
    alike = Counter(shape_of.values())
    tied = {node for node, shape in shape_of.items() if alike[shape] > 1}
    if not tied:
        return
    groups = Counter(
        (one, how, shape_of[other]) for one, other, how in edges if one in tied and other in tied
    )
    orders: dict[ox.BlankNode, int] = defaultdict(lambda: 1)
    for (node, _, _), size in groups.items():
        orders[node] *= math.factorial(min(size, 20))
    for component in _components(tied, ((one, other) for one, other, _ in edges)):
        if math.prod(orders[node] for node in component) > MAX_ORDERS:
            raise TooComplex(
                "too many objects without an id are alike: give them ids, or remove the copies"
            )


def _seen_from(node: ox.BlankNode, term: quads.Term | quads.Graph) -> str:
    if isinstance(term, ox.BlankNode):
        return "_:a" if term == node else "_:z"
    return str(term)


def _place(node: ox.BlankNode, statement: quads.Statement) -> str:
    return "sog"[[statement[0], statement[2], statement[3]].index(node)]


def _components(
    nodes: set[ox.BlankNode], edges: Iterable[tuple[ox.BlankNode, ox.BlankNode]]
) -> Iterable[set[ox.BlankNode]]:
    neighbours: dict[ox.BlankNode, set[ox.BlankNode]] = {node: set() for node in nodes}
    for one, other in edges:
        if one in nodes and other in nodes:
            neighbours[one].add(other)
    remaining = set(nodes)
    while remaining:
        component: set[ox.BlankNode] = set()
        front = [remaining.pop()]
        while front:
            node = front.pop()
            component.add(node)
            front.extend(neighbours[node] - component)
        remaining -= component
        yield component
