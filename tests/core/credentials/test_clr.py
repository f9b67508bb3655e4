"""Transcripts: whole signed badges, said to belong together, and nothing of them lost."""

import copy
from datetime import UTC, datetime, timedelta

import pytest

from badges.core import schema
from credentials.core import canonical, clr, contexts, proof, rdf
from issuers.core import keys
from learners.core import identity
from tests.core.credentials import samples

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ID = "https://badges.example/transcripts/1"
ISSUER = samples.small()["issuer"]
LEARNER = identity.identity_object(
    identity_type="emailAddress", value="awa@example.org", salt="fedcba9876543210"
)
CERTIFICATION = {
    "id": "https://badges.example/frameworks/RNCP99001",
    "type": ["Achievement"],
    "achievementType": "Certification",
    "name": "Régisseur lumière",
    "description": "Certification enregistrée au RNCP",
    "criteria": {"narrative": "Quatre blocs de compétences"},
}


def badge(number, document=None):
    unsigned = copy.deepcopy(document or samples.FULL)
    unsigned["id"] = f"https://badges.example/credentials/{number}"
    achievement = unsigned["credentialSubject"]["achievement"]
    achievement["id"] = f"https://badges.example/achievements/{number}"
    return samples.signed(unsigned)


BADGES = [badge(1), badge(2), badge(3, samples.SMALL)]


def part_of(number, whole=CERTIFICATION["id"]):
    return clr.Association("isPartOf", f"https://badges.example/achievements/{number}", whole)


def transcript(**changes):
    given = {
        "id": ID,
        "issuer": ISSUER,
        "identifiers": [LEARNER],
        "credentials": BADGES,
        "name": "Relevé de compétences",
        "valid_from": NOW,
        "achievements": [CERTIFICATION],
        "associations": [part_of(1), part_of(2)],
    }
    return clr.clr_credential(**{**given, **changes})


def test_a_transcript_says_what_it_was_told():
    written = transcript(
        valid_until=NOW + timedelta(days=9),
        description="Trois badges",
        status={"id": "urn:x", "type": "X"},
    )

    assert written["@context"] == [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ]
    assert written["type"] == ["VerifiableCredential", "ClrCredential"]
    assert (written["id"], written["name"], written["partial"]) == (
        ID,
        "Relevé de compétences",
        True,
    )
    assert written["validFrom"] == "2026-03-02T09:00:00Z"
    assert written["validUntil"] == "2026-03-11T09:00:00Z"
    assert written["description"] == "Trois badges"
    assert written["credentialStatus"] == {"id": "urn:x", "type": "X"}
    assert written["credentialSubject"] == {
        "type": ["ClrSubject"],
        "identifier": [LEARNER],
        "achievement": [CERTIFICATION],
        "verifiableCredential": BADGES,
        "association": [
            {
                "type": "Association",
                "associationType": "isPartOf",
                "sourceId": f"https://badges.example/achievements/{number}",
                "targetId": CERTIFICATION["id"],
            }
            for number in (1, 2)
        ],
    }


def test_what_was_not_said_is_not_written():
    written = transcript(achievements=(), associations=(), partial=False)

    assert written.keys() == {
        "@context", "id", "type", "name", "issuer", "validFrom", "partial", "credentialSubject"
    }  # fmt: skip
    assert written["credentialSubject"].keys() == {"type", "identifier", "verifiableCredential"}
    assert written["partial"] is False


def test_a_transcript_is_signed_and_so_is_every_badge_in_it():
    signed = samples.signed(transcript())

    proof.verify(signed, public_key=samples.PUBLIC_KEY)
    for each in signed["credentialSubject"]["verifiableCredential"]:
        proof.verify(each, public_key=samples.PUBLIC_KEY)


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it["credentialSubject"]["association"].pop(),
        lambda it: it["credentialSubject"]["association"][0].update(associationType="precedes"),
        lambda it: it["credentialSubject"]["verifiableCredential"].pop(),
        lambda it: it["credentialSubject"]["verifiableCredential"][0].update(name="Another"),
        lambda it: it["credentialSubject"]["verifiableCredential"][0]["proof"].update(created="x"),
        lambda it: it["credentialSubject"]["achievement"][0].update(name="Another"),
        lambda it: it["credentialSubject"]["identifier"][0].update(salt="another"),
        lambda it: it.update(partial=False),
    ],
)
def test_whatever_is_changed_is_noticed(change):
    signed = copy.deepcopy(samples.signed(transcript()))
    change(signed)

    with pytest.raises(proof.ProofError):
        proof.verify(signed, public_key=samples.PUBLIC_KEY)


def test_a_transcript_of_another_program_is_read_in_its_own_order_of_contexts():
    v2, clr_context, badges = clr.CONTEXTS
    unsigned = {**transcript(), "@context": [v2, badges, clr_context]}

    signed = proof.sign(
        unsigned, key=keys.load(samples.SEED), verification_method=samples.METHOD, created=NOW
    )

    proof.verify(signed, public_key=samples.PUBLIC_KEY)


def test_the_longest_transcript_can_be_signed():
    most = [badge(number) for number in range(clr.MAX_CREDENTIALS)]
    links = [part_of(number) for number in range(clr.MAX_CREDENTIALS)]

    signed = samples.signed(transcript(credentials=most, associations=links))

    assert len(canonical.dumps(signed)) < canonical.MAX_BYTES
    proof.verify(signed, public_key=samples.PUBLIC_KEY)


def test_every_context_of_a_transcript_is_shipped():
    assert set(clr.CONTEXTS) <= set(contexts.PINNED)
    assert "clr/vocab" in rdf.canonicalise(transcript())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"credentials": []}, "1 to 50"),
        ({"credentials": BADGES * 17}, "1 to 50"),
        ({"credentials": [BADGES[0], BADGES[0]]}, "twice"),
        ({"credentials": [{**BADGES[0], "id": ID}]}, "twice"),
        (
            {"credentials": [{k: v for k, v in BADGES[0].items() if k != "proof"}]},
            "no proof: sign it first",
        ),
        ({"associations": [part_of(9)]}, "no achievement of .*/achievements/9"),
        ({"associations": [part_of(1, "https://badges.example/x")]}, "no achievement"),
        ({"associations": [part_of(1, "https://badges.example/achievements/1")]}, "itself"),
        ({"associations": [clr.Association("contains", "a", "b")]}, "one of exactMatchOf"),
        ({"associations": [part_of(1)] * 201}, "at most 200"),
        ({"valid_until": NOW - timedelta(days=1)}, "does not end"),
    ],
)
def test_a_transcript_that_says_what_is_not_so_is_refused(changes, message):
    with pytest.raises(clr.TranscriptError, match=message):
        transcript(**changes)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"identifiers": []}, "/credentialSubject/identifier"),
        ({"identifiers": [{**LEARNER, "hashed": "yes"}]}, "/credentialSubject/identifier/0/hashed"),
        ({"issuer": samples.DID}, "/issuer"),
        ({"name": ""}, "/name"),
        ({"id": "1"}, "/id"),
        ({"achievements": [{**CERTIFICATION, "name": ""}]}, "/name"),
        ({"credentials": [{**BADGES[0], "validFrom": "soon"}]}, "/validFrom"),
    ],
)
def test_a_transcript_that_would_not_conform_is_refused_by_name(changes, pointer):
    with pytest.raises(schema.NonConformant) as refusal:
        transcript(**changes)

    assert pointer in [problem.pointer for problem in refusal.value.problems]
