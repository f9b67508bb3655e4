"""What an award says, on its page and on the page of its badge, in both languages."""

import json

import pytest

from badges import services as catalogue
from credentials import models, services
from tests import factories, kept
from tests.conftest import NOW
from tests.services.badges.conftest import PARTS
from tests.services.credentials.test_details import SAID
from tests.web.conftest import read

pytestmark = pytest.mark.django_db


@kept.fixture
def badge(ecole_a):
    return factories.achievement(issuer=ecole_a, **PARTS)


@kept.fixture
def address(ecole_a, badge):
    learner = factories.learner(issuer=ecole_a)
    file = services.attach(issuer=ecole_a, learner=learner, content=b"%PDF-1.7", now=NOW)
    said = SAID | {"evidence": [*SAID["evidence"], {"file": str(file.uuid), "name": "Conduite"}]}
    award = services.Award(learner=learner, reference="1", valid_from=NOW, details=said)
    services.issue(issuer=ecole_a, achievement=badge, awards=[award], now=NOW)
    services.sign(now=NOW, limit=10)
    services.publish_status_lists(now=NOW)
    return f"/credentials/{models.Credential.objects.of(ecole_a).get().token}"


def test_results_evidence_and_circumstances_are_shown(client, address):
    shown = read(client.get(address))

    for words in (
        "Note 15 From 0 – 20 Completed required: 10",  # noqa: RUF001 - typeset
        "Initiation 1.0 points required",
        "Maîtrise 2.0 points reached",
        "Activity 5 January 2026 to 27 February 2026",
        "Term Printemps 2026 Role Régisseuse Credits earned 4.5 of 6",
        "Licence number FC-2026-0001 Assessed by Jury de branche",
        "Devant un jury de **trois** personnes.",
        "Observée pendant la générale.",
        "Credits 6 Field of study Arts du spectacle Specialization Lumière",
        "Conceived by Branche du spectacle Code ECL-2 CPF 370214",
        "concevoir l'éclairage ESCO",
    ):
        assert words in shown.text, words
    assert "https://folio.example/plan" in shown.links
    assert [link for link in shown.links if "/evidence/" in link]
    assert shown.unclosed == []


def test_they_have_their_words_in_french(client, address):
    text = read(client.get(address, {"lang": "fr"})).text

    for words in (
        "Résultats", "Preuves", "Comment il a été obtenu", "du 5 janvier 2026 au 27 février 2026",
        "Crédits obtenus 4,5 sur 6", "Évalué par Jury de branche", "Achevé",
        "exigé : 10",
        "atteint",
        "Conçu par Branche du spectacle",
    ):  # fmt: skip
        assert words in text, words


def test_the_page_of_the_badge_says_how_it_is_assessed(client, badge):
    shown = read(client.get(f"/achievements/{badge.uuid}"))

    assert "How it is assessed Maîtrise" in shown.text
    assert "Note From 0 – 20 · required: 10" in shown.text  # noqa: RUF001 - typeset
    assert "https://ecole-a.example/criteres/eclairage" in shown.links
    assert "BlocDeCompetences" in shown.text
    assert shown.unclosed == []
    alts = [attributes.get("alt") for tag, attributes in shown.elements if tag == "img"]
    assert "Hexagone bleu, ruban jaune" in alts


def test_the_page_of_the_badge_leads_to_other_versions(client, ecole_a, badge):
    new = catalogue.revise(issuer=ecole_a, achievement=badge, now=NOW, standing="suspendable")
    catalogue.publish(issuer=ecole_a, achievement=new, now=NOW)

    shown = read(client.get(f"/achievements/{new.uuid}"))

    assert "Other versions and languages French, version 1" in shown.text
    assert "Once issued Can be suspended or revoked" in shown.text
    assert [link for link in shown.links if link.endswith(f"/achievements/{badge.uuid}")]


HOSTILE = {
    "credentialSubject": {
        "narrative": 7,
        "result": [None, "x", {"value": {"a": 1}, "achievedLevel": []}],
        "creditsEarned": True,
        "activityStartDate": "never",
        "source": ["x"],
        "achievement": {
            "name": "N",
            "resultDescription": [{"id": 1, "rubricCriterionLevel": ["x", {"name": []}]}],
            "related": [{}, {"id": "javascript:alert(1)", "version": 2}],
            "creator": "javascript:alert(1)",
            "otherIdentifier": [{"identifierType": None}],
            "image": [],
            "criteria": [],
        },
    },
    "evidence": [{"id": "javascript:alert(1)", "name": "<b>x</b>"}, 3],
}


def test_any_document_can_be_shown_and_no_script_is_a_link(client, db):
    response = client.post("/verify", {"document": json.dumps(HOSTILE)})

    shown = read(response)
    assert response.status_code == 200
    assert not [link for link in shown.links if link.startswith("javascript")]
    assert "b" not in {tag for tag, _attributes in shown.elements}
