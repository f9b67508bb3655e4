"""The verification walk: one document, what is known about it, one instant; one report.

`verify` must achieve the following, in this order; the code below carries the same numbers.

1. The document conforms to Open Badges 3.0 and VC 2.0 (OB 3.0 section 9.1, step 1), or to CLR 2.0;
   the badges within a transcript are read here, and each is verified by a walk of its own.
2. Its proof is a valid signature by the key that it names (step 2; VC Data Integrity section 4.4).
3. That key belongs to the issuer that the document names, and did when it signed (DID document,
   assertionMethod); of a key that was stolen later, only what was anchored before (in `authority`).
4. The credential stands: its issuer neither revoked nor suspended it (step 4; in `standing`).
5. `now` lies within its validity (step 4).
6. It is anchored: salt and path lead from its digest to a root that the chain holds, deep enough,
   put there by a submitter whom the issuer accepts. Of a badge that is shown in part, the whole is.
7. It is about the person that the reader has in mind; only when an identity is given (step 5).

Not done here, and by whom: fetching anything (credentials.resolvers, blockchain.services.find),
deciding whether an issuer is who its name says (the page shows what was verified about it),
bounding the time that a hostile graph takes (credentials.services.isolation runs strangers'
documents in a process that can be killed).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from blockchain.core import anchor
from credentials.core import authority, enveloped, members, proof, rdf, recognition, standing
from credentials.core.disclosure import checks as disclosure
from credentials.core.report import (
    Check,
    Material,
    Outcome,
    Report,
    Result,
    Unavailable,
    Verdict,
)
from issuers.core import did, keys
from learners.core import identity

NAMES = ("conforms", "signed", "issuer", "stands", "in_time", "anchored", "about")

# A document, what is known of it, an instant, and what the sixth check came to.
_Step = Callable[[Mapping[str, Any], Material, datetime, Result], Result]
_TOO_COMPLEX: Result = (Outcome.INCONCLUSIVE, "too_complex", {})


def verify(
    document: Mapping[str, Any], material: Material, now: datetime, *, without_graph: bool = False
) -> Report:
    """Check `document` and report, one line per check; never raises for what the document says.

    Args:
        document: The secured credential, as `canonical.loads` returned it.
        material: What was gathered for it.
        now: The instant of the verification, aware.
        without_graph: Leave the checks that need a canonical form open, as too complex: for a
            document of which somebody tried the others in vain.

    Returns:
        A report with the seven checks of the module's docstring, in that order.

    Source: Open Badges 3.0 section 9.1 (verification), VC Data Model 2.0 section 7.1.
    """
    # The sixth answers first: the third needs to know since when the document provably exists.
    anchored = _TOO_COMPLEX
    if not (without_graph and _needs_graph("anchored", document, material)):
        anchored = _anchored(document, material)
    checks = []
    for number, name, step in _STEPS:
        if without_graph and _needs_graph(name, document, material):
            result = _TOO_COMPLEX
        else:
            result = step(document, material, now, anchored)
            if not material.issuer_known:
                result = disclosure.doubt(document, result)
        checks.append(Check(number, name, *result))
    return Report(tuple(checks), now)


def _needs_graph(name: str, document: Mapping[str, Any], material: Material) -> bool:
    """Say whether a check would canonicalise something: the document, or somebody's status list."""
    return (
        (name == "signed" and not material.token)
        or (name == "stands" and bool(members.status_entries(document)))
        or (name == "anchored" and isinstance(material.receipt, anchor.AnchorProof))
    )


# -- 1 ---------------------------------------------------------------------------------------------


def _conforms(document: Mapping[str, Any], material: Material) -> Result:
    known = material.known_of(document)
    problems = known.problems if known else recognition.problems_of(document)
    if problems:
        first = problems[0]
        return (
            Outcome.FAILED,
            "nonconformant",
            {"pointer": first.pointer, "message": first.message, "count": str(len(problems))},
        )
    return Outcome.PASSED, "conforms", {}


# -- 2 ---------------------------------------------------------------------------------------------


def _signed(document: Mapping[str, Any], material: Material) -> Result:
    if material.token:
        return enveloped.signed(document, material)
    try:
        if disclosure.is_derived(document):
            return disclosure.signed(document, material)
        method = str(proof.proof_of(document).get("verificationMethod", ""))
        public_key = _named_key(method, material)
        if isinstance(public_key, Unavailable):
            return Outcome.INCONCLUSIVE, "key_unavailable", {"why": public_key.reason}
        known = material.known_of(document)
        proof.verify(document, public_key=public_key, digests=known.digests if known else None)
    except proof.DocumentRefused as error:
        return _without_canonical_form(error.__cause__, str(error))
    except proof.ProofError as error:
        return authority.unproven(document, error)
    return Outcome.PASSED, "signed", {"method": method}


def _without_canonical_form(cause: BaseException | None, message: str) -> Result:
    """Tell a document that escapes its signature from one that is only too much work to check."""
    if isinstance(cause, rdf.TooComplex):
        return Outcome.INCONCLUSIVE, "too_complex", {"message": message}
    return Outcome.FAILED, "not_signable", {"message": message}


def _named_key(method: str, material: Material) -> bytes | Unavailable:
    """Return the key that the proof names: from its fragment where that is a Multikey.

    Else from the DID document.

    Whether the key is the issuer's is the next check's question, not this one's.
    """
    _base, _hash, fragment = method.partition("#")
    try:
        return keys.decode_multikey(fragment)
    except keys.KeyFormatError:
        pass
    if isinstance(material.did_document, Unavailable):
        return material.did_document
    listed = material.did_document.get("verificationMethod")
    for candidate in listed if isinstance(listed, list) else ():
        if isinstance(candidate, Mapping) and candidate.get("id") == method:
            try:
                return keys.decode_multikey(str(candidate.get("publicKeyMultibase", "")))
            except keys.KeyFormatError:
                break
    return Unavailable("key", f"the issuer publishes no Ed25519 key {method}")


# -- 5 ---------------------------------------------------------------------------------------------


def _in_time(document: Mapping[str, Any], now: datetime) -> Result:
    start, end = document.get("validFrom"), document.get("validUntil")
    valid_from, valid_until = members.instant(start), members.instant(end)
    if valid_from is None or (end is not None and valid_until is None):
        return Outcome.FAILED, "no_validity", {}
    if now < valid_from:
        return Outcome.FAILED, "not_yet_valid", {"valid_from": str(start)}
    if valid_until is not None and valid_until <= now:
        return Outcome.FAILED, "expired", {"valid_until": str(end)}
    return Outcome.PASSED, "in_time", {"valid_from": str(start), "valid_until": str(end or "")}


# -- 6 ---------------------------------------------------------------------------------------------


def _anchored(document: Mapping[str, Any], material: Material) -> Result:
    if not disclosure.is_derived(document):
        return _on_record(document, material)
    whole = disclosure.whole_of(document, material)
    return whole if isinstance(whole, tuple) else _on_record(whole, material)


def _on_record(document: Mapping[str, Any], material: Material) -> Result:
    receipt = material.receipt
    if receipt is None:
        if material.anchor_required:
            return Outcome.INCONCLUSIVE, "not_anchored_yet", {}
        return Outcome.NOT_APPLICABLE, "no_receipt", {}
    if isinstance(receipt, Unavailable):
        return Outcome.INCONCLUSIVE, "receipt_unavailable", {"why": receipt.reason}
    try:
        known = material.known_of(document)
        digest = known.digests.secured if known else rdf.digest(document)
        anchor.verify_inclusion(digest, receipt)
    except rdf.CanonicalisationError as error:
        return _without_canonical_form(error, str(error))
    except anchor.AnchorError as error:
        return Outcome.FAILED, error.reason, {"message": str(error)}
    return _on_chain(receipt, material)


def _on_chain(receipt: anchor.AnchorProof, material: Material) -> Result:
    """Compare a receipt whose path is right with what the chain holds."""
    if material.rechecked:
        return Outcome.INCONCLUSIVE, "being_rechecked", {"chain": receipt.chain}
    finding = material.finding
    if finding is None or isinstance(finding, Unavailable):
        why = finding.reason if isinstance(finding, Unavailable) else "it was not asked"
        return Outcome.INCONCLUSIVE, "chain_unavailable", {"why": why, "chain": receipt.chain}
    submitters = _submitters(material)
    if isinstance(submitters, Unavailable):
        return Outcome.INCONCLUSIVE, "submitter_unknown", {"why": submitters.reason}
    try:
        anchor.verify_record(
            receipt, finding, submitters=submitters, confirmations=material.confirmations
        )
    except anchor.AnchorError as error:
        outcome = Outcome.INCONCLUSIVE if isinstance(error, anchor.Undecided) else Outcome.FAILED
        return outcome, error.reason, {"message": str(error)}
    return (
        Outcome.PASSED,
        "anchored_final" if finding.finalized else "anchored",
        {
            "chain": receipt.chain,
            "transaction": receipt.transaction,
            "block": str(receipt.block_number),
            "time": receipt.block_time.isoformat(),
            **({"read_at": finding.read_at.isoformat()} if finding.read_at else {}),
        },
    )


def _submitters(material: Material) -> tuple[str, ...] | Unavailable:
    if isinstance(material.did_document, Unavailable):
        return material.did_document
    try:
        return did.submitters(material.did_document)
    except did.DidError as error:
        return Unavailable("submitters", str(error))


# -- 7 ---------------------------------------------------------------------------------------------


def _about(document: Mapping[str, Any], material: Material) -> Result:
    if not material.identity:
        return Outcome.NOT_APPLICABLE, "no_identity_given", {}
    objects = list(members.identity_objects(document))
    for kind, value in material.identity:
        same = _matches(value, [item for item in objects if item.get("identityType") == kind])
        if same is None:
            return Outcome.INCONCLUSIVE, "identity_not_in_document", {"type": kind}
        if not same:
            return Outcome.FAILED, "another_person", {"type": kind}
    return Outcome.PASSED, "about", {"types": ", ".join(kind for kind, _value in material.identity)}


def _matches(value: str, candidates: Sequence[Mapping[str, Any]]) -> bool | None:
    """Say whether one of them is about `value`; None where none is and not all can be compared."""
    unreadable = not candidates
    for candidate in candidates:
        try:
            if identity.matches(value, candidate):
                return True
        except identity.IdentityError:
            unreadable = True
    return None if unreadable else False


_STEPS: tuple[tuple[int, str, _Step], ...] = (
    (1, "conforms", lambda document, material, *_: _conforms(document, material)),
    (2, "signed", lambda document, material, *_: _signed(document, material)),
    (3, "issuer", lambda document, material, now, anchored: authority.check(
        document, material, now, anchored=anchored)),
    (4, "stands", lambda document, material, now, _: standing.check(document, material, now)),
    (5, "in_time", lambda document, _material, now, _: _in_time(document, now)),
    (6, "anchored", lambda _document, _material, _now, anchored: anchored),
    (7, "about", lambda document, material, *_: _about(document, material)),
)  # fmt: skip

__all__ = [
    "Check", "Material", "Outcome", "Report", "Unavailable", "Verdict", "verify",
]  # fmt: skip
