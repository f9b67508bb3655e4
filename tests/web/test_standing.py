"""What pages say of the name of an organisation: what was proven, when, and what was not."""

# ruff: noqa: RUF001 - text for people is typeset

from datetime import timedelta

import pytest

from issuers import models, services
from tests import factories, kept
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db


@kept.fixture
def proven(ecole_a):
    """Prove a domain of École A, as a check would have."""
    return models.Domain.objects.of(ecole_a).create(
        issuer=ecole_a, name="ecole-a.example.org", method="dns", asked_at=NOW,
        verified_at=NOW - timedelta(days=40), confirmed_at=NOW, checked_at=NOW,
    )  # fmt: skip


@kept.fixture
def lapsed(proven):
    models.Domain.objects.of(proven.issuer).update(confirmed_at=NOW - timedelta(days=8))


@kept.fixture
def pages(credential):
    """Return the pages on which the name of École A stands."""
    return [
        "/issuers/ecole-a",
        f"/achievements/{credential.achievement.uuid}",
        f"/credentials/{credential.token}",
    ]


def test_every_page_says_what_was_proven_and_when(client, pages, proven):
    for page in pages:
        text = read(client.get(page)).text
        assert "Holds ecole-a.example.org , verified on 21 January 2026" in text, page
        assert "Name not verified" not in text


def test_every_page_says_that_nothing_was_proven(client, pages):
    for page in pages:
        assert "Name not verified" in read(client.get(page)).text, page


def test_every_page_says_that_a_proof_lapsed(client, pages, lapsed):
    for page in pages:
        text = read(client.get(page)).text
        assert "No longer proves that it holds ecole-a.example.org , since 1 March 2026" in text
        assert "Name not verified" not in text


def test_a_verified_document_says_it_too(client, credential, proven):
    document = client.get(f"/credentials/{credential.token}.json").content.decode()

    response = client.post("/verify", {"document": document})

    assert "Holds ecole-a.example.org" in read(response).text


def test_programs_read_the_domains_of_the_issuer(client, credential, proven):
    report = client.get(f"/credentials/{credential.token}/report.json").json()

    assert report["credential"]["issuer"]["domains"] == [
        {
            "name": "ecole-a.example.org",
            "method": "dns",
            "verified_at": "2026-01-21T09:00:00Z",
            "confirmed_at": "2026-03-02T09:00:00Z",
            "lapsed_at": None,
        }
    ]


def test_the_page_of_an_issuer_says_how_it_was_proven_and_when_last(client, proven, ecole_a):
    text = read(client.get("/issuers/ecole-a")).text

    assert "Whoever runs the DNS of this domain" in text
    assert "It is there since 21 January 2026, and was last seen on 2 March 2026." in text


def test_the_domain_of_another_is_not_shown(client, ecole_b, proven):
    assert "ecole-a.example.org" not in client.get("/issuers/ecole-b").content.decode()


def test_a_name_in_other_letters_shows_that_it_is(client, ecole_a, proven):
    models.Domain.objects.of(ecole_a).update(name="xn--cole-9oa.fr")

    assert "xn--cole-9oa.fr" in read(client.get("/issuers/ecole-a")).text


def test_an_unproven_organisation_shows_neither_logo_nor_colour(client, ecole_a):
    factories.change(ecole_a, logo=factories.png(), colour="#1d4f91")

    page = read(client.get("/issuers/ecole-a"))

    assert "/issuers/ecole-a/logo.png" not in page.loads
    assert "/issuers/ecole-a/colour.css" not in page.loads


def test_a_proven_one_shows_them(client, ecole_a, proven):
    factories.change(ecole_a, logo=factories.png(), colour="#1d4f91")

    page = read(client.get("/issuers/ecole-a"))
    css = client.get("/issuers/ecole-a/colour.css")

    assert {"/issuers/ecole-a/logo.png", "/issuers/ecole-a/colour.css"} <= set(page.loads)
    assert css["Content-Type"] == "text/css"
    assert css.content == b":root { --issuer: #1d4f91; }\n"


def test_without_a_colour_there_is_no_stylesheet(client, ecole_a):
    assert client.get("/issuers/ecole-a/colour.css").status_code == 404
    assert client.get("/issuers/nobody/colour.css").status_code == 404


def test_the_page_says_what_the_organisation_says_and_what_the_law_wants_beside_it(client, ecole_a):
    services.describe(
        issuer=ecole_a, kind="training_organisation", siret="73282932000074",
        declaration="11751234567", qualiopi=["training", "vae"], languages=["fr", "en"],
        linkedin_id="42", email="contact@ecole-a.example.org", region="Bretagne",
    )  # fmt: skip

    page = read(client.get("/issuers/ecole-a", {"lang": "fr"}))

    assert "Organisme de formation" in page.text
    assert "732 829 320 00074" in page.text.replace("\u00a0", " ")
    assert "Cet enregistrement ne vaut pas agrément de l’État." in page.text
    assert "Actions de formation, Validation des acquis de l’expérience (VAE)" in page.text
    assert "Français, Anglais" in page.text
    assert "https://www.linkedin.com/company/42" in page.links
    assert "mailto:contact@ecole-a.example.org" in page.links
