"""/credentials/<token>/blockcerts.json: the export, or everything that keeps a badge from it."""

import pytest

from blockchain import chains
from credentials.core import blockcerts, canonical
from issuers.core import blockcerts as profiles
from learners import models as learners
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shown(settings):
    settings.BLOCKCERTS = True


@pytest.fixture
def _sepolia(settings):
    settings.CHAIN_ID = 11155111
    chains.get_chain.cache_clear()


def issued(issuer, standing="final"):
    badge = factories.achievement(issuer=issuer, slug=standing, standing=standing)
    return factories.signed(issuer=issuer, achievement=badge)


def asked(client, credential):
    return client.get(f"/credentials/{credential.token}/blockcerts.json")


def reasons(response):
    assert (response.status_code, response.json()["code"]) == (404, "no_blockcerts")
    found = response.json()["reasons"]
    assert all(each["detail"] != each["code"] for each in found)
    return [each["code"].removeprefix("blockcerts_") for each in found]


@pytest.mark.usefixtures("_sepolia")
def test_the_export_is_the_document_and_its_anchor(client, ecole_a):
    credential = issued(ecole_a)
    factories.anchor_everything()

    response = asked(client, credential)

    export = canonical.loads(response.content)
    receipt = client.get(f"/credentials/{credential.token}/anchor.json").json()
    found = blockcerts.read(export)
    assert (found.chain, found.transaction) == ("eip155:11155111", receipt["transaction"])
    assert found.root.hex() == receipt["root"].removeprefix("0x")
    signature, anchor = export["proof"]
    assert anchor["verificationMethod"] == profiles.verification_method(
        "http://localhost:8000/issuers/ecole-a/blockcerts.json", receipt["submitter"]
    )
    document = client.get(f"/credentials/{credential.token}.json").json()
    assert {**export, "proof": signature} == document
    assert response["Content-Type"] == "application/vc+ld+json"
    assert response["Access-Control-Allow-Origin"] == "*"


@pytest.mark.usefixtures("_sepolia")
def test_before_it_is_on_record_there_is_none(client, ecole_a):
    assert reasons(asked(client, issued(ecole_a))) == ["not_anchored"]


def test_everything_that_is_in_the_way_is_named_at_once(client, ecole_a):
    credential = issued(ecole_a, "revocable")
    factories.anchor_everything()

    assert reasons(asked(client, credential)) == [
        "other_chain",
        "credentialStatus",
        "credentialSchema",
    ]


@pytest.mark.usefixtures("_sepolia")
def test_where_the_keys_are_not_shown_in_that_form_there_is_none(client, ecole_a, settings):
    settings.BLOCKCERTS = False
    credential = issued(ecole_a)
    factories.anchor_everything()

    assert reasons(asked(client, credential)) == ["keys_not_shown"]


def test_it_is_said_in_the_language_of_the_reader(client, ecole_a):
    address = f"/credentials/{issued(ecole_a).token}/blockcerts.json"

    said = client.get(address, {"lang": "fr"}).json()

    assert said["reasons"][0]["detail"].startswith("Il n\u2019est pas encore inscrit")


def test_of_nothing_there_is_no_export(client, ecole_a):
    [due] = factories.due(issuer=ecole_a)
    unknown = client.get(f"/credentials/{'A' * 22}/blockcerts.json")
    not_signed = asked(client, due)
    erased = issued(ecole_a)
    learners.LearnerKey.objects.of(ecole_a).all().delete()
    gone = asked(client, erased)

    assert [each.json()["code"] for each in (unknown, not_signed, gone)] == [
        "not_found",
        "not_signed",
        "erased",
    ]
    assert [each.status_code for each in (unknown, not_signed, gone)] == [404, 404, 410]
