"""Conformance to the Comprehensive Learner Record 2.0: where a transcript departs from it.

A transcript holds whole OpenBadgeCredentials; each is read as it would be by itself. The walk is
the one of `schema`, with the same bounds.

Source: Comprehensive Learner Record 2.0 (1EdTech), data models ClrCredential, ClrSubject and
Association.
"""

import re
from collections.abc import Mapping

from badges.core import rules, vocabulary
from badges.core.classes import one
from badges.core.rules import Problem, Rule, Walk, child

CLR_CREDENTIAL = "ClrCredential"
CONTEXT = re.compile(r"https://purl\.imsglobal\.org/spec/clr/v2p0/context(-2\.0\.\d)*\.json")
ASSOCIATION_TYPES = (
    "exactMatchOf",
    "isChildOf",
    "isParentOf",
    "isPartOf",
    "isPeerOf",
    "isRelatedTo",
    "precedes",
    "replacedBy",
)
# More than any person has from one organisation; each costs its reader a signature.
MAX_CREDENTIALS = 50
MAX_ASSOCIATIONS = 200

# What a transcript has in common with a badge: read by putting it in the place of one.
_SHARED = (
    "id", "name", "description", "image", "issuer", "awardedDate", "validFrom", "validUntil",
    "evidence", "endorsement", "endorsementJwt", "credentialSchema", "credentialStatus",
    "refreshService", "termsOfUse", "proof",
)  # fmt: skip
# Never shown: it stands where a badge has its achievement, which a transcript has not.
_SOME_ACHIEVEMENT = {
    "id": "urn:acquis:none",
    "type": ["Achievement"],
    "name": "none",
    "description": "none",
    "criteria": {"narrative": "none"},
}


def is_transcript(document: Mapping[str, object]) -> bool:
    """Say whether a document calls itself a ClrCredential."""
    names = document.get("type")
    return CLR_CREDENTIAL in (names if isinstance(names, list) else [names])


def problems(document: Mapping[str, object], *, strict: bool = False) -> tuple[Problem, ...]:
    """Tell every way in which `document` is not a ClrCredential; nothing when it is one.

    Args:
        document: parsed JSON, with a proof or without.
        strict: True for documents made here; the badges in it are read as those of others are,
            because they were signed before.

    Returns:
        The problems in the order they were met, at most `rules.MAX_PROBLEMS`.

    Source: Comprehensive Learner Record 2.0, data model ClrCredential.
    """
    walk = Walk(strict=strict)
    try:
        _read(document, walk)
        rules.refuse_nothing(document, walk)
    except rules.EnoughError:
        pass
    return tuple(walk.found)


def _read(document: Mapping[str, object], walk: Walk) -> None:
    names = document.get("type")
    for wanted in (vocabulary.VERIFIABLE_CREDENTIAL, CLR_CREDENTIAL):
        if wanted not in (names if isinstance(names, list) else [names]):
            walk.refuse("/type", "wrong_type", f"must be, or contain, {wanted}")
    _read_contexts(document.get("@context"), walk)
    if "partial" in document:
        rules.boolean(document["partial"], "/partial", walk)
    subject = document.get("credentialSubject")
    if not isinstance(subject, Mapping):
        walk.refuse("/credentialSubject", "not_an_object", "must be an object")
        subject = {}
    shared = {name: document[name] for name in _SHARED if name in document}
    identity = {name: subject[name] for name in ("id", "identifier") if name in subject}
    standing_in: Mapping[str, object] = {
        **shared,
        "@context": list(vocabulary.CONTEXTS),
        "type": [vocabulary.VERIFIABLE_CREDENTIAL, vocabulary.OPEN_BADGE_CREDENTIAL],
        "credentialSubject": {
            **identity, "type": ["AchievementSubject"], "achievement": _SOME_ACHIEVEMENT
        },
    }  # fmt: skip
    one("OpenBadgeCredential")(standing_in, "", walk)
    _read_subject(subject, walk)


def _read_contexts(value: object, walk: Walk) -> None:
    names = value if isinstance(value, list) else [value]
    if names[:1] != [vocabulary.CREDENTIALS_V2]:
        walk.refuse("/@context", "wrong_context", f"must start with {vocabulary.CREDENTIALS_V2}")
    for what, pattern in (("CLR 2.0", CONTEXT), ("Open Badges", vocabulary.OPEN_BADGES_CONTEXT)):
        if not any(isinstance(name, str) and pattern.fullmatch(name) for name in names):
            walk.refuse("/@context", "wrong_context", f"must name the context of {what}")


def _read_subject(subject: Mapping[str, object], walk: Walk) -> None:
    here = "/credentialSubject"
    names = subject.get("type")
    if "ClrSubject" not in (names if isinstance(names, list) else [names]):
        walk.refuse(f"{here}/type", "wrong_type", "must be, or contain, ClrSubject")
    if "verifiableCredential" not in subject:
        walk.refuse(f"{here}/verifiableCredential", "missing", "is missing")
    for name, rule, most in (
        ("verifiableCredential", _badge, MAX_CREDENTIALS),
        ("achievement", one("Achievement"), MAX_ASSOCIATIONS),
        ("association", _association, MAX_ASSOCIATIONS),
    ):
        if name in subject:
            _read_set(subject[name], rule, most, child(here, name), walk)


def _read_set(value: object, rule: Rule, most: int, pointer: str, walk: Walk) -> None:
    items = value if isinstance(value, list) else [value]
    if walk.strict and not isinstance(value, list):
        walk.refuse(pointer, "not_an_array", "must be an array, even of one value")
    if len(items) > most:
        walk.refuse(pointer, "too_many", f"must hold at most {most}")
    for index, item in enumerate(items[:most]):
        rule(item, child(pointer, index) if isinstance(value, list) else pointer, walk)


def _badge(value: object, pointer: str, walk: Walk) -> None:
    strict, walk.strict = walk.strict, False
    try:
        one("OpenBadgeCredential")(value, pointer, walk)
    finally:
        walk.strict = strict


def _association(value: object, pointer: str, walk: Walk) -> None:
    walk.visit(pointer)
    if not isinstance(value, Mapping):
        walk.refuse(pointer, "not_an_object", "must be an object")
        return
    if value.get("type") not in ("Association", ["Association"]):
        walk.refuse(child(pointer, "type"), "wrong_type", "must be Association")
    rules.choice(ASSOCIATION_TYPES, extensible=False)(
        value.get("associationType"), child(pointer, "associationType"), walk
    )
    for end in ("sourceId", "targetId"):
        rules.uri(value.get(end), child(pointer, end), walk)
