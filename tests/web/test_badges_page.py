"""The badges of an organisation as its own people see them: the list, and the page of each."""

import pytest

from badges import models
from badges import services as catalogue
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db

PAGE = "/console/ecole-a/badges"


@pytest.fixture(autouse=True)
def _signed_in(client, bob):
    client.force_login(bob)


def draft(issuer, slug="d", **fields):
    words = {"name": "Éclairage", "description": "D", "criteria": "C", "language": "fr"}
    return catalogue.draft(
        issuer=issuer, slug=slug, image=factories.png(), now=NOW, **words | fields
    )


def test_who_has_no_badge_is_told_what_a_badge_is(client, ecole_a):
    assert "You have no badge yet" in read(client.get(PAGE)).text


def test_a_badge_is_listed_once_with_its_languages_and_how_often_it_was_awarded(client, ecole_a):
    french = factories.achievement(issuer=ecole_a)
    factories.achievement(
        issuer=ecole_a, slug="welding-en", name="Arc welding", language="en", translates=french
    )
    factories.signed(issuer=ecole_a, achievement=french)

    english, francais = read(client.get(PAGE)), read(client.get(PAGE + "?lang=fr"))

    assert "Arc welding version 1 · fr , en awarded once published" in english.text
    assert "Soudure à l'arc" not in english.text
    assert "Soudure à l'arc version 1" in francais.text


def test_a_badge_is_found_without_accents_and_by_its_state(client, ecole_a):
    factories.achievement(issuer=ecole_a)
    draft(ecole_a)

    found = read(client.get(PAGE, {"words": "eclairage"})).text
    drafts = read(client.get(PAGE, {"state": "draft"})).text
    nothing = read(client.get(PAGE, {"words": "poney"})).text

    assert "Éclairage" in found
    assert "Soudure" not in found
    assert "Éclairage" in drafts
    assert "Soudure" not in drafts
    assert "No badge is like that." in nothing


def test_the_page_of_a_badge_shows_its_versions_and_which_is_of_today(client, ecole_a):
    first = factories.achievement(issuer=ecole_a)
    second = catalogue.revise(issuer=ecole_a, achievement=first, now=NOW, name="Soudure 2")

    drafted = read(client.get(f"{PAGE}/{second.uuid}"))
    catalogue.publish(issuer=ecole_a, achievement=second, now=NOW)
    earlier = read(client.get(f"{PAGE}/{first.uuid}"))

    assert "This version is being drafted." in drafted.text
    assert "This is an earlier version." in earlier.text
    assert f"{PAGE}/{second.uuid}" in earlier.links
    assert f"/achievements/{first.uuid}" in earlier.links


def test_a_certification_shows_its_blocks_and_their_badges(client, ecole_a):
    factories.block_badges(issuer=ecole_a, blocks=2, badges_of=(1,))

    page = read(client.get("/console/ecole-a/certifications")).text

    assert "RNCP99001 · Régisseur lumière" in page
    assert "RNCP99001BC01 Bloc 1 de la régie Régie, bloc 1 published" in page
    assert "RNCP99001BC02 Bloc 2 de la régie No badge stands for it yet." in page


def test_the_image_of_a_draft_is_for_its_own_people(client, charlie, ecole_a, ecole_b):
    row = draft(ecole_a)
    address = f"{PAGE}/{row.uuid}/image.png"

    ours = client.get(address)
    client.force_login(charlie)

    assert ours.content == factories.png()
    assert client.get(address).status_code == 404
    assert client.get(f"/console/ecole-b/badges/{row.uuid}").status_code == 404
    assert client.get(f"/console/ecole-b/badges/{row.uuid}/image.png").status_code == 404


def test_the_list_costs_the_same_with_forty_badges(client, ecole_a, django_assert_max_num_queries):
    for number in range(40):
        draft(ecole_a, slug=f"d{number}")
    assert models.Achievement.objects.of(ecole_a).count() == 40

    with django_assert_max_num_queries(8):
        client.get(PAGE)
