"""An endorsement: what one organisation says of another, of its achievement, or of an award.

It is a credential of its own, signed by who endorses; so it stands beside what it endorses, or in
it, proof included, and holds whatever becomes of the other.

Source: Open Badges 3.0 appendix B (EndorsementCredential, EndorsementSubject).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from badges.core import classes, rules, vocabulary
from badges.core.document import timestamp
from badges.core.schema import NonConformant, Problem

ENDORSEMENT_CREDENTIAL = "EndorsementCredential"


def endorsement_credential(
    *,
    id: str,  # noqa: A002 - the word of the standard
    issuer: Mapping[str, Any],
    endorsed: str,
    name: str,
    valid_from: datetime,
    valid_until: datetime | None = None,
    comment: str | None = None,
    description: str | None = None,
    status: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Write an EndorsementCredential, ready to be signed by who endorses.

    Args:
        id: its address, for ever.
        issuer: the Profile of who endorses.
        endorsed: id of what is endorsed: an Achievement, a Profile or a credential.
        name: what a wallet shows.
        valid_from: aware.
        valid_until: aware, not before `valid_from`.
        comment: what is said of it; Markdown is allowed.
        description: a sentence that a wallet shows.
        status: where to read whether it still stands.

    Raises:
        DocumentError: an instant has no zone.
        NonConformant: a part departs from the standard; `problems` says where.

    Source: Open Badges 3.0 appendix B (EndorsementCredential).
    """
    subject = {
        "id": endorsed,
        "type": ["EndorsementSubject"],
        "endorsementComment": comment,
    }
    members = {
        "@context": list(vocabulary.CONTEXTS),
        "id": id,
        "type": [vocabulary.VERIFIABLE_CREDENTIAL, ENDORSEMENT_CREDENTIAL],
        "name": name,
        "description": description,
        "issuer": issuer,
        "validFrom": timestamp(valid_from),
        "validUntil": timestamp(valid_until) if valid_until else None,
        "credentialSubject": _said(subject),
        "credentialStatus": status,
    }
    document = _said(members)
    found = problems(document, strict=True)
    if found:
        raise NonConformant(found)
    return document


def problems(document: object, *, strict: bool = False) -> tuple[Problem, ...]:
    """Tell every way in which a document is not an EndorsementCredential; nothing when it is one.

    Args:
        document: parsed JSON, with a proof or without.
        strict: True for documents made here.

    Returns:
        The problems in the order they were met, at most `rules.MAX_PROBLEMS`.

    Source: Open Badges 3.0 appendix B (EndorsementCredential).
    """
    walk = rules.Walk(strict=strict)
    try:
        classes.one(ENDORSEMENT_CREDENTIAL)(document, "", walk)
        rules.refuse_nothing(document, walk)
    except rules.EnoughError:
        pass
    return tuple(walk.found)


def _said(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
