"""/issuers/<slug>/keys/<kid>: one JWK, for whoever reads the `kid` of a JWT."""

from datetime import timedelta

import pytest

from credentials.core import jose
from issuers import models, selectors, services
from issuers.core import jwk
from tests.conftest import NOW
from tests.core.credentials import samples

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[selectors.Kind.P256, selectors.Kind.RSA])
def key(request, ecole_a) -> selectors.OpenKey:
    return services.ready_key(issuer=ecole_a, now=NOW, kind=request.param)


def path(key: selectors.OpenKey) -> str:
    return key.address.removeprefix("http://localhost:8000")


def change(key: selectors.OpenKey, **columns) -> None:
    row = models.SigningKey.objects.across_issuers().get(kid=key.kid)
    models.SigningKey.objects.of(row.issuer_id).filter(pk=row.pk).update(**columns)


def test_the_kid_of_a_token_leads_to_the_key_that_verifies_it(client, key):
    token = jose.sign_credential(samples.small(), key=key.private, kid=key.address)

    response = client.get(path(key))

    read = jose.read(token)
    assert read.kid == key.address
    assert jose.verify_credential(read, key=jwk.to_key(response.json()))


def test_it_is_one_key_and_nothing_private(client, key):
    response = client.get(path(key))

    assert response["Content-Type"] == "application/jwk+json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=60"
    members = response.json()
    assert "keys" not in members
    assert members["kid"] == key.kid
    assert members["alg"] in {"ES256", "RS256"}
    assert not {"d", "p", "q", "dp", "dq", "qi"} & members.keys()


def test_the_ed25519_key_is_served_too(client, ecole_a):
    key = selectors.open_key(issuer=ecole_a, now=NOW)

    members = client.get(path(key)).json()

    assert (members["kty"], members["crv"], members["alg"]) == ("OKP", "Ed25519", "EdDSA")


def test_a_retired_key_is_served_as_before(client, key):
    before = client.get(path(key)).json()

    change(key, expires_at=NOW - timedelta(days=1))

    assert client.get(path(key)).json() == before


def test_a_revoked_key_is_refused_and_says_since_when(client, key):
    before = client.get(path(key)).json()

    change(key, revoked_at=NOW - timedelta(days=1))

    response = client.get(path(key))
    assert response.status_code == 410
    assert response["Content-Type"] == "application/json"
    refusal = response.json()
    assert "kty" not in refusal
    assert refusal["code"] == "key_revoked"
    assert refusal["revoked"] == "2026-03-01T09:00:00Z"
    assert refusal["key"] == before


def test_a_copy_that_is_still_good_is_not_sent_again(client, key):
    etag = client.get(path(key))["ETag"]

    assert client.get(path(key), headers={"If-None-Match": etag}).status_code == 304


def test_the_page_of_the_issuer_links_to_every_key(client, ecole_a, key):
    html = client.get("/issuers/ecole-a").content.decode()

    assert f'href="{path(key)}"' in html


@pytest.mark.parametrize(
    "kid",
    ["nothing", "z6Mk", "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", "a" * 300],
)
def test_a_key_that_is_not_there_is_a_404(client, ecole_a, kid):
    response = client.get(f"/issuers/ecole-a/keys/{kid}")

    assert response.status_code == 404
    assert response.json()["code"] == "not_found"


def test_a_key_of_another_issuer_is_a_404(client, ecole_b, key):
    assert client.get(path(key).replace("ecole-a", "ecole-b")).status_code == 404
    assert client.get(path(key).replace("ecole-a", "nobody")).status_code == 404
