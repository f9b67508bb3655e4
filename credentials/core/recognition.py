"""Recognise: read a signed document of a shape that was met before, for little more than its hash.

    bytes -> document -> shape and values -> the same bytes again? -> canonical texts -> hashes

It is the way back of `sealing`: what a shape costs (expansion, canonical form, conformance) is paid
once, and what differs is filled in. For documents of our own, because whoever chooses the shapes
chooses how many there are. What it cannot decide it does not answer (None), and the long way is
asked: another spelling of the same JSON, a proof of another form, what `template` refuses.

Nothing here says that a signature holds: it only says what the document hashes to, and every
check of the walk is made on that. The first document of each shape and then one in `SAMPLE` is
hashed the long way as well; where the two differ, the shape takes the long way from then on.

Sources: RDF Dataset Canonicalization 1.0; Data Integrity EdDSA Cryptosuites 1.0 section 3.2.
"""

import json
import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from typing import Any, NamedTuple

from badges.core import rules, schema, transcripts
from credentials.core import canonical, contexts, lines, picking, proof, rdf, shapes, template

# A shape takes some kilobytes, and 5 to 30 ms to work out.
MAX_SHAPES = 256
SAMPLE = 2_000
# Answers kept of each shape: days of validity are few, and what they come to is a line of text.
MAX_ANSWERS = 1_024

_JSON = json.JSONDecoder()
# What two last slots of a document hold, and how many that makes.
_PROOF_SLOTS = ("created", "proofValue")
# Texts of decimal digits are alike to every rule of the schema.
_DIGITS = re.compile(r"[0-9]{1,20}")


class Recognised(NamedTuple):
    """A document, and what only its canonical form and its shape can tell.

    Attributes:
        document: As `canonical.loads` returns it.
        digests: What its canonical texts hash to.
        problems: What `problems_of` finds in it.
    """

    document: Mapping[str, Any]
    digests: proof.Digests
    problems: tuple[rules.Problem, ...]


def problems_of(document: Mapping[str, Any]) -> tuple[rules.Problem, ...]:
    """Return where a document departs from Open Badges 3.0 or, of a transcript, from CLR 2.0."""
    if transcripts.is_transcript(document):
        return transcripts.problems(document)
    return schema.problems(document)


@dataclass(slots=True)
class _Plan:
    """What was worked out for one shape.

    Attributes:
        texts: The canonical texts with holes.
        json: The document as JSON, with the same holes.
        options: The canonical text of its proof's options, with a hole for the date.
        slots: Takes the values with holes of their own.
        again: Takes the addresses that stand again elsewhere, and `first` takes them there.
        fixed: Takes the addresses that are always the `known` ones.
        judged: Takes the values that the schema looks at.
        problems: What it found, by those values.
        counted: Counts the documents that were read; threads that share it count each once.
    """

    texts: template.Texts
    json: lines.Form
    options: lines.Form
    slots: picking.Picker
    again: picking.Picker
    first: picking.Picker
    fixed: picking.Picker
    known: tuple[str, ...]
    judged: picking.Picker
    problems: dict[tuple[str, ...], tuple[rules.Problem, ...]] = field(default_factory=dict)
    counted: Iterator[int] = field(default_factory=lambda: count(1))

    def take(self, values: Sequence[str]) -> tuple[str, ...] | None:
        """Return the values for the holes; None where an address is not where it should be."""
        if self.again(values) != self.first(values) or self.fixed(values) != self.known:
            return None
        return self.slots(values)


class Recogniser:
    """Reads documents, and keeps what it worked out; several threads may share one.

    Attributes:
        fell_back: How many documents it did not answer for.
        differed: How many shapes it gave up because the long way came to something else.
    """

    def __init__(self, *, library: contexts.Library | None = None, sample: int = SAMPLE) -> None:
        """Begin with no shape.

        Args:
            library: Contexts that documents may use; the shipped ones unless told otherwise.
            sample: One in so many documents of a shape is hashed the long way as well.
        """
        self.fell_back = 0
        self.differed = 0
        self._library = library
        self._sample = sample
        self._plans: dict[Hashable, _Plan | None] = {}
        self._divider = shapes.Divider()

    def read(self, data: bytes) -> Recognised | None:
        """Read a document; None where the long way must be asked.

        Args:
            data: A signed document, as it is stored; at most `canonical.MAX_BYTES`.
        """
        found = self._read(data) if len(data) <= canonical.MAX_BYTES else None
        if found is None:
            self.fell_back += 1
        return found

    def _read(self, data: bytes) -> Recognised | None:
        try:
            text = data.decode()
            # Nothing stands before it or behind it: else it is another spelling.
            document, end = _JSON.raw_decode(text)
        except (ValueError, RecursionError):
            return None
        if not isinstance(document, dict) or end != len(text):
            return None
        division = self._divider.divide(document)
        shape = division.shape
        plan = self._plan(shape, document, division)
        taken = plan.take(division.values) if plan is not None else None
        escaped = template.escape(taken) if taken is not None else None
        digests = _digests(plan, data, escaped) if plan is not None and escaped else None
        if plan is None or digests is None:
            return None
        if next(plan.counted) % self._sample == 1 % self._sample and not self._holds(
            document, digests
        ):
            self.differed += 1
            self._plans[shape] = None
            return None
        return Recognised(document, digests, _problems(plan, document, division.values))

    def _holds(self, document: Mapping[str, Any], digests: proof.Digests) -> bool:
        """Say whether the long way comes to the same."""
        try:
            return proof.digests(document, library=self._library) == digests
        except (proof.ProofError, rdf.CanonicalisationError):
            return False

    def _plan(
        self, shape: Hashable, document: Mapping[str, Any], division: shapes.Division
    ) -> _Plan | None:
        known = self._plans.get(shape)
        if known is not None or shape in self._plans:
            return known
        try:
            plan = self._work_out(document, division)
        except (template.NotCompilable, rdf.CanonicalisationError, proof.ProofError):
            plan = None
        if len(self._plans) >= MAX_SHAPES:
            # Which one goes matters little: it comes back when it is needed.
            self._plans.pop(next(iter(self._plans)), None)
        self._plans[shape] = plan
        return plan

    def _work_out(self, document: Mapping[str, Any], division: shapes.Division) -> _Plan:
        own = proof.proof_of(document)
        ends = [own.get(name) for name in _PROOF_SLOTS]
        if document["proof"] is not own or list(document)[-1] != "proof":
            raise template.NotCompilable("the proof is not one, and the last member")
        addresses = [name in shapes.ADDRESSES for name in shapes.slots(document)]
        if list(division.values[-2:]) != ends or any(addresses[-2:]):
            raise template.NotCompilable("the proof is not written as ours are")
        same, fixed = _not_their_own(division, addresses)
        places = range(len(division.values))
        slots = [place for place in places if place not in same and place not in fixed]
        is_address = [addresses[place] for place in slots]
        marks = template.marks(is_address)
        mark_of = dict(zip(slots, marks, strict=True))
        mark_of |= {place: mark_of[first] for place, first in same.items()}
        marked = shapes.fill(document, [fixed.get(at) or mark_of[at] for at in places])
        _unsecured, options = proof.parted(marked, marked["proof"])
        with_context = {**options, "@context": marked.get("@context")}
        written = rdf.canonicalise(with_context, library=self._library)
        if written.count(marks[-2]) != 1:
            raise template.NotCompilable("the date of the proof does not come out as it went in")
        return _Plan(
            texts=template.compile_texts(
                marked,
                marks=marks,
                is_address=is_address,
                proof_slots=len(_PROOF_SLOTS),
                library=self._library,
            ),
            json=lines.form(lines.cut(canonical.dumps(marked).decode(), marks)),
            options=lines.form(lines.cut(written, marks)),
            slots=picking.picker(slots),
            again=picking.picker([*same]),
            first=picking.picker([*same.values()]),
            fixed=picking.picker([*fixed]),
            known=(*fixed.values(),),
            judged=picking.picker([slots[at] for at in _judged(marked, marks)]),
        )


def _not_their_own(
    division: shapes.Division, addresses: Sequence[bool]
) -> tuple[dict[int, int], dict[int, str]]:
    """Return the addresses that stand twice, and those to which the shape itself refers.

    An organisation that issues and conceived a badge is one node; so is a result that an award
    names. Where the value of one place could differ from the other's, it would be another graph.
    An image that is written out as an address is the shape's as well: no hole takes it.
    """
    referred = {word for word in division.shape.parts if isinstance(word, str)}
    first: dict[str, int] = {}
    same: dict[int, int] = {}
    fixed: dict[int, str] = {}
    for place, (value, is_address) in enumerate(zip(division.values, addresses, strict=True)):
        if not is_address:
            continue
        if value in referred or not template.is_plain(value):
            fixed[place] = value
        elif value in first:
            same[place] = first[value]
        else:
            first[value] = place
    return same, fixed


def _digests(plan: _Plan, data: bytes, escaped: lines.Values) -> proof.Digests | None:
    filled = plan.texts.fill(escaped[:-2])
    if filled is None:
        return None
    values = (*filled.values, *escaped[-2:])
    whole = plan.texts.complete(filled, escaped[-2:])
    # Written again from its shape it is the same, so that nothing in it went unseen: no member
    # given twice, no other spelling of a number.
    if whole is None or plan.json.fill(values) != data:
        return None
    return proof.Digests(
        document=sha256(filled.text).digest(),
        options=sha256(plan.options.fill(values)).digest(),
        secured=sha256(whole).digest(),
    )


def _judged(marked: Mapping[str, Any], marks: Sequence[str]) -> tuple[int, ...]:
    """Return the slots whose values the schema looks at: where a mark will not do.

    Any text is as good as a mark elsewhere, and any plain address as the address that a mark is.
    """
    places = {mark: place for place, mark in enumerate(marks)}
    pointers = {problem.pointer for problem in problems_of(marked)}
    if len(pointers) >= rules.MAX_PROBLEMS or any(map(_is_cut, pointers)):
        raise template.NotCompilable("the schema finds more in it than it can say")
    judged = []
    waiting: list[tuple[object, str]] = [(marked, "")]
    while waiting:
        value, pointer = waiting.pop()
        if isinstance(value, dict):
            waiting.extend((one, rules.child(pointer, name)) for name, one in value.items())
        elif isinstance(value, list):
            waiting.extend((one, rules.child(pointer, place)) for place, one in enumerate(value))
        elif isinstance(value, str) and value in places and pointer in pointers:
            judged.append(places[value])
    return tuple(sorted(judged))


def _is_cut(pointer: str) -> bool:
    return len(pointer) > rules.MAX_POINTER


def _problems(
    plan: _Plan, document: Mapping[str, Any], values: Sequence[str]
) -> tuple[rules.Problem, ...]:
    key = tuple("0" if _DIGITS.fullmatch(value) else value for value in plan.judged(values))
    known = plan.problems.get(key)
    if known is None:
        known = problems_of(document)
        if len(plan.problems) >= MAX_ANSWERS:
            plan.problems.clear()
        plan.problems[key] = known
    return known
