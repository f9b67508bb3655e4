"""An organisation that lets nobody in without a second factor."""

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.test import Client

from issuers import services
from tests.conftest import NOW
from tests.web import providers
from tests.web.conftest import code_sent, read, sign_in


def test_an_organisation_lets_nobody_in_without_a_second_factor(client, bob, alice, ecole_a):
    administrator = Client()
    administrator.force_login(alice)
    there = "/console/ecole-a/sign-in-settings/second-factor"
    for _twice in range(2):  # pressed twice, it stays so
        administrator.post(there, {"wanted": "on"})
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
    providers.serve(hosts, providers.token(providers.THEIRS))

    providers.come_back(client, oidc)

    assert client.get("/console/ecole-a/").status_code == 200
