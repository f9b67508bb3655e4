"""Documents that the tests start from: each builds its own, and may change it."""

from datetime import UTC, datetime

from badges.core import document, frameworks

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

PROFILE = {
    "id": "did:web:badges.example.org:issuers:atelier-lumen",
    "type": ["Profile"],
    "name": "Atelier Lumen",
    "url": "https://atelier-lumen.example.org/",
}
IDENTITY = {
    "type": "IdentityObject",
    "hashed": True,
    "identityHash": "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399",
    "identityType": "emailAddress",
    "salt": "Kosher",
}
STATUS = {
    "id": "https://badges.example.org/status/3#94567",
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "94567",
    "statusListCredential": "https://badges.example.org/status/3",
}


def achievement(**changes):
    members = {
        "id": "https://badges.example.org/achievements/1",
        "name": "Concevoir une interface accessible",
        "description": "Concevoir et évaluer une interface que chacun peut utiliser.",
        "criteria_narrative": "Présenter un prototype évalué devant un jury.",
        "criteria_id": "https://badges.example.org/achievements/1/criteria",
        "image": "https://badges.example.org/achievements/1/image.png",
        "image_caption": "Hexagone bleu",
        "tags": ("accessibilité", "conception"),
        "in_language": "fr",
        "version": "2",
        "alignments": (frameworks.rncp_alignment(code="RNCP99001BC01", title="Concevoir"),),
        "related": (document.Related(id="https://badges.example.org/achievements/0", version="1"),),
        "human_code": "RNCP99001BC01",
        "creator": PROFILE,
    }
    return document.Achievement(**{**members, **changes})


def credential(**changes):
    members = {
        "id": "https://badges.example.org/credentials/abc",
        "issuer": PROFILE,
        "achievement": document.achievement_document(achievement()),
        "identifiers": [IDENTITY],
        "name": "Concevoir une interface accessible",
        "valid_from": NOW,
        "status": [STATUS],
    }
    return document.open_badge_credential(**{**members, **changes})
