"""The other parts of a credential: evidence, endorsements, activity, the services of 1EdTech."""

from datetime import datetime, timedelta

import pytest

from badges.core import document, endorsement, evidence, extensions, schema
from tests.core.badges import samples

OTHER = {"id": "did:web:region.example.org", "type": ["Profile"], "name": "Région"}
BASE = "https://badges.example.org"


def endorsing(**changes):
    given = {
        "id": f"{BASE}/endorsements/1",
        "issuer": OTHER,
        "endorsed": f"{BASE}/achievements/1",
        "name": "La Région reconnaît ce badge",
        "valid_from": samples.NOW,
    }
    return endorsement.endorsement_credential(**{**given, **changes})


def test_evidence_says_everything_it_was_told():
    written = evidence.evidence_document(
        evidence.Evidence(
            id=f"{BASE}/e",
            name="Maquette",
            narrative="# Vu",
            description="Une maquette",
            genre="Vidéo",
            audience="Jury",
        )
    )

    assert written == {
        "id": f"{BASE}/e",
        "type": ["Evidence"],
        "name": "Maquette",
        "narrative": "# Vu",
        "description": "Une maquette",
        "genre": "Vidéo",
        "audience": "Jury",
    }
    assert samples.credential(evidence=[written])["evidence"] == [written]


def test_evidence_may_be_an_account_alone_and_not_nothing():
    account = evidence.Evidence(narrative="Observé en atelier le 3 mars.")

    assert evidence.evidence_document(account) == {
        "type": ["Evidence"],
        "narrative": "Observé en atelier le 3 mars.",
    }
    with pytest.raises(document.DocumentError, match="Evidence has"):
        evidence.evidence_document(evidence.Evidence(name="Rien", genre="Prose"))


def test_an_endorsement_says_who_endorses_what():
    written = endorsing(
        valid_until=samples.NOW + timedelta(days=1),
        comment="Utile au territoire.",
        description="Une reconnaissance",
        status=samples.STATUS,
    )

    assert written == {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": f"{BASE}/endorsements/1",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "La Région reconnaît ce badge",
        "description": "Une reconnaissance",
        "issuer": OTHER,
        "validFrom": "2026-03-02T09:30:00Z",
        "validUntil": "2026-03-03T09:30:00Z",
        "credentialSubject": {
            "id": f"{BASE}/achievements/1",
            "type": ["EndorsementSubject"],
            "endorsementComment": "Utile au territoire.",
        },
        "credentialStatus": samples.STATUS,
    }
    assert "endorsementComment" not in endorsing()["credentialSubject"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"issuer": "did:web:x.example"}, "/issuer"),
        ({"endorsed": "achievements/1"}, "/credentialSubject/id"),
        ({"valid_until": samples.NOW - timedelta(days=1)}, "/validUntil"),
    ],
)
def test_an_endorsement_that_would_not_conform_is_refused_by_name(changes, pointer):
    with pytest.raises(schema.NonConformant) as refusal:
        endorsing(**changes)

    assert pointer in [problem.pointer for problem in refusal.value.problems]


def test_endorsements_of_others_are_told_where_they_depart_from_the_standard():
    assert endorsement.problems(endorsing()) == ()
    assert endorsement.problems(None)
    assert len(endorsement.problems({**endorsing(), "evidence": [5] * 1000})) == 50


def test_endorsements_stand_in_the_achievement_and_in_the_credential():
    endorsed = {**endorsing(), "proof": {"type": "DataIntegrityProof"}}

    achievement = document.achievement_document(samples.achievement(endorsements=[endorsed]))
    written = samples.credential(achievement=achievement, endorsements=[endorsed])

    assert written["endorsement"] == [endorsed]
    assert written["credentialSubject"]["achievement"]["endorsement"] == [endorsed]


def test_a_subject_says_everything_it_was_told():
    written = samples.credential(
        subject=document.Subject(
            id="did:example:learner",
            credits_earned=2.5,
            activity_start=samples.NOW - timedelta(days=90),
            activity_end=samples.NOW - timedelta(days=1),
            license_number="L-1",
            narrative="Devant un jury.",
            role="Cheffe de projet",
            term="2026-1",
            source=OTHER,
        )
    )["credentialSubject"]

    assert {**written, "identifier": None, "achievement": None} == {
        "id": "did:example:learner",
        "type": ["AchievementSubject"],
        "identifier": None,
        "achievement": None,
        "creditsEarned": 2.5,
        "activityStartDate": "2025-12-02T09:30:00Z",
        "activityEndDate": "2026-03-01T09:30:00Z",
        "licenseNumber": "L-1",
        "narrative": "Devant un jury.",
        "role": "Cheffe de projet",
        "term": "2026-1",
        "source": OTHER,
    }


def test_an_activity_does_not_end_before_it_starts():
    backwards = document.Subject(
        activity_start=samples.NOW, activity_end=samples.NOW - timedelta(1)
    )

    with pytest.raises(document.DocumentError, match="ends before it starts"):
        samples.credential(subject=backwards)
    with pytest.raises(document.DocumentError, match="time zone"):
        samples.credential(subject=document.Subject(activity_end=datetime(2026, 1, 1)))  # noqa: DTZ001 - the point


def test_an_achievement_has_credits_and_other_identifiers():
    written = document.achievement_document(
        samples.achievement(credits_available=3, identifiers=(("ext:CPF", "1234"),))
    )

    assert written["creditsAvailable"] == 3
    assert written["otherIdentifier"] == [
        {"type": "IdentifierEntry", "identifierType": "ext:CPF", "identifier": "1234"}
    ]


def test_the_services_of_1edtech_bring_their_context():
    written = samples.credential(
        credential_schema=extensions.credential_schema(),
        refresh_service=extensions.refresh_service(f"{BASE}/credentials/abc/refresh"),
    )

    assert written["@context"][2:] == ["https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]
    assert written["credentialSchema"] == [
        {
            "id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/"
            "ob_v3p0_achievementcredential_schema.json",
            "type": "1EdTechJsonSchemaValidator2019",
        }
    ]
    assert written["refreshService"] == {
        "id": f"{BASE}/credentials/abc/refresh",
        "type": "1EdTechCredentialRefresh",
    }


def test_a_status_of_1edtech_brings_its_context_and_one_of_the_w3c_does_not():
    theirs = samples.credential(status=[extensions.revocation_status(f"{BASE}/revoked")])

    assert len(theirs["@context"]) == 3
    assert theirs["credentialStatus"] == {
        "id": f"{BASE}/revoked",
        "type": "1EdTechRevocationList",
    }
    assert len(samples.credential()["@context"]) == 2


def test_the_list_of_what_is_revoked_says_why():
    assert extensions.revocation_list(
        url=f"{BASE}/revoked",
        issuer=samples.PROFILE["id"],
        revoked={f"{BASE}/credentials/1": "Erreur", f"{BASE}/credentials/2": None},
    ) == {
        "id": f"{BASE}/revoked",
        "issuer": samples.PROFILE["id"],
        "revokedCredential": [
            {"id": f"{BASE}/credentials/1", "revoked": True, "revocationReason": "Erreur"},
            {"id": f"{BASE}/credentials/2", "revoked": True},
        ],
    }


@pytest.mark.parametrize(
    "write",
    [
        lambda: extensions.refresh_service("did:web:x.example"),
        lambda: extensions.refresh_service("https://x.example/a b"),
        lambda: extensions.revocation_status("/revoked"),
        lambda: extensions.revocation_list(url=f"{BASE}/r", issuer="x", revoked={}),
        lambda: extensions.revocation_list(url=f"{BASE}/r", issuer="urn:x", revoked={"1": None}),
    ],
)
def test_what_is_not_an_address_is_refused(write):
    with pytest.raises(document.DocumentError, match="address"):
        write()
