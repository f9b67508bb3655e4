"""The pages on which an organisation connects its identity provider."""

import pytest

from issuers import models, selectors, services
from tests.web import providers
from tests.web.conftest import read


def test_the_sign_in_page_of_an_organisation_offers_its_providers(client, oidc, ecole_b):
    page = read(client.get("/console/ecole-a/sign-in"))

    assert "Sign in to École A" in page.text
    for slug in ("ecole-b", "ecole-z"):  # no provider, and no organisation: nobody learns which
        response = client.get(f"/console/{slug}/sign-in")
        assert response["Location"] == f"/account/login/?next=/console/{slug}/"
    assert client.post(f"/console/ecole-b/sign-in/{oidc.key}").status_code == 404


def test_an_administrator_connects_changes_and_disconnects(client, alice, ecole_a):
    client.force_login(alice)
    here = "/console/ecole-a/sign-in-settings"
    form = {"name": "École", "url": providers.LOGIN, "identifier": "acquis", "secret": "x y z"}
    assert client.get(f"{here}/connect/oidc").status_code == 200
    assert client.get(f"{here}/connect/ldap").status_code == 404

    client.post(f"{here}/connect/oidc", form)
    client.post(f"{here}/connect/saml", form | {"certificate": providers.CERTIFICATE})

    first, second = selectors.providers_of(issuer=ecole_a)
    page = client.get(here)
    assert f"/account/oidc/{first.key}/login/callback/" in read(page).text
    assert f"/account/saml/{second.key}/metadata/" in read(page).text
    assert "x y z" not in page.content.decode()
    client.post(f"{here}/{first.key}/change", {"just_in_time": "on"})
    changed = selectors.provider_at(issuer=ecole_a, key=first.key)
    assert (changed.is_active, changed.just_in_time) == (False, True)
    client.post(f"{here}/{first.key}/disconnect")
    assert len(selectors.providers_of(issuer=ecole_a)) == 1


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("oidc", "secret", ""), ("oidc", "url", "http://login.example.org"), ("oidc", "url", "x"),
        ("saml", "certificate", "MIIB"), ("saml", "certificate", "x" * 20_000),
        ("saml", "name", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_connected_names_its_field(client, alice, kind, field, value):
    client.force_login(alice)
    form = {
        "name": "École", "url": providers.LOGIN, "identifier": "acquis", "secret": "s",
        "certificate": providers.CERTIFICATE, field: value,
    }  # fmt: skip

    response = client.post(f"/console/ecole-a/sign-in-settings/connect/{kind}", form)

    assert response.status_code == 200
    assert "Please look at this again" in read(response).text


def test_the_secret_lies_encrypted_and_bound_to_its_row(ecole_a):
    row = providers.oidc(ecole_a)
    other = providers.oidc(ecole_a)

    assert b"a secret between us" not in bytes(row.sealed_secret)
    assert services.provider_secret(provider=row) == "a secret between us"
    other.sealed_secret = row.sealed_secret
    with pytest.raises(Exception, match="open"):
        services.provider_secret(provider=other)


def test_at_addresses_of_the_other_kind_there_is_no_provider(client, ecole_a, oidc):
    saml = providers.saml(ecole_a)

    for address in (
        f"/account/saml/{oidc.key}/metadata/",
        f"/account/saml/{oidc.key}/login/",
        f"/account/oidc/{saml.key}/login/",
    ):
        assert client.get(address).status_code == 404, address


def test_another_organisation_s_administrator_finds_no_provider(client, charlie, oidc):
    client.force_login(charlie)
    theirs = f"/console/ecole-b/sign-in-settings/{oidc.key}"

    assert client.post(f"{theirs}/change", {}).status_code == 404
    assert client.post(f"{theirs}/disconnect").status_code == 404
    assert models.IdentityProvider.objects.of(oidc.issuer).get().is_active
