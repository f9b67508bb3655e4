"""Seal: sign documents of one issuer, many of them, for little more than the signature costs.

    document -> shape and values -> canonical text -> signature -> canonical text with the proof ->
    digest

A `Sealer` does what `proof.sign`, `canonical.dumps` and `rdf.digest` do, byte for byte, and says
how often it could not and let them do it. What a shape has in common is worked out when the shape
comes a second time, and kept in `Plans`.

Nothing that was made the short way is trusted blindly. The first of every shape that a sealer makes
is judged before it is given out, and `check` judges any other: by the long way, and by two
processors of others that share no code. docs/sealing.md tells how, and what the traps were.

Sources: Data Integrity EdDSA Cryptosuites 1.0 section 3.2; RDF Dataset Canonicalization 1.0.
"""

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.core import (
    canonical,
    contexts,
    lines,
    multibase,
    processors,
    proof,
    rdf,
    shapes,
    template,
)
from issuers.core import keys

# A shape takes some kilobytes, and 10 to 30 ms to work out. Badges have one or a few; where results
# differ in kind from learner to learner, dozens.
MAX_SHAPES = 256
# The slots of a proof: `created` and `proofValue`.
PROOF_SLOTS = 2
# A mark takes its place.
_ANY_DAY = datetime(2000, 1, 1, tzinfo=UTC)


class SealDiffers(Exception):  # noqa: N818 - it says what is wrong
    """The short way made something else than the long way: nothing it made may be used."""


class Sealed(NamedTuple):
    """A signed document.

    Attributes:
        data: The document with its proof, as it is stored and served (UTF-8 JSON).
        digest: SHA-256 of its canonical text with the proof, 32 bytes: what is anchored.
    """

    data: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class Plan:
    """What was worked out for one shape.

    Attributes:
        texts: The canonical texts with holes.
        json: The document with its proof as JSON, with the same holes.
    """

    texts: template.Texts
    json: lines.Form

    @property
    def size(self) -> int:
        """Return how many bytes it keeps, about."""
        texts = self.texts
        return sum(len(form.text) for form in (self.json, texts.document.form, texts.secured.form))


def seal_alone(
    document: Mapping[str, Any],
    *,
    key: Ed25519PrivateKey,
    verification_method: str,
    created: datetime,
    library: contexts.Library | None = None,
) -> Sealed:
    """Sign a document the long way, as if it were the only one.

    Args:
        document: unsecured; its contexts are a known sequence.
        key: the issuer's private key.
        verification_method: absolute id of that key in the issuer's DID document.
        created: when it is signed; written in UTC, to the second.
        library: contexts it may use; the shipped ones unless told otherwise.

    Raises:
        ProofError: as `proof.sign`.

    Source: Data Integrity EdDSA Cryptosuites 1.0 section 3.2.1; RDFC-1.0.
    """
    secured = proof.sign(
        document,
        key=key,
        verification_method=verification_method,
        created=created,
        library=library,
    )
    return Sealed(data=canonical.dumps(secured), digest=rdf.digest(secured, library=library))


class Plans:
    """What was worked out for one issuer, badge and key, for sealers one after the other.

    Not for two threads.

    Attributes:
        verification_method: Absolute id of the key that signs, in the issuer's DID document.
        constants: Objects that the documents share, by identity.
        library: Contexts that documents may use.
        size: How many bytes it keeps, about.
    """

    def __init__(
        self,
        *,
        verification_method: str,
        constants: Sequence[object] = (),
        library: contexts.Library | None = None,
    ) -> None:
        """Begin with no shape.

        Args:
            verification_method: as above.
            constants: the issuer's profile, the achievement; they must not be changed any more.
            library: the shipped contexts unless told otherwise.
        """
        self.verification_method = verification_method
        self.constants = tuple(constants)
        self.divider = shapes.Divider(constants)
        self.library = library
        # None: it was met once, or it has no short way.
        self._known: OrderedDict[Hashable, Plan | None] = OrderedDict()
        self._hopeless: set[Hashable] = set()
        self._latest: Hashable = None
        self.size = 0

    def find(self, document: Mapping[str, Any], division: shapes.Division) -> Plan | None:
        """Return what is known of a document's shape, worked out now if it comes a second time.

        Args:
            document: unsecured.
            division: of this document, with the constants.

        Returns:
            None where the document takes the long way. So does whatever comes once: to work out a
            shape costs as much as to seal a few of it.
        """
        shape = division.shape
        plan = self._known.get(shape)
        if plan is None and shape not in self._known:
            self._known[shape] = None
            if len(self._known) > MAX_SHAPES:
                forgotten, plan = self._known.popitem(last=False)
                self._hopeless.discard(forgotten)
                self.size -= plan.size if plan is not None else 0
            return None
        if shape is not self._latest:
            self._latest = shape
            self._known.move_to_end(shape)
        if plan is None and shape not in self._hopeless:
            try:
                plan = self._known[shape] = self._work_out(document)
                self.size += plan.size
            except (template.NotCompilable, rdf.CanonicalisationError):
                self._hopeless.add(shape)
        return plan

    def has_no_short_way(self, division: shapes.Division) -> bool:
        """Tell whether documents of this shape always take the long way."""
        return division.shape in self._hopeless

    def _work_out(self, document: Mapping[str, Any]) -> Plan:
        if "proof" in document:
            raise template.NotCompilable("the document has a proof already")
        names = shapes.slots(document, constants=self.constants)
        is_address = [name in shapes.ADDRESSES for name in names] + [False] * PROOF_SLOTS
        marks = template.marks(is_address)
        options = proof.options(verification_method=self.verification_method, created=_ANY_DAY)
        secured = {
            **shapes.fill(document, marks[:-PROOF_SLOTS], constants=self.constants),
            "proof": {**options, "created": marks[-2], "proofValue": marks[-1]},
        }
        texts = template.compile_texts(
            secured,
            marks=marks,
            is_address=is_address,
            proof_slots=PROOF_SLOTS,
            library=self.library,
        )
        return Plan(texts, lines.form(lines.cut(canonical.dumps(secured).decode(), marks)))


class Sealer:
    """Seals documents for one key at one instant. Not for two threads.

    Attributes:
        filled: How many documents took the short way.
        fell_back: How many took the long way because the short one could not be decided.
        first: How many took the long way because their shape was met for the first time.
        judged: How many were judged, and found right.
    """

    def __init__(self, *, key: Ed25519PrivateKey, created: datetime, plans: Plans) -> None:
        """Remember who signs.

        Args:
            key: the issuer's private key.
            created: when it is signed; written in UTC, to the second.
            plans: what is known already; it grows.
        """
        self.filled = self.fell_back = self.first = self.judged = 0
        self.plans = plans
        self._key = key
        self._secret = keys.secret(key)
        self._created = created
        self._options = proof.options(
            verification_method=plans.verification_method, created=created
        )
        self._written = self._options["created"].encode()
        self._options_hashes: dict[tuple[str, ...], bytes] = {}
        self._seen: set[Hashable] = set()

    def divide(self, document: Mapping[str, Any]) -> shapes.Division:
        """Part a document into its shape and its values."""
        return self.plans.divider.divide(document)

    def seal(
        self,
        document: Mapping[str, Any],
        *,
        division: shapes.Division | None = None,
        is_sampled: bool = False,
    ) -> Sealed:
        """Sign a document.

        Args:
            document: unsecured; its contexts are a known sequence.
            division: what `divide` made of it, where the caller has it.
            is_sampled: whether to judge it, besides the first of all and the first of each shape
                that takes the short way.

        Raises:
            ProofError: as `proof.sign`; nothing that it would refuse is sealed.
            SealDiffers: it is judged, and wrong.

        Source: Data Integrity EdDSA Cryptosuites 1.0 section 3.2.1.
        """
        division = division or self.divide(document)
        plan = self.plans.find(document, division)
        sealed = self._short(document, plan, division.values) if plan is not None else None
        if sealed is not None:
            self.filled += 1
            if division.shape not in self._seen:
                self._seen.add(division.shape)
                is_sampled = True
        else:
            self._count_long(division, plan)
            is_sampled = is_sampled or not self.judged
            sealed = self._long(document)
        if is_sampled:
            self.check(document, sealed)
        return sealed

    def check(self, document: Mapping[str, Any], sealed: Sealed) -> None:
        """Let the long way, and two processors of others, judge what `seal` made of a document.

        Raises:
            SealDiffers: they do not agree.
        """
        self.judged += 1
        if self._long(document) != sealed:
            raise SealDiffers(f"the document {document.get('id')} is sealed wrongly")
        secured = canonical.loads(sealed.data)
        for processor in (processors.by_pyld, processors.by_pyoxigraph):
            text = processor(secured, library=self.plans.library)
            if sha256(text.encode()).digest() != sealed.digest:
                name = processor.__name__
                raise SealDiffers(f"the document {document.get('id')} is another one {name}")

    def _count_long(self, division: shapes.Division, plan: Plan | None) -> None:
        if plan is None and not self.plans.has_no_short_way(division):
            self.first += 1
        else:
            self.fell_back += 1

    def _long(self, document: Mapping[str, Any]) -> Sealed:
        return seal_alone(
            document,
            key=self._key,
            verification_method=self.plans.verification_method,
            created=self._created,
            library=self.plans.library,
        )

    def _short(
        self, document: Mapping[str, Any], plan: Plan, values: Sequence[str]
    ) -> Sealed | None:
        escaped = template.escape(values)
        filled = plan.texts.fill(escaped) if escaped is not None else None
        if filled is None:
            return None
        options_hash = self._options_hash(document)
        signature = keys.sign(self._secret, options_hash + sha256(filled.text).digest())
        proven = (self._written, multibase.encode(signature).encode())
        text = plan.texts.complete(filled, proven)
        if text is None:
            return None
        return Sealed(data=plan.json.fill((*filled.values, *proven)), digest=sha256(text).digest())

    def _options_hash(self, document: Mapping[str, Any]) -> bytes:
        """Return the hash of the proof's options; it depends on the contexts of the document."""
        sequence = tuple(document["@context"])
        if sequence not in self._options_hashes:
            self._options_hashes[sequence] = proof.hash_options(
                document, self._options, library=self.plans.library
            )
        return self._options_hashes[sequence]
