"""VC-JWT: npm jose and openbadgeslib accept ours and refuse what was spoilt; ours reads theirs."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from openbadgeslib.ob3 import Achievement, Issuer, OB3Signer, OpenBadgeCredential
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier

from credentials.core import jose
from issuers.core import base64url, did, jwk
from tests.interop import matrix, node, world

KEYS: dict[str, Any] = {
    "RS256": rsa.generate_private_key(65537, 2048),
    "ES256": jwk.load_p256(b"\x33" * 32),
}
OTHER: dict[str, Any] = {
    "RS256": rsa.generate_private_key(65537, 2048),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
}
KID = f"{world.HOST}/issuers/atelier-lumen/keys/1"
ALGORITHMS = pytest.mark.parametrize("algorithm", KEYS)

needs_node = [mark for mark in node.installed("jose") if mark.name == "skipif"]
pytestmark = pytest.mark.interop

# The code of jose, and the words of openbadgeslib.
REASONS = {
    "tampered": ("ERR_JWS_SIGNATURE_VERIFICATION_FAILED", "Invalid signature"),
    "signed by another": ("ERR_JWS_SIGNATURE_VERIFICATION_FAILED", "Invalid signature"),
    "expired": ("ERR_JWT_EXPIRED", "expired"),
    "not yet valid": ("ERR_JWT_CLAIM_VALIDATION_FAILED", "not yet valid"),
    "unsigned": ("ERR_JOSE_ALG_NOT_ALLOWED", "Algorithm 'none'"),
    "signed by the public key": ("ERR_JOSE_ALG_NOT_ALLOWED", "Algorithm 'HS256'"),
}


def token(algorithm: str, **changes: Any) -> str:
    unsigned = world.unsigned(**changes)
    return jose.sign_credential(unsigned, key=KEYS[algorithm], kid=KID)


def with_header(token: str, header: dict[str, Any], signature: bytes) -> str:
    payload = token.split(".")[1]
    encoded = base64url.encode(json.dumps(header).encode())
    return f"{encoded}.{payload}.{base64url.encode(signature)}"


def spoilt(algorithm: str) -> dict[str, str]:
    sound = token(algorithm)
    header, payload, signature = sound.split(".")
    claims = json.loads(base64url.decode(payload)) | {"name": "Another name"}
    changed = base64url.encode(json.dumps(claims).encode())
    by_other = jose.sign_credential(world.unsigned(), key=OTHER[algorithm], kid=KID)
    return {
        "tampered": f"{header}.{changed}.{signature}",
        "signed by another": by_other,
        "expired": token(algorithm, valid_until=world.NOW - timedelta(days=1)),
        "not yet valid": token(algorithm, valid_from=world.NOW + timedelta(days=9)),
        "unsigned": with_header(sound, {"alg": "none", "typ": "JWT"}, b""),
        "signed by the public key": with_header(sound, {"alg": "HS256"}, bytes(32)),
    }


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    tokens: dict[str, dict[str, Any]] = {}
    for algorithm, key in KEYS.items():
        known = {"jwk": jwk.from_key(key.public_key()), "algorithm": algorithm}
        shown = jose.sign_credential(world.unsigned(), key=key)
        tokens[f"{algorithm} named"] = {"token": token(algorithm), **known}
        tokens[f"{algorithm} shown"] = {"token": shown, "algorithm": algorithm}
        for name, each in spoilt(algorithm).items():
            tokens[f"{algorithm} {name}"] = {"token": each, **known}
    return node.ask("jose.mjs", {"now": world.NOW.isoformat(), "tokens": tokens})


class TestJose:
    pytestmark = [*needs_node, matrix.row(matrix.TOKEN, matrix.JOSE)]

    @ALGORITHMS
    @pytest.mark.parametrize("how", ["named", "shown"])
    def test_it_accepts_what_we_sign(self, answers, algorithm, how):
        answer = answers[f"{algorithm} {how}"]

        assert answer["verified"] is True, answer["code"]
        assert answer["header"]["typ"] == "JWT"
        assert answer["claims"]["jti"] == world.unsigned()["id"]
        assert answer["claims"]["iss"] == world.ISSUER.did
        assert "vc" not in answer["claims"]

    @ALGORITHMS
    @pytest.mark.parametrize("name", REASONS)
    def test_it_rejects_what_was_spoilt(self, answers, algorithm, name):
        answer = answers[f"{algorithm} {name}"]

        assert (answer["verified"], answer["code"]) == (False, REASONS[name][0])


def pem(key: Any) -> bytes:
    encoded: bytes = key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return encoded


class TestOpenbadgeslib:
    pytestmark = matrix.row(matrix.TOKEN, matrix.OPENBADGESLIB)

    @ALGORITHMS
    def test_it_accepts_what_we_sign(self, algorithm):
        verifier = OB3Verifier(pubkey_pem=pem(KEYS[algorithm].public_key()))

        with time_machine.travel(world.NOW):
            read = verifier.verify(token(algorithm))

        assert read.id == world.unsigned()["id"]

    @ALGORITHMS
    def test_it_accepts_a_key_of_the_did_document(self, algorithm):
        method = jwk.method(world.ISSUER.did, KEYS[algorithm].public_key())
        listed = world.ISSUER.document
        listed["verificationMethod"].append(method)
        listed["assertionMethod"].append(method["id"])

        def download(address: str) -> bytes:
            return json.dumps({did.did_web_url(world.ISSUER.did): listed}[address]).encode()

        named = jose.sign_credential(world.unsigned(), key=KEYS[algorithm], kid=method["id"])
        with time_machine.travel(world.NOW):
            read = OB3Verifier.for_issuer_did(world.ISSUER.did, download=download).verify(named)

        assert read.issuer.id == world.ISSUER.did

    @ALGORITHMS
    @pytest.mark.parametrize("name", REASONS)
    def test_it_rejects_what_was_spoilt(self, algorithm, name):
        verifier = OB3Verifier(pubkey_pem=pem(KEYS[algorithm].public_key()))

        with (
            time_machine.travel(world.NOW),
            pytest.raises(OB3VerificationError, match=REASONS[name][1]),
        ):
            verifier.verify(spoilt(algorithm)[name])

    @ALGORITHMS
    def test_what_it_signs_is_verified_here(self, algorithm):
        private = KEYS[algorithm].private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        theirs = OpenBadgeCredential(
            issuer=Issuer(id=world.ISSUER.did, name=world.ISSUER.name),
            achievement=Achievement(
                id=f"{world.HOST}/achievements/1",
                name="Éclairage",
                description="Concevoir un éclairage",
                criteria_narrative="Un plan de feux",
            ),
            recipient_id="mailto:leila@example.org",
        )
        signed = OB3Signer(privkey_pem=private, algorithm=algorithm).sign(theirs)

        read = jose.verify_credential(jose.read(signed), key=KEYS[algorithm].public_key())

        assert read["issuer"]["id"] == world.ISSUER.did
