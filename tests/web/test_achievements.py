"""/achievements/<uuid>: what can be earned, as it was published."""

import json
import uuid

import pytest

from badges import services as catalogue
from tests import factories, kept
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db


@kept.fixture
def achievement(ecole_a):
    return factories.achievement(issuer=ecole_a)


def test_the_page_says_what_is_required(client, achievement):
    response = client.get(f"/achievements/{achievement.uuid}", {"lang": "fr"})

    text = read(response).text
    assert "Soudure à l'arc" in text
    assert "Ce qui est demandé Réaliser trois assemblages devant un jury." in text
    assert "acier" in text


def test_a_program_gets_the_document_as_it_was_published(client, achievement):
    response = client.get(
        f"/achievements/{achievement.uuid}", headers={"Accept": "application/json"}
    )

    members = response.json()
    contexts = members.pop("@context")
    assert members == json.loads(achievement.document)
    assert contexts[1].startswith("https://purl.imsglobal.org/spec/ob/v3p0/")
    assert response["Access-Control-Allow-Origin"] == "*"


def test_the_competency_block_and_its_certification_are_shown(client, ecole_a):
    block = catalogue.describe_block(
        issuer=ecole_a,
        certification={"code": "RNCP38596", "title": "Soudeur", "url": "https://example.org/f"},
        code="RNCP38596BC02",
        title="Assembler des pièces",
    )
    with_block = factories.achievement(issuer=ecole_a, block=block)

    shown = read(client.get(f"/achievements/{with_block.uuid}"))

    assert "Competency block RNCP38596BC02 Assembler des pièces" in shown.text
    assert "https://example.org/f" in shown.links


def test_the_image_may_be_kept_for_ever(client, achievement):
    response = client.get(f"/achievements/{achievement.uuid}/image.png")

    assert response.content == factories.png()
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["", "/image.png"])
def test_a_draft_is_nobodys_business(client, ecole_a, alice, path):
    draft = catalogue.draft(
        issuer=ecole_a, slug="draft", image=factories.png(), now=NOW,
        name="Draft", description="Not yet.", criteria="None.",
    )  # fmt: skip
    client.force_login(alice)

    assert client.get(f"/achievements/{draft.uuid}{path}").status_code == 404


def test_a_retired_one_says_that_what_was_issued_stands(client, ecole_a, achievement):
    catalogue.retire(issuer=ecole_a, achievement=achievement, now=NOW)

    text = read(client.get(f"/achievements/{achievement.uuid}")).text

    assert "No longer issued Badges issued before stand." in text


@pytest.mark.parametrize("path", ["", "/image.png"])
def test_an_unknown_one_is_a_404(client, db, path):
    assert client.get(f"/achievements/{uuid.uuid4()}{path}").status_code == 404
