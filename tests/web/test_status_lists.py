"""/status/<uuid>: the signed list that says what still stands."""

import uuid
from typing import Any

import pytest

from credentials import models, services
from credentials.core import proof, status_list
from issuers import selectors as issuers
from issuers.core import keys
from tests import factories, kept
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@kept.fixture
def address(credential) -> str:
    return f"/status/{credential.status_list.uuid}"


def bit_of(credential: models.Credential, document: dict[str, Any]) -> bool:
    assert credential.status_index is not None
    bits = status_list.decode(document["credentialSubject"]["encodedList"])
    return status_list.is_set(bits, credential.status_index)


def test_it_is_signed_by_the_issuer(client, ecole_a, credential, address):
    response = client.get(address)

    assert response.status_code == 200
    assert response["Content-Type"] == "application/vc+ld+json"
    [key] = issuers.key_history(issuer=ecole_a)
    proof.verify(response.json(), public_key=keys.decode_multikey(key.kid))
    assert not bit_of(credential, response.json())


def test_it_is_where_the_credential_says(client, credential, page, address):
    entry = client.get(f"{page}.json").json()["credentialStatus"]

    assert entry["statusListCredential"] == f"http://localhost:8000{address}"


def test_after_a_revocation_the_bit_is_set(client, ecole_a, credential, address):
    before = client.get(address)
    services.revoke(issuer=ecole_a, credential=credential, reason="Mistake", now=NOW)
    services.publish_status_lists(now=NOW)

    after = client.get(address)

    assert bit_of(credential, after.json())
    assert after["ETag"] != before["ETag"]


def test_anybody_may_read_and_keep_it_for_a_minute(client, address):
    response = client.get(address, headers={"Origin": "https://verifier.example"})

    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=60"
    again = client.get(address, headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


def test_one_that_is_not_there_is_a_404(client, db):
    response = client.get(f"/status/{uuid.uuid4()}")

    assert response.status_code == 404
    assert response.json()["code"] == "no_list"


def test_one_that_is_not_published_yet_is_a_404(client, ecole_a):
    factories.due(issuer=ecole_a)
    services.sign(now=NOW, limit=10)
    [unpublished] = models.StatusList.objects.of(ecole_a)

    assert client.get(f"/status/{unpublished.uuid}").status_code == 404
