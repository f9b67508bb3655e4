"""The verification walk: one document, what is known about it, one instant; one report.

`verify` must achieve the following, in this order; the code below carries the same numbers.

1. The document conforms to Open Badges 3.0 and VC 2.0 (OB 3.0 section 9.1, step 1).
2. Its proof is a valid signature by the key that it names (step 2; VC Data Integrity section 4.4).
3. That key belongs to the issuer that the document names, and did when it signed (DID document, assertionMethod).
4. The credential stands: its issuer neither revoked nor suspended it (step 4; Bitstring Status List section 3.2).
5. `now` lies within its validity (step 4).
6. It is anchored: salt and path lead from its digest to a root that the chain holds, deep enough, put there by a
   submitter whom the issuer accepts.
7. It is about the person that the reader has in mind; only when an identity is given (step 5).

Not done here, and by whom: fetching anything (credentials.resolvers, blockchain.services.find), deciding whether an
issuer is who its name says (the page shows what was verified about it), bounding the time that a hostile graph takes
(credentials.services runs foreign documents in a process that it can kill).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from badges.core import schema
from blockchain.core import anchor
from credentials.core import canonical, proof, rdf, status_list
from issuers.core import did, keys
from learners.core import identity


class Outcome(StrEnum):
    """What one check came to. Inconclusive is neither good news nor bad news."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not_applicable"


class Verdict(StrEnum):
    """What all checks together came to."""

    VERIFIED = "verified"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report: `reason` is a stable code, `detail` holds values for the words around it."""

    number: int
    name: str
    outcome: Outcome
    reason: str
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """The checks in order, made at one instant."""

    checks: tuple[Check, ...]
    checked_at: datetime

    @property
    def verdict(self) -> Verdict:
        """Say *verified* if every check that applies passed, *refuted* if one failed, else *inconclusive*."""
        outcomes = {check.outcome for check in self.checks}
        if Outcome.FAILED in outcomes:
            return Verdict.REFUTED
        if Outcome.INCONCLUSIVE in outcomes:
            return Verdict.INCONCLUSIVE
        return Verdict.VERIFIED

    @property
    def decisive(self) -> Check | None:
        """Return the check that a reader must hear of first; None when verified.

        Tampering before revocation before expiry: a forged document must not be introduced as merely expired.
        """
        order = ("conforms", "signed", "issuer", "anchored", "stands", "about", "in_time")
        for outcome in (Outcome.FAILED, Outcome.INCONCLUSIVE):
            found = {check.name: check for check in self.checks if check.outcome is outcome}
            for name in order:
                if name in found:
                    return found[name]
        return None


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Something that could not be had: `what` it is, and `reason` in a few words for the detail line."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Material:
    """Everything outside the document that the checks need; gathered by services, each part found or Unavailable.

    Attributes:
        did_document: The issuer's DID document.
        issuer_known: Whether this installation knows the issuer; an unknown issuer is never verified by default.
        status_lists: Status list credentials by the URL that the document names.
        receipt: The anchor receipt; None where nobody has one (yet).
        finding: What the chain holds for the receipt.
        anchor_required: Whether a missing receipt leaves the verdict open (our own credentials) or not.
        confirmations: How deep an anchor must be.
        identity: Pairs of identity type and value, e.g. ("emailAddress", "awa@example.org"), to compare.
    """

    did_document: Mapping[str, Any] | Unavailable
    issuer_known: bool = False
    status_lists: Mapping[str, Mapping[str, Any] | Unavailable] = field(default_factory=dict)
    receipt: anchor.AnchorProof | Unavailable | None = None
    finding: anchor.Finding | Unavailable | None = None
    anchor_required: bool = False
    confirmations: int = 1
    identity: tuple[tuple[str, str], ...] = ()


NAMES = ("conforms", "signed", "issuer", "stands", "in_time", "anchored", "about")
# Where the published status list is older than this after its own end, a reader cannot know.
STATUS_PURPOSES = {"revocation": "revoked", "suspension": "suspended"}

_Result = tuple[Outcome, str, dict[str, str]]
_Step = Callable[[Mapping[str, Any], Material, datetime], _Result]
_TOO_COMPLEX: _Result = (Outcome.INCONCLUSIVE, "too_complex", {})


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
    steps: tuple[_Step, ...] = (
        _conforms, _signed, _issuer, _stands, _in_time, _anchored, _about,
    )  # fmt: skip
    checks = []
    for number, (name, step) in enumerate(zip(NAMES, steps, strict=True), start=1):
        if without_graph and _needs_graph(name, document, material):
            outcome, reason, detail = _TOO_COMPLEX
        else:
            outcome, reason, detail = step(document, material, now)
        checks.append(Check(number, name, outcome, reason, detail))
    return Report(tuple(checks), now)


def _needs_graph(name: str, document: Mapping[str, Any], material: Material) -> bool:
    """Say whether a check would canonicalise something: the document, or somebody's status list."""
    return (
        name == "signed"
        or (name == "stands" and bool(status_entries(document)))
        or (name == "anchored" and isinstance(material.receipt, anchor.AnchorProof))
    )


def status_entries(document: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """Return the entries of `credentialStatus`, whether it is absent, one or several."""
    value = document.get("credentialStatus")
    entries = value if isinstance(value, list) else [value]
    return tuple(entry for entry in entries if isinstance(entry, Mapping))


def issuer_id(document: Mapping[str, Any]) -> str:
    """Return the id of the issuer, or an empty text where the document names none."""
    issuer = document.get("issuer")
    value = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    return value if isinstance(value, str) else ""


# -- 1 ---------------------------------------------------------------------------------------------------------------


def _conforms(document: Mapping[str, Any], material: Material, now: datetime) -> _Result:
    problems = schema.problems(document)
    if problems:
        first = problems[0]
        return (
            Outcome.FAILED,
            "nonconformant",
            {"pointer": first.pointer, "message": first.message, "count": str(len(problems))},
        )
    return Outcome.PASSED, "conforms", {}


# -- 2 ---------------------------------------------------------------------------------------------------------------


def _signed(document: Mapping[str, Any], material: Material, now: datetime) -> _Result:
    try:
        method = str(proof.proof_of(document).get("verificationMethod", ""))
        public_key = _named_key(method, material)
        if isinstance(public_key, Unavailable):
            return Outcome.INCONCLUSIVE, "key_unavailable", {"why": public_key.reason}
        proof.verify(document, public_key=public_key)
    except proof.DocumentRefused as error:
        return _without_canonical_form(error.__cause__, str(error))
    except proof.ProofError as error:
        return Outcome.FAILED, error.reason, {"message": str(error)}
    return Outcome.PASSED, "signed", {"method": method}


def _without_canonical_form(cause: BaseException | None, message: str) -> _Result:
    """Tell a document that escapes its signature from one that is only too much work to check."""
    if isinstance(cause, rdf.TooComplex):
        return Outcome.INCONCLUSIVE, "too_complex", {"message": message}
    return Outcome.FAILED, "not_signable", {"message": message}


def _named_key(method: str, material: Material) -> bytes | Unavailable:
    """Return the key that the proof names: from its fragment where that is a Multikey, else from the DID document.

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


# -- 3 ---------------------------------------------------------------------------------------------------------------


def _issuer(document: Mapping[str, Any], material: Material, now: datetime) -> _Result:
    issuer = issuer_id(document)
    try:
        named = proof.proof_of(document)
    except proof.ProofError as error:
        return Outcome.FAILED, error.reason, {"message": str(error)}
    method = str(named.get("verificationMethod", ""))
    if method.partition("#")[0] != issuer:
        return Outcome.FAILED, "foreign_key", {"issuer": issuer, "method": method}
    if isinstance(material.did_document, Unavailable):
        return Outcome.INCONCLUSIVE, "issuer_unavailable", {"why": material.did_document.reason}
    created = _instant(named.get("created"))
    if created is None:
        return Outcome.FAILED, "no_signing_date", {}
    try:
        did.select_key(material.did_document, method, at=created)
    except did.KeyNotValid as error:
        return Outcome.FAILED, "key_not_valid", {"message": str(error)}
    except did.DidError as error:
        return Outcome.FAILED, "key_not_listed", {"message": str(error)}
    if not material.issuer_known:
        return Outcome.INCONCLUSIVE, "issuer_unknown", {"issuer": issuer}
    return Outcome.PASSED, "issuer", {"issuer": issuer}


# -- 4 ---------------------------------------------------------------------------------------------------------------


def _stands(document: Mapping[str, Any], material: Material, now: datetime) -> _Result:
    entries = status_entries(document)
    if not entries:
        return Outcome.NOT_APPLICABLE, "no_status", {}
    results = [_entry_stands(document, entry, material, now) for entry in entries]
    for wanted in (Outcome.FAILED, Outcome.INCONCLUSIVE):
        for result in results:
            if result[0] is wanted:
                return result
    return results[0]


def _entry_stands(
    document: Mapping[str, Any], entry: Mapping[str, Any], material: Material, now: datetime
) -> _Result:
    purpose = str(entry.get("statusPurpose", ""))
    if entry.get("type") != "BitstringStatusListEntry" or purpose not in STATUS_PURPOSES:
        return Outcome.INCONCLUSIVE, "status_unsupported", {"type": str(entry.get("type"))}
    url = str(entry.get("statusListCredential", ""))
    found = material.status_lists.get(url, Unavailable("status list", "it was not looked for"))
    if isinstance(found, Unavailable):
        return Outcome.INCONCLUSIVE, "status_unavailable", {"why": found.reason}
    problem = _untrusted_list(found, issuer_id(document), purpose, material, now)
    if problem is not None:
        return problem
    try:
        index = int(str(entry.get("statusListIndex", "")))
        bits = status_list.decode(str(found["credentialSubject"]["encodedList"]))
        is_set = status_list.is_set(bits, index)
    except (ValueError, IndexError, KeyError, TypeError) as error:
        return Outcome.FAILED, "status_malformed", {"message": str(error)}
    detail = {"list": url, "as_of": str(found.get("validFrom", ""))}
    if is_set:
        return Outcome.FAILED, STATUS_PURPOSES[purpose], detail
    return Outcome.PASSED, "stands", detail


def _untrusted_list(
    found: Mapping[str, Any], issuer: str, purpose: str, material: Material, now: datetime
) -> _Result | None:
    """Return why a status list cannot be believed; None where it can.

    A list that is forged or not the issuer's says nothing about the credential: inconclusive, never failed.
    """
    if isinstance(material.did_document, Unavailable):
        return Outcome.INCONCLUSIVE, "status_untrusted", {"why": material.did_document.reason}
    subject = found.get("credentialSubject")
    if issuer_id(found) != issuer or not isinstance(subject, Mapping):
        return Outcome.INCONCLUSIVE, "status_untrusted", {"why": "another issuer's list"}
    if subject.get("statusPurpose") != purpose:
        return Outcome.INCONCLUSIVE, "status_untrusted", {"why": "a list for another purpose"}
    try:
        named = proof.proof_of(found)
        created = _instant(named.get("created"))
        if created is None:
            return Outcome.INCONCLUSIVE, "status_untrusted", {"why": "no signing date"}
        key = did.select_key(
            material.did_document, str(named.get("verificationMethod", "")), at=created
        )
        proof.verify(found, public_key=key)
    except (proof.ProofError, did.DidError) as error:
        return Outcome.INCONCLUSIVE, "status_untrusted", {"why": str(error)}
    until = _instant(found.get("validUntil"))
    if until is not None and until < now:
        return Outcome.INCONCLUSIVE, "status_stale", {"until": str(found.get("validUntil"))}
    return None


# -- 5 ---------------------------------------------------------------------------------------------------------------


def _in_time(document: Mapping[str, Any], material: Material, now: datetime) -> _Result:
    start, end = document.get("validFrom"), document.get("validUntil")
    valid_from, valid_until = _instant(start), _instant(end)
    if valid_from is None or (end is not None and valid_until is None):
        return Outcome.FAILED, "no_validity", {}
    if now < valid_from:
        return Outcome.FAILED, "not_yet_valid", {"valid_from": str(start)}
    if valid_until is not None and valid_until <= now:
        return Outcome.FAILED, "expired", {"valid_until": str(end)}
    return Outcome.PASSED, "in_time", {"valid_from": str(start), "valid_until": str(end or "")}


# -- 6 ---------------------------------------------------------------------------------------------------------------


def _anchored(document: Mapping[str, Any], material: Material, now: datetime) -> _Result:
    receipt, finding = material.receipt, material.finding
    if receipt is None:
        if material.anchor_required:
            return Outcome.INCONCLUSIVE, "not_anchored_yet", {}
        return Outcome.NOT_APPLICABLE, "no_receipt", {}
    if isinstance(receipt, Unavailable):
        return Outcome.INCONCLUSIVE, "receipt_unavailable", {"why": receipt.reason}
    try:
        digest = rdf.digest(document)
        anchor.verify_inclusion(digest, receipt)
    except rdf.CanonicalisationError as error:
        return _without_canonical_form(error, str(error))
    except anchor.AnchorError as error:
        return Outcome.FAILED, error.reason, {"message": str(error)}
    if finding is None or isinstance(finding, Unavailable):
        why = finding.reason if isinstance(finding, Unavailable) else "it was not asked"
        return Outcome.INCONCLUSIVE, "chain_unavailable", {"why": why, "chain": receipt.chain}
    if isinstance(material.did_document, Unavailable):
        return Outcome.INCONCLUSIVE, "submitter_unknown", {"why": material.did_document.reason}
    try:
        submitters = did.submitters(material.did_document)
    except did.DidError as error:
        return Outcome.INCONCLUSIVE, "submitter_unknown", {"why": str(error)}
    try:
        anchor.verify(
            digest, receipt, finding, submitters=submitters, confirmations=material.confirmations
        )
    except anchor.Undecided as error:
        return Outcome.INCONCLUSIVE, error.reason, {"message": str(error)}
    except anchor.AnchorError as error:
        return Outcome.FAILED, error.reason, {"message": str(error)}
    return (
        Outcome.PASSED,
        "anchored_final" if finding.finalized else "anchored",
        {
            "chain": receipt.chain,
            "transaction": receipt.transaction,
            "block": str(receipt.block_number),
            "time": receipt.block_time.isoformat(),
        },
    )


# -- 7 ---------------------------------------------------------------------------------------------------------------


def _about(document: Mapping[str, Any], material: Material, now: datetime) -> _Result:
    if not material.identity:
        return Outcome.NOT_APPLICABLE, "no_identity_given", {}
    objects = list(_identity_objects(document))
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


def _identity_objects(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    subject = document.get("credentialSubject")
    for one in subject if isinstance(subject, list) else [subject]:
        if isinstance(one, Mapping):
            identifiers: Sequence[Any] | Any = one.get("identifier")
            for item in identifiers if isinstance(identifiers, list) else [identifiers]:
                if isinstance(item, Mapping):
                    yield item


def _instant(value: object) -> datetime | None:
    """Read a dateTimeStamp; None where it is not one (VC 2.0 section 4.9: a zone is required)."""
    if not isinstance(value, str):
        return None
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None


__all__ = [
    "Check", "Material", "Outcome", "Report", "Unavailable", "Verdict",
    "canonical", "issuer_id", "status_entries", "verify",
]  # fmt: skip
