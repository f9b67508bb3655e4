"""The fourth check: does the issuer still stand by the credential, says its status list.

Sources: Bitstring Status List 1.0 (W3C); Open Badges 3.0, 1EdTechRevocationList.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from credentials.core import enveloped, members, proof, status_list
from credentials.core.report import (
    CheckedList,
    FoundList,
    Material,
    Outcome,
    Result,
    Unavailable,
)
from issuers.core import did, keys

STATUS_PURPOSES = {"revocation": "revoked", "suspension": "suspended"}


class _CompromisedError(Exception):
    """The list is signed by a key that was stolen; the message names it."""


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


def checked_list(document: Mapping[str, Any]) -> CheckedList | None:
    """Check the signature of a status list once, for all credentials in it.

    Args:
        document: A status list, signed by a key whose name is the key (a Multikey).

    Returns:
        None where it is not so, or the signature does not hold: `check` then says why.
    """
    try:
        method, created = _said_by(document)
        public_key = keys.decode_multikey(method.partition("#")[2])
        proof.verify(document, public_key=public_key)
        bits = status_list.decode(str(document["credentialSubject"]["encodedList"]))
    except (proof.ProofError, keys.KeyFormatError, ValueError, KeyError, TypeError):
        return None
    return CheckedList(document, method, public_key, created, bits)


def _entry_stands(  # noqa: PLR0911 - one return for each reason to doubt
    document: Mapping[str, Any], entry: Mapping[str, Any], material: Material, now: datetime
) -> Result:
    url = members.status_address(entry)
    found = material.status_lists.get(url, Unavailable("status list", "it was not looked for"))
    purpose = str(entry.get("statusPurpose", ""))
    if members.is_revocation_list(entry):
        return _named_in(found, document, url)
    if entry.get("type") != "BitstringStatusListEntry" or purpose not in STATUS_PURPOSES:
        return Outcome.INCONCLUSIVE, "status_unsupported", {"type": str(entry.get("type"))}
    if isinstance(found, Unavailable):
        return Outcome.INCONCLUSIVE, "status_unavailable", {"why": found.reason}
    try:
        listed, bits = _signed_list(found, members.issuer_id(document), material, now)
    except _CompromisedError as error:
        return Outcome.INCONCLUSIVE, "status_key_compromised", {"why": str(error)}
    except (proof.ProofError, did.DidError) as error:
        return Outcome.INCONCLUSIVE, "status_untrusted", {"why": str(error)}
    problem = _unfit(listed, members.issuer_id(document), purpose, now)
    if problem is not None:
        return problem
    try:
        index = int(str(entry.get("statusListIndex", "")))
        if bits is None:
            bits = status_list.decode(str(listed["credentialSubject"]["encodedList"]))
        is_set = status_list.is_set(bits, index)
    except (ValueError, IndexError, KeyError, TypeError) as error:
        return Outcome.FAILED, "status_malformed", {"message": str(error)}
    detail = {"list": url, "as_of": str(listed.get("validFrom", ""))}
    if is_set:
        return Outcome.FAILED, STATUS_PURPOSES[purpose], detail
    return Outcome.PASSED, "stands", detail


def _signed_list(
    found: Mapping[str, Any] | str | CheckedList, issuer: str, material: Material, now: datetime
) -> tuple[Mapping[str, Any], bytes | None]:
    """Return a status list that one of the issuer's keys signed, and its bits where known.

    Signed in it or around it.

    A list that is forged or not the issuer's says nothing about the credential: inconclusive, never
    failed.

    Raises:
        ProofError, DidError: no such key did, or it cannot be told.
        _CompromisedError: a key did that is no longer the issuer's alone.
    """
    if isinstance(found, str):
        return enveloped.content(found, issuer=issuer, at=now, material=material), None
    document = found.document if isinstance(found, CheckedList) else found
    if isinstance(material.did_document, Unavailable):
        raise enveloped.KeyUnavailable(material.did_document.reason)
    if isinstance(found, CheckedList):
        method, created = found.method, found.created
    else:
        method, created = _said_by(document)
    listed = did.listed_key(material.did_document, method)
    if listed.revoked is not None and listed.revoked <= now:
        # No anchor comes with a list, and a thief dates his own pardons as he likes.
        raise _CompromisedError(method)
    public_key = did.key_at(listed, created)
    if isinstance(found, CheckedList) and found.public_key == public_key:
        return document, found.bits
    proof.verify(document, public_key=public_key)
    return document, None


def _said_by(document: Mapping[str, Any]) -> tuple[str, datetime]:
    """Return the name of the key that signed a document, and when, as its proof says.

    Raises:
        ProofError: its proof does not say so.
    """
    named = proof.proof_of(document)
    created = members.instant(named.get("created"))
    if created is None:
        raise proof.ProofMalformed("no signing date")
    return str(named.get("verificationMethod", "")), created


def _unfit(listed: Mapping[str, Any], issuer: str, purpose: str, now: datetime) -> Result | None:
    """Return why a status list says nothing about this credential today; None where it does."""
    subject = listed.get("credentialSubject")
    if members.issuer_id(listed) != issuer or not isinstance(subject, members.OBJECT):
        return Outcome.INCONCLUSIVE, "status_untrusted", {"why": "another issuer's list"}
    purposes = subject.get("statusPurpose")
    if purpose not in (purposes if isinstance(purposes, list) else [purposes]):
        return Outcome.INCONCLUSIVE, "status_untrusted", {"why": "a list for another purpose"}
    until = members.instant(listed.get("validUntil"))
    if until is not None and until < now:
        return Outcome.INCONCLUSIVE, "status_stale", {"until": str(listed.get("validUntil"))}
    return None


def _named_in(found: FoundList, document: Mapping[str, Any], url: str) -> Result:
    """Look a credential up in the plain list of what its issuer revoked.

    Nobody signs such a list: it is believed because the signed credential names its address.

    Source: Open Badges 3.0, 1EdTechRevocationList.
    """
    if isinstance(found, Unavailable):
        return Outcome.INCONCLUSIVE, "status_unavailable", {"why": found.reason}
    revoked = found.get("revokedCredential") if isinstance(found, Mapping) else None
    if not isinstance(found, Mapping) or not isinstance(revoked, list | Mapping):
        return Outcome.INCONCLUSIVE, "status_untrusted", {"why": "no list of revoked credentials"}
    if found.get("id") != url or members.issuer_id(found) != members.issuer_id(document):
        return Outcome.INCONCLUSIVE, "status_untrusted", {"why": "another issuer's list"}
    for entry in revoked if isinstance(revoked, list) else [revoked]:
        named = entry.get("id") if isinstance(entry, Mapping) else entry
        withdrawn = not isinstance(entry, Mapping) or entry.get("revoked", True) is not False
        if named == document.get("id") and withdrawn:
            return Outcome.FAILED, "revoked_plainly", {"list": url}
    return Outcome.PASSED, "stands_plainly", {"list": url}
