"""The Open Badges 2.0 edition: every document at the address that is its id, and nobody else's."""

import json

import pytest

from badges.core import baking2, schema2, svg
from credentials import selectors, services
from learners import models as learners
from tests import factories, kept
from tests.conftest import NOW

pytestmark = [
    pytest.mark.django_db,
    # Of a library under openbadges-bakery, about itself.
    pytest.mark.filterwarnings("ignore:Please use rfc3986:DeprecationWarning"),
]

HOST = "http://localhost:8000"
FILES = ("", ".json", ".png", ".svg")


@kept.fixture
def ecole_a(db):
    return factories.issuer(
        slug="ecole-a", name="École A", language="fr", country="FR", email="a@example.org"
    )


@kept.fixture
def assertion(credential) -> str:
    return f"/issuers/ecole-a/ob2/assertions/{credential.token}"


def test_from_the_assertion_every_document_is_found_at_its_id(client, assertion):
    hosted = client.get(assertion).json()
    badge = client.get(hosted["badge"].removeprefix(HOST)).json()
    issuer = client.get(badge["issuer"].removeprefix(HOST)).json()

    assert hosted["id"] == f"{HOST}{assertion}"
    assert badge["id"] == hosted["badge"]
    assert issuer["id"] == badge["issuer"]
    for document in (hosted, badge, issuer):
        schema2.validate(document, strict=True)


def test_it_says_what_the_signed_document_says(client, credential, assertion):
    document = json.loads(selectors.opened(credential=credential).document)

    hosted = client.get(assertion).json()

    [email] = [
        each
        for each in document["credentialSubject"]["identifier"]
        if each["identityType"] == "emailAddress"
    ]
    assert hosted["recipient"]["identity"] == email["identityHash"]
    assert hosted["recipient"]["salt"] == email["salt"]
    assert hosted["issuedOn"] == document["validFrom"]
    assert hosted["verification"] == {"type": "hosted"}


def test_an_issuer_speaks_for_nothing_beside_its_own_addresses(client, assertion):
    issuer = client.get("/issuers/ecole-a/ob2").json()

    [scope] = issuer["verification"]["startsWith"]
    assert f"{HOST}{assertion}".startswith(scope)
    assert scope == f"{HOST}/issuers/ecole-a/ob2/assertions/"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/ld+json"),
        ("application/ld+json", "application/ld+json"),
        ("application/json", "application/json"),
        ("application/json;q=0.5, application/ld+json", "application/ld+json"),
        ("nonsense", "application/ld+json"),
    ],
)
def test_it_has_the_type_that_was_asked_for(client, assertion, accept, kind):
    for address in (assertion, "/issuers/ecole-a/ob2"):
        response = client.get(address, headers={"Accept": accept})

        assert response["Content-Type"] == kind
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "Accept" in response["Vary"]


def test_a_person_who_follows_the_address_is_shown_the_page(client, credential, assertion):
    response = client.get(assertion, headers={"Accept": "text/html,*/*;q=0.8"})

    assert response.status_code == 302
    assert response["Location"] == f"/credentials/{credential.token}"
    assert "Accept" in response["Vary"]


def test_a_revoked_one_is_gone_and_says_why(client, ecole_a, credential, assertion):
    services.revoke(issuer=ecole_a, credential=credential, reason="Issued by mistake", now=NOW)

    response = client.get(assertion)

    assert response.status_code == 410
    assert response.json() == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": f"{HOST}{assertion}",
        "revoked": True,
        "revocationReason": "Issued by mistake",
    }


def test_an_expired_one_says_until_when(client, ecole_a):
    ended = factories.signed(issuer=ecole_a, valid_until=NOW.replace(hour=10))

    response = client.get(f"/issuers/ecole-a/ob2/assertions/{ended.token}")

    assert response.status_code == 200
    assert response.json()["expires"] == "2026-03-02T10:00:00Z"


@pytest.mark.parametrize("form", [".png", ".svg"])
def test_the_image_holds_the_hosted_assertion(client, assertion, form):
    image = client.get(f"{assertion}{form}").content

    assert json.loads(baking2.unbake(image)) == client.get(assertion).json()


def test_the_image_of_a_revoked_one_leads_to_where_it_is_gone(
    client, ecole_a, credential, assertion
):
    services.revoke(issuer=ecole_a, credential=credential, reason="Mistake", now=NOW)

    image = client.get(f"{assertion}.svg").content

    [badge] = svg.badges(image)
    assert badge.verify == f"{HOST}{assertion}"
    assert json.loads(badge.body)["revoked"] is True


@pytest.mark.parametrize("file", FILES)
def test_under_the_name_of_another_issuer_there_is_nothing(client, ecole_b, credential, file):
    response = client.get(f"/issuers/ecole-b/ob2/assertions/{credential.token}{file}")

    assert response.status_code == 404
    assert response.json()["code"] == "not_found"


@pytest.mark.parametrize("file", FILES)
def test_an_unknown_token_is_a_404_in_json(client, credential, file):
    response = client.get(f"/issuers/ecole-a/ob2/assertions/{'A' * 22}{file}")

    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("file", FILES)
def test_before_it_is_signed_there_is_nothing(client, ecole_a, file):
    [due] = factories.due(issuer=ecole_a)

    response = client.get(f"/issuers/ecole-a/ob2/assertions/{due.token}{file}")

    assert (response.status_code, response.json()["code"]) == (404, "not_signed")


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("is_revoked", [False, True])
def test_an_erased_one_is_gone(client, credential, file, is_revoked):
    issuer = credential.issuer
    if is_revoked:
        services.revoke(issuer=issuer, credential=credential, reason="Mistake", now=NOW)
    learners.LearnerKey.objects.of(issuer).all().delete()

    response = client.get(f"/issuers/ecole-a/ob2/assertions/{credential.token}{file}")

    assert (response.status_code, response.json()["code"]) == (410, "erased")


def test_an_issuer_without_an_email_is_told_what_the_edition_needs(client, ecole_b):
    signed = factories.signed(issuer=ecole_b)

    for address in (
        "/issuers/ecole-b/ob2",
        f"/issuers/ecole-b/ob2/achievements/{signed.achievement.uuid}",
        f"/issuers/ecole-b/ob2/assertions/{signed.token}",
        f"/issuers/ecole-b/ob2/assertions/{signed.token}.png",
    ):
        response = client.get(address)

        assert (response.status_code, response.json()["code"]) == (404, "no_issuer_email")
        assert "e-mail address" in response.json()["detail"]


def test_what_the_edition_cannot_say_is_refused_with_the_place(client, ecole_a, credential):
    # An address that the present edition takes for text.
    factories.change(ecole_a, email="not an address")

    response = client.get("/issuers/ecole-a/ob2")

    assert (response.status_code, response.json()["code"]) == (404, "not_expressible")
    assert "/email" in response.json()["message"]


@pytest.mark.parametrize("path", ["", f"/achievements/{'0' * 8}-0000-4000-8000-{'0' * 12}"])
def test_of_an_issuer_that_is_not_there_nothing_is_told(client, credential, path):
    response = client.get(f"/issuers/nobody/ob2{path}")

    assert response.status_code == 404
    assert response["Access-Control-Allow-Origin"] == "*"


def test_a_badge_is_served_under_its_own_issuer_only(client, ecole_b, credential):
    uuid = credential.achievement.uuid

    assert client.get(f"/issuers/ecole-a/ob2/achievements/{uuid}").status_code == 200
    assert client.get(f"/issuers/ecole-b/ob2/achievements/{uuid}").status_code == 404


def test_a_suspended_one_is_revoked_for_that_time(client, ecole_a):
    badge = factories.achievement(issuer=ecole_a, standing="suspendable")
    signed = factories.signed(issuer=ecole_a, achievement=badge)
    address = f"/issuers/ecole-a/ob2/assertions/{signed.token}"
    client.get(f"{address}.jws")
    urn = signed.uuid.urn

    def listed():
        entries = client.get("/issuers/ecole-a/ob2/revoked").json()["revokedAssertions"]
        return urn in {entry["id"] for entry in entries}

    assert (client.get(address).status_code, listed()) == (200, False)
    services.suspend(issuer=ecole_a, credential=signed, reason="Under review", now=NOW)
    assert (client.get(address).status_code, listed()) == (410, True)
    assert client.get(address).json()["revocationReason"] == "Under review"
    services.reinstate(issuer=ecole_a, credential=signed, now=NOW)
    assert (client.get(address).status_code, listed()) == (200, False)
