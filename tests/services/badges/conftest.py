"""A badge that carries every part, as an issuer gives it."""

from typing import Any

import pytest

from badges.core import frameworks
from tests.pictures import pictures_drawn_once  # noqa: F401 - a fixture

PARTS: dict[str, Any] = {
    "achievement_type": "ext:BlocDeCompetences",
    "criteria_url": "https://ecole-a.example/criteres/eclairage",
    "image_caption": "Hexagone bleu, ruban jaune",
    "human_code": "ECL-2",
    "field_of_study": "Arts du spectacle",
    "specialization": "Lumière",
    "credits_available": 6,
    "identifiers": [{"type": "ext:CPF", "identifier": "370214"}],
    "creator": {"id": "https://branche.example/", "name": "Branche du spectacle"},
    "alignments": [
        frameworks.rome_alignment(code="L1504", title="Éclairage spectacle"),
        frameworks.esco_alignment(
            uri="http://data.europa.eu/esco/skill/00735755-adc6-4ea0-b034-b8caff339c9f",
            title="concevoir l'éclairage",
        ),
        frameworks.case_alignment(
            uri="https://case.example/CFItems/6f2f0f80-0000-4000-8000-000000000001",
            title="Lumière",
            framework="Cadre",
        ),
        {
            "target_name": "Éclairer",
            "target_url": "https://ecole-a.example/referentiel/1",
            "target_type": "ext:Referentiel",
        },
    ],
    "result_descriptions": [
        {
            "key": "maitrise",
            "name": "Maîtrise",
            "result_type": "RubricCriterionLevel",
            "levels": [
                {"key": "initiation", "name": "Initiation", "level": "1", "points": "1.0"},
                {"key": "maitrise", "name": "Maîtrise", "level": "2", "points": "2.0"},
            ],
            "required_level": "initiation",
        },
        {
            "key": "note",
            "name": "Note",
            "result_type": "RawScore",
            "value_min": "0",
            "value_max": "20",
            "required_value": "10",
        },
    ],
}


@pytest.fixture
def parts() -> dict[str, Any]:
    return dict(PARTS)
