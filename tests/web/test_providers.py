"""Through an organisation's provider of OpenID Connect: who comes in, and to nothing else."""

from datetime import timedelta

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from issuers import models, selectors, services
from tests import factories
from tests.conftest import NOW
from tests.web import providers
from tests.web.conftest import read, sign_in


def test_who_was_invited_comes_in_through_the_provider(client, hosts, oidc, invited, ecole_a):
    providers.serve(hosts, providers.token(providers.THEIRS))

    response = providers.come_back(client, oidc)

    assert response["Location"] == "/console/ecole-a/"
    assert client.get("/console/ecole-a/").status_code == 200
    assert providers.roles_at(ecole_a)[providers.THEIRS] == "designer"
    assert models.User.objects.get(email=providers.THEIRS).name == "Dora Diallo"
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
    dora = models.User.objects.create_user(providers.THEIRS, name="Dora")
    factories.join(issuer=ecole_a, user=dora, role="approver")
    providers.serve(hosts, providers.token(providers.THEIRS))

    for _time in range(2):
        assert providers.come_back(client, oidc)["Location"] == "/console/ecole-a/"

    assert providers.roles_at(ecole_a) == {providers.THEIRS: "approver"}
    assert SocialAccount.objects.count() == 1


def test_nobody_comes_in_uninvited(client, hosts, oidc, ecole_a):
    providers.serve(hosts, providers.token(providers.THEIRS))

    response = providers.come_back(client, oidc)

    assert providers.nobody_came_in(client, response, "person")
    assert "nobody invited you" in read(response).text
    assert not models.User.objects.filter(email=providers.THEIRS).exists()


def test_where_the_organisation_says_so_they_join_as_viewers(client, hosts, ecole_a, domain):
    provider = providers.oidc(ecole_a, just_in_time=True)
    providers.serve(hosts, providers.token(providers.THEIRS))

    providers.come_back(client, provider)

    assert providers.roles_at(ecole_a) == {providers.THEIRS: "viewer"}


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
    assert providers.roles_at(ecole_a) == {}


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
    providers.serve(hosts, providers.token(providers.THEIRS))

    assert providers.nobody_came_in(client, providers.come_back(client, provider), "address")


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

    assert providers.nobody_came_in(client, response, "address")
    assert client.get("/console/ecole-a/").status_code == 302


@pytest.mark.parametrize("power", ["is_staff", "is_superuser"])
def test_no_provider_opens_the_account_of_an_operator(client, hosts, oidc, ecole_a, power):
    olga = models.User.objects.create_user(providers.THEIRS, name="Olga", **{power: True})
    factories.join(issuer=ecole_a, user=olga, role="viewer")
    providers.serve(hosts, providers.token(providers.THEIRS))

    assert providers.nobody_came_in(client, providers.come_back(client, oidc), "operator")


def test_the_same_subject_at_two_providers_is_two_people(client, hosts, ecole_a, ecole_b):
    providers.proven(ecole_a, "ecole-a.example")
    providers.proven(ecole_b, "ecole-b.example")
    first = providers.oidc(ecole_a, just_in_time=True)
    second = providers.oidc(ecole_b, just_in_time=True)
    providers.serve(hosts, providers.token(providers.THEIRS))
    providers.come_back(client, first)
    providers.serve(hosts, providers.token("eve@ecole-b.example"))

    providers.come_back(Client(), second)

    assert providers.roles_at(ecole_a) == {providers.THEIRS: "viewer"}
    assert providers.roles_at(ecole_b) == {"eve@ecole-b.example": "viewer"}


def test_such_a_session_opens_its_own_organisation_and_nothing_else(
    client, hosts, oidc, ecole_a, ecole_b
):
    dora = models.User.objects.create_user(providers.THEIRS, name="Dora")
    for issuer in (ecole_a, ecole_b):
        factories.join(issuer=issuer, user=dora, role="administrator")
    providers.serve(hosts, providers.token(providers.THEIRS))
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
    assert client.post("/console/you", {"name": "Somebody else"}).status_code == 403


def test_such_a_session_joins_no_other_organisation(client, hosts, oidc, invited, ecole_b):
    providers.serve(hosts, providers.token(providers.THEIRS))
    providers.come_back(client, oidc)
    elsewhere = services.invite(
        issuer=ecole_b,
        email=providers.THEIRS,
        role="administrator",
        language="en",
        actor=None,
        now=NOW,
    )

    client.post(f"/invitations/{elsewhere.token}")

    assert providers.THEIRS not in providers.roles_at(ecole_b)


def test_a_session_ends_with_the_provider_and_with_the_membership(
    client, hosts, oidc, invited, ecole_a
):
    providers.serve(hosts, providers.token(providers.THEIRS))
    providers.come_back(client, oidc)
    services.change_provider(issuer=ecole_a, provider=oidc, is_active=False)
    assert client.get("/console/ecole-a/").status_code == 404
    services.change_provider(issuer=ecole_a, provider=oidc, is_active=True)
    assert client.get("/console/ecole-a/").status_code == 200
    [theirs] = [m for m in selectors.members(issuer=ecole_a) if m.user.email == providers.THEIRS]

    services.remove(issuer=ecole_a, membership=theirs)

    assert client.get("/console/ecole-a/").status_code == 302
    assert providers.come_back(client, oidc).status_code == 403


TAMPERED = {
    "another key": lambda: providers.token(providers.THEIRS, key=providers.ANOTHER_KEY),
    "another audience": lambda: providers.token(providers.THEIRS, aud="another client"),
    "another issuer": lambda: providers.token(providers.THEIRS, iss="https://evil.example.org"),
    "over": lambda: providers.token(providers.THEIRS, exp=int(NOW.timestamp()) - 10),
    "not yet": lambda: providers.token(providers.THEIRS, iat=int(NOW.timestamp()) + 3600),
    "no end": lambda: providers.token(providers.THEIRS, exp=None),
    "nobody": lambda: providers.token(providers.THEIRS, sub=None),
    "for another party": lambda: providers.token(providers.THEIRS, azp="another client"),
    "not sure of the address": lambda: providers.token(providers.THEIRS, email_verified=False),
    "no signature": lambda: jwt.encode(
        {"iss": providers.LOGIN, "aud": "acquis", "sub": "s", "email": providers.THEIRS},
        "", algorithm="none", headers={"kid": "1"},
    ),
    "signed with what everybody reads": lambda: providers.token(
        providers.THEIRS, key="a secret between us, as long as it has to be", algorithm="HS256"
    ),
    "a letter changed": lambda: providers.token(providers.THEIRS)[:-6] + "AAAAAA",
    "no token": lambda: "",
}  # fmt: skip


@pytest.mark.parametrize("how", TAMPERED)
def test_a_token_that_is_not_the_provider_s_word_is_refused(client, hosts, ecole_a, domain, how):
    provider = providers.oidc(ecole_a, just_in_time=True)
    providers.serve(hosts, TAMPERED[how]())

    response = providers.come_back(client, provider)

    assert "You cannot come in this way" in read(response).text
    assert client.get("/console/").status_code == 302
    assert providers.roles_at(ecole_a) == {}


@pytest.mark.parametrize(
    "discovery",
    [{"issuer": "https://evil.example.org"}, {"token_endpoint": None}, {"jwks_uri": 7}],
    ids=["another provider's", "not whole", "malformed"],
)
def test_a_provider_that_describes_itself_wrongly_is_not_asked(client, hosts, oidc, discovery):
    providers.serve(hosts, providers.token(providers.THEIRS), **discovery)

    response = client.post(f"/console/ecole-a/sign-in/{oidc.key}", HTTP_HOST="localhost:8000")

    assert response.status_code == 502
    assert "did not answer as it should" in read(response).text


@pytest.mark.parametrize("what", ["state", "another browser"])
def test_an_answer_that_nobody_asked_for_is_refused(client, hosts, oidc, invited, what):
    providers.serve(hosts, providers.token(providers.THEIRS))
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
    about = {"sub": "somebody-else", "email": providers.THEIRS}
    hosts.serve(f"{providers.LOGIN}/userinfo", about)
    providers.come_back(client, provider)
    assert providers.roles_at(ecole_a) == {}

    hosts.serve(f"{providers.LOGIN}/userinfo", about | {"sub": "subject-1"})
    providers.come_back(client, provider)

    assert providers.roles_at(ecole_a) == {providers.THEIRS: "viewer"}


def test_a_provider_that_is_not_there_is_no_fault_of_ours(client, hosts, oidc):
    response = client.post(f"/account/oidc/{oidc.key}/login/", HTTP_HOST="localhost:8000")

    assert response.status_code == 502


def test_nobody_connects_a_provider_to_the_account_that_is_signed_in(client, hosts, oidc, bob):
    sign_in(client, bob)
    providers.serve(hosts, providers.token(providers.THEIRS))
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
