"""A transcript: several signed badges of one learner in one credential, and how they relate.

The badges are in it whole, proofs included, so each can be verified by itself; the transcript adds
that its issuer put them together, and which achievement is a part of which. An achievement that is
only related to, such as the certification that blocs make up, is listed without being awarded.

That all badges are of one learner is for the caller to see to: each hides its learner under salts
of its own.

Source: Comprehensive Learner Record 2.0 (1EdTech), data models ClrCredential, ClrSubject and
Association; W3C Verifiable Credentials 2.0 section 4.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from badges.core import schema
from badges.core.document import timestamp
from badges.core.transcripts import ASSOCIATION_TYPES, MAX_ASSOCIATIONS, MAX_CREDENTIALS
from credentials.core.contexts import CLR_201, CREDENTIALS_V2, OPEN_BADGES_303

CONTEXTS = (CREDENTIALS_V2, CLR_201, OPEN_BADGES_303)


class TranscriptError(ValueError):
    """What was asked for cannot be written as a CLR."""


@dataclass(frozen=True, slots=True)
class Association:
    """How one achievement relates to another.

    Attributes:
        association_type: a word of ASSOCIATION_TYPES: the source isPartOf the target.
        source_id: id of an achievement of the transcript.
        target_id: id of another.
    """

    association_type: str
    source_id: str
    target_id: str


def clr_credential(
    *,
    id: str,  # noqa: A002 - the word of the standard
    issuer: Mapping[str, Any],
    identifiers: Sequence[Mapping[str, Any]],
    credentials: Sequence[Mapping[str, Any]],
    name: str,
    valid_from: datetime,
    valid_until: datetime | None = None,
    achievements: Sequence[Mapping[str, Any]] = (),
    associations: Sequence[Association] = (),
    partial: bool = True,
    description: str | None = None,
    status: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Write a ClrCredential, ready to be signed.

    The parts are taken as they are, not copied: make no change to them afterwards.

    Args:
        id: its address, for ever.
        issuer: the Profile of who puts it together.
        identifiers: IdentityObjects of whom it is about, at least one.
        credentials: secured OpenBadgeCredentials, 1 to MAX_CREDENTIALS, each once.
        name: what a wallet shows.
        valid_from: aware.
        valid_until: aware, not before `valid_from`.
        achievements: Achievements that are related to and not awarded in it.
        associations: at most MAX_ASSOCIATIONS, between achievements of it.
        partial: whether the issuer knows of more.
        description: a sentence that a wallet shows.
        status: where to read whether it still stands.

    Raises:
        TranscriptError: there is no badge, one twice, one without a proof, too many, or an
            association to what is not in it.
        DocumentError: an instant has no zone.
        NonConformant: a badge or a part departs from Open Badges 3.0; `problems` says where.

    Source: Comprehensive Learner Record 2.0, data model ClrCredential.
    """
    _require_badges(credentials, id)
    awarded = [each["credentialSubject"]["achievement"] for each in credentials]
    for achievement in achievements:
        found = schema.achievement_problems(achievement, strict=True)
        if found:
            raise schema.NonConformant(found)
    _require_known(associations, {each["id"] for each in (*awarded, *achievements)})
    _require_envelope(issuer, identifiers, awarded[0], id=id, name=name)
    if valid_until is not None and valid_until < valid_from:
        raise TranscriptError("a transcript does not end before it begins")
    subject = {
        "type": ["ClrSubject"],
        "identifier": list(identifiers),
        "achievement": list(achievements),
        "verifiableCredential": list(credentials),
        "association": [_association(each) for each in associations],
    }
    members = {
        "@context": list(CONTEXTS),
        "id": id,
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": name,
        "description": description,
        "issuer": issuer,
        "validFrom": timestamp(valid_from),
        "validUntil": timestamp(valid_until) if valid_until else None,
        "partial": partial,
        "credentialSubject": {member: value for member, value in subject.items() if value},
        "credentialStatus": status,
    }
    return {member: value for member, value in members.items() if value is not None}


def _association(association: Association) -> dict[str, str]:
    return {
        "type": "Association",
        "associationType": association.association_type,
        "sourceId": association.source_id,
        "targetId": association.target_id,
    }


def _require_badges(credentials: Sequence[Mapping[str, Any]], own_id: str) -> None:
    if not 1 <= len(credentials) <= MAX_CREDENTIALS:
        raise TranscriptError(f"a transcript holds 1 to {MAX_CREDENTIALS} badges")
    for each in credentials:
        schema.validate(each)
        if "proof" not in each:
            raise TranscriptError(f"the badge {each['id']} has no proof: sign it first")
    if len({own_id, *(each["id"] for each in credentials)}) != len(credentials) + 1:
        raise TranscriptError("a badge stands in the transcript twice, or has its id")


def _require_known(associations: Sequence[Association], known: Iterable[str]) -> None:
    ids = set(known)
    if len(associations) > MAX_ASSOCIATIONS:
        raise TranscriptError(f"a transcript holds at most {MAX_ASSOCIATIONS} associations")
    for each in associations:
        if each.association_type not in ASSOCIATION_TYPES:
            words = ", ".join(ASSOCIATION_TYPES)
            raise TranscriptError(f"an association is one of {words}")
        for end in (each.source_id, each.target_id):
            if end not in ids:
                raise TranscriptError(f"no achievement of the transcript has the id {end[:200]}")
        if each.source_id == each.target_id:
            raise TranscriptError("an achievement is not associated with itself")


def _require_envelope(
    issuer: Mapping[str, Any],
    identifiers: Sequence[Mapping[str, Any]],
    achievement: Mapping[str, Any],
    *,
    id: str,  # noqa: A002 - the word of the standard
    name: str,
) -> None:
    """Refuse what Open Badges would refuse of the same members: they are of the same classes."""
    schema.validate(
        {
            "@context": [CREDENTIALS_V2, OPEN_BADGES_303],
            "id": id,
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "name": name,
            "issuer": issuer,
            "validFrom": "2000-01-01T00:00:00Z",
            "credentialSubject": {
                "type": ["AchievementSubject"],
                "identifier": list(identifiers),
                "achievement": achievement,
            },
        },
        strict=True,
    )
