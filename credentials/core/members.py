"""What a document says, read without trust: it may be anybody's, and any member may be anything.

The members are those of VC Data Model 2.0 (W3C) and Open Badges 3.0.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any


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


def identity_objects(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the IdentityObjects of the subject, or of each subject."""
    subject = document.get("credentialSubject")
    for one in subject if isinstance(subject, list) else [subject]:
        if isinstance(one, Mapping):
            identifiers = one.get("identifier")
            for item in identifiers if isinstance(identifiers, list) else [identifiers]:
                if isinstance(item, Mapping):
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
