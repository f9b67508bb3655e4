"""All that is issued in a name, as a feed for anybody: leaves and badges, and nobody."""

import hashlib
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from django.db import connection

from credentials import models, selectors, services
from credentials.selectors import monitoring
from issuers import selectors as parties
from issuers import services as organisations
from tests import factories, roles
from tests.conftest import NOW
from tests.web import providers
from tests.web.conftest import read

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
SITE = "http://localhost:8000"


@pytest.fixture
def feed():
    return "/issuers/ecole-a/issued.json"


def leaves(client, address):
    return [each["_acquis"]["leaf"] for each in client.get(address).json()["items"]]


def test_everything_that_was_signed_is_listed_and_names_nobody(client, ecole_a, credential, feed):
    factories.due(issuer=ecole_a)  # not signed yet: it may still be taken back

    response = client.get(feed)

    [item] = response.json()["items"]
    assert item["title"] == credential.achievement.name
    assert item["url"] == f"{SITE}/achievements/{credential.achievement.uuid}"
    assert item["date_published"] == "2026-03-02T09:00:00Z"
    assert item["_acquis"] == {
        "leaf": bytes(credential.leaf).hex(), "issuer": ecole_a.did, "state": "finalized",
    }  # fmt: skip
    body = response.content.decode()
    for secret in (credential.token, credential.learner.name, credential.reference):
        assert secret not in body
    assert response["Cache-Control"] == "public, max-age=300"
    assert response["Access-Control-Allow-Origin"] == "*"


def test_whoever_holds_a_badge_computes_its_leaf_and_finds_it(client, credential, feed):
    opened = selectors.opened(credential=credential)

    leaf = hashlib.sha256(b"\0" + opened.salt + opened.digest).hexdigest()

    assert leaves(client, feed) == [leaf]


def test_the_same_as_atom(client, credential):
    response = client.get("/issuers/ecole-a/issued.atom", {"lang": "fr"})
    root = ET.fromstring(response.content)  # noqa: S314 - our own

    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    [entry] = root.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == f"ni:///sha-256;{bytes(credential.leaf).hex()}"
    assert entry.find(f"{ATOM}category").get("term") == "finalized"
    assert root.findtext(f"{ATOM}title") == "Délivré par École A"
    for each in root.iter(f"{ATOM}updated"):
        assert each.text == "2026-03-02T09:00:00Z"


def test_older_ones_are_on_further_pages(client, ecole_a, feed, monkeypatch):
    monkeypatch.setattr(monitoring, "PAGE", 2)
    rows = factories.due(issuer=ecole_a, count=5)
    services.sign(now=NOW, limit=3)
    services.sign(now=NOW + timedelta(hours=2), limit=3)

    found, address, pages = [], feed, 0
    while address:
        page = client.get(address).json()
        found += [each["_acquis"]["leaf"] for each in page["items"]]
        address, pages = page.get("next_url", "").removeprefix(SITE), pages + 1

    kept = models.Credential.objects.of(ecole_a).filter(pk__in=[row.pk for row in rows])
    assert pages == 3
    assert sorted(found) == sorted(bytes(each.leaf).hex() for each in kept)
    assert b'rel="next"' in client.get("/issuers/ecole-a/issued.atom").content


def test_a_page_costs_few_queries(client, credential, feed, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        client.get(feed)


@pytest.mark.parametrize("before", ["0" * 64, "x", "z" * 64, "0" * 63])
def test_a_page_that_is_none_is_refused(client, credential, feed, before):
    assert client.get(feed, {"before": before}).status_code == 400


def test_a_leaf_of_another_organisation_is_no_page(client, ecole_a, ecole_b, feed):
    other = factories.signed(issuer=ecole_b)

    assert client.get(feed, {"before": bytes(other.leaf).hex()}).status_code == 400


@pytest.mark.parametrize("end", ["atom", "json"])
def test_of_an_organisation_that_is_not_there_nothing_is_listed(client, db, end):
    assert client.get(f"/issuers/nobody/issued.{end}").status_code == 404
    assert client.get(f"/monitor.{end}", {"domain": "example.org"}).status_code == 404
    assert client.get(f"/monitor.{end}", {"domain": "127.0.0.1"}).status_code == 400


def test_a_domain_is_followed_whoever_proves_it(client, ecole_a, ecole_b, credential):
    providers.proven(ecole_a, "ecole.example")
    providers.proven(ecole_b, "ecole.example")
    other = factories.signed(issuer=ecole_b)

    assert set(leaves(client, "/monitor.json?domain=ecole.example")) == {
        bytes(credential.leaf).hex(), bytes(other.leaf).hex(),
    }  # fmt: skip
    names = {each.slug for each in parties.holders_of(domain="ecole.example")}
    assert names == {"ecole-a", "ecole-b"}


def test_a_domain_that_was_only_asked_for_is_nobodys(client, ecole_a):
    organisations.ask_domain(issuer=ecole_a, name="ecole.example", now=NOW)

    assert parties.holders_of(domain="ecole.example") == []
    assert (
        "Nobody has proven this domain here"
        in read(client.get("/monitor", {"domain": "ecole.example"})).text
    )


def test_who_serves_pages_learns_of_a_domain_who_proved_it_and_no_more(ecole_a, ecole_b):
    providers.proven(ecole_a, "ecole.example")

    with roles.working_as(roles.WEB), connection.cursor() as cursor:
        cursor.execute("SELECT acquis_holders('ecole.example')")
        assert cursor.fetchall() == [(ecole_a.pk,)]


def test_the_page_explains_and_leads_to_the_feeds(client, ecole_a):
    providers.proven(ecole_a, "ecole.example")

    shown = read(client.get("/monitor", {"domain": "https://Ecole.example/"}))

    assert "/monitor.atom?domain=ecole.example" in shown.links
    assert "/issuers/ecole-a/issued.json" in shown.links
    assert "Ce qui est délivré sous un nom" in read(client.get("/monitor", {"lang": "fr"})).text
    assert client.get("/monitor", {"domain": "127.0.0.1"}).status_code == 400


def test_the_page_of_an_organisation_leads_to_its_feed(client, ecole_a):
    shown = read(client.get("/issuers/ecole-a"))

    assert "/issuers/ecole-a/issued.atom" in shown.links
    assert [found for tag, found in shown.elements
            if tag == "link" and found.get("type") == "application/atom+xml"]  # fmt: skip


def test_what_xml_cannot_hold_does_not_break_a_feed(client, ecole_a):
    badge = factories.achievement(issuer=ecole_a, slug="odd", name="]]>&<a>\U0001f600")
    factories.signed(issuer=ecole_a, achievement=badge)

    root = ET.fromstring(client.get("/issuers/ecole-a/issued.atom").content)  # noqa: S314

    assert "]]>&<a>" in root.find(f"{ATOM}entry").findtext(f"{ATOM}title")
