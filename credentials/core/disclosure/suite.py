"""The cryptosuite ecdsa-sd-2023: an issuer signs each statement, a learner shows some of them.

    base = issuer's signature over  hash(options) || key drawn for this proof || hash(mandatory)
    each other statement            signed by the key drawn for this proof

The issuer's signature covers what may never be hidden, all of it at once, and the key that signs
the rest; so a statement cannot be taken from one credential into another. A derived proof has the
date and the key's name of its base.

Both keys that are drawn are arguments: nothing here is left to chance, so what is made can be made
again, and is compared with the published vectors to the byte.

Source: Data Integrity ECDSA Cryptosuites 1.0 (W3C) sections 3.4 to 3.6.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from badges.core.document import timestamp
from credentials.core import contexts, proof, rdf
from credentials.core.disclosure import labelling, proof_value, selecting
from issuers.core import ecdsa, keys

CRYPTOSUITE = "ecdsa-sd-2023"


class BaseProofShown(proof.ProofError):
    """The proof is the base, which holds the means to guess what is hidden: it is for its owner."""

    reason = "base-proof"


def sign(
    document: Mapping[str, Any],
    *,
    key: ec.EllipticCurvePrivateKey,
    verification_method: str,
    created: datetime,
    mandatory: Sequence[str],
    hmac_key: bytes,
    proof_key: ec.EllipticCurvePrivateKey,
    library: contexts.Library | None = None,
) -> dict[str, Any]:
    """Return a copy of the document with a base proof, which is for its owner alone.

    Args:
        document: unsecured; its contexts are a known sequence.
        key: the issuer's, P-256.
        verification_method: absolute id of that key in the issuer's DID document.
        created: when it is signed; written in UTC, to the second.
        mandatory: JSON pointers of what may never be hidden, at least one.
        hmac_key: 32 random bytes, drawn for this proof.
        proof_key: P-256, drawn for this proof and forgotten afterwards.
        library: contexts it may use; the shipped ones unless told otherwise.

    Raises:
        ProofAmbiguous: the document has a proof already.
        DocumentRefused: the document has no canonical form; the message says what to change.
        PointerError: a pointer leads nowhere; there is none.
        ProofMalformed: more statements than a proof holds.
        DocumentError: `created` has no zone.
        KeyFormatError: a key is not of its form.

    Source: Data Integrity ECDSA Cryptosuites 1.0 sections 3.6.1 to 3.6.5.
    """
    if "proof" in document:
        raise proof.ProofAmbiguous("the document has a proof already")
    if len(hmac_key) != labelling.KEY_SIZE:
        raise keys.KeyFormatError(f"the key of the HMAC is {labelling.KEY_SIZE} bytes")
    options = {
        "type": proof.TYPE,
        "cryptosuite": CRYPTOSUITE,
        "created": timestamp(created),
        "verificationMethod": verification_method,
        "proofPurpose": proof.PURPOSE,
    }
    options_hash = proof.hash_options(document, options, library=library)
    labelled = _label(document, hmac_key, library)
    kept = _lines_at(labelled, mandatory)
    free = [line for line in labelled.lines if line not in kept]
    if len(free) > proof_value.MAX_STATEMENTS:
        raise proof.ProofMalformed(
            f"more than {proof_value.MAX_STATEMENTS} statements could be hidden: too many"
        )
    public_key = proof_key.public_key()
    message = options_hash + proof_value.key_bytes(public_key) + _hash(sorted(kept))
    base = proof_value.Base(
        signature=ecdsa.sign(key, message),
        public_key=public_key,
        hmac_key=hmac_key,
        signatures=tuple(ecdsa.sign(proof_key, line.encode()) for line in free),
        mandatory=tuple(mandatory),
    )
    return {**document, "proof": {**options, "proofValue": proof_value.encode_base(base)}}


def derive(
    document: Mapping[str, Any],
    *,
    selective: Iterable[str],
    library: contexts.Library | None = None,
) -> dict[str, Any]:
    """Return the part of a document that its owner wants to show, with a proof of it.

    What is mandatory is shown always; what holds something that is shown is shown by its id and
    type.

    Args:
        document: with a base proof.
        selective: JSON pointers of what is shown besides.
        library: contexts it may use; the shipped ones unless told otherwise.

    Raises:
        PointerError: a pointer is malformed or leads nowhere.
        ProofMissing, ProofAmbiguous, ProofMalformed, ProofPurpose: there is not one base proof, or
            it is not of this document.
        DocumentRefused: the document, or this part of it, has no canonical form.

    Source: Data Integrity ECDSA Cryptosuites 1.0 section 3.6.6 (add derived proof).
    """
    named = proof.proof_of(document, cryptosuite=CRYPTOSUITE)
    base = proof_value.decode_base(named["proofValue"])
    unsecured, options = proof.parted(document, named)
    labelled = _label(unsecured, base.hmac_key, library)
    kept = _lines_at(labelled, base.mandatory)
    free = [line for line in labelled.lines if line not in kept]
    if len(free) != len(base.signatures):
        raise proof.ProofMalformed("the base proof was not made for this document")
    signature_of = dict(zip(free, base.signatures, strict=True))

    pointers = [*base.mandatory, *selective]
    shown = selecting.select(unsecured, pointers)
    try:
        statements = labelled.statements_of(selecting.select(labelled.document, pointers))
        lines = sorted(labelled.lines_of(statements))
        canonical = rdf.canonical_dataset(statements)
        # A reader makes his numbers from the part alone.
        if rdf.text(canonical) != rdf.canonicalise(shown, library=library):
            raise rdf.Ambiguous("a part of the document cannot be shown alone")
        numbers = labelling.numbering(statements, canonical)
    except rdf.CanonicalisationError as error:
        raise proof.DocumentRefused(error) from error
    derived = proof_value.Derived(
        signature=base.signature,
        public_key=base.public_key,
        signatures=tuple(signature_of[line] for line in lines if line not in kept),
        labels={int(numbers[node][4:]): labelled.labels[node] for node in numbers},
        mandatory=tuple(index for index, line in enumerate(lines) if line in kept),
    )
    # The standard leaves out contexts of the proof's own: the document's say the same.
    options.pop("@context", None)
    return {**shown, "proof": {**options, "proofValue": proof_value.encode_derived(derived)}}


def verify(
    document: Mapping[str, Any],
    *,
    public_key: ec.EllipticCurvePublicKey,
    library: contexts.Library | None = None,
) -> frozenset[str]:
    """Return what of the document nobody could have hidden, if all of it is the issuer's word.

        (1) it has exactly one ecdsa-sd-2023 proof, well formed, to assert, and derived
        (2) it has a canonical form: nothing in it escapes the signatures
        (3) every node without an id has a label, and no two have the same
        (4) every statement is mandatory, or signed by the key of the proof
        (5) the issuer's signature holds over the options, that key, and the mandatory statements

    Not done here: what is not done by `proof.verify` either, with the same owners.

    Args:
        document: with a derived proof, from anybody.
        public_key: the issuer's, P-256.
        library: contexts it may use; the shipped ones unless told otherwise.

    Returns:
        The predicates of the mandatory statements, absolute addresses.

    Raises:
        ProofError: one of its subclasses, with a stable `reason`.

    Source: Data Integrity ECDSA Cryptosuites 1.0 section 3.6.7 (verify derived proof).
    """
    named = proof.proof_of(document, cryptosuite=CRYPTOSUITE)
    if proof_value.is_base(named["proofValue"]):
        raise BaseProofShown("this is a base proof: derive one from it, and show that")
    derived = proof_value.decode_derived(named["proofValue"])
    unsecured, options = proof.parted(document, named)
    options_hash = proof.hash_options(unsecured, options, library=library)
    try:
        statements = list(rdf.canonical_dataset(rdf.statements_of(unsecured, library=library)))
    except rdf.CanonicalisationError as error:
        raise proof.DocumentRefused(error) from error
    labels = {f"c14n{number}": label for number, label in derived.labels.items()}
    if labelling.nodes_of(statements) != labels.keys():
        raise proof.ProofMalformed("the labels of the derived proof are not those of the document")
    ordered = sorted(
        zip(labelling.lines(statements, labels), statements, strict=True), key=lambda pair: pair[0]
    )
    if derived.mandatory and derived.mandatory[-1] >= len(ordered):
        raise proof.ProofMalformed("the derived proof counts more statements than there are")
    mandatory = set(derived.mandatory)
    kept = [pair for index, pair in enumerate(ordered) if index in mandatory]
    free = [line for index, (line, _) in enumerate(ordered) if index not in mandatory]
    if len(free) != len(derived.signatures):
        raise proof.SignatureMismatch(
            f"{len(free)} statements could have been hidden, {len(derived.signatures)} are signed"
        )
    message = (
        options_hash + proof_value.key_bytes(derived.public_key) + _hash(line for line, _ in kept)
    )
    try:
        ecdsa.verify(public_key, derived.signature, message)
        for line, signature in zip(free, derived.signatures, strict=True):
            ecdsa.verify(derived.public_key, signature, line.encode())
    except (keys.SignatureError, keys.KeyFormatError) as error:
        raise proof.SignatureMismatch(f"{error}: the document or its proof was changed") from None
    return frozenset(statement.predicate.value for _, statement in kept)


def _label(
    document: Mapping[str, Any], key: bytes, library: contexts.Library | None
) -> labelling.Labelled:
    try:
        return labelling.label(document, key=key, library=library)
    except rdf.CanonicalisationError as error:
        raise proof.DocumentRefused(error) from error


def _lines_at(labelled: labelling.Labelled, pointers: Sequence[str]) -> frozenset[str]:
    """Return the statements that the pointers name, and those that lead there."""
    if not pointers:
        raise selecting.PointerError("at least one part is mandatory", pointer="")
    part = selecting.select(labelled.document, pointers)
    try:
        return labelled.lines_of(labelled.statements_of(part))
    except rdf.CanonicalisationError as error:
        raise proof.DocumentRefused(error) from error


def _hash(lines: Iterable[str]) -> bytes:
    return hashlib.sha256("".join(lines).encode()).digest()
