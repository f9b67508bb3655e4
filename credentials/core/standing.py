"""The fourth check: does the issuer still stand by the credential, says its status list.

Source: Bitstring Status List 1.0 (W3C).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from credentials.core import members, proof, status_list
from credentials.core.report import Material, Outcome, Result, Unavailable
from issuers.core import did

STATUS_PURPOSES = {"revocation": "revoked", "suspension": "suspended"}


def check(document: Mapping[str, Any], material: Material, now: datetime) -> Result:
    """Tell whether the issuer still stands by the credential.

    Args:
        document: The credential; its entries are read, nothing in it is believed.
        material: The status lists that were found, and the issuer's DID document.
        now: The instant of the verification; a list whose validity is over says nothing.

    Source: Bitstring Status List 1.0 section 3.2 (validate algorithm).
    """
    entries = members.status_entries(document)
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
) -> Result:
    purpose = str(entry.get("statusPurpose", ""))
    if entry.get("type") != "BitstringStatusListEntry" or purpose not in STATUS_PURPOSES:
        return Outcome.INCONCLUSIVE, "status_unsupported", {"type": str(entry.get("type"))}
    url = str(entry.get("statusListCredential", ""))
    found = material.status_lists.get(url, Unavailable("status list", "it was not looked for"))
    if isinstance(found, Unavailable):
        return Outcome.INCONCLUSIVE, "status_unavailable", {"why": found.reason}
    problem = _untrusted_list(found, members.issuer_id(document), purpose, material, now)
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


def _untrusted_list(  # noqa: PLR0911 - one return for each reason to doubt
    found: Mapping[str, Any], issuer: str, purpose: str, material: Material, now: datetime
) -> Result | None:
    """Return why a status list cannot be believed; None where it can.

    A list that is forged or not the issuer's says nothing about the credential: inconclusive, never
    failed.
    """
    if isinstance(material.did_document, Unavailable):
        return Outcome.INCONCLUSIVE, "status_untrusted", {"why": material.did_document.reason}
    subject = found.get("credentialSubject")
    if members.issuer_id(found) != issuer or not isinstance(subject, Mapping):
        return Outcome.INCONCLUSIVE, "status_untrusted", {"why": "another issuer's list"}
    if subject.get("statusPurpose") != purpose:
        return Outcome.INCONCLUSIVE, "status_untrusted", {"why": "a list for another purpose"}
    try:
        named = proof.proof_of(found)
        created = members.instant(named.get("created"))
        if created is None:
            return Outcome.INCONCLUSIVE, "status_untrusted", {"why": "no signing date"}
        method = str(named.get("verificationMethod", ""))
        revoked = did.listed_key(material.did_document, method).revoked
        if revoked is not None and revoked <= now:
            # No anchor comes with a list, and a thief dates his own pardons as he likes.
            return Outcome.INCONCLUSIVE, "status_key_compromised", {"why": method}
        key = did.select_key(material.did_document, method, at=created)
        proof.verify(found, public_key=key)
    except (proof.ProofError, did.DidError) as error:
        return Outcome.INCONCLUSIVE, "status_untrusted", {"why": str(error)}
    until = members.instant(found.get("validUntil"))
    if until is not None and until < now:
        return Outcome.INCONCLUSIVE, "status_stale", {"until": str(found.get("validUntil"))}
    return None
