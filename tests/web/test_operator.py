"""The operator's pages: who gets in, and what they find there."""

from __future__ import annotations

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client
from django.urls import get_resolver

from config.operating.site import site
from issuers import models, services
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import read

REASON = "Its name belongs to somebody else."


def operator_addresses():
    """Return everything below operator/, as it is wired."""
    [found] = [each for each in get_resolver().url_patterns if str(each.pattern) == "operator/"]
    return {each.name: each for each in found.url_patterns}


ADDRESSES = operator_addresses()


def address(name, **more):
    route = "/operator/" + str(ADDRESSES[name].pattern)
    return route.replace("<slug:slug>", "ecole-a").replace("<int:pk>", str(more.get("pk", 1)))


def arm(client: Client) -> None:
    """Let a session have been opened with a second factor."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "type": "totp", "at": 0}]
    session.save()


@pytest.fixture
def olga(db):
    """Olga operates the installation."""
    return services.let_operate(email="olga@example.org")


@pytest.fixture
def operator(client, olga):
    """A browser in which Olga signed in with a second factor."""
    client.force_login(olga)
    arm(client)
    return client


def visits():
    return [(name, method) for name in sorted(ADDRESSES) for method in ("get", "post")]


def test_every_address_is_behind_the_operators_door():
    assert [
        name for name, each in ADDRESSES.items() if not getattr(each.callback, "is_operators", 0)
    ] == []


@pytest.mark.parametrize(("name", "method"), visits())
def test_nobody_is_told_that_there_is_something(client, ecole_a, name, method):
    assert getattr(client, method)(address(name)).status_code == 404


@pytest.mark.parametrize(("name", "method"), visits())
@pytest.mark.parametrize("who", ["alice", "bob", "charlie"])
def test_who_works_for_an_organisation_is_not_told_either(client, request, who, name, method):
    request.getfixturevalue("ecole_a")
    client.force_login(request.getfixturevalue(who))
    arm(client)

    assert getattr(client, method)(address(name)).status_code == 404


@pytest.mark.parametrize(("name", "method"), visits())
def test_an_operator_without_a_second_factor_is_told_how_to_get_one(
    client, olga, ecole_a, name, method
):
    client.force_login(olga)

    response = getattr(client, method)(address(name))

    assert response.status_code == 403
    assert "/account/2fa/" in read(response).links


@pytest.mark.parametrize(("name", "method"), visits())
def test_whom_a_provider_sent_is_no_operator(client, olga, ecole_a, name, method):
    client.force_login(olga)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "mfa", "type": "totp", "at": 0},
        {"method": "socialaccount", "provider": "x", "at": 0},
    ]
    session.save()

    assert getattr(client, method)(address(name)).status_code == 404


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_an_operator_gets_everywhere_under_the_policy_of_every_page(
    operator, alice, ecole_a, name, language
):
    factories.signed(issuer=ecole_a)

    response = operator.get(address(name), {"lang": language})

    assert response.status_code == 200
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "no-store" in response["Cache-Control"]
    page = read(response)
    assert [each for each in page.loads if not each.startswith("/static/")] == []
    assert [each for each in page.elements if each[0] in {"script", "style"}] == []
    assert [each for _tag, each in page.elements if "style" in each or "onclick" in each] == []


def test_no_page_of_a_signed_in_operator_shows_a_learner(operator, alice, ecole_a):
    factories.learner(issuer=ecole_a)
    factories.signed(issuer=ecole_a)

    for name in ADDRESSES:
        page = operator.get(address(name)).content.decode()

        assert "Awa" not in page
        assert "awa@example.org" not in page
        assert "leve0@example.org" not in page


def test_what_is_registered_holds_neither_keys_nor_credentials_nor_learners():
    assert {model._meta.label for model in site._registry} == {"issuers.Issuer", "issuers.User"}


def test_an_operator_sees_who_issues_and_how_much(operator, alice, ecole_a, ecole_b):
    factories.due(issuer=ecole_a, count=3)

    page = read(operator.get("/operator/organisations/"))

    assert "École A" in page.text
    assert "École B" in page.text
    assert "3, of which 3 in 30 days" in page.text
    assert "/operator/organisations/ecole-a/" in page.links


def test_an_operator_seeks_and_sifts(operator, ecole_a, ecole_b):
    services.suspend(issuer=ecole_b, reason=REASON, now=NOW)

    sought = read(operator.get("/operator/organisations/", {"q": "École A"}))
    sifted = read(operator.get("/operator/organisations/", {"state": "suspended"}))
    odd = operator.get(
        "/operator/organisations/", {"state": "x", "kind": "x", "o": "9.-9", "p": "x"}
    )

    assert "ecole-b" not in sought.text
    assert "ecole-a" not in sifted.text
    assert odd.status_code in {200, 302}


def test_an_organisation_that_is_suspended_is_closed(operator, alice, ecole_a):
    factories.the_achievement(issuer=ecole_a)
    assert (
        operator.post("/operator/organisations/ecole-a/suspend", {"reason": " "}).status_code == 200
    )

    operator.post("/operator/organisations/ecole-a/suspend", {"reason": REASON})

    theirs = Client()
    theirs.force_login(alice)
    refused = theirs.get("/console/ecole-a/")
    assert refused.status_code == 403
    assert REASON in read(refused).text
    assert theirs.get("/console/").status_code == 200
    with pytest.raises(Exception, match="suspended since"):
        factories.due(issuer=models.Issuer.objects.get(pk=ecole_a.pk))


def test_what_it_issued_goes_on_verifying_and_its_pages_stay(
    operator, client, credential, page, ecole_a
):
    operator.post("/operator/organisations/ecole-a/suspend", {"reason": REASON})

    stranger = Client()
    assert "Verified" in read(stranger.get(page)).text
    assert stranger.get("/issuers/ecole-a").status_code == 200
    assert stranger.get("/issuers/ecole-a/did.json").status_code == 200


def test_an_organisation_may_go_on(operator, alice, ecole_a):
    services.suspend(issuer=ecole_a, reason=REASON, now=NOW)

    operator.post("/operator/organisations/ecole-a/resume")

    theirs = Client()
    theirs.force_login(alice)
    assert theirs.get("/console/ecole-a/").status_code == 200
    assert factories.due(issuer=models.Issuer.objects.get(pk=ecole_a.pk))
    again = operator.post("/operator/organisations/ecole-a/resume")
    assert "is not suspended" in read(again).text


def test_an_organisation_that_is_not_there_is_not_there(operator):
    for page in ("", "suspend", "resume"):
        assert operator.get(f"/operator/organisations/nobody/{page}").status_code == 404
