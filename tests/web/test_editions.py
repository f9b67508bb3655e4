"""VC-JWT and signed assertions over the web: first being prepared, then the file."""

import pytest

from credentials import models, services
from credentials.core import jose
from issuers import models as issuer_rows
from learners import models as learners
from tests import factories, kept
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db

HOST = "http://localhost:8000"
PERSON = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@kept.fixture
def ecole_a(db):
    return factories.issuer(
        slug="ecole-a", name="École A", language="fr", country="FR", email="a@example.org"
    )


def addresses(credential, slug="ecole-a"):
    return (
        f"/credentials/{credential.token}.jwt",
        f"/credentials/{credential.token}/es256.jwt",
        f"/issuers/{slug}/ob2/assertions/{credential.token}.jws",
    )


@pytest.mark.parametrize("at", range(3))
def test_a_program_is_told_when_to_ask_again_and_then_has_the_token(client, credential, at):
    address = addresses(credential)[at]

    first = client.get(address)
    services.sign_editions(now=NOW, limit=10)
    second = client.get(address)

    assert (first.status_code, first.json()["code"]) == (202, "edition_due")
    assert int(first["Retry-After"]) >= 2
    assert "no-store" in first["Cache-Control"]
    assert second.status_code == 200
    assert second["Content-Type"] == "text/plain"
    assert second["X-Content-Type-Options"] == "nosniff"
    assert second["Access-Control-Allow-Origin"] == "*"
    assert jose.read(second.content.decode()).header["typ"] == "JWT"


def test_a_person_is_shown_a_page_that_asks_again_by_itself(client, credential):
    response = client.get(addresses(credential)[0], {"lang": "fr"}, headers=PERSON)

    shown = read(response)
    assert response.status_code == 202
    assert "En préparation" in shown.text
    assert f"/credentials/{credential.token}?lang=fr" in shown.links
    refresh = [found for tag, found in shown.elements if found.get("http-equiv") == "refresh"]
    assert [each["content"] for each in refresh] == [response["Retry-After"]]
    assert "no-store" in response["Cache-Control"]


def test_the_file_of_a_person_is_kept_under_the_name_of_the_badge(client, credential):
    client.get(addresses(credential)[0])
    services.sign_editions(now=NOW, limit=10)

    response = client.get(addresses(credential)[0], headers=PERSON)

    assert response["Content-Type"] == "text/plain"
    assert response["Content-Disposition"] == 'attachment; filename="welding.jwt"'


@pytest.mark.parametrize(
    ("at", "accept", "kind"),
    [
        (0, "application/vc+jwt", "application/vc+jwt"),
        (0, "application/jwt, text/plain;q=0.5", "application/jwt"),
        (0, "application/json", "text/plain"),
        (2, "application/jose", "application/jose"),
    ],
)
def test_a_token_has_the_type_that_was_asked_for(client, credential, at, accept, kind):
    client.get(addresses(credential)[at])
    services.sign_editions(now=NOW, limit=10)

    response = client.get(addresses(credential)[at], headers={"Accept": accept})

    assert response["Content-Type"] == kind
    assert "Accept" in response["Vary"]


def test_what_did_not_change_is_not_sent_twice(client, credential):
    address = addresses(credential)[1]
    client.get(address)
    services.sign_editions(now=NOW, limit=10)

    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304


def test_the_kid_of_a_jwt_answers_with_one_key(client, credential):
    for address in addresses(credential)[:2]:
        client.get(address)
        services.sign_editions(now=NOW, limit=10)
        token = jose.read(client.get(address).content.decode())

        key = client.get(str(token.kid).removeprefix(HOST)).json()

        assert key["alg"] == token.header["alg"]
        assert "keys" not in key


def test_from_a_signed_assertion_the_key_and_its_owner_are_found_both_ways(client, credential):
    address = addresses(credential)[2]
    client.get(address)
    services.sign_editions(now=NOW, limit=10)
    claims = jose.read(client.get(address).content.decode()).payload.decode()
    [edition] = models.Edition.objects.of(credential.issuer)

    key = client.get(f"/issuers/ecole-a/ob2/keys/{edition.kid}").json()
    issuer = client.get(key["owner"].removeprefix(HOST)).json()

    assert key["id"] in claims
    assert issuer["publicKey"] == key["id"]
    assert key["publicKeyPem"].startswith("-----BEGIN PUBLIC KEY-----\n")
    assert client.get(issuer["revocationList"].removeprefix(HOST)).json()["issuer"] == issuer["id"]


def test_a_key_that_is_none_of_this_edition_is_not_shown(client, credential, ecole_b):
    for address in addresses(credential)[1:]:
        client.get(address)
    services.sign_editions(now=NOW, limit=10)
    kids = dict(issuer_rows.SigningKey.objects.of(credential.issuer).values_list("kind", "kid"))
    own = "/issuers/ecole-a/ob2/keys"
    assert client.get(f"{own}/{kids['rsa']}").status_code == 200
    factories.change(ecole_b, email="b@example.org")

    for address in (
        f"{own}/{kids['ed25519']}",
        f"{own}/{kids['p256']}",
        f"{own}/unknown",
        f"/issuers/ecole-b/ob2/keys/{kids['rsa']}",
    ):
        response = client.get(address)

        assert (response.status_code, response.json()["code"]) == (404, "no_key")

    issuer_rows.SigningKey.objects.of(credential.issuer).update(revoked_at=NOW)
    assert client.get(f"{own}/{kids['rsa']}").status_code == 404
    assert "publicKey" not in client.get("/issuers/ecole-a/ob2").json()


def test_what_was_refused_says_why(client, credential):
    factories.change(credential.issuer_id, email="")
    client.get(addresses(credential)[2])
    services.sign_editions(now=NOW, limit=10)

    response = client.get(addresses(credential)[2])

    assert (response.status_code, response.json()["code"]) == (404, "edition_refused")
    assert "e-mail" in response.json()["message"]


@pytest.mark.parametrize("at", range(3))
def test_what_was_revoked_is_served_and_the_verifier_asks(client, credential, at):
    services.revoke(issuer=credential.issuer, credential=credential, reason="Mistake", now=NOW)
    client.get(addresses(credential)[at])
    services.sign_editions(now=NOW, limit=10)

    assert client.get(addresses(credential)[at]).status_code == 200


@pytest.mark.parametrize("at", range(3))
def test_a_stranger_to_all_is_told_nothing_and_leaves_no_row(client, ecole_b, credential, at):
    [due] = factories.due(issuer=ecole_b)
    unknown = models.Credential(token="A" * 22)
    for address, code in (
        (addresses(unknown)[at], "not_found"),
        (addresses(due, slug="ecole-b")[at], "not_signed"),
        (addresses(credential, slug="ecole-b")[2], "not_found"),
    ):
        response = client.get(address)

        assert (response.status_code, response.json()["code"]) == (404, code)

    assert not models.Edition.objects.across_issuers().exists()


@pytest.mark.parametrize("at", range(3))
def test_of_who_was_erased_there_is_no_token_any_more(client, credential, at):
    client.get(addresses(credential)[at])
    services.sign_editions(now=NOW, limit=10)
    learners.LearnerKey.objects.of(credential.issuer).all().delete()

    response = client.get(addresses(credential)[at])

    assert (response.status_code, response.json()["code"]) == (410, "erased")
