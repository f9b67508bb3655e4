"""What a document says, read without trust: it may be anybody's, and any member may be anything.

The members are those of VC Data Model 2.0 (W3C) and Open Badges 3.0.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

# Ed25519Signature2020, BbsBlsSignature2020, JsonWebSignature2020, MerkleProof2019…
# An object, nearly always a dict: to ask for a Mapping first costs several times as much.
OBJECT = (dict, Mapping)
_LEGACY_SUITE = re.compile(r"[A-Za-z0-9]{1,40}(?:Signature|Proof)20[0-9]{2}")


def status_entries(document: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """Return the entries of `credentialStatus`, whether it is absent, one or several."""
    value = document.get("credentialStatus")
    entries = value if isinstance(value, list) else [value]
    return tuple([entry for entry in entries if isinstance(entry, OBJECT)])


def status_address(entry: Mapping[str, Any]) -> str:
    """Return where the list of a status entry is, or an empty text.

    Source: Bitstring Status List 1.0 section 2.1; Open Badges 3.0, 1EdTechRevocationList.
    """
    member = "id" if is_revocation_list(entry) else "statusListCredential"
    value = entry.get(member)
    return value if isinstance(value, str) else ""


def is_revocation_list(entry: Mapping[str, Any]) -> bool:
    """Say whether a status entry leads to a plain list of what is revoked."""
    kind = entry.get("type")
    return "1EdTechRevocationList" in (kind if isinstance(kind, list) else [kind])


def suites(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the ways in which a document says that it is signed, the first four.

    Source: Data Integrity 1.0 section 2.1; before it, each way was a type of its own.
    """
    value = document.get("proof")
    found = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, Mapping):
            kind, suite = one.get("type"), one.get("cryptosuite")
            if kind == "DataIntegrityProof" and isinstance(suite, str) and suite:
                found.append(suite[:60])
            elif isinstance(kind, str) and _LEGACY_SUITE.fullmatch(kind):
                found.append(kind)
    return tuple(found[:4])


def issuer_id(document: Mapping[str, Any]) -> str:
    """Return the id of the issuer, or an empty text where the document names none."""
    issuer = document.get("issuer")
    value = issuer.get("id") if isinstance(issuer, OBJECT) else issuer
    return value if isinstance(value, str) else ""


def refresh_address(document: Mapping[str, Any]) -> str:
    """Return where a newer version of the credential is to be asked for, or an empty text.

    Source: Open Badges 3.0, 1EdTechCredentialRefresh.
    """
    value = document.get("refreshService")
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, Mapping) and isinstance(one.get("id"), str):
            kind = one.get("type")
            if "1EdTechCredentialRefresh" in (kind if isinstance(kind, list) else [kind]):
                return str(one["id"])
    return ""


def supersedes(document: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Say whether a credential is a later version of another: same id and issuer, valid later.

    Source: Open Badges 3.0 section 10 (credential equality).
    """
    later, earlier = instant(document.get("validFrom")), instant(other.get("validFrom"))
    return (
        isinstance(document.get("id"), str)
        and document["id"] == other.get("id")
        and issuer_id(document) == issuer_id(other) != ""
        and later is not None
        and earlier is not None
        and later > earlier
    )


def identity_objects(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the IdentityObjects of the subject, or of each subject."""
    subject = document.get("credentialSubject")
    for one in subject if isinstance(subject, list) else [subject]:
        if isinstance(one, OBJECT):
            identifiers = one.get("identifier")
            for item in identifiers if isinstance(identifiers, list) else [identifiers]:
                if isinstance(item, OBJECT):
                    yield item


def instant(value: object) -> datetime | None:
    """Read a dateTimeStamp; None where it is not one (VC 2.0 section 4.9: a zone is required)."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
