"""From an achievement and whom it is about to the document of Open Badges 3.0, without a proof yet.

What is made here conforms by construction: sets are arrays, what is absent is absent (never null,
    never an empty array), instants are written in UTC. What cannot be said in the standard's words
    is refused here, before anybody signs it.

Members come in the order in which a person reads: what, by whom, when, for whom. The order has no
    effect on the proof.

Source: Open Badges 3.0 appendix B; W3C Verifiable Credentials 2.0 section 4.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from badges.core import schema, vocabulary


class DocumentError(ValueError):
    """What was asked for cannot be written as an Open Badges 3.0 document.

    Attributes:
        reason: stable code, for translations; empty where only this program can be at fault.
        where: the place in what was given, such as `result_descriptions/0/levels/1`.
        values: what the words around the reason name.
    """

    def __init__(self, message: str, reason: str = "", *, where: str = "", **values: str) -> None:
        """Keep the code, the place and the values beside the message."""
        super().__init__(f"{where}: {message}" if where else message)
        self.message, self.reason, self.where, self.values = message, reason, where, values

    def at(self, where: str) -> "DocumentError":
        """Return the same refusal, with the place of what held the refused part."""
        inner = f"{where}/{self.where}" if self.where else where
        return DocumentError(self.message, self.reason, where=inner, **self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """What an achievement corresponds to in a framework (Open Badges 3.0 appendix B)."""

    target_name: str
    target_url: str
    target_framework: str | None = None
    target_code: str | None = None
    target_type: str | None = None
    target_description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Another version or another language of an achievement (Open Badges 3.0 appendix B)."""

    id: str
    in_language: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Achievement:
    """What can be earned, in the issuer's words (Open Badges 3.0 appendix B).

    Attributes:
        id: its address.
        criteria_narrative: what must be shown to earn it; Markdown is allowed.
        criteria_id: the address of a page that says the same.
        achievement_type: a word of the standard, or a term of one's own (`ext:…`).
        image: the address of its image; a data: URI is allowed.
        image_caption: what the image shows, for those who do not see it.
        in_language: the language of these texts, such as fr or fr-CA.
        human_code: the code people know it by, such as RNCP38596BC02.
        creator: the Profile of who conceived it, when that is not who issues it.
        credits_available: how many credits it is worth.
        identifiers: pairs of its other identifiers: identifierType, identifier.
        result_descriptions: ResultDescriptions, as `results` writes them.
        endorsements: signed EndorsementCredentials of others.
    """

    id: str
    name: str
    description: str
    criteria_narrative: str | None = None
    criteria_id: str | None = None
    achievement_type: str | None = "MicroCredential"
    image: str | None = None
    image_caption: str | None = None
    tags: Sequence[str] = ()
    in_language: str | None = None
    version: str | None = None
    alignments: Sequence[Alignment] = ()
    related: Sequence[Related] = ()
    human_code: str | None = None
    field_of_study: str | None = None
    specialization: str | None = None
    creator: Mapping[str, Any] | None = None
    credits_available: float | None = None
    identifiers: Sequence[tuple[str, str]] = ()
    result_descriptions: Sequence[Mapping[str, Any]] = ()
    endorsements: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What an award says of whom it is about, besides who and what (AchievementSubject).

    Attributes:
        id: a URI of the learner, such as a DID; where there is one, a VC-JWT names it.
        results: Results, as `results` writes them.
        credits_earned: how many of the achievement's credits.
        activity_start: when the learner began; aware.
        activity_end: when it was done; aware, not before `activity_start`.
        license_number: the number of the licence or certificate.
        narrative: how this learner earned it; Markdown is allowed.
        role: in what role.
        term: in what term.
        source: the Profile of who assessed, when that is not who issues.
    """

    id: str | None = None
    results: Sequence[Mapping[str, Any]] = ()
    credits_earned: float | None = None
    activity_start: datetime | None = None
    activity_end: datetime | None = None
    license_number: str | None = None
    narrative: str | None = None
    role: str | None = None
    term: str | None = None
    source: Mapping[str, Any] | None = None


# Nothing more is said.
SUBJECT = Subject()


@lru_cache(maxsize=1024)  # a list of learners has few days
def timestamp(instant: datetime) -> str:
    """Write an instant as the standard does: UTC, whole seconds, `2026-01-01T00:00:00Z`.

    Args:
        instant: aware; a fraction of a second is dropped.

    Raises:
        DocumentError: the instant has no zone.

    Source: Open Badges 3.0 appendix B ("DateTimeZ").
    """
    if instant.utcoffset() is None:
        raise DocumentError(f"The instant {instant.isoformat()} has no time zone.")
    return instant.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def image_document(address: str, *, caption: str | None = None) -> dict[str, Any]:
    """Write an Image.

    Args:
        address: where it is; a data: URI is allowed.
        caption: what it shows, for those who do not see it.

    Source: Open Badges 3.0 appendix B (Image).
    """
    return _said({"id": address, "type": "Image", "caption": caption})


def alignment_document(alignment: Alignment) -> dict[str, Any]:
    """Write an Alignment.

    Source: Open Badges 3.0 appendix B (Alignment).
    """
    return _said(
        {
            "type": ["Alignment"],
            "targetCode": alignment.target_code,
            "targetName": alignment.target_name,
            "targetDescription": alignment.target_description,
            "targetFramework": alignment.target_framework,
            "targetType": alignment.target_type,
            "targetUrl": alignment.target_url,
        }
    )


def achievement_document(achievement: Achievement) -> dict[str, Any]:
    """Write an Achievement, as it goes into every credential that is issued for it.

    Raises:
        NonConformant: it cannot be said in the standard's words; `problems` says where.

    Source: Open Badges 3.0 appendix B (Achievement).
    """
    related = [
        _said(
            {
                "id": other.id,
                "type": ["Related"],
                "inLanguage": other.in_language,
                "version": other.version,
            }
        )
        for other in achievement.related
    ]
    document = _said(
        {
            "id": achievement.id,
            "type": ["Achievement"],
            "achievementType": achievement.achievement_type,
            "name": achievement.name,
            "description": achievement.description,
            "criteria": _said(
                {"id": achievement.criteria_id, "narrative": achievement.criteria_narrative}
            ),
            "image": image_document(achievement.image, caption=achievement.image_caption)
            if achievement.image
            else None,
            "humanCode": achievement.human_code,
            "fieldOfStudy": achievement.field_of_study,
            "specialization": achievement.specialization,
            "creditsAvailable": achievement.credits_available,
            "inLanguage": achievement.in_language,
            "version": achievement.version,
            "tag": list(achievement.tags),
            "alignment": [alignment_document(alignment) for alignment in achievement.alignments],
            "related": related,
            "otherIdentifier": [
                {"type": "IdentifierEntry", "identifierType": kind, "identifier": identifier}
                for kind, identifier in achievement.identifiers
            ],
            "resultDescription": list(achievement.result_descriptions),
            "endorsement": list(achievement.endorsements),
            "creator": dict(achievement.creator) if achievement.creator else None,
        }
    )
    found = schema.achievement_problems(document, strict=True)
    if found:
        raise schema.NonConformant(found)
    return document


def open_badge_credential(
    *,
    id: str,  # noqa: A002 - the word of the standard
    issuer: Mapping[str, Any],
    achievement: Mapping[str, Any],
    identifiers: Sequence[Mapping[str, Any]],
    name: str,
    valid_from: datetime,
    valid_until: datetime | None = None,
    awarded_at: datetime | None = None,
    description: str | None = None,
    image: Mapping[str, Any] | None = None,
    status: Sequence[Mapping[str, Any]] = (),
    subject: Subject = SUBJECT,
    evidence: Sequence[Mapping[str, Any]] = (),
    endorsements: Sequence[Mapping[str, Any]] = (),
    credential_schema: Mapping[str, Any] | None = None,
    refresh_service: Mapping[str, Any] | None = None,
    related_resources: Sequence[Mapping[str, Any]] = (),
    validate: bool = True,
) -> dict[str, Any]:
    """Write an OpenBadgeCredential, ready to be signed.

    The parts are taken as they are, not copied: make no change to them afterwards.

    Args:
        id: its address, for ever.
        issuer: the Profile of who says it.
        achievement: the Achievement, as `achievement_document` made it.
        identifiers: IdentityObjects of whom it is about, at least one.
        name: what a wallet shows.
        valid_from: aware.
        valid_until: aware, not before `valid_from`; None: it does not expire.
        awarded_at: when it was first earned, where that is not `valid_from`.
        description: a sentence that a wallet shows.
        image: an Image, the baked badge.
        status: where to read whether it still stands: one entry, or one for each purpose. With
            several the JSON Schema of Open Badges 3.0, which takes one object, would refuse the
            credential: it then names no `credential_schema`.
        subject: what more is said of whom it is about.
        evidence: Evidence, as `evidence` writes it.
        endorsements: signed EndorsementCredentials of others.
        credential_schema: as `extensions.credential_schema` writes it.
        refresh_service: as `extensions.refresh_service` writes it.
        related_resources: files that the credential names, each with its digest, as
            `evidence.related_resource` writes them.
        validate: whether to read it as the standard does; False where the caller does.

    Raises:
        DocumentError: a date without a zone, an activity that ends before it starts, two statuses
            of one purpose, or several beside a schema that refuses them.
        NonConformant: a part departs from the standard; `problems` says where.

    Source: Open Badges 3.0 appendix B (AchievementCredential).
    """
    _require_sound_status(status, credential_schema)
    services = (credential_schema, refresh_service, *status)
    document = _said(
        {
            "@context": _contexts(services),
            "id": id,
            "type": [vocabulary.VERIFIABLE_CREDENTIAL, vocabulary.OPEN_BADGE_CREDENTIAL],
            "name": name,
            "description": description,
            "image": image,
            "issuer": issuer,
            "awardedDate": timestamp(awarded_at) if awarded_at else None,
            "validFrom": timestamp(valid_from),
            "validUntil": timestamp(valid_until) if valid_until else None,
            "credentialSubject": _subject(subject, identifiers, achievement),
            "evidence": list(evidence),
            "relatedResource": list(related_resources),
            "endorsement": list(endorsements),
            "credentialSchema": [credential_schema] if credential_schema else None,
            "credentialStatus": status[0] if len(status) == 1 else list(status),
            "refreshService": refresh_service,
        }
    )
    if validate:
        schema.validate(document, strict=True)
    return document


def _require_sound_status(
    status: Sequence[Mapping[str, Any]], credential_schema: Mapping[str, Any] | None
) -> None:
    purposes = [str(entry.get("statusPurpose")) for entry in status]
    if len(set(purposes)) != len(purposes):
        raise DocumentError("A credential has one credentialStatus for each purpose.")
    if len(status) > 1 and credential_schema is not None:
        raise DocumentError(
            "The schema of Open Badges 3.0 has room for one credentialStatus: leave out one."
        )


def _subject(
    subject: Subject,
    identifiers: Sequence[Mapping[str, Any]],
    achievement: Mapping[str, Any],
) -> dict[str, Any]:
    start, end = subject.activity_start, subject.activity_end
    if start and end and end < start:
        raise DocumentError(
            "The activity ends before it starts.", "activity_order", where="activity_end"
        )
    return _said(
        {
            "id": subject.id,
            "type": ["AchievementSubject"],
            "identifier": list(identifiers),
            "activityStartDate": timestamp(start) if start else None,
            "activityEndDate": timestamp(end) if end else None,
            "term": subject.term,
            "role": subject.role,
            "creditsEarned": subject.credits_earned,
            "licenseNumber": subject.license_number,
            "narrative": subject.narrative,
            "source": subject.source,
            "result": list(subject.results),
            "achievement": achievement,
        }
    )


def _contexts(services: Sequence[Mapping[str, Any] | None]) -> list[str]:
    """Name the context of the extensions when one of its words is used, and only then."""
    used = {service.get("type") for service in services if service is not None}
    extensions = [vocabulary.OPEN_BADGES_EXTENSIONS] if used & vocabulary.EXTENSION_TYPES else []
    return [*vocabulary.CONTEXTS, *extensions]


def _said(members: dict[str, Any]) -> dict[str, Any]:
    """Leave out what was not said: the standard knows neither null nor the empty array."""
    return {name: value for name, value in members.items() if value is not None and value != []}
