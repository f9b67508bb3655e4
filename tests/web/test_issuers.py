"""/issuers/<slug>: who speaks, with which keys; and what can be earned there."""

import pytest

from issuers.core import did
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db


def test_the_page_says_who_it_is_and_what_can_be_earned(client, ecole_a):
    factories.achievement(issuer=ecole_a)

    response = client.get("/issuers/ecole-a", {"lang": "fr"})

    text = read(response).text
    assert response.status_code == 200
    assert "École A" in text
    assert "Soudure à l'arc" in text
    assert "Clé en usage" in text
    assert ecole_a.did in text


def test_an_issuer_without_badges_says_so(client, ecole_a):
    text = read(client.get("/issuers/ecole-a")).text

    assert "This issuer has not published a badge yet." in text


def test_the_badges_of_another_issuer_are_not_there(client, ecole_a, ecole_b):
    factories.achievement(issuer=ecole_b, name="Another's badge")

    assert "Another's badge" not in read(client.get("/issuers/ecole-a")).text


def test_a_program_gets_the_profile(client, ecole_a):
    response = client.get("/issuers/ecole-a", headers={"Accept": "application/ld+json"})

    assert response["Content-Type"] == "application/ld+json"
    assert response["Access-Control-Allow-Origin"] == "*"
    profile = response.json()
    assert profile["id"] == ecole_a.did
    assert profile["type"] == ["Profile"]
    assert profile["@context"][0] == "https://www.w3.org/ns/credentials/v2"


def test_the_did_document_is_where_did_web_looks_for_it(client, ecole_a):
    address = did.did_web_url(ecole_a.did)

    response = client.get(address.partition("localhost:8000")[2])

    assert response.json()["id"] == ecole_a.did
    [method] = response.json()["assertionMethod"]
    assert did.select_key(response.json(), method, at=NOW)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("*/*", "application/did+ld+json"),
        ("application/ld+json, application/json", "application/ld+json"),
        ("application/did+json", "application/did+json"),
        ("application/json", "application/json"),
        ("text/html", "application/json"),
    ],
)
def test_the_did_document_has_the_type_that_was_asked_for(client, ecole_a, accept, expected):
    response = client.get("/issuers/ecole-a/did.json", headers={"Accept": accept})

    assert response["Content-Type"] == expected
    assert response["Access-Control-Allow-Origin"] == "*"


def test_the_did_document_names_the_accounts_that_anchor_for_the_issuer(client, credential):
    document = client.get("/issuers/ecole-a/did.json").json()

    assert [each["type"] for each in document["service"]] == ["AnchorSubmitters", "IssuerProfile"]
    assert did.submitters(document)[0].startswith("eip155:")


def test_the_logo_is_served(client, db):
    factories.issuer(slug="with-logo", name="With logo", logo=factories.png())

    response = client.get("/issuers/with-logo/logo.png")

    assert response.content == factories.png()
    assert response["Content-Type"] == "image/png"


@pytest.mark.parametrize("path", ["", "/did.json", "/logo.png"])
def test_an_unknown_issuer_is_a_404(client, db, path):
    assert client.get(f"/issuers/nobody{path}").status_code == 404


def test_no_member_of_the_issuer_is_named(client, alice, bob):
    html = client.get("/issuers/ecole-a").content.decode()

    assert alice.email not in html
    assert "Alice" not in html


def test_it_loads_nothing_from_elsewhere_and_sets_no_cookie(client, ecole_a):
    response = client.get("/issuers/ecole-a")

    assert all(address.startswith("/") for address in read(response).loads)
    assert not response.cookies
