"""A verification made ready for a page or for JSON: what the document says, what the checks found.

The document may be anybody's and hold anything: each reading here accepts any JSON and returns
text, bounded, or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from badges.serializers import Described, described
from badges.serializers.reading import MAX_TEXT
from badges.serializers.reading import items as _list
from badges.serializers.reading import link as _link
from badges.serializers.reading import text as _text
from blockchain.core import anchor
from credentials.core.members import issuer_id
from credentials.core.verification import Check, Outcome
from credentials.serializers import dates, facts, states, words
from credentials.serializers.award import Award, award

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from blockchain.core.anchor import AnchorProof
    from credentials.core.report import Endorsement, Report
    from credentials.serializers.transcripts import Transcript


@dataclass(frozen=True, slots=True)
class Line:
    """One check as a reader sees it; `facts` are for those who open the details."""

    number: int
    name: str
    question: str
    outcome: Outcome
    outcome_words: str
    reason: str
    sentence: str
    facts: tuple[facts.Fact, ...]


@dataclass(frozen=True, slots=True)
class Badge:
    """What was earned, as the document says it."""

    name: str
    description: str
    criteria: str
    criteria_url: str
    language: str
    tags: tuple[str, ...]
    image: str
    parts: Described
    id: str = ""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who says it, as the document says it."""

    id: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Stranger:
    """An issuer that this installation does not know: what it calls itself, and what was found.

    Attributes:
        name: What the document calls the issuer: a claim.
        id: What its keys or its pages are found by; one of the two facts that a reader can compare.
        host: The host of that, where it has one.
        sentence: How far it was checked.
    """

    name: str
    id: str
    host: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Endorser:
    """Somebody who speaks for the badge, and whether that is borne out."""

    place: str
    of: str
    name: str
    id: str
    comment: str
    outcome: Outcome
    reason: str
    outcome_words: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where the fingerprint is on record."""

    network: str
    is_development: bool
    is_final: bool
    time: datetime
    proof: AnchorProof


@dataclass(frozen=True, slots=True)
class Presentation:
    """Everything that a page about one verification shows."""

    state: states.State
    summary: str
    decisive: Line | None
    lines: tuple[Line, ...]
    checked_at: datetime
    verdict: str
    id: str
    learner: str
    badge: Badge
    award: Award
    issuer: Issuer
    issued_at: datetime | None
    valid_from: datetime | None
    valid_until: datetime | None
    anchor: Anchor | None
    others: tuple[Anchor, ...]
    receipt: AnchorProof | None
    stranger: Stranger | None
    endorsers: tuple[Endorser, ...]
    edition: str
    is_newer: bool
    transcript: Transcript | None = None
    correction: str = ""


def present(
    report: Report,
    document: Mapping[str, Any],
    receipt: AnchorProof | None,
    *,
    learner: str = "",
    others: Sequence[AnchorProof] = (),
    edition: str = "3.0",
    is_newer: bool = False,
    correction: str = "",
) -> Presentation:
    """Return what there is to show, in the active language.

    Args:
        report: What the checks came to.
        document: The document that they were about, of whatever shape.
        receipt: The anchor receipt that was checked, if there was one.
        others: What leads to further chains, and was not checked this time.
        learner: The name to show, where it is known: the document itself holds none in clear.
        edition: Of Open Badges, 3.0 or 2.0.
        is_newer: Whether the document is a later one than what was handed over.
        correction: The address of what replaced it; empty where nothing did.
    """
    issuer = _issuer(document)
    achievement = _achievement(document)
    badge = _badge(achievement)
    state = states.of(report, is_corrected=bool(correction))
    known = any(
        check.name == "issuer" and check.outcome is Outcome.PASSED for check in report.checks
    )
    values = {
        # A name that nobody vouches for is quoted: it is what the document says.
        "issuer": issuer.name if known else _("“%(name)s”") % {"name": issuer.name},
        "learner": learner,
        "network": words.network(receipt.chain) if receipt else _("the chain"),
        "since": day(_instant(document.get("validFrom"))),
        "until": day(_instant(document.get("validUntil"))),
    }
    lines = tuple(_line(check, values, document, receipt) for check in report.checks)
    decisive = report.decisive
    anchored = any(
        check.name == "anchored" and check.outcome is Outcome.PASSED for check in report.checks
    )
    return Presentation(
        state=state,
        summary=states.summary(state, values),
        decisive=lines[decisive.number - 1] if decisive else None,
        lines=lines,
        checked_at=report.checked_at,
        verdict=report.verdict.value,
        id=_text(document.get("id")),
        learner=learner,
        badge=badge,
        award=award(
            document,
            badge.parts,
            day=_day_of,
            credits_available=achievement.get("creditsAvailable"),
        ),
        issuer=issuer,
        issued_at=_instant(document.get("awardedDate")) or _instant(document.get("validFrom")),
        valid_from=_instant(document.get("validFrom")),
        valid_until=_instant(document.get("validUntil")),
        # A record means nothing beside a signature that is not the issuer's.
        anchor=_anchor(receipt) if receipt and anchored and not state.is_claim else None,
        others=tuple(map(_anchor, others)),
        receipt=receipt,
        stranger=None if known else _stranger(issuer, lines, is_claim=state.is_claim),
        endorsers=tuple(map(_endorser, report.endorsements)),
        edition=edition,
        is_newer=is_newer,
        correction=correction if state.code == states.CORRECTED else "",
    )


def day(instant: datetime | None) -> str:
    """Return the day of an instant (UTC) in the active language; "?" where there is none."""
    if instant is None:
        return "?"
    return dates.written(instant.astimezone(UTC), "j F Y")


def _line(
    check: Check, values: dict[str, str], document: Mapping[str, Any], receipt: AnchorProof | None
) -> Line:
    when = (
        receipt.block_time
        if receipt and check.name == "anchored"
        else _instant(check.detail.get("as_of"))
    )
    return Line(
        number=check.number,
        name=check.name,
        question=str(words.QUESTIONS.get(check.name, check.name)),
        outcome=check.outcome,
        outcome_words=str(words.OUTCOMES[check.outcome]),
        reason=check.reason,
        sentence=words.sentence(
            check.name,
            check.outcome,
            _nuance(check, receipt),
            values | {"when": day(when), "suite": check.detail.get("suite", "?")},
        ),
        facts=facts.of(check, document, receipt),
    )


def _stranger(issuer: Issuer, lines: tuple[Line, ...], *, is_claim: bool) -> Stranger:
    # Of a badge that was altered, whose it was is no longer the question.
    found = (line.sentence for line in lines if line.name == "issuer" and not is_claim)
    sentence = next(found, "")
    return Stranger(issuer.name, issuer.id, _host(issuer.id), sentence)


def _host(identifier: str) -> str:
    """Return the host of an address or of a did:web, as people know it; nothing for other names."""
    if identifier.startswith("did:web:"):
        return identifier.removeprefix("did:web:").partition(":")[0].partition("%")[0][:253]
    try:
        return (urlsplit(identifier).hostname or "")[:253]
    except ValueError:
        return ""


def _endorser(endorsement: Endorsement) -> Endorser:
    return Endorser(
        place=endorsement.of,
        of=str(words.ENDORSED.get(endorsement.of, endorsement.of)),
        name=endorsement.name or endorsement.by or _("somebody without a name"),
        id=endorsement.by,
        comment=endorsement.comment,
        outcome=endorsement.outcome,
        reason=endorsement.reason,
        outcome_words=words.endorsed(endorsement.reason, endorsement.outcome),
        sentence=words.endorsement(endorsement.reason, endorsement.outcome),
    )


def _nuance(check: Check, receipt: AnchorProof | None) -> str:
    """Return the reason, or a finer one where the report leaves it to the words."""
    if check.outcome is Outcome.PASSED:
        if check.name == "anchored" and receipt and receipt.chain in anchor.DEVELOPMENT_CHAINS:
            return "development"
        if check.name == "about" and ("about", check.detail.get("types", "")) in words.SENTENCES:
            return check.detail["types"]
    return check.reason


def _anchor(receipt: AnchorProof) -> Anchor:
    return Anchor(
        network=words.network(receipt.chain),
        is_development=receipt.chain in anchor.DEVELOPMENT_CHAINS,
        is_final=receipt.state == "finalized",
        time=receipt.block_time,
        proof=receipt,
    )


def _issuer(document: Mapping[str, Any]) -> Issuer:
    issuer = document.get("issuer")
    profile = issuer if isinstance(issuer, dict) else {}
    identifier = issuer_id(document)[:MAX_TEXT]
    name = _text(profile.get("name")) or identifier or _("an issuer without a name")
    return Issuer(id=identifier, name=name, url=_link(profile.get("url")))


def _achievement(document: Mapping[str, Any]) -> Mapping[str, Any]:
    subject = document.get("credentialSubject")
    for one in subject if isinstance(subject, list) else [subject]:
        if isinstance(one, dict) and isinstance(one.get("achievement"), dict):
            found: dict[str, Any] = one["achievement"]
            return found
    return {}


def _badge(achievement: Mapping[str, Any]) -> Badge:
    criteria = achievement.get("criteria")
    if not isinstance(criteria, dict):
        criteria = {}
    return Badge(
        id=_text(achievement.get("id")),
        name=_text(achievement.get("name")) or _("A badge without a name"),
        description=_text(achievement.get("description")),
        criteria=_text(criteria.get("narrative")),
        criteria_url=_link(criteria.get("id")),
        language=_text(achievement.get("inLanguage")),
        tags=tuple(filter(None, (_text(tag) for tag in _list(achievement.get("tag"))))),
        image=_own_image(achievement.get("image")),
        parts=described(achievement),
    )


def _own_image(image: object) -> str:
    """Return the path of an image that this service serves, and nothing for those of others.

    To load an image is to tell its server who reads about whom.
    """
    address = _text(image.get("id") if isinstance(image, dict) else image)
    own = f"{settings.PUBLIC_URL}/"
    return address.removeprefix(settings.PUBLIC_URL) if address.startswith(own) else ""


def _day_of(value: object) -> str:
    """Return the day of a dateTimeStamp; nothing where it is none."""
    instant = _instant(value)
    return day(instant) if instant else ""


def _instant(value: object) -> datetime | None:
    """Read a dateTimeStamp; None where it is not one."""
    if not isinstance(value, str):
        return None
    try:
        instant = datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return instant
