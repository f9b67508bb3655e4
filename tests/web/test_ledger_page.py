"""The public record as people read it: what is there, what waits and why, and each batch."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache

from blockchain import services as anchoring
from blockchain.models import Batch, Sender
from credentials.selectors import counted
from credentials.selectors import ledger as ledgers
from issuers.core import roles
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db
PAGE = "/console/ecole-a/ledger"


@pytest.fixture(autouse=True)
def _nothing_is_kept():
    cache.clear()


def look(client, path=PAGE, later=timedelta(minutes=1), **query):
    with time_machine.travel(NOW + timedelta(days=1) + later):
        response = client.get(path, query)
    assert response.status_code == 200
    return read(response)


def test_it_says_what_is_on_record_since_when_and_that_nothing_waits(client, alice, credential):
    client.force_login(alice)
    root = bytes(Batch.objects.get().root).hex()

    page = look(client)

    assert "1 On the public record" in page.text
    assert "0 Wait for it" in page.text
    assert "Nothing waits" in page.text
    assert "1 of yours of 1 in all" in page.text
    assert "public since" in page.text
    assert "final since" in page.text
    assert f"/network/{root}" in page.links
    assert "What is this?" in page.text


def test_what_waits_is_told_with_its_reason_and_that_it_goes_by_itself(client, alice, ecole_a):
    factories.signed(issuer=ecole_a)
    anchoring.look(now=NOW + timedelta(minutes=4))
    client.force_login(alice)

    page = look(client, later=timedelta(days=-1, minutes=5))

    assert "1 badge waits" in page.text
    assert "since 2 March 2026, 09:00 UTC" in page.text
    assert "waits up to 10 minutes for others" in page.text
    assert "There is nothing to do" in page.text


def test_what_waits_too_long_says_what_to_do(client, alice, ecole_a):
    factories.signed(issuer=ecole_a)
    anchoring.look(now=NOW + timedelta(days=1))
    Sender.objects.update(paused="no money", paused_at=NOW)
    client.force_login(alice)

    page = look(client)
    french = look(client, lang="fr")

    assert "longer than it should take" in page.text
    assert "no money" not in page.text
    assert "plus long que prévu" in french.text


def test_the_chart_is_drawn_from_a_table_of_twelve_months(client, alice, credential):
    client.force_login(alice)

    with time_machine.travel(NOW + timedelta(days=1)):
        html = client.get(PAGE).content.decode()

    assert html.count("data-number=") == 12
    assert html.count('data-number="1"') == 1


def test_an_organisation_without_any_is_told_how_it_comes_there(client, alice):
    client.force_login(alice)

    page = look(client)

    assert "Nothing of yours is on the public record yet" in page.text
    assert "/console/ecole-a/lists/new" in page.links


def test_a_viewer_reads_it_and_a_stranger_does_not(client, ecole_a, charlie, credential):
    client.force_login(factories.member(issuer=ecole_a, name="Vera", role=roles.Role.VIEWER))
    assert client.get(PAGE).status_code == 200

    client.force_login(charlie)
    assert client.get(PAGE).status_code == 404
    assert "0 On the public record" in look(client, "/console/ecole-b/ledger").text


def test_much_is_put_together_once_in_a_while(
    ecole_a, credential, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(counted, "MANY", 0)
    first = ledgers.shown(issuer=ecole_a, now=NOW)

    with django_assert_num_queries(0):
        again = ledgers.shown(issuer=ecole_a, now=NOW + timedelta(minutes=5))

    assert again == first
    assert again[1] == NOW


def test_it_takes_few_questions(client, alice, credential, django_assert_max_num_queries):
    client.force_login(alice)
    client.get(PAGE)

    with django_assert_max_num_queries(12):
        client.get(PAGE)


@pytest.mark.parametrize(
    ("language", "word"), [("en", "nobody can rewrite it"), ("fr", "personne ne peut")]
)
def test_a_batch_is_told_in_words_to_anybody(client, credential, language, word):
    row = Batch.objects.get()

    page = look(client, f"/network/{bytes(row.root).hex()}", lang=language)

    assert word in page.text
    assert row.transaction in page.text
    assert credential.learner.name not in page.text
    assert "École A" not in page.text


def test_a_batch_that_is_not_there_is_not_found(client, db):
    assert client.get(f"/network/{'0' * 64}").status_code == 404
    assert client.get("/network/nothing").status_code == 404


def test_the_network_leads_to_each_batch_and_says_what_it_is(client, credential):
    page = look(client, "/network")

    assert f"/network/{bytes(Batch.objects.get().root).hex()}" in page.links
    assert "What is this?" in page.text
