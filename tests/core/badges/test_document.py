"""What we write: the standard's members, nothing that was not said, and a refusal for the rest."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.core import document, extensions, schema
from tests.core.badges import samples

# Text as people write it: any script, no control characters.
texts = st.text(st.characters(exclude_categories=["C"]), min_size=1).filter(str.strip)
addresses = st.from_regex(r"https://[a-z]{1,10}\.example\.org/[a-z0-9]{0,20}", fullmatch=True)
alignments = st.builds(
    document.Alignment,
    target_name=texts,
    target_url=addresses,
    target_framework=st.none() | texts,
    target_code=st.none() | texts,
    target_type=st.sampled_from([None, "CFItem", "ceasn:Competency", "ext:RNCPBloc"]),
    target_description=st.none() | texts,
)
achievements = st.builds(
    document.Achievement,
    id=addresses,
    name=texts,
    description=texts,
    criteria_narrative=texts,
    criteria_id=st.none() | addresses,
    achievement_type=st.sampled_from([None, "MicroCredential", "Badge", "ext:Reconnaissance"]),
    image=st.none() | addresses,
    tags=st.lists(texts, max_size=3),
    in_language=st.sampled_from([None, "fr", "fr-CA", "zh-Hant-TW"]),
    version=st.none() | texts,
    alignments=st.lists(alignments, max_size=2),
    human_code=st.none() | texts,
)
instants = st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 - the zone comes with `timezones`


def test_a_credential_says_who_what_when_and_for_whom():
    written = samples.credential(
        valid_until=samples.NOW + timedelta(days=365),
        awarded_at=samples.NOW - timedelta(days=1),
        description="Une micro-certification",
        image=document.image_document("https://badges.example.org/credentials/abc.png"),
    )

    assert written["@context"] == [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ]
    assert written["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert written["issuer"] == samples.PROFILE
    assert written["validFrom"] == "2026-03-02T09:30:00Z"
    assert written["validUntil"] == "2027-03-02T09:30:00Z"
    assert written["awardedDate"] == "2026-03-01T09:30:00Z"
    assert written["image"] == {
        "id": "https://badges.example.org/credentials/abc.png",
        "type": "Image",
    }
    assert written["credentialSubject"]["identifier"] == [samples.IDENTITY]
    assert written["credentialStatus"] == samples.STATUS


def test_an_achievement_says_everything_it_was_told():
    written = document.achievement_document(samples.achievement())

    assert written == {
        "id": "https://badges.example.org/achievements/1",
        "type": ["Achievement"],
        "achievementType": "MicroCredential",
        "name": "Concevoir une interface accessible",
        "description": "Concevoir et évaluer une interface que chacun peut utiliser.",
        "criteria": {
            "id": "https://badges.example.org/achievements/1/criteria",
            "narrative": "Présenter un prototype évalué devant un jury.",
        },
        "image": {
            "id": "https://badges.example.org/achievements/1/image.png",
            "type": "Image",
            "caption": "Hexagone bleu",
        },
        "humanCode": "RNCP99001BC01",
        "inLanguage": "fr",
        "version": "2",
        "tag": ["accessibilité", "conception"],
        "alignment": [
            {
                "type": ["Alignment"],
                "targetCode": "RNCP99001BC01",
                "targetName": "Concevoir",
                "targetFramework": "RNCP",
                "targetType": "ext:RNCPBloc",
                "targetUrl": "https://www.francecompetences.fr/recherche/rncp/99001/",
            }
        ],
        "related": [
            {
                "id": "https://badges.example.org/achievements/0",
                "type": ["Related"],
                "version": "1",
            }
        ],
        "creator": samples.PROFILE,
    }


def test_what_was_not_said_is_not_written():
    bare = document.Achievement(
        id="urn:uuid:1", name="N", description="D", criteria_narrative="C", achievement_type=None
    )

    assert document.achievement_document(bare) == {
        "id": "urn:uuid:1",
        "type": ["Achievement"],
        "name": "N",
        "description": "D",
        "criteria": {"narrative": "C"},
    }


@given(achievements, texts, instants)
def test_whatever_is_written_conforms_strictly(what, name, valid_from):
    written = samples.credential(
        achievement=document.achievement_document(what), name=name, valid_from=valid_from
    )

    assert schema.problems(written, strict=True) == ()


@given(st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30)), st.integers(-14, 14))  # noqa: DTZ001 - the zone is drawn apart
def test_an_instant_is_written_in_utc_to_the_second(naive, hours):
    instant = naive.replace(tzinfo=timezone(timedelta(hours=hours)))

    written = document.timestamp(instant)

    assert written.endswith("Z")
    assert datetime.fromisoformat(written) == instant.replace(microsecond=0)


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(document.DocumentError, match="time zone"):
        document.timestamp(datetime(2026, 1, 1))  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"id": "achievements/1"}, "/id"),
        ({"name": "  "}, "/name"),
        ({"name": "bell \x07"}, "/name"),
        ({"name": "half \ud83d"}, "/name"),
        ({"criteria_narrative": None, "criteria_id": None}, "/criteria"),
        ({"achievement_type": "Microcredential"}, "/achievementType"),
        ({"achievement_type": "ext:with space"}, "/achievementType"),
        ({"in_language": "français"}, "/inLanguage"),
        ({"image": "image.png"}, "/image/id"),
        ({"tags": ("fine", "")}, "/tag/1"),
        ({"creator": {"id": "urn:x"}}, "/creator/type"),
    ],
)
def test_an_achievement_the_standard_has_no_words_for_is_refused_by_name(change, pointer):
    with pytest.raises(schema.NonConformant) as refusal:
        document.achievement_document(samples.achievement(**change))

    assert pointer in [problem.pointer for problem in refusal.value.problems]
    assert pointer in str(refusal.value)


def test_an_unknown_type_of_alignment_is_refused():
    [bloc] = samples.achievement().alignments
    other = replace(bloc, target_type="Skill")

    with pytest.raises(schema.NonConformant, match="/alignment/0/targetType"):
        document.achievement_document(samples.achievement(alignments=(other,)))


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"identifiers": []}, "/credentialSubject"),
        ({"valid_until": samples.NOW - timedelta(seconds=1)}, "/validUntil"),
        ({"issuer": {"id": "did:web:x.example", "name": "X"}}, "/issuer/type"),
        ({"issuer": "did:web:x.example"}, "/issuer"),
        ({"name": ""}, "/name"),
        ({"id": "7"}, "/id"),
        (
            {"status": [{**samples.STATUS, "statusListIndex": 94567}]},
            "/credentialStatus/statusListIndex",
        ),
        (
            {"identifiers": [{**samples.IDENTITY, "hashed": "yes"}]},
            "/credentialSubject/identifier/0/hashed",
        ),
        (
            {"identifiers": [{**samples.IDENTITY, "email": "x"}]},
            "/credentialSubject/identifier/0/email",
        ),
    ],
)
def test_a_credential_that_would_not_conform_is_refused_before_it_is_signed(change, pointer):
    with pytest.raises(schema.NonConformant) as refusal:
        samples.credential(**change)

    assert pointer in [problem.pointer for problem in refusal.value.problems]


def test_a_second_status_of_one_purpose_is_refused():
    with pytest.raises(document.DocumentError, match="one credentialStatus"):
        samples.credential(status=[samples.STATUS, samples.STATUS])


SUSPENSION = samples.STATUS | {"statusPurpose": "suspension", "id": "https://a.example/s#1"}


def test_one_status_is_an_object_and_one_for_each_purpose_an_array():
    one = samples.credential(status=[samples.STATUS])
    two = samples.credential(status=[samples.STATUS, SUSPENSION])

    assert one["credentialStatus"] == samples.STATUS
    assert two["credentialStatus"] == [samples.STATUS, SUSPENSION]
    assert "credentialStatus" not in samples.credential(status=[])


def test_the_schema_of_the_standard_is_not_named_where_it_would_refuse():
    with pytest.raises(document.DocumentError, match="leave out one"):
        samples.credential(
            status=[samples.STATUS, SUSPENSION], credential_schema=extensions.credential_schema()
        )
