"""Results: what was reached is what can be reached, and both conform as they are written."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.core import document, results, schema
from tests.core.badges import samples
from tests.core.badges.test_document import addresses, alignments, texts

BASE = "urn:uuid:0b4d5f0e-0000-4000-8000-00000000000"
LEVELS = tuple(
    results.RubricLevel(
        id=f"{BASE}{number}", name=name, level=str(number), points=f"{number}.0", description=name
    )
    for number, name in ((1, "Initiation"), (2, "Pratique"), (3, "Maîtrise"))
)
RUBRIC = results.ResultDescription(
    id=f"{BASE}7",
    name="Maîtrise",
    result_type="RubricCriterionLevel",
    rubric_levels=LEVELS,
    required_level=f"{BASE}2",
)
GRADE = results.ResultDescription(
    id=f"{BASE}8",
    name="Note",
    result_type="RawScore",
    value_min="0",
    value_max="20",
    required_value="10",
)
LETTER = results.ResultDescription(
    id=f"{BASE}9", name="Lettre", result_type="LetterGrade", allowed_values=("C", "B", "A")
)
STATUS = results.ResultDescription(id=f"{BASE}5", name="État", result_type="Status")
DESCRIPTIONS = (RUBRIC, GRADE, LETTER, STATUS)


def credential(reached, descriptions=DESCRIPTIONS):
    described = [results.result_description_document(each) for each in descriptions]
    return samples.credential(
        achievement=document.achievement_document(
            samples.achievement(result_descriptions=described)
        ),
        subject=document.Subject(results=results.result_documents(reached, descriptions)),
    )


def test_a_description_says_everything_it_was_told():
    aligned = replace(LEVELS[0], alignments=samples.achievement().alignments)

    written = results.result_description_document(
        replace(RUBRIC, rubric_levels=(aligned, *LEVELS[1:]), allowed_values=("1", "2"))
    )

    [alignment] = document.achievement_document(samples.achievement())["alignment"]
    assert written == {
        "id": f"{BASE}7",
        "type": ["ResultDescription"],
        "name": "Maîtrise",
        "resultType": "RubricCriterionLevel",
        "allowedValue": ["1", "2"],
        "rubricCriterionLevel": [
            {
                "id": f"{BASE}{number}",
                "type": ["RubricCriterionLevel"],
                "name": name,
                "level": str(number),
                "points": f"{number}.0",
                "description": name,
                **({"alignment": [alignment]} if number == 1 else {}),
            }
            for number, name in ((1, "Initiation"), (2, "Pratique"), (3, "Maîtrise"))
        ],
        "requiredLevel": f"{BASE}2",
    }
    assert results.result_description_document(GRADE) == {
        "id": f"{BASE}8",
        "type": ["ResultDescription"],
        "name": "Note",
        "resultType": "RawScore",
        "valueMin": "0",
        "valueMax": "20",
        "requiredValue": "10",
    }


def test_a_result_says_everything_it_was_told_in_a_credential_that_conforms():
    reached = (
        results.Result(result_description=RUBRIC.id, achieved_level=f"{BASE}3"),
        results.Result(
            result_description=GRADE.id, value="15.5", alignments=samples.achievement().alignments
        ),
        results.Result(result_description=LETTER.id, value="A", status="Completed"),
        results.Result(result_description=STATUS.id, status="Completed"),
    )

    written = credential(reached)

    [alignment] = written["credentialSubject"]["achievement"]["alignment"]
    assert written["credentialSubject"]["result"] == [
        {"type": ["Result"], "resultDescription": RUBRIC.id, "achievedLevel": f"{BASE}3"},
        {
            "type": ["Result"],
            "resultDescription": GRADE.id,
            "value": "15.5",
            "alignment": [alignment],
        },
        {"type": ["Result"], "resultDescription": LETTER.id, "value": "A", "status": "Completed"},
        {"type": ["Result"], "resultDescription": STATUS.id, "status": "Completed"},
    ]


numbers = st.decimals(-1000, 1000, places=2)
descriptions = st.builds(
    results.ResultDescription,
    id=addresses,
    name=texts,
    result_type=st.sampled_from(["Percent", "RawScore", "ext:Note"]),
    value_min=st.just("-1000"),
    value_max=st.just("1000"),
    required_value=st.none() | numbers.map(str),
    alignments=st.lists(alignments, max_size=1),
)


@given(descriptions, numbers)
def test_whatever_is_written_conforms_strictly(description, number):
    reached = (results.Result(result_description=description.id, value=str(number)),)

    written = credential(reached, (description,))

    assert schema.problems(written, strict=True) == ()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (replace(RUBRIC, required_level=f"{BASE}4"), "no level"),
        (replace(RUBRIC, rubric_levels=LEVELS + LEVELS[:1]), "one id"),
        (replace(RUBRIC, rubric_levels=LEVELS * 7), "at most 20 levels"),
        (replace(LETTER, allowed_values=("A",) * 51), "50 values"),
        (replace(LETTER, required_value="D"), "not one of C, B, A"),
        (replace(GRADE, value_min="30"), "greater than"),
        (replace(GRADE, value_max="vingt"), "not a number"),
        (replace(GRADE, value_max="NaN"), "not a number"),
        (replace(GRADE, required_value="25"), "outside of 0 to 20"),
    ],
)
def test_a_description_that_contradicts_itself_is_refused(changed, message):
    with pytest.raises(document.DocumentError, match=message):
        results.result_description_document(changed)


@pytest.mark.parametrize(
    ("reached", "message"),
    [
        (results.Result(result_description="urn:x", value="1"), "No result is described"),
        (results.Result(result_description=GRADE.id), "a value, a level or a status"),
        (results.Result(result_description=GRADE.id, value="21"), "outside of 0 to 20"),
        (results.Result(result_description=GRADE.id, value="-0.5"), "outside of 0 to 20"),
        (results.Result(result_description=GRADE.id, value="bien"), "not a number"),
        (results.Result(result_description=LETTER.id, value="F"), "not one of"),
        (results.Result(result_description=RUBRIC.id, achieved_level="urn:x"), "no level"),
        (results.Result(result_description=STATUS.id, status="Done"), "A status is one of"),
        (results.Result(result_description=STATUS.id, value="x"), "is a status"),
    ],
)
def test_a_result_that_cannot_be_is_refused(reached, message):
    with pytest.raises(document.DocumentError, match=message):
        results.result_documents([reached], DESCRIPTIONS)


@pytest.mark.parametrize("bound", [{"value_min": "10"}, {"value_max": "10"}])
def test_one_bound_is_enough(bound):
    description = results.ResultDescription(
        id=f"{BASE}6", name="Points", result_type="RawScore", **bound
    )
    inside, outside = ("11", "9") if "value_min" in bound else ("9", "11")

    results.result_documents(
        [results.Result(result_description=description.id, value=inside)], [description]
    )
    with pytest.raises(document.DocumentError, match="outside"):
        results.result_documents(
            [results.Result(result_description=description.id, value=outside)], [description]
        )
