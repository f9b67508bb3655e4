"""What a signed document says of an award, read back as it was given."""

from datetime import UTC, datetime

from badges.core import award, retelling
from badges.core.document import open_badge_credential
from badges.core.evidence import related_resource
from badges.core.results import ResultDescription, RubricLevel

ADDRESS = "https://acquis.example/achievements/1"
DESCRIPTIONS = (
    ResultDescription(id=f"{ADDRESS}#grade", name="Note", result_type="LetterGrade"),
    ResultDescription(
        id=f"{ADDRESS}#level",
        name="Niveau",
        result_type="RubricCriterionLevel",
        rubric_levels=[RubricLevel(id=f"{ADDRESS}#level/high", name="Élevé")],
    ),
)
EVERYTHING = {
    "results": [
        {
            "result": "grade",
            "value": "B",
            "alignments": [{"target_name": "Code", "target_url": "https://code.example/1"}],
        },
        {"result": "level", "level": "high", "status": "Completed"},
    ],
    "evidence": [{"id": "https://acquis.example/evidence/x", "name": "Plan", "genre": "drawing"}],
    "credits_earned": 2.5,
    "activity_start": "2026-01-05T00:00:00Z",
    "activity_end": "2026-02-05T00:00:00Z",
    "awarded_at": "2026-02-06T00:00:00Z",
    "license_number": "L-1",
    "narrative": "Trois assemblages.",
    "role": "Soudeuse",
    "term": "2026-1",
    "source": {
        "id": "https://campus.example", "name": "Campus", "country": "FR",
        "image": "https://campus.example/logo.png",
    },
}  # fmt: skip


def written(values):
    said = award.read(values, address=ADDRESS, descriptions=DESCRIPTIONS)
    return open_badge_credential(
        id="https://acquis.example/credentials/1",
        issuer={},
        achievement={},
        identifiers=[],
        name="?",
        valid_from=datetime(2026, 2, 6, tzinfo=UTC),
        awarded_at=said.awarded_at,
        subject=said.subject,
        evidence=said.evidence,
        related_resources=[
            related_resource(
                url="https://acquis.example/evidence/x", digest=bytes(48), media_type="image/png"
            )
        ],
        validate=False,
    )


def test_everything_comes_back_as_it_was_given():
    told = retelling.told(written(EVERYTHING), address=ADDRESS)

    [resource] = told.pop("resources")
    assert told == EVERYTHING
    assert resource == {
        "id": "https://acquis.example/evidence/x",
        "digest": "A" * 64,
        "media_type": "image/png",
    }


def test_what_comes_back_is_written_again_word_for_word():
    first = written(EVERYTHING)
    told = retelling.told(first, address=ADDRESS)
    told.pop("resources")

    assert written(told) == first


def test_what_was_not_said_is_not_told():
    document = {"credentialSubject": {"type": ["AchievementSubject"]}}

    assert retelling.told(document, address=ADDRESS) == {}
