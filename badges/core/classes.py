"""The classes of Open Badges 3.0, in the words of the standard, and how an object is read by one.

Members that the standard does not know are none of our business, except where it closes a class.

Source: Open Badges 3.0 appendices A and B; W3C Verifiable Credentials 2.0 section 4.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from badges.core import rules, vocabulary
from badges.core.rules import Rule, Walk, child


# -- How a class is described ----------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Member:
    """A member of a class.

    Attributes:
        rule: what one value must be.
        required: whether the class cannot do without.
        is_set: whether the standard wants an array; a single value is tolerated when not reading
            strictly.
        may_compact: whether the standard lets even a strict writer leave out the array of a single
            value.
    """

    rule: Rule
    required: bool = False
    is_set: bool = False
    may_compact: bool = False


@dataclass(frozen=True, slots=True)
class _Class:
    """A class of the standard.

    Attributes:
        members: what the standard says of each member; others are allowed unless `is_closed`.
        types: what `type` must contain: one name of each tuple; empty for a class without a type of
            its own.
        type_is_word: whether `type` is one word, never an array.
        is_closed: whether the standard forbids other members.
        also: what no single member can tell.
    """

    members: Mapping[str, _Member]
    types: tuple[tuple[str, ...], ...] = ()
    type_is_word: bool = False
    is_closed: bool = False
    also: Callable[[Mapping[str, object], str, Walk], None] | None = None


def one(class_name: str) -> Rule:
    """Make the rule that accepts an object of this class."""

    def rule(value: object, pointer: str, walk: Walk) -> None:
        walk.visit(pointer)
        if not isinstance(value, Mapping):
            walk.refuse(pointer, "not_an_object", "must be an object")
        elif pointer.count("/") > rules.MAX_DEPTH:
            walk.refuse(pointer, "too_deep", "is nested too deeply")
        else:
            _read_object(value, CLASSES[class_name], pointer, walk)

    return rule


def _read_object(value: Mapping[str, object], described: _Class, pointer: str, walk: Walk) -> None:
    if described.types:
        _read_type(value.get("type"), described, child(pointer, "type"), walk)
    for name, member in described.members.items():
        if name in value:
            _read_member(value[name], member, child(pointer, name), walk)
        elif member.required:
            walk.refuse(child(pointer, name), "missing", "is missing")
    if described.is_closed:
        for name in sorted(value.keys() - described.members.keys() - {"type"}):
            walk.refuse(child(pointer, name), "unexpected", "is not a member of this class")
    if described.also is not None:
        described.also(value, pointer, walk)


def _read_type(value: object, described: _Class, pointer: str, walk: Walk) -> None:
    if value is None:
        walk.refuse(pointer, "missing", "is missing")
        return
    names = value if isinstance(value, list) and not described.type_is_word else [value]
    if not all(isinstance(name, str) for name in names):
        walk.refuse(pointer, "not_text", "must be a type, or an array of types")
        return
    for accepted in described.types:
        if not any(name in names for name in accepted):
            walk.refuse(pointer, "wrong_type", f"must be, or contain, {' or '.join(accepted)}")


def _read_member(value: object, member: _Member, pointer: str, walk: Walk) -> None:
    if not member.is_set:
        member.rule(value, pointer, walk)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            member.rule(item, child(pointer, index), walk)
    elif walk.strict and not member.may_compact:
        walk.refuse(pointer, "not_an_array", "must be an array, even of one value")
    else:
        member.rule(value, pointer, walk)


# -- What no single member can tell ----------------------------------------------------------------
def _contexts(value: object, pointer: str, walk: Walk) -> None:
    """Accept the contexts of the standard, first and in order; strictly, ours to the letter."""
    first = vocabulary.CONTEXTS
    names = value if isinstance(value, list) else [value]
    second = names[1] if len(names) > 1 else None
    if names[:1] != [first[0]]:
        walk.refuse(pointer, "wrong_context", f"must be an array that starts with {first[0]}")
    elif not isinstance(second, str) or not (
        second == first[1] if walk.strict else vocabulary.OPEN_BADGES_CONTEXT.fullmatch(second)
    ):
        walk.refuse(
            pointer, "wrong_context", f"must name Open Badges 3.0 in second place: {first[1]}"
        )


def _profile_or_uri(value: object, pointer: str, walk: Walk) -> None:
    """Accept a Profile or, in documents of others, its address alone."""
    if isinstance(value, str) and not walk.strict:
        rules.uri(value, pointer, walk)
    else:
        one("Profile")(value, pointer, walk)


def _identity(subject: Mapping[str, object], pointer: str, walk: Walk) -> None:
    if "id" not in subject and "identifier" not in subject:
        walk.refuse(pointer, "no_identity", "must have an id or an identifier: whom is it about?")


def _validity(credential: Mapping[str, object], pointer: str, walk: Walk) -> None:
    start = rules.read_timestamp(credential.get("validFrom"))
    end = rules.read_timestamp(credential.get("validUntil"))
    if start is not None and end is not None and end < start:
        walk.refuse(child(pointer, "validUntil"), "order", "must not be before validFrom")


def _type_names(value: object, pointer: str, walk: Walk) -> None:
    """Accept a type; in documents of others several, as VC 2.0 section 4.5 lets them."""
    if isinstance(value, list) and not walk.strict:
        for index, item in enumerate(value):
            rules.text(item, child(pointer, index), walk)
    else:
        rules.text(value, pointer, walk)


def _statuses(value: object, pointer: str, walk: Walk) -> None:
    """Accept one status, or several as VC 2.0 section 4.10 lets them; strictly, no array of one."""
    if isinstance(value, list) and (not walk.strict or len(value) > 1):
        for index, item in enumerate(value):
            one("CredentialStatus")(item, child(pointer, index), walk)
    else:
        one("CredentialStatus")(value, pointer, walk)


def _status(entry: Mapping[str, object], pointer: str, walk: Walk) -> None:
    """Ask of a Bitstring Status List entry what its own standard asks (section 2.1)."""
    types = entry.get("type")
    if "BitstringStatusListEntry" in (types if isinstance(types, list) else [types]):
        _read_object(entry, CLASSES["BitstringStatusListEntry"], pointer, walk)


def _criteria(criteria: Mapping[str, object], pointer: str, walk: Walk) -> None:
    if walk.strict and "id" not in criteria and "narrative" not in criteria:
        walk.refuse(pointer, "missing", "must have an id or a narrative")


# -- The classes of the standard (appendix B) ------------------------------------------------------
_TEXT, _NAME = _Member(rules.text), _Member(rules.text, required=True)
_URI, _ID = _Member(rules.uri), _Member(rules.uri, required=True)
_WHEN, _NUMBER = _Member(rules.timestamp), _Member(rules.number)


def _set(rule: Rule, *, may_compact: bool = False, required: bool = False) -> _Member:
    return _Member(rule, required=required, is_set=True, may_compact=may_compact)


_ENDORSEMENTS = {
    "endorsement": _set(one("EndorsementCredential")),
    "endorsementJwt": _set(rules.compact_jws),
}
_IDENTIFIER_TYPE = _Member(rules.choice(vocabulary.IDENTIFIER_TYPES), required=True)
_TYPED = {"type": _Member(_type_names, required=True)}
_ALIGNMENTS = {"alignment": _set(one("Alignment"))}
_IMAGE = {"image": _Member(one("Image"))}

_CREDENTIAL = {
    "@context": _Member(_contexts, required=True),
    "id": _ID,
    "description": _TEXT,
    "issuer": _Member(_profile_or_uri, required=True),
    "awardedDate": _WHEN,
    "validFrom": _Member(rules.timestamp, required=True),
    "validUntil": _WHEN,
    "evidence": _set(one("Evidence")),
    "credentialSchema": _set(one("CredentialSchema"), may_compact=True),
    "credentialStatus": _Member(_statuses),
    "refreshService": _Member(one("RefreshService")),
    "termsOfUse": _set(one("TermsOfUse"), may_compact=True),
    "relatedResource": _set(one("RelatedResource"), may_compact=True),
    "proof": _set(one("Proof"), may_compact=True),
}

CLASSES: dict[str, _Class] = {
    "OpenBadgeCredential": _Class(
        {
            **_CREDENTIAL,
            **_IMAGE,
            **_ENDORSEMENTS,
            "name": _TEXT,
            "credentialSubject": _Member(one("AchievementSubject"), required=True),
        },
        types=(
            (vocabulary.VERIFIABLE_CREDENTIAL,),
            (vocabulary.OPEN_BADGE_CREDENTIAL, vocabulary.ACHIEVEMENT_CREDENTIAL),
        ),
        also=_validity,
    ),
    "EndorsementCredential": _Class(
        {
            **_CREDENTIAL,
            "name": _NAME,
            "credentialSubject": _Member(one("EndorsementSubject"), required=True),
        },
        types=((vocabulary.VERIFIABLE_CREDENTIAL,), ("EndorsementCredential",)),
        also=_validity,
    ),
    "AchievementSubject": _Class(
        {
            "id": _URI,
            "achievement": _Member(one("Achievement"), required=True),
            "identifier": _set(one("IdentityObject")),
            "activityStartDate": _WHEN,
            "activityEndDate": _WHEN,
            "creditsEarned": _NUMBER,
            **_IMAGE,
            **dict.fromkeys(("licenseNumber", "narrative", "role", "term"), _TEXT),
            "result": _set(one("Result")),
            "source": _Member(one("Profile")),
        },
        types=(("AchievementSubject",),),
        also=_identity,
    ),
    "EndorsementSubject": _Class(
        {"id": _ID, "endorsementComment": _TEXT}, types=(("EndorsementSubject",),)
    ),
    "Achievement": _Class(
        {
            "id": _ID,
            "name": _NAME,
            "description": _NAME,
            "criteria": _Member(one("Criteria"), required=True),
            "achievementType": _Member(rules.choice(vocabulary.ACHIEVEMENT_TYPES)),
            **_ALIGNMENTS,
            "creator": _Member(one("Profile")),
            "creditsAvailable": _NUMBER,
            **_ENDORSEMENTS,
            **_IMAGE,
            **dict.fromkeys(("fieldOfStudy", "humanCode", "specialization", "version"), _TEXT),
            "inLanguage": _Member(rules.language),
            "otherIdentifier": _set(one("IdentifierEntry")),
            "related": _set(one("Related")),
            "resultDescription": _set(one("ResultDescription")),
            "tag": _set(rules.text),
        },
        types=(("Achievement",),),
    ),
    "Criteria": _Class({"id": _URI, "narrative": _TEXT}, also=_criteria),
    "Alignment": _Class(
        {
            "targetName": _NAME,
            "targetUrl": _ID,
            "targetType": _Member(rules.choice(vocabulary.ALIGNMENT_TARGET_TYPES)),
            **dict.fromkeys(("targetCode", "targetDescription", "targetFramework"), _TEXT),
        },
        types=(("Alignment",),),
    ),
    "Related": _Class(
        {"id": _ID, "inLanguage": _Member(rules.language), "version": _TEXT},
        types=(("Related",),),
    ),
    "ResultDescription": _Class(
        {
            "id": _ID,
            "name": _NAME,
            "resultType": _Member(rules.choice(vocabulary.RESULT_TYPES), required=True),
            **_ALIGNMENTS,
            "allowedValue": _set(rules.text),
            "requiredLevel": _URI,
            **dict.fromkeys(("requiredValue", "valueMax", "valueMin"), _TEXT),
            "rubricCriterionLevel": _set(one("RubricCriterionLevel")),
        },
        types=(("ResultDescription",),),
    ),
    "RubricCriterionLevel": _Class(
        {
            "id": _ID,
            "name": _NAME,
            **_ALIGNMENTS,
            **dict.fromkeys(("description", "level", "points"), _TEXT),
        },
        types=(("RubricCriterionLevel",),),
    ),
    "Result": _Class(
        {
            "achievedLevel": _URI,
            **_ALIGNMENTS,
            "resultDescription": _URI,
            "status": _Member(rules.choice(vocabulary.RESULT_STATUSES, extensible=False)),
            "value": _TEXT,
        },
        types=(("Result",),),
    ),
    "Evidence": _Class(
        {
            "id": _URI,
            **dict.fromkeys(("audience", "description", "genre", "name", "narrative"), _TEXT),
        },
        types=(("Evidence",),),
    ),
    "Image": _Class(
        {"id": _ID, "caption": _TEXT}, types=(("Image",),), type_is_word=True, is_closed=True
    ),
    "IdentityObject": _Class(
        {
            "hashed": _Member(rules.boolean, required=True),
            "identityHash": _NAME,
            "identityType": _IDENTIFIER_TYPE,
            "salt": _TEXT,
        },
        types=(("IdentityObject",),),
        type_is_word=True,
        is_closed=True,
    ),
    "IdentifierEntry": _Class(
        {"identifier": _NAME, "identifierType": _IDENTIFIER_TYPE},
        types=(("IdentifierEntry",),),
        type_is_word=True,
        is_closed=True,
    ),
    "Profile": _Class(
        {
            "id": _ID,
            "url": _URI,
            **_IMAGE,
            **_ENDORSEMENTS,
            **dict.fromkeys(("name", "description", "email", "official", "phone"), _TEXT),
            **dict.fromkeys(("additionalName", "familyName", "givenName", "patronymicName"), _TEXT),
            **dict.fromkeys(("familyNamePrefix", "honorificPrefix", "honorificSuffix"), _TEXT),
            "address": _Member(one("Address")),
            "otherIdentifier": _set(one("IdentifierEntry")),
            "parentOrg": _Member(one("Profile")),
        },
        types=(("Profile",),),
    ),
    "Address": _Class(
        {
            "geo": _Member(one("GeoCoordinates")),
            **dict.fromkeys(("addressCountry", "addressCountryCode", "addressRegion"), _TEXT),
            **dict.fromkeys(("addressLocality", "streetAddress"), _TEXT),
            **dict.fromkeys(("postOfficeBoxNumber", "postalCode"), _TEXT),
        },
        types=(("Address",),),
    ),
    "GeoCoordinates": _Class(
        {
            "latitude": _Member(rules.number, required=True),
            "longitude": _Member(rules.number, required=True),
        },
        types=(("GeoCoordinates",),),
        type_is_word=True,
    ),
    "CredentialSchema": _Class({"id": _ID, **_TYPED}),
    "CredentialStatus": _Class({"id": _URI, **_TYPED}, also=_status),
    "BitstringStatusListEntry": _Class(
        {
            "statusPurpose": _NAME,
            "statusListIndex": _Member(rules.status_index, required=True),
            "statusListCredential": _ID,
        },
    ),
    "RefreshService": _Class({"id": _ID, **_TYPED}),
    # VC 2.0 section 5.3, not a class of Open Badges.
    "RelatedResource": _Class(
        {"id": _ID, **dict.fromkeys(("digestSRI", "digestMultibase", "mediaType"), _TEXT)}
    ),
    "TermsOfUse": _Class({"id": _URI, **_TYPED}),
    "Proof": _Class({**_TYPED, "created": _WHEN}),
}
