"""Transcripts: two JSON-LD stacks that are not ours find the same text and accept the proof."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from openbadgeslib.ob3.clr import bundled_clr_contexts
from openbadgeslib.ob3.ldp import verify_data_integrity_proof
from openbadgeslib.ob3.verifier import OB3VerificationError

from credentials.core import clr, rdf, status_list
from issuers.core import keys
from learners.core import identity
from tests.interop import matrix, node, world

CERTIFICATION = {
    "id": f"{world.HOST}/frameworks/RNCP99001",
    "type": ["Achievement"],
    "achievementType": "Certification",
    "name": "Régisseur lumière",
    "description": "Certification enregistrée au RNCP",
    "criteria": {"narrative": "Quatre blocs de compétences"},
}
TAMPERED = ("an association", "a badge", "a badge is missing", "the learner")
FORGED = ("signed by another", "signed under a false name")
# What it says; of what was tampered with, that the signature is not valid.
REASONS = {
    "signed by another": "issuer must match the verification method controller",
    "expired": "is after",
}

needs_node = [mark for mark in node.installed("@digitalbazaar/vc") if mark.name == "skipif"]
pytestmark = pytest.mark.interop


def badge(number: int) -> dict[str, Any]:
    unsigned = deepcopy(world.unsigned(id=f"{world.HOST}/credentials/{number}"))
    unsigned["credentialSubject"]["achievement"]["id"] = f"{world.HOST}/achievements/{number}"
    return world.ISSUER.sign(unsigned)


def unsigned(**changes: Any) -> dict[str, Any]:
    learner = identity.identity_object(
        identity_type="emailAddress", value="leila@example.org", salt="salt-of-the-transcript"
    )
    members: dict[str, Any] = {
        "id": f"{world.HOST}/transcripts/1",
        "issuer": world.ISSUER.profile,
        "identifiers": [learner],
        "credentials": [badge(1), badge(2)],
        "name": "Relevé de compétences",
        "valid_from": world.SIGNED,
        "valid_until": world.SIGNED + timedelta(days=365),
        "achievements": [CERTIFICATION],
        "associations": [
            clr.Association(
                "isPartOf", f"{world.HOST}/achievements/{number}", str(CERTIFICATION["id"])
            )
            for number in (1, 2)
        ],
    }
    return clr.clr_credential(**{**members, **changes})


def transcript() -> dict[str, Any]:
    return world.ISSUER.sign(unsigned())


def standing(index: int) -> dict[str, Any]:
    """Sign a transcript that can be revoked."""
    entry = status_list.entry(url=world.LIST, index=index, purpose="revocation")
    return world.ISSUER.sign(unsigned(status=entry))


def spoilt() -> dict[str, dict[str, Any]]:
    changed = {name: deepcopy(transcript()) for name in TAMPERED}
    subjects = {name: each["credentialSubject"] for name, each in changed.items()}
    subjects["an association"]["association"][0]["associationType"] = "precedes"
    subjects["a badge"]["verifiableCredential"][0]["name"] = "Another"
    subjects["a badge is missing"]["verifiableCredential"].pop()
    subjects["the learner"]["identifier"][0]["identityHash"] = "sha256$" + "0" * 64
    return changed | {
        "signed by another": world.OTHER.sign(unsigned()),
        "signed under a false name": world.OTHER.sign(unsigned(), method=world.ISSUER.method),
        "expired": world.ISSUER.sign(unsigned(valid_until=world.NOW - timedelta(days=1))),
    }


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    return node.ask(
        "verify.mjs",
        {
            "now": world.NOW.isoformat(),
            "contexts": node.known_contexts(),
            "documents": {
                world.ISSUER.did: world.ISSUER.document,
                world.OTHER.did: world.OTHER.document,
                world.LIST: world.signed_list(),
            },
            "credentials": {
                "sound": transcript(),
                "stands": standing(world.STANDING),
                "revoked": standing(world.REVOKED),
                **spoilt(),
            },
        },
    )


class TestDigitalBazaar:
    pytestmark = [*needs_node, matrix.row(matrix.TRANSCRIPT, matrix.DIGITAL_BAZAAR)]

    def test_it_accepts_what_we_sign(self, answers):
        answer = answers["sound"]

        assert (answer["verified"], answer["errors"]) == (True, [])
        unsecured = {name: value for name, value in transcript().items() if name != "proof"}
        assert answer["canonical"] == rdf.canonicalise(unsecured)

    def test_it_accepts_what_stands(self, answers):
        assert (answers["stands"]["verified"], answers["stands"]["revoked"]) == (True, False)

    @pytest.mark.parametrize("name", [*TAMPERED, *FORGED, "expired"])
    def test_it_rejects_what_was_spoilt(self, answers, name):
        assert answers[name]["verified"] is False
        assert REASONS.get(name, "Invalid signature") in answers[name]["errors"][0]

    def test_it_rejects_what_is_revoked(self, answers):
        assert answers["revoked"]["revoked"] is True


def verify(credential: dict[str, Any]) -> None:
    key = keys.load(world.ISSUER.seed).public_key()
    pem = key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    verify_data_integrity_proof(credential, pem, extra_contexts=bundled_clr_contexts())


class TestOpenbadgeslib:
    pytestmark = matrix.row(matrix.TRANSCRIPT, matrix.OPENBADGESLIB)

    def test_it_accepts_what_we_sign(self):
        verify(transcript())

    @pytest.mark.parametrize("name", [*TAMPERED, *FORGED])
    def test_it_rejects_what_was_spoilt(self, name):
        with pytest.raises(OB3VerificationError, match="signature mismatch"):
            verify(spoilt()[name])
