"""Credentials written out, and credentials of any reasonable shape."""

import copy
import hashlib
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from credentials.core import contexts, proof
from issuers.core import did, keys

SEED = hashlib.sha256(b"the issuer of the tests").digest()
PUBLIC_KEY = keys.public_key(SEED)
DID = "did:web:badges.example:issuers:ecole-a"
METHOD = did.verification_method(DID, keys.encode_multikey(PUBLIC_KEY))
CREATED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVQIW2NgUPr/HwADaAIh"
    "G61j/AAAAABJRU5ErkJggg=="
)

SMALL: dict[str, Any] = {
    "@context": [contexts.CREDENTIALS_V2, contexts.OPEN_BADGES_303],
    "id": "https://badges.example/credentials/AAAAAAAAAAAAAAAAAAAAAA",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "name": "Travail en équipe",
    "issuer": {"id": DID, "type": ["Profile"], "name": "École A"},
    "validFrom": "2026-01-01T00:00:00Z",
    "credentialSubject": {
        "type": ["AchievementSubject"],
        "identifier": [
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityHash": "sha256$" + "ab" * 32,
                "identityType": "emailAddress",
                "salt": "0123456789abcdef",
            }
        ],
        "achievement": {
            "id": "https://badges.example/achievements/1",
            "type": ["Achievement"],
            "name": "Travail en équipe",
            "description": "Travailler avec d'autres",
            "criteria": {"narrative": "Avoir travaillé avec d'autres"},
        },
    },
}

# With every part that this program or a common issuer writes.
FULL: dict[str, Any] = {
    **SMALL,
    "description": "Décrit « ainsi »,\n\tsur deux lignes",
    "image": {"id": PIXEL, "type": "Image", "caption": "Un point"},
    "awardedDate": "2026-01-01T00:00:00Z",
    "validUntil": "2030-01-01T00:00:00Z",
    "evidence": [
        {
            "id": "https://badges.example/evidence/1",
            "type": ["Evidence"],
            "name": "Dossier",
            "narrative": "# Titre",
            "genre": "Prose",
            "audience": "Employeurs",
        }
    ],
    "credentialStatus": [
        {
            "id": f"https://badges.example/status/{number}#94567",
            "type": "BitstringStatusListEntry",
            "statusPurpose": purpose,
            "statusListIndex": "94567",
            "statusListCredential": f"https://badges.example/status/{number}",
        }
        for number, purpose in ((3, "revocation"), (4, "suspension"))
    ],
    "credentialSubject": {
        **SMALL["credentialSubject"],
        "activityStartDate": "2025-09-01T00:00:00Z",
        "creditsEarned": 2.5,
        "licenseNumber": "L1",
        "result": [
            {
                "type": ["Result"],
                "resultDescription": "urn:uuid:0b4d5f0e-0000-4000-8000-000000000001",
                "value": "88.5",
                "status": "Completed",
            }
        ],
        "achievement": {
            **SMALL["credentialSubject"]["achievement"],
            "achievementType": "MicroCredential",
            "creator": {"id": DID, "type": ["Profile"], "name": "École A"},
            "creditsAvailable": 3,
            "humanCode": "EQ1",
            "inLanguage": "fr",
            "tag": ["équipe", "projet"],
            "version": "1.0",
            "image": {"id": PIXEL, "type": "Image"},
            "alignment": [
                {
                    "type": ["Alignment"],
                    "targetCode": f"RNCP38596BC0{number}",
                    "targetName": f"Bloc {number}",
                    "targetFramework": "RNCP",
                    "targetUrl": f"https://badges.example/frameworks/rncp/{number}",
                }
                for number in (1, 2, 3)
            ],
            "resultDescription": [
                {
                    "id": "urn:uuid:0b4d5f0e-0000-4000-8000-000000000001",
                    "type": ["ResultDescription"],
                    "name": "Note",
                    "resultType": "LetterGrade",
                    "allowedValue": ["A", "B", "C", "D"],
                }
            ],
        },
    },
}


def small() -> dict[str, Any]:
    return copy.deepcopy(SMALL)


def full() -> dict[str, Any]:
    return copy.deepcopy(FULL)


def put(document: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """Set a member, named by the members that lead to it."""
    *parents, name = path.split("/")
    target = document
    for parent in parents:
        target = target[parent]
    target[name] = value
    return document


def signed(document: dict[str, Any]) -> dict[str, Any]:
    secured = proof.sign(document, key=keys.load(SEED), verification_method=METHOD, created=CREATED)
    return copy.deepcopy(secured)


# What the program takes in: any text but control characters and what is not a character.
_texts = st.text(
    st.characters(codec="utf-8", exclude_characters="\x7f", exclude_categories=["Cs", "Cn"]).filter(
        lambda character: character >= " " or character in "\t\n\r"
    ),
    min_size=1,
    max_size=30,
)
_addresses = st.builds(
    "https://{}.example/{}".format, st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.integers(0, 99)
)
_instants = st.integers(0, 2**32).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
)
_numbers = st.one_of(
    st.integers(0, 2**53 - 1),
    st.integers(1, 10**6).map(lambda number: number / 16),  # exact, whoever writes it
)
_alignments = st.fixed_dictionaries(
    {"type": st.just(["Alignment"]), "targetName": _texts, "targetUrl": _addresses},
    optional={
        "targetCode": _texts,
        "targetFramework": st.sampled_from(["RNCP", "RS", "ESCO", "ROME"]),
        "targetDescription": _texts,
    },
)
_identifiers = st.fixed_dictionaries(
    {
        "type": st.just("IdentityObject"),
        "hashed": st.booleans(),
        "identityHash": _texts,
        "identityType": st.sampled_from(["emailAddress", "name", "ext:matricule"]),
        "salt": _texts,
    }
)
_achievements = st.fixed_dictionaries(
    {
        "id": _addresses.map("{}#achievement".format),
        "type": st.just(["Achievement"]),
        "name": _texts,
        "description": _texts,
        "criteria": st.fixed_dictionaries({"narrative": _texts}, optional={"id": _addresses}),
    },
    optional={
        "achievementType": st.sampled_from(["MicroCredential", "Badge", "ext:bloc"]),
        "alignment": st.lists(_alignments, min_size=1, max_size=4, unique_by=repr),
        "creditsAvailable": _numbers,
        "image": st.fixed_dictionaries({"id": _addresses, "type": st.just("Image")}),
        "inLanguage": st.sampled_from(["fr", "en", "fr-CA"]),
        "tag": st.lists(_texts, min_size=1, max_size=4, unique=True),
    },
)
_subjects = st.fixed_dictionaries(
    {
        "type": st.just(["AchievementSubject"]),
        "identifier": st.lists(_identifiers, min_size=1, max_size=3, unique_by=repr),
        "achievement": _achievements,
    },
    optional={"creditsEarned": _numbers, "narrative": _texts, "term": _texts},
)

credentials = st.fixed_dictionaries(
    {
        "@context": st.just([contexts.CREDENTIALS_V2, contexts.OPEN_BADGES_303]),
        "id": _addresses.map("{}#credential".format),
        "type": st.just(["VerifiableCredential", "OpenBadgeCredential"]),
        "name": _texts,
        "issuer": st.fixed_dictionaries(
            {"id": st.just(DID), "type": st.just(["Profile"]), "name": _texts},
            optional={"url": _addresses, "description": _texts},
        ),
        "validFrom": _instants,
        "credentialSubject": _subjects,
    },
    optional={"validUntil": _instants, "awardedDate": _instants, "description": _texts},
)
