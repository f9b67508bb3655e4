"""Seal: sign documents of one issuer, many of them, for little more than the signature costs.

    document -> shape and values -> canonical text -> signature -> canonical text with the proof ->
    digest

A `Sealer` does what `proof.sign`, `canonical.dumps` and `rdf.digest` do, byte for byte, and says
how often it could not and let them do it. It works out each shape once (`template`) and fills the
values in. `check` lets the long way judge what the short one made; who seals many asks it for the
first of every batch and for some of the others.

Sources: Data Integrity EdDSA Cryptosuites 1.0 section 3.2; RDF Dataset Canonicalization 1.0.
"""

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import base58
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.core import canonical, contexts, proof, rdf, shapes, template

# A shape takes some kilobytes, and 10 to 30 ms to work out. Badges have one or a few; where results
# differ in kind from learner to learner, dozens.
MAX_SHAPES = 256


class SealDiffers(Exception):  # noqa: N818 - it says what is wrong
    """The short way made something else than the long way: nothing it made may be used."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A signed document.

    Attributes:
        data: The document with its proof, as it is stored and served (UTF-8 JSON).
        digest: SHA-256 of its canonical text with the proof, 32 bytes: what is anchored.
    """

    data: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class _Plan:
    """What was worked out for one shape.

    Attributes:
        texts: The canonical texts with holes.
        json: The document with its proof as JSON, with the same holes.
        options_hash: SHA-256 of the canonical text of the proof's options, 32 bytes.
        created: The date in those options.
    """

    texts: template.Texts
    json: str
    options_hash: bytes
    created: str


class Sealer:
    """Seals documents for one key at one instant; keeps what it worked out. Not for two threads.

    Attributes:
        filled: How many documents took the short way.
        fell_back: How many took the long way.
    """

    def __init__(
        self,
        *,
        key: Ed25519PrivateKey,
        verification_method: str,
        created: datetime,
        constants: Sequence[object] = (),
        library: contexts.Library | None = None,
    ) -> None:
        """Remember who signs.

        Args:
            key: The issuer's private key.
            verification_method: Absolute id of that key in the issuer's DID document.
            created: When it is signed; written in UTC, to the second.
            constants: Objects that the documents share, by identity: the issuer's profile, the
                achievement. They must not be changed while this sealer is used.
            library: Contexts that documents may use; the shipped ones unless told otherwise.
        """
        self.filled = 0
        self.fell_back = 0
        self._key = key
        self._method = verification_method
        self._created = created
        self._constants = tuple(constants)
        self._library = library
        self._plans: OrderedDict[Hashable, _Plan | None] = OrderedDict()

    def seal(self, document: Mapping[str, Any]) -> Sealed:
        """Sign a document.

        Args:
            document: unsecured; its contexts are a known sequence.

        Raises:
            ProofError: as `proof.sign`; nothing that it would refuse is sealed.

        Source: Data Integrity EdDSA Cryptosuites 1.0 section 3.2.1.
        """
        division = shapes.divide(document, constants=self._constants)
        plan = self._plan(document, division)
        sealed = self._short(plan, division.values) if plan is not None else None
        if sealed is None:
            self.fell_back += 1
            return self._long(document)
        self.filled += 1
        return sealed

    def check(self, document: Mapping[str, Any], sealed: Sealed) -> None:
        """Let the long way judge what `seal` made of a document.

        Raises:
            SealDiffers: the two differ.
        """
        if self._long(document) != sealed:
            raise SealDiffers(f"the document {document.get('id')} is sealed wrongly")

    def _long(self, document: Mapping[str, Any]) -> Sealed:
        secured = proof.sign(
            document,
            key=self._key,
            verification_method=self._method,
            created=self._created,
            library=self._library,
        )
        return Sealed(
            data=canonical.dumps(secured), digest=rdf.digest(secured, library=self._library)
        )

    def _short(self, plan: _Plan, values: Sequence[str]) -> Sealed | None:
        escaped = template.escape(values)
        filled = plan.texts.fill(escaped) if escaped is not None else None
        if filled is None:
            return None
        signature = self._key.sign(plan.options_hash + sha256(filled.text.encode()).digest())
        proven = (plan.created, "z" + base58.b58encode(signature).decode("ascii"))
        text = plan.texts.complete(filled, proven)
        if text is None:
            return None
        return Sealed(
            data=(plan.json % filled.named(proven)).encode(), digest=sha256(text.encode()).digest()
        )

    def _plan(self, document: Mapping[str, Any], division: shapes.Division) -> _Plan | None:
        """Return what is known of a shape; None where its documents take the long way."""
        shape = tuple(division.shape)
        if shape in self._plans:
            self._plans.move_to_end(shape)
            return self._plans[shape]
        try:
            plan = self._work_out(document, division)
        except (template.NotCompilable, rdf.CanonicalisationError, proof.DocumentRefused):
            plan = None
        self._plans[shape] = plan
        if len(self._plans) > MAX_SHAPES:
            self._plans.popitem(last=False)
        return plan

    def _work_out(self, document: Mapping[str, Any], division: shapes.Division) -> _Plan:
        options = proof.options(verification_method=self._method, created=self._created)
        is_address = [*division.is_address, False, False]
        marks = template.marks(is_address)
        with_marks = shapes.fill(document, marks[:-2], constants=self._constants)
        secured = {
            **with_marks,
            "proof": {**options, "created": marks[-2], "proofValue": marks[-1]},
        }
        texts = template.compile_texts(
            secured, marks=marks, is_address=is_address, library=self._library
        )
        return _Plan(
            texts=texts,
            json=template.with_holes(canonical.dumps(secured).decode(), marks),
            options_hash=proof.hash_options(document, options, library=self._library),
            created=options["created"],
        )
