"""Find anything from any page, and keep what is looked for again and again."""

import pytest

from credentials import models, services
from tests import factories, kept
from tests.conftest import NOW
from tests.web.conftest import read

HERE = "/console/ecole-a/search"
LIST = "/console/ecole-a/credentials"
LOOKS = f"{LIST}/looks"


@pytest.fixture
def bob_in(client, bob):
    client.force_login(bob)
    return client


@kept.fixture
def row(ecole_a):
    return factories.signed(issuer=ecole_a)


def test_every_page_has_the_search(bob_in, ecole_a):
    page = read(bob_in.get("/console/ecole-a/"))

    assert ("form", HERE) in [(tag, each.get("action")) for tag, each in page.elements]


@pytest.mark.parametrize(
    "typed",
    ["{uuid}", "{token}", "http://localhost:8000/credentials/{token}",
     "https://elsewhere.example/credentials/{token}.json", " {token} ",
     "http://localhost:8000/console/ecole-a/credentials/{uuid}"],
)  # fmt: skip
def test_a_credential_that_is_named_or_pasted_opens_at_once(bob_in, row, typed):
    response = bob_in.get(HERE, {"words": typed.format(uuid=row.uuid, token=row.token)})

    assert response["Location"] == f"{LIST}/{row.uuid}"


def test_it_finds_learners_references_and_badges(bob_in, row):
    by_name = read(bob_in.get(HERE, {"words": "eleve 0"}))
    by_reference = read(bob_in.get(HERE, {"words": "award-"}))
    by_badge = read(bob_in.get(HERE, {"words": "soudure"}))

    assert f"{LIST}?learner={row.learner.uuid}" in by_name.links
    assert f"{LIST}/{row.uuid}" in by_reference.links
    assert f"/console/ecole-a/badges/{row.achievement.uuid}" in by_badge.links
    assert "Nothing here is called so" in read(bob_in.get(HERE, {"words": "%"})).text
    assert "Say what you look for" in read(bob_in.get(HERE)).text
    assert "Say what you look for" in read(bob_in.get(HERE, {"words": "\x00"})).text


def test_it_costs_few_queries(bob_in, row, django_assert_max_num_queries):
    with django_assert_max_num_queries(15):
        bob_in.get(HERE, {"words": "award-0"})


def test_who_may_not_see_learners_finds_badges_alone(client, ecole_a, row):
    client.force_login(factories.member(issuer=ecole_a, name="Denis", role="designer"))

    assert client.get(HERE, {"words": row.token}).status_code == 200
    page = read(client.get(HERE, {"words": "eleve"}))
    assert "Élève 0" not in page.text
    assert read(client.get(HERE, {"words": "soudure"})).text.count("Soudure")


def test_charlie_finds_nothing_of_ecole_a(client, charlie, row):
    client.force_login(charlie)

    assert client.get(HERE, {"words": "eleve"}).status_code == 404
    own = HERE.replace("ecole-a", "ecole-b")
    for words in (str(row.uuid), row.token, "eleve", "award", "soudure"):
        page = read(client.get(own, {"words": words}))
        assert "Nothing here is called so" in page.text


def test_a_view_is_kept_for_everybody_and_removed(bob_in, ecole_a, row):
    page = read(bob_in.get(f"{LIST}?state=valid&words=eleve"))
    assert "Keep this view" in page.text

    response = bob_in.post(f"{LOOKS}?state=valid&words=eleve", {"name": " Valid   ones "})

    assert response["Location"] == f"{LIST}?words=eleve&state=valid"
    viewer = factories.member(issuer=ecole_a, name="Vera", role="viewer")
    bob_in.force_login(viewer)
    seen = read(bob_in.get(LIST))
    assert f"{LIST}?words=eleve&state=valid" in seen.links
    assert "Valid ones" in seen.text
    [look] = models.KeptLook.objects.of(ecole_a)
    assert bob_in.post(f"{LOOKS}/{look.uuid}/remove").status_code == 403
    bob_in.force_login(look.kept_by)
    bob_in.post(f"{LOOKS}/{look.uuid}/remove")
    assert not models.KeptLook.objects.of(ecole_a).exists()


def test_what_cannot_be_kept_is_said(bob_in, bob, ecole_a, row, monkeypatch):
    def said(address, name):
        return read(bob_in.post(address, {"name": name}, follow=True)).text

    assert "1 to 60 characters" in said(f"{LOOKS}?state=valid", " ")
    assert "1 to 60 characters" in said(f"{LOOKS}?state=valid", "\x00")
    assert "nothing to keep" in said(LOOKS, "All")
    bob_in.post(f"{LOOKS}?state=valid", {"name": "Valid"})
    assert "choose another name" in said(f"{LOOKS}?state=due", "Valid")
    monkeypatch.setattr("credentials.services.looks.MOST", 1)
    assert "at most 1 views" in said(f"{LOOKS}?state=due", "Due")
    assert models.KeptLook.objects.of(ecole_a).count() == 1


def test_charlie_keeps_and_removes_nothing_of_ecole_a(client, charlie, bob, ecole_a):
    look = services.keep_look(issuer=ecole_a, name="Valid", query="state=valid", actor=bob, now=NOW)
    client.force_login(charlie)

    for address in (f"{LOOKS}?state=due", f"{LOOKS}/{look.uuid}/remove",
                    f"{LOOKS}/{look.uuid}/remove".replace("ecole-a", "ecole-b")):  # fmt: skip
        assert client.post(address, {"name": "x"}).status_code == 404
    assert models.KeptLook.objects.of(ecole_a).count() == 1


def test_it_speaks_french(bob_in, row):
    page = read(bob_in.get(HERE, {"words": "eleve", "lang": "fr"}))

    assert "Ce qui a été trouvé pour « eleve »" in page.text
    assert "Apprenants" in page.text
