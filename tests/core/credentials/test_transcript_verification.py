"""The walk takes a transcript as it takes a badge: the same seven checks."""

import copy
from datetime import timedelta

import pytest

from credentials.core import clr, proof, status_list, verification
from issuers.core import keys, profile
from learners.core import identity
from tests.core.credentials import verifiable


def transcript():
    unsigned = clr.clr_credential(
        id="https://badges.example.org/transcripts/abcdefghijklmnopqrstuv",
        issuer=profile.profile(id=verifiable.DID, name="École A"),
        identifiers=[
            identity.identity_object(
                identity_type=identity.EMAIL, value=verifiable.EMAIL, salt="fedcba9876543210"
            )
        ],
        credentials=[verifiable.good()],
        name="Relevé",
        valid_from=verifiable.NOW - timedelta(days=1),
        status=status_list.entry(url=verifiable.LIST, index=7, purpose="revocation"),
    )
    return proof.sign(
        unsigned,
        key=keys.load(verifiable.SEED),
        verification_method=verifiable.METHOD,
        created=verifiable.NOW,
    )


def report(document):
    material = verifiable.material(receipt=None, finding=None, anchor_required=False)
    return verification.verify(document, material, verifiable.NOW)


def test_a_transcript_is_verified():
    found = report(transcript())

    assert found.verdict == verification.Verdict.VERIFIED
    assert verifiable.outcomes(found)["conforms"] == "passed"
    assert verifiable.outcomes(found)["about"] == "passed"


@pytest.mark.parametrize(
    ("change", "failing"),
    [
        (lambda it: it["credentialSubject"].pop("verifiableCredential"), "conforms"),
        (lambda it: it["credentialSubject"]["verifiableCredential"][0].pop("issuer"), "conforms"),
        (lambda it: it["credentialSubject"]["verifiableCredential"][0].update(name="x"), "signed"),
        (lambda it: it.update(partial=False), "signed"),
        (lambda it: it["issuer"].update(id="did:web:other.example"), "issuer"),
    ],
)
def test_what_was_changed_fails_where_it_was_changed(change, failing):
    document = copy.deepcopy(transcript())
    change(document)

    assert verifiable.outcomes(report(document))[failing] == "failed"
