"""Open Badges 2.0: 1EdTech's own validator accepts every form of ours, and nothing spoilt."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from badges.core import assertion, baking2
from credentials.core import canonical, jose
from tests.interop import matrix, openbadges_validator, world

pytestmark = [
    pytest.mark.interop,
    matrix.row(matrix.ASSERTION, matrix.OPENBADGES),
    openbadges_validator.needed,
    # Of a library under openbadges-bakery, about itself.
    pytest.mark.filterwarnings("ignore:Please use rfc3986:DeprecationWarning"),
]

BASE = f"{world.HOST}/ob2"
ISSUER, BADGE, KEY, LIST = f"{BASE}/issuer", f"{BASE}/badge", f"{BASE}/key", f"{BASE}/revoked"
PICTURE = f"{world.HOST}/achievements/3f0c/image.png"
EMAIL = "leila@example.org"
RSA, OTHER = (rsa.generate_private_key(65537, 2048) for _ in range(2))
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4"/></svg>'
FORMS = ("hosted", "signed", "hosted png", "signed png", "hosted svg", "signed svg")

# What it says of each spoilt badge.
REASONS = {
    # It does not say that it was revoked, but that nothing is left of it.
    "hosted, revoked": "Required property recipient not present",
    "hosted, expired": "expired on",
    "hosted, not yet": "in the future",
    "hosted elsewhere": "does not start with",
    "hosted, for another": "did not match",
    "signed, revoked": "has been revoked",
    "signed, expired": "expired on",
    "signed, tampered": "failed verification",
    "signed by another": "failed verification",
    "signed by a key that is not listed": "other than those authorized",
}


def urn(number: int) -> str:
    return f"urn:uuid:6f2f0f80-0000-4000-8000-{number:012}"


def hosted(name: str, **changes: Any) -> dict[str, Any]:
    return assertion.hosted(
        world.ISSUER.sign(world.unsigned(**changes)), id=f"{BASE}/assertions/{name}", badge=BADGE
    )


def signed(number: int, *, key: Any = RSA, named: str = KEY, **changes: Any) -> str:
    claims = assertion.signed(
        world.ISSUER.sign(world.unsigned(**changes)), id=urn(number), badge=BADGE, key=named
    )
    return jose.sign(canonical.dumps(claims), key=key, header={"typ": "JWT"})


def tampered(token: str) -> str:
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    claims["narrative"] = "Rien de tout cela"
    changed = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"{header}.{changed}.{signature}"


def pem(key: Any) -> str:
    shown = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return str(shown.decode())


def documents() -> dict[str, Any]:
    """What an issuer serves, by its address."""
    achievement = world.unsigned()["credentialSubject"]["achievement"]
    served = [
        assertion.issuer(
            world.ISSUER.profile,
            id=ISSUER,
            keys=[KEY],
            revocation_list=LIST,
            starts_with=[f"{BASE}/"],
        ),
        assertion.badge_class(achievement, id=BADGE, issuer=ISSUER),
        assertion.cryptographic_key(id=KEY, owner=ISSUER, pem=pem(RSA)),
        assertion.cryptographic_key(id=f"{KEY}2", owner=ISSUER, pem=pem(OTHER)),
        assertion.revocation_list(id=LIST, issuer=ISSUER, revoked={urn(9): "Erreur de saisie"}),
        hosted("good"),
        hosted("expired", valid_until=world.NOW - timedelta(days=1)),
        hosted("not-yet", awarded_at=world.NOW + timedelta(days=1)),
        {**hosted("x"), "id": f"{world.HOST}/elsewhere/1"},
        {
            **hosted("another"),
            "recipient": {**hosted("x")["recipient"], "identity": "sha256$" + "0" * 64},
        },
        assertion.revoked(id=f"{BASE}/assertions/revoked", reason="Erreur de saisie"),
    ]
    return {document["id"]: document for document in served}


def asked() -> dict[str, dict[str, str]]:
    def text(value: str) -> dict[str, str]:
        return {"text": value}

    def image(form: bytes, badge: str) -> dict[str, str]:
        return {"image": base64.b64encode(baking2.bake(form, badge)).decode()}

    whole = canonical.dumps(hosted("good")).decode()
    return {
        "hosted": text(f"{BASE}/assertions/good"),
        "signed": text(signed(1)),
        "hosted png": image(world.picture(), whole),
        "signed png": image(world.picture(), signed(1)),
        "hosted svg": image(DRAWING, whole),
        "signed svg": image(DRAWING, signed(1)),
        "hosted, revoked": text(f"{BASE}/assertions/revoked"),
        "hosted, expired": text(f"{BASE}/assertions/expired"),
        "hosted, not yet": text(f"{BASE}/assertions/not-yet"),
        "hosted elsewhere": text(f"{world.HOST}/elsewhere/1"),
        "hosted, for another": text(f"{BASE}/assertions/another"),
        "signed, revoked": text(signed(9)),
        "signed, expired": text(signed(2, valid_until=world.NOW - timedelta(days=1))),
        "signed, tampered": text(tampered(signed(3))),
        "signed by another": text(signed(4, key=OTHER)),
        "signed by a key that is not listed": text(signed(5, key=OTHER, named=f"{KEY}2")),
    }


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    question = {
        "now": world.NOW.isoformat(),
        "documents": documents(),
        "pictures": [PICTURE, f"{world.HOST}/issuers/atelier-lumen/logo.png"],
        "email": EMAIL,
        "ask": asked(),
    }
    return openbadges_validator.ask(question)


@pytest.mark.parametrize("name", FORMS)
def test_it_accepts_every_form(answers, name):
    answer = answers[name]

    assert (answer["errors"], answer["warnings"]) == ([], [])
    assert (answer["valid"], answer["version"]) == (True, "2.0")
    assert answer["recipient"] == EMAIL


@pytest.mark.parametrize("name", REASONS)
def test_it_rejects_what_was_spoilt(answers, name):
    answer = answers[name]

    assert answer["valid"] is False
    assert any(REASONS[name] in error for error in answer["errors"]), answer["errors"]
