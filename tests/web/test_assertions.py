"""Through an organisation's provider of SAML 2.0: its word, and what is not its word."""

import pytest
from django.test import Client

from tests import kept
from tests.web import providers
from tests.web.conftest import sign_in


@kept.fixture
def saml(ecole_a, domain):
    return providers.saml(ecole_a, just_in_time=True)


def test_a_signed_assertion_lets_somebody_in(client, saml, ecole_a):
    asked = providers.request_id(providers.leave(client, saml))

    response = providers.post(
        client, saml, providers.assertion(saml, providers.THEIRS, in_response_to=asked)
    )

    assert response["Location"] == "/console/ecole-a/", response.content
    assert providers.roles_at(ecole_a) == {providers.THEIRS: "viewer"}
    assert client.get("/console/ecole-a/").status_code == 200


def without_signature(text):
    start, end = text.index("<ds:Signature"), text.index("</ds:Signature>")
    return text[:start] + text[end + len("</ds:Signature>") :]


def wrapped(made):
    """Put what was signed aside, and something forged in its place."""
    signed = made[made.index("<saml:Assertion") : made.index("</samlp:Response>")]
    forged = signed.replace("dora@", "alice@").replace('ID="_a1"', 'ID="_a2"')
    aside = f"<samlp:Extensions>{signed}</samlp:Extensions>"
    return made.replace(signed, without_signature(forged) + aside)


SPOILT = {
    "the address changed": lambda made, _again: made.replace("dora@", "alice@"),
    "no signature": lambda made, _again: without_signature(made),
    "another key": lambda _made, again: again(key=providers.ANOTHER_KEY),
    "another audience": lambda _made, again: again(audience="https://another.example.org"),
    "over": lambda _made, again: again(minutes=-60),
    "another request": lambda _made, again: again(in_response_to="_another"),
    "wrapped": lambda made, _again: wrapped(made),
    "an entity": lambda made, _again: (
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + made.replace("dora@", "&a;@")
    ),
    "no XML": lambda _made, _again: "x" * 100,
    "nothing": lambda _made, _again: "",
    "half of it": lambda made, _again: made[: len(made) // 2],
}


@pytest.mark.parametrize("how", SPOILT)
def test_an_assertion_that_is_not_the_provider_s_word_is_refused(client, saml, ecole_a, how):
    asked = providers.request_id(providers.leave(client, saml))

    def again(**changes):
        return providers.assertion(saml, providers.THEIRS, **({"in_response_to": asked} | changes))

    response = providers.post(client, saml, SPOILT[how](again(), again))

    assert response.status_code in {200, 400, 401, 403}
    assert client.get("/console/").status_code == 302
    assert providers.roles_at(ecole_a) == {}


def test_an_assertion_counts_once_and_in_one_browser(client, saml, ecole_a):
    asked = providers.request_id(providers.leave(client, saml))
    said = providers.assertion(saml, providers.THEIRS, in_response_to=asked)
    providers.post(client, saml, said)
    client.post("/account/logout/")

    providers.post(client, saml, said)
    stolen = Client()
    providers.post(stolen, saml, said)

    assert client.get("/console/").status_code == 302
    assert stolen.get("/console/").status_code == 302


def test_what_is_too_large_for_an_assertion_is_not_kept(client, saml):
    response = providers.post(client, saml, "x" * 400_000)

    assert response.status_code == 413


def test_the_provider_of_another_tenant_asserts_in_vain(client, saml, ecole_b):
    hostile = providers.saml(ecole_b, just_in_time=True)
    asked = providers.request_id(providers.leave(client, hostile))

    response = providers.post(
        client, hostile, providers.assertion(hostile, providers.THEIRS, in_response_to=asked)
    )

    assert providers.nobody_came_in(client, response, "address")


def test_nobody_is_signed_out_by_a_link(client, saml, bob):
    sign_in(client, bob)

    response = client.get(
        f"/account/saml/{saml.key}/sls/",
        {"SAMLResponse": "x", "RelayState": "https://evil.example.org"},
        HTTP_HOST="localhost:8000",
    )

    assert response.status_code == 404
    assert client.get("/console/").status_code == 200


def test_metadata_are_served_to_whom_has_the_address(client, saml):
    response = client.get(f"/account/saml/{saml.key}/metadata/", HTTP_HOST="localhost:8000")

    assert b"EntityDescriptor" in response.content
    assert client.get("/account/saml/nobody/metadata/").status_code == 404
    assert client.post("/account/saml/nobody/acs/").status_code == 404
    assert client.get("/account/oidc/nobody/login/callback/").status_code == 404
