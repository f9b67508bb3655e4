"""Through an organisation's identity provider: who comes in, and that it opens nothing else."""

from datetime import timedelta

import jwt
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from issuers import models, selectors, services
from tests import factories
from tests.conftest import NOW
from tests.web import providers
from tests.web.conftest import code_sent, read, sign_in

THEIRS = "dora@ecole-a.example"


@pytest.fixture
def domain(ecole_a):
    return providers.proven(ecole_a, "ecole-a.example")


@pytest.fixture
def oidc(ecole_a, domain):
    return providers.oidc(ecole_a)


@pytest.fixture
def invited(ecole_a, alice):
    return services.invite(
        issuer=ecole_a, email=THEIRS, role="designer", language="en", actor=alice, now=NOW
    )


def roles_at(issuer):
    return {each.user.email: each.role for each in selectors.members(issuer=issuer)}


def nobody_came_in(client, response, why):
    return (
        response.status_code == 403
        and response.context["why"] == why
        and client.get("/console/").status_code == 302
        and not SocialAccount.objects.exists()
    )


# -- OpenID Connect --------------------------------------------------------------------------------


def test_who_was_invited_comes_in_through_the_provider(client, hosts, oidc, invited, ecole_a):
    providers.serve(hosts, providers.token(THEIRS))

    response = providers.come_back(client, oidc)

    assert response["Location"] == "/console/ecole-a/"
    assert client.get("/console/ecole-a/").status_code == 200
    assert roles_at(ecole_a)[THEIRS] == "designer"
    assert models.User.objects.get(email=THEIRS).name == "Dora Diallo"
    assert selectors.open_invitations(issuer=ecole_a) == []
    [account] = SocialAccount.objects.all()
    assert (account.provider, account.uid, account.extra_data) == (oidc.key, "subject-1", {})


def test_the_page_sends_people_there_with_pkce_and_state(client, hosts, oidc):
    providers.serve(hosts, "")

    address = providers.leave(client, oidc)

    assert address.startswith(f"{providers.LOGIN}/authorize?")
    for part in ("code_challenge=", "code_challenge_method=S256", "state=", "client_id=acquis"):
        assert part in address


def test_who_works_there_already_comes_in_and_again(client, hosts, oidc, ecole_a):
    dora = models.User.objects.create_user(THEIRS, name="Dora")
    factories.join(issuer=ecole_a, user=dora, role="approver")
    providers.serve(hosts, providers.token(THEIRS))

    for _time in range(2):
        assert providers.come_back(client, oidc)["Location"] == "/console/ecole-a/"

    assert roles_at(ecole_a) == {THEIRS: "approver"}
    assert SocialAccount.objects.count() == 1


def test_nobody_comes_in_uninvited(client, hosts, oidc, ecole_a):
    providers.serve(hosts, providers.token(THEIRS))

    response = providers.come_back(client, oidc)

    assert nobody_came_in(client, response, "person")
    assert "nobody invited you" in read(response).text
    assert not models.User.objects.filter(email=THEIRS).exists()


def test_where_the_organisation_says_so_they_join_as_viewers(client, hosts, ecole_a, domain):
    provider = providers.oidc(ecole_a, just_in_time=True)
    providers.serve(hosts, providers.token(THEIRS))

    providers.come_back(client, provider)

    assert roles_at(ecole_a) == {THEIRS: "viewer"}


@pytest.mark.parametrize(
    "email",
    [
        None, "", "dora", "dora@ecole-b.example", "dora@sub.ecole-a.example",
        "dora@ecole-a.example.evil.example", "dora@evil.example@ecole-a.example",
    ],
)  # fmt: skip
def test_an_address_outside_the_proven_domains_is_not_believed(
    client, hosts, ecole_a, domain, email
):
    provider = providers.oidc(ecole_a, just_in_time=True)
    providers.serve(hosts, providers.token(email))

    response = providers.come_back(client, provider)

    assert "You cannot come in this way" in read(response).text
    assert client.get("/console/").status_code == 302
    assert roles_at(ecole_a) == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "file"},
        {"confirmed_at": NOW - timedelta(days=3)},
        {"method": "", "verified_at": None, "confirmed_at": None},
    ],
    ids=["a file", "long ago", "never"],
)
def test_a_domain_counts_when_a_dns_record_proved_it_of_late(client, hosts, ecole_a, changes):
    providers.proven(ecole_a, "ecole-a.example", **changes)
    provider = providers.oidc(ecole_a, just_in_time=True)
    providers.serve(hosts, providers.token(THEIRS))

    assert nobody_came_in(client, providers.come_back(client, provider), "address")


def test_the_provider_of_another_tenant_takes_over_no_account(
    client, hosts, ecole_a, ecole_b, alice
):
    alice.email = "alice@ecole-a.example"
    alice.save()
    providers.proven(ecole_a, "ecole-a.example")
    providers.proven(ecole_b, "ecole-b.example")
    hostile = providers.oidc(ecole_b, just_in_time=True)
    providers.serve(hosts, providers.token("alice@ecole-a.example", email_verified=True))

    response = providers.come_back(client, hostile)

    assert nobody_came_in(client, response, "address")
    assert client.get("/console/ecole-a/").status_code == 302


def test_the_same_subject_at_two_providers_is_two_people(client, hosts, ecole_a, ecole_b):
    providers.proven(ecole_a, "ecole-a.example")
    providers.proven(ecole_b, "ecole-b.example")
    first = providers.oidc(ecole_a, just_in_time=True)
    second = providers.oidc(ecole_b, just_in_time=True)
    providers.serve(hosts, providers.token(THEIRS))
    providers.come_back(client, first)
    providers.serve(hosts, providers.token("eve@ecole-b.example"))

    providers.come_back(Client(), second)

    assert roles_at(ecole_a) == {THEIRS: "viewer"}
    assert roles_at(ecole_b) == {"eve@ecole-b.example": "viewer"}


def test_such_a_session_opens_its_own_organisation_and_nothing_else(
    client, hosts, oidc, ecole_a, ecole_b
):
    dora = models.User.objects.create_user(THEIRS, name="Dora")
    for issuer in (ecole_a, ecole_b):
        factories.join(issuer=issuer, user=dora, role="administrator")
    providers.serve(hosts, providers.token(THEIRS))
    providers.come_back(client, oidc)

    assert client.get("/console/ecole-a/").status_code == 200
    assert client.get("/console/ecole-b/").status_code == 404
    listed = read(client.get("/console/"))
    assert "École B" not in listed.text
    assert "only its pages are open" in listed.text
    for path in ("email/", "2fa/", "2fa/webauthn/add/", "password/set/", "sessions/", "3rdparty/"):
        response = client.get(f"/account/{path}")
        assert response.status_code == 403, path
    assert client.get("/account/logout/").status_code == 200


def test_such_a_session_joins_no_other_organisation(client, hosts, oidc, invited, ecole_b):
    providers.serve(hosts, providers.token(THEIRS))
    providers.come_back(client, oidc)
    elsewhere = services.invite(
        issuer=ecole_b, email=THEIRS, role="administrator", language="en", actor=None, now=NOW
    )

    client.post(f"/invitations/{elsewhere.token}")

    assert THEIRS not in roles_at(ecole_b)


def test_a_session_ends_with_the_provider_and_with_the_membership(
    client, hosts, oidc, invited, ecole_a
):
    providers.serve(hosts, providers.token(THEIRS))
    providers.come_back(client, oidc)
    services.change_provider(issuer=ecole_a, provider=oidc, is_active=False)
    assert client.get("/console/ecole-a/").status_code == 404
    services.change_provider(issuer=ecole_a, provider=oidc, is_active=True)
    assert client.get("/console/ecole-a/").status_code == 200
    [theirs] = [m for m in selectors.members(issuer=ecole_a) if m.user.email == THEIRS]

    services.remove(issuer=ecole_a, membership=theirs)

    assert client.get("/console/ecole-a/").status_code == 302
    assert providers.come_back(client, oidc).status_code == 403


TAMPERED = {
    "another key": lambda: providers.token(THEIRS, key=providers.ANOTHER_KEY),
    "another audience": lambda: providers.token(THEIRS, aud="another client"),
    "another issuer": lambda: providers.token(THEIRS, iss="https://evil.example.org"),
    "over": lambda: providers.token(THEIRS, exp=int(NOW.timestamp()) - 10),
    "not yet": lambda: providers.token(THEIRS, iat=int(NOW.timestamp()) + 3600),
    "no end": lambda: providers.token(THEIRS, exp=None),
    "nobody": lambda: providers.token(THEIRS, sub=None),
    "for another party": lambda: providers.token(THEIRS, azp="another client"),
    "not sure of the address": lambda: providers.token(THEIRS, email_verified=False),
    "no signature": lambda: jwt.encode(
        {"iss": providers.LOGIN, "aud": "acquis", "sub": "s", "email": THEIRS},
        "", algorithm="none", headers={"kid": "1"},
    ),
    "signed with what everybody reads": lambda: providers.token(
        THEIRS, key="a secret between us, as long as it has to be", algorithm="HS256"
    ),
    "a letter changed": lambda: providers.token(THEIRS)[:-6] + "AAAAAA",
    "no token": lambda: "",
}  # fmt: skip


@pytest.mark.parametrize("how", TAMPERED)
def test_a_token_that_is_not_the_provider_s_word_is_refused(client, hosts, ecole_a, domain, how):
    provider = providers.oidc(ecole_a, just_in_time=True)
    providers.serve(hosts, TAMPERED[how]())

    response = providers.come_back(client, provider)

    assert "You cannot come in this way" in read(response).text
    assert client.get("/console/").status_code == 302
    assert roles_at(ecole_a) == {}


@pytest.mark.parametrize(
    "discovery",
    [{"issuer": "https://evil.example.org"}, {"token_endpoint": None}, {"jwks_uri": 7}],
    ids=["another provider's", "not whole", "malformed"],
)
def test_a_provider_that_describes_itself_wrongly_is_not_asked(client, hosts, oidc, discovery):
    providers.serve(hosts, providers.token(THEIRS), **discovery)

    response = client.post(f"/console/ecole-a/sign-in/{oidc.key}", HTTP_HOST="localhost:8000")

    assert response.status_code == 502
    assert "did not answer as it should" in read(response).text


@pytest.mark.parametrize("what", ["state", "another browser"])
def test_an_answer_that_nobody_asked_for_is_refused(client, hosts, oidc, invited, what):
    providers.serve(hosts, providers.token(THEIRS))
    address = providers.leave(client, oidc)
    state = "x" if what == "state" else address.partition("state=")[2].partition("&")[0]
    browser = client if what == "state" else Client()

    browser.get(
        f"/account/oidc/{oidc.key}/login/callback/",
        {"code": "c", "state": state},
        HTTP_HOST="localhost:8000",
    )

    assert browser.get("/console/").status_code == 302


@pytest.mark.parametrize("url", ["https://127.0.0.1", "https://localhost", "https://10.0.0.1"])
def test_no_provider_sends_us_into_our_own_network(client, ecole_a, url):
    provider = providers.oidc(ecole_a, url=url)

    response = client.post(f"/console/ecole-a/sign-in/{provider.key}", HTTP_HOST="localhost:8000")

    assert response.status_code == 502
    assert "did not answer as it should" in read(response).text


def test_userinfo_counts_when_it_is_about_the_same_person(client, hosts, ecole_a, domain):
    provider = providers.oidc(ecole_a, just_in_time=True)
    providers.serve(hosts, providers.token(None))
    about = {"sub": "somebody-else", "email": THEIRS}
    hosts.serve(f"{providers.LOGIN}/userinfo", about)
    providers.come_back(client, provider)
    assert roles_at(ecole_a) == {}

    hosts.serve(f"{providers.LOGIN}/userinfo", about | {"sub": "subject-1"})
    providers.come_back(client, provider)

    assert roles_at(ecole_a) == {THEIRS: "viewer"}


def test_nobody_connects_a_provider_to_the_account_that_is_signed_in(client, hosts, oidc, bob):
    sign_in(client, bob)
    providers.serve(hosts, providers.token(THEIRS))
    sent = client.post(
        f"/account/oidc/{oidc.key}/login/?process=connect", HTTP_HOST="localhost:8000"
    )
    state = sent["Location"].partition("state=")[2].partition("&")[0]

    response = client.get(
        f"/account/oidc/{oidc.key}/login/callback/",
        {"code": "c", "state": state},
        HTTP_HOST="localhost:8000",
    )

    assert response.status_code == 403
    assert not SocialAccount.objects.exists()


# -- SAML ------------------------------------------------------------------------------------------


@pytest.fixture
def saml(ecole_a, domain):
    return providers.saml(ecole_a, just_in_time=True)


def test_a_signed_assertion_lets_somebody_in(client, saml, ecole_a):
    asked = providers.request_id(providers.leave(client, saml))

    response = providers.post(client, saml, providers.assertion(saml, THEIRS, in_response_to=asked))

    assert response["Location"] == "/console/ecole-a/", response.content
    assert roles_at(ecole_a) == {THEIRS: "viewer"}
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
        return providers.assertion(saml, THEIRS, **({"in_response_to": asked} | changes))

    response = providers.post(client, saml, SPOILT[how](again(), again))

    assert response.status_code in {200, 400, 401, 403}
    assert client.get("/console/").status_code == 302
    assert roles_at(ecole_a) == {}


def test_an_assertion_counts_once_and_in_one_browser(client, saml, ecole_a):
    asked = providers.request_id(providers.leave(client, saml))
    said = providers.assertion(saml, THEIRS, in_response_to=asked)
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
        client, hostile, providers.assertion(hostile, THEIRS, in_response_to=asked)
    )

    assert nobody_came_in(client, response, "address")


def test_metadata_are_served_to_whom_has_the_address(client, saml):
    response = client.get(f"/account/saml/{saml.key}/metadata/", HTTP_HOST="localhost:8000")

    assert b"EntityDescriptor" in response.content
    assert client.get("/account/saml/nobody/metadata/").status_code == 404
    assert client.post("/account/saml/nobody/acs/").status_code == 404
    assert client.get("/account/oidc/nobody/login/callback/").status_code == 404


# -- The pages -------------------------------------------------------------------------------------


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


def test_another_organisation_s_administrator_finds_no_provider(client, charlie, oidc):
    client.force_login(charlie)
    theirs = f"/console/ecole-b/sign-in-settings/{oidc.key}"

    assert client.post(f"{theirs}/change", {}).status_code == 404
    assert client.post(f"{theirs}/disconnect").status_code == 404
    assert models.IdentityProvider.objects.of(oidc.issuer).get().is_active


# -- A second factor -------------------------------------------------------------------------------


def test_an_organisation_lets_nobody_in_without_a_second_factor(client, bob, alice, ecole_a):
    administrator = Client()
    administrator.force_login(alice)
    administrator.post("/console/ecole-a/sign-in-settings/second-factor")
    sign_in(client, bob)

    refused = client.get("/console/ecole-a/")

    assert refused.status_code == 403
    assert "lets nobody in without one" in read(refused).text
    assert "/account/2fa/" in read(refused).links


def totp(secret, step=0):
    """Return the code of an authenticator app at the hour of the tests, or some steps later."""
    return auth.format_hotp_value(auth.hotp_value(secret, int(NOW.timestamp()) // 30 + step))


def test_with_an_authenticator_app_one_gets_in(client, bob, ecole_a):
    services.require_second_factor(issuer=ecole_a, is_required=True)
    sign_in(client, bob)
    secret = client.get("/account/2fa/totp/activate/").context["form"].secret
    client.post("/account/2fa/totp/activate/", {"code": totp(secret)})
    [kept] = Authenticator.objects.filter(user=bob, type="totp")
    assert secret not in str(kept.data)

    again = Client()
    asked = again.post("/account/login/", {"login": bob.email})
    second = again.post(asked["Location"], {"code": code_sent()})
    assert second["Location"].startswith("/account/2fa/authenticate/")
    assert again.get("/console/").status_code == 302
    wrong = again.post("/account/2fa/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    opened = again.post("/account/2fa/authenticate/", {"code": totp(secret, step=1)})

    assert opened["Location"] == "/console/"
    assert again.get("/console/ecole-a/").status_code == 200


def test_what_a_provider_asks_of_its_people_is_its_own_business(
    client, hosts, oidc, invited, ecole_a
):
    services.require_second_factor(issuer=ecole_a, is_required=True)
    providers.serve(hosts, providers.token(THEIRS))

    providers.come_back(client, oidc)

    assert client.get("/console/ecole-a/").status_code == 200
