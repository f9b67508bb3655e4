"""/issuers/<slug>/blockcerts.json: the accounts that anchor for an issuer, and what it revoked."""

import pytest
from eth_account import Account

from credentials import services
from issuers import services as parties
from issuers.core import did, jwk
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
PROFILE = "/issuers/ecole-a/blockcerts.json"
REVOKED = "/issuers/ecole-a/blockcerts/revoked"
# The submitter of these tests, see conftest.
ADDRESS = Account.from_key(f"{8:064x}").address.lower()


def test_the_profile_shows_the_accounts_with_their_keys_and_the_keys_that_sign(
    client, ecole_a, credential
):
    response = client.get(PROFILE)

    found = response.json()
    assert response["Content-Type"] == "application/ld+json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert found["id"] == "http://localhost:8000" + PROFILE
    assert found["publicKey"] == [
        {"id": f"ecdsa-koblitz-pubkey:{ADDRESS}", "created": "2026-03-02T09:00:00Z"}
    ]
    account, signer = found["verificationMethod"]
    assert jwk.to_key(account["publicKeyJwk"]).curve.name == "secp256k1"
    assert signer["publicKeyJwk"]["crv"] == "Ed25519"
    assert signer["controller"] == ecole_a.did
    assert found["assertionMethod"] == [account["id"], signer["id"]]
    assert found["revocationList"] == "http://localhost:8000" + REVOKED


def test_the_did_document_leads_to_it(client, credential):
    document = client.get("/issuers/ecole-a/did.json").json()

    [service] = [each for each in document["service"] if each["type"] == "IssuerProfile"]
    path = service["serviceEndpoint"].removeprefix("http://localhost:8000")
    assert client.get(path).status_code == 200
    assert "publicKeyJwk" not in document["verificationMethod"][0]


def test_the_did_document_shows_keys_twice_only_where_it_is_asked_to(
    client, ecole_a, credential, settings
):
    settings.BLOCKCERTS = True

    document = client.get("/issuers/ecole-a/did.json").json()

    [method] = document["verificationMethod"]
    assert method["publicKeyJwk"]["crv"] == "Ed25519"
    assert did.select_key(document, method["id"], at=NOW)


def test_before_anything_is_anchored_for_the_issuer_there_is_none(client, ecole_a):
    assert client.get(PROFILE).status_code == 404
    assert "service" not in client.get("/issuers/ecole-a/did.json").json()

    parties.accept_submitter(issuer=ecole_a, account=f"eip155:1:{ADDRESS}", now=NOW)
    assert client.get(PROFILE).status_code == 404


def test_the_list_names_what_was_revoked_and_nothing_else(client, ecole_a, credential, settings):
    settings.REVOCATION_LIST = True
    assert client.get(REVOKED).json()["revokedAssertions"] == []
    other = factories.signed(issuer=ecole_a)
    services.revoke(issuer=ecole_a, credential=credential, reason="By mistake", now=NOW)

    found = client.get(REVOKED).json()

    revoked = {
        "id": f"http://localhost:8000/credentials/{credential.token}",
        "revocationReason": "By mistake",
    }
    assert (found["type"], found["issuer"]) == ("RevocationList", ecole_a.did)
    assert found["revokedAssertions"] == [revoked]
    asked = client.get(REVOKED, {"assertionId": revoked["id"]}).json()
    assert asked["revokedAssertions"] == [revoked]
    for elsewhere in (f"http://localhost:8000/credentials/{other.token}", "x", "\x00", "é" * 999):
        answer = client.get(REVOKED, {"assertionId": elsewhere})
        assert answer.json()["revokedAssertions"] == []


def test_where_nobody_chose_a_list_one_is_asked_about_and_all_are_not(client, ecole_a, credential):
    services.revoke(issuer=ecole_a, credential=credential, reason="By mistake", now=NOW)
    name = f"http://localhost:8000/credentials/{credential.token}"

    everything = client.get(REVOKED)
    asked = client.get(REVOKED, {"assertionId": name}).json()

    assert (everything.status_code, everything.json()["code"]) == (404, "no_revocation_list")
    assert [each["id"] for each in asked["revokedAssertions"]] == [name]


def test_what_another_issuer_revoked_is_not_there(client, ecole_b, credential, settings):
    settings.REVOCATION_LIST = True
    services.revoke(issuer=credential.issuer, credential=credential, reason="Mistake", now=NOW)

    assert client.get(REVOKED.replace("ecole-a", "ecole-b")).json()["revokedAssertions"] == []


@pytest.mark.parametrize("path", [PROFILE, REVOKED])
def test_an_unknown_issuer_is_a_404(client, db, path):
    assert client.get(path.replace("ecole-a", "nobody")).status_code == 404
