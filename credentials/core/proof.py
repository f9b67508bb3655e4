"""The proof: a Data Integrity signature with cryptosuite eddsa-rdfc-2022.

What is signed is SHA-256(canonical proof options) followed by SHA-256(canonical document), 64
bytes; so a proof cannot be moved to another document, nor its date or its key's name changed.

Sources: Verifiable Credential Data Integrity 1.0; Data Integrity EdDSA Cryptosuites 1.0 section
3.2.
"""

# ruff: noqa: N818 - a refusal is named after what is wrong; `reason` says the same to machines

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import base58
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from badges.core.document import timestamp
from credentials.core import contexts, multibase, rdf
from issuers.core import keys

TYPE = "DataIntegrityProof"
CRYPTOSUITE = "eddsa-rdfc-2022"
PURPOSE = "assertionMethod"

# Others add a second signature, or a Blockcerts proof. More than a few is not a document, it is a
# load.
MAX_PROOFS = 8

# 64 bytes are 86 to 88 letters but for absurdly small numbers. The pattern also bounds the decoder,
# which is quadratic.
_PROOF_VALUE = re.compile(r"z[1-9A-HJ-NP-Za-km-z]{64,88}")


class Digests(NamedTuple):
    """What the canonical texts of a secured document hash to: SHA-256, 32 bytes each.

    Attributes:
        document: of the document without its proofs.
        options: of the options of its proof.
        secured: of the document with its proof; this is what is anchored.
    """

    document: bytes
    options: bytes
    secured: bytes


class ProofError(Exception):
    """The document is not proven. Subclasses say why.

    Attributes:
        reason: stable code, for reports and translations.
    """

    reason = "proof-invalid"


class ProofMissing(ProofError):
    """The document has no eddsa-rdfc-2022 proof."""

    reason = "proof-missing"


class ProofAmbiguous(ProofError):
    """The document has several eddsa-rdfc-2022 proofs, or more proofs than anybody needs."""

    reason = "proof-ambiguous"


class ProofMalformed(ProofError):
    """A member of the proof is missing or is not of its form."""

    reason = "proof-malformed"


class ProofPurpose(ProofError):
    """The proof was made for another purpose than to assert the credential."""

    reason = "proof-purpose"


class DocumentRefused(ProofError):
    """The document has no canonical form: `reason` is `document-` and the reason of the cause."""

    def __init__(self, cause: rdf.CanonicalisationError) -> None:
        """Take the message and the reason of the cause."""
        super().__init__(str(cause))
        self.reason = f"document-{cause.reason}"


class SignatureMismatch(ProofError):
    """The signature is not the key's over this document: one of the two was changed."""

    reason = "signature-mismatch"


def sign(
    document: Mapping[str, Any],
    *,
    key: Ed25519PrivateKey,
    verification_method: str,
    created: datetime,
    library: contexts.Library | None = None,
) -> dict[str, Any]:
    """Return a copy of the document with its proof, a single object.

    Args:
        document: unsecured; its contexts are a known sequence.
        key: the issuer's private key.
        verification_method: absolute id of that key in the issuer's DID document.
        created: when it is signed; written in UTC, to the second.
        library: contexts it may use; the shipped ones unless told otherwise.

    Raises:
        ProofAmbiguous: the document has a proof already.
        DocumentRefused: the document has no canonical form; the message says what to change.
        DocumentError: `created` has no zone.

    Source: Data Integrity EdDSA Cryptosuites 1.0 section 3.2.1.
    """
    if "proof" in document:
        raise ProofAmbiguous("the document has a proof already")
    said = options(verification_method=verification_method, created=created)
    signature = key.sign(_hash_data(document, said, library))
    proof = {**said, "proofValue": "z" + base58.b58encode(signature).decode("ascii")}
    return {**document, "proof": proof}


def options(*, verification_method: str, created: datetime) -> dict[str, str]:
    """Return what a proof of ours says besides its signature.

    Raises:
        DocumentError: `created` has no zone.

    Source: Data Integrity EdDSA Cryptosuites 1.0 section 3.2.5 (proof configuration).
    """
    return {
        "type": TYPE,
        "cryptosuite": CRYPTOSUITE,
        "created": timestamp(created),
        "verificationMethod": verification_method,
        "proofPurpose": PURPOSE,
    }


def verify(
    document: Mapping[str, Any],
    *,
    public_key: bytes,
    library: contexts.Library | None = None,
    digests: Digests | None = None,
) -> None:
    """Return if the document is proven by this key, raise otherwise.

        (1) it has exactly one eddsa-rdfc-2022 proof, well formed, to assert
        (2) its contexts are exactly a known sequence, here and inside
        (3) it has a canonical form: nothing in it escapes the signature
        (4) the signature over both hashes is the key's

    Not done here, and owed by the caller: that `verificationMethod` names this key in the issuer's
    DID document (`issuers.core.did.select_key`), and that `created` and `expires` agree with the
    clock.

    Args:
        document: secured, from anybody.
        public_key: Ed25519, 32 bytes.
        library: contexts it may use; the shipped ones unless told otherwise.
        digests: of this very document, where they are known (`recognition`): (2) and (3) are then
            what they came from.

    Raises:
        ProofError: one of its subclasses, with a stable `reason`.

    Source: Data Integrity EdDSA Cryptosuites 1.0 section 3.2.2; Data Integrity 1.0 sections 4.3 and
    4.6.
    """
    proof = proof_of(document)
    if digests is None:
        unsecured, options = parted(document, proof)
        message = _hash_data(unsecured, options, library)
    else:
        message = digests.options + digests.document
    try:
        keys.verify(public_key, _signature(proof["proofValue"]), message)
    except keys.SignatureError:
        raise SignatureMismatch("the signature does not match the document and the key") from None
    except keys.KeyFormatError as error:
        raise SignatureMismatch(str(error)) from None


def digests(document: Mapping[str, Any], *, library: contexts.Library | None = None) -> Digests:
    """Return what the canonical texts of a secured document hash to, the long way.

    Args:
        document: secured.
        library: contexts it may use; the shipped ones unless told otherwise.

    Raises:
        ProofError: it has no proof of ours, or no canonical form.
        CanonicalisationError: it has none with its proof.

    Source: Data Integrity EdDSA Cryptosuites 1.0 section 3.2.4 (hashing).
    """
    unsecured, options = parted(document, proof_of(document))
    message = _hash_data(unsecured, options, library)
    secured = rdf.digest(document, library=library)
    return Digests(document=message[32:], options=message[:32], secured=secured)


def proof_of(document: Mapping[str, Any], *, cryptosuite: str = CRYPTOSUITE) -> Mapping[str, Any]:
    """Return the one proof of a cryptosuite that a document has, checked in form only.

    Proofs of other cryptosuites in an array are left aside: they are neither verified nor covered.

    Args:
        document: secured, from anybody.
        cryptosuite: its name. Only of eddsa-rdfc-2022 is the form of the proofValue checked too.

    Raises:
        ProofMissing, ProofAmbiguous, ProofMalformed, ProofPurpose: see there. All of them are
        ProofError.

    Source: Data Integrity 1.0 sections 2.1 (proofs) and 2.1.1 (proof sets).
    """
    found = document.get("proof")
    if isinstance(found, dict) and found.get("cryptosuite") == cryptosuite:
        ours = found
    else:
        ours = _the_one(found, cryptosuite)
    _require_form(ours)
    if cryptosuite == CRYPTOSUITE:
        _require_signature(ours["proofValue"])
    return ours


def _the_one(found: object, cryptosuite: str) -> dict[str, Any]:
    listed = found if isinstance(found, list) else [found]
    if found is None or not listed:
        raise ProofMissing("the document has no proof")
    if len(listed) > MAX_PROOFS:
        raise ProofAmbiguous(f"the document has more than {MAX_PROOFS} proofs")
    objects = [proof for proof in listed if isinstance(proof, dict)]
    if len(objects) != len(listed):
        raise ProofMalformed("a proof is an object")
    ours = [proof for proof in objects if proof.get("cryptosuite") == cryptosuite]
    if not ours:
        raise ProofMissing(f"the document has no proof of cryptosuite {cryptosuite}")
    if len(ours) > 1:
        raise ProofAmbiguous(f"the document has {len(ours)} proofs of cryptosuite {cryptosuite}")
    return ours[0]


def parted(
    document: Mapping[str, Any], proof: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a proof is over: the document without proofs, and the options of this one.

    Args:
        document: secured.
        proof: one of its proofs, as `proof_of` returned it.

    Raises:
        ProofMalformed: the proof has contexts of its own, which are not the document's first ones.

    Source: Data Integrity 1.0 section 4.4; Data Integrity EdDSA Cryptosuites 1.0 section 3.2.2.
    """
    options = {member: value for member, value in proof.items() if member != "proofValue"}
    unsecured = {member: value for member, value in document.items() if member != "proof"}
    if "@context" in options and not _starts_with(unsecured.get("@context"), options["@context"]):
        raise ProofMalformed("the proof's @context is not the beginning of the document's")
    return unsecured, options


def _require_form(proof: Mapping[str, Any]) -> None:
    if proof.get("type") != TYPE:
        raise ProofMalformed(f"the proof's type is not {TYPE}")
    if proof.get("proofPurpose") != PURPOSE:
        raise ProofPurpose(f"the proof's proofPurpose is not {PURPOSE}")
    if not isinstance(proof.get("verificationMethod"), str):
        raise ProofMalformed("the proof's verificationMethod is not a DID URL")
    if not isinstance(proof.get("proofValue"), str):
        raise ProofMalformed("the proof's proofValue is not a text")
    if "previousProof" in proof:
        # A chained proof covers another proof, which would have to be verified first.
        raise ProofMalformed("proof chains (previousProof) are not supported")


def _require_signature(value: str) -> None:
    if len(_signature(value)) != keys.SIGNATURE_SIZE:
        raise ProofMalformed("the proof's proofValue is not z and the base58 of 64 bytes")


@lru_cache(maxsize=1024)  # each step of the walk reads the proof again
def _signature(value: str) -> bytes:
    """Return the bytes of a proofValue; none of what is not of its form."""
    return multibase.decode(value[1:]) if _PROOF_VALUE.fullmatch(value) else b""


def _hash_data(
    unsecured: Mapping[str, Any], options: Mapping[str, Any], library: contexts.Library | None
) -> bytes:
    """Return what is signed, 64 bytes: the hash of the options, then that of the document."""
    try:
        document_hash = rdf.digest(unsecured, library=library)
    except rdf.CanonicalisationError as error:
        raise DocumentRefused(error) from error
    return hash_options(unsecured, options, library=library) + document_hash


def hash_options(
    unsecured: Mapping[str, Any],
    options: Mapping[str, Any],
    *,
    library: contexts.Library | None = None,
) -> bytes:
    """Return the hash of a proof's options, 32 bytes.

    Args:
        unsecured: the document without proofs: its contexts say what the options mean.
        options: the members of the proof without `proofValue`.
        library: contexts it may use; the shipped ones unless told otherwise.

    Raises:
        DocumentRefused: the options have no canonical form.

    Source: Data Integrity EdDSA Cryptosuites 1.0 section 3.2.5 (proof configuration).
    """
    try:
        return rdf.digest({**options, "@context": unsecured.get("@context")}, library=library)
    except rdf.CanonicalisationError as error:
        raise DocumentRefused(error) from error


def _starts_with(context: object, beginning: object) -> bool:
    whole = context if isinstance(context, list) else [context]
    part = beginning if isinstance(beginning, list) else [beginning]
    return whole[: len(part)] == part
