"""The console page of domains and hosts: what to publish, and what came of it."""

from datetime import timedelta

import pytest
import time_machine

from issuers import models, selectors
from issuers.core import domains
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db

PAGE = "/console/ecole-a/domains"
HOSTS = "/console/ecole-a/hosts"


@pytest.fixture(autouse=True)
def _signed_in(client, alice, zone, hosts):
    client.force_login(alice)


@pytest.fixture
def domain(client, ecole_a):
    client.post(f"{PAGE}/add", {"name": "https://ecole-a.example.org/"})
    return models.Domain.objects.of(ecole_a).get()


@pytest.fixture
def host(client, ecole_a):
    client.post(f"{HOSTS}/add", {"name": "badges.example.org"})
    return models.Host.objects.of(ecole_a).get()


def test_it_says_what_to_publish_for_a_domain(client, domain):
    text = read(client.get(PAGE)).text

    assert "_acquis-challenge.ecole-a.example.org" in text
    assert domains.proof(domain.token) in text
    assert "https://ecole-a.example.org/.well-known/acquis-domain-verification.txt" in text
    assert "not proven yet" in text


def test_a_domain_that_is_proven_is_said_to_be(client, domain, zone):
    zone.says("_acquis-challenge.ecole-a.example.org", domains.proof(domain.token))

    response = client.post(f"{PAGE}/{domain.pk}/check", follow=True)

    assert "ecole-a.example.org is proven." in read(response).text
    assert "verified on 2 March 2026" in read(response).text


def test_a_domain_that_is_not_says_what_was_found(client, domain):
    response = client.post(f"{PAGE}/{domain.pk}/check", follow=True)

    text = read(response).text
    assert "was not found yet" in text
    assert "l’enregistrement n’est pas là" in text  # noqa: RUF001 - École A speaks French


def test_who_presses_again_is_asked_to_wait(client, domain):
    client.post(f"{PAGE}/{domain.pk}/check")

    response = client.post(f"{PAGE}/{domain.pk}/check", follow=True)

    assert "Wait ten seconds." in read(response).text


def test_a_name_that_cannot_be_proven_is_said_why(client, ecole_a):
    response = client.post(f"{PAGE}/add", {"name": "printer.local"})

    assert "This name is not one of the public internet." in read(response).text
    assert selectors.domains_of(issuer=ecole_a) == []


def test_a_domain_is_removed_after_a_question(client, ecole_a, domain):
    assert client.get(f"{PAGE}/{domain.pk}/forget").status_code == 200
    assert selectors.domains_of(issuer=ecole_a) != []

    client.post(f"{PAGE}/{domain.pk}/forget")

    assert selectors.domains_of(issuer=ecole_a) == []


def test_a_host_goes_from_asked_to_live_to_given_up(client, ecole_a, host, zone):
    text = read(client.get(PAGE)).text
    assert "_acquis-challenge.badges.example.org" in text
    assert "CNAME badges.example.org Value localhost" in text

    zone.says("_acquis-challenge.badges.example.org", domains.proof(host.token))
    response = client.post(f"{HOSTS}/{host.pk}/check", follow=True)
    assert "Your public pages are at https://badges.example.org." in read(response).text
    assert "https://badges.example.org/" in read(response).links

    client.post(f"{HOSTS}/{host.pk}/release")
    assert selectors.addresses_of(issuer=ecole_a, now=NOW) == []
    assert selectors.live_hosts(now=NOW) == {}


def test_a_host_whose_proof_went_is_shown_as_stopped(client, host, zone):
    zone.says("_acquis-challenge.badges.example.org", domains.proof(host.token))
    client.post(f"{HOSTS}/{host.pk}/check")
    zone.records.clear()

    with time_machine.travel(NOW + timedelta(minutes=1)):
        response = client.post(f"{HOSTS}/{host.pk}/check", follow=True)

    assert "stopped on 2 March 2026" in read(response).text


def test_a_stranger_finds_no_domain_and_no_host(client, charlie, domain, host, zone):
    zone.says("_acquis-challenge.ecole-a.example.org", domains.proof(domain.token))
    client.force_login(charlie)

    for path in (
        PAGE, f"{PAGE}/{domain.pk}/check", f"{PAGE}/{domain.pk}/forget", f"{HOSTS}/{host.pk}/check",
        f"{HOSTS}/{host.pk}/release",
    ):  # fmt: skip
        elsewhere = path.replace("ecole-a", "ecole-b")
        assert client.post(path).status_code in {404, 405}, path
        assert client.post(elsewhere).status_code in {404, 405}, elsewhere
    assert domain.token not in client.get("/console/ecole-b/domains").content.decode()
    assert zone.asked == []
    assert models.Domain.objects.of(domain.issuer).count() == 1
