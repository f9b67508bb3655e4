"""/network: which chains hold our records, and how each of them does; nobody is asked for it."""

from datetime import timedelta

import pytest
import time_machine

from blockchain import chains
from blockchain import services as anchoring
from blockchain.models import Batch, Sender, State
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db


def look(client, language="en", later=timedelta(seconds=10)) -> str:
    with time_machine.travel(NOW + timedelta(days=1) + later):
        response = client.get("/network", {"lang": language})
    assert response.status_code == 200
    return read(response).text


def test_a_new_installation_says_that_nothing_was_written_yet(client, db):
    text = look(client)

    assert "Not used yet" in text
    assert "Nothing has been written yet." in text
    assert "Nothing waits to be written." in text


@pytest.mark.parametrize(("language", "word"), [("en", "Working"), ("fr", "En service")])
def test_a_chain_that_answers_is_shown_with_its_last_blocks(client, credential, language, word):
    anchoring.look(now=NOW + timedelta(days=1))

    text = look(client, language)

    assert word in text
    assert str(factories.memory_chain().head().number) in text
    assert bytes(Batch.objects.get().root).hex()[:12] in text


def test_no_chain_is_asked_for_the_page(client, credential, monkeypatch):
    anchoring.look(now=NOW + timedelta(days=1))

    with monkeypatch.context() as patch:
        patch.setattr(chains, "get_chain", lambda *names: pytest.fail("a chain was asked"))
        text = look(client)

    assert "Working" in text


def test_a_paused_account_puts_the_chain_on_hold_and_keeps_its_reason_to_itself(client, credential):
    anchoring.look(now=NOW + timedelta(days=1))
    Sender.objects.update(paused="https://node.example/secret-key says no", paused_at=NOW)

    text = look(client)

    assert "On hold" in text
    assert "secret-key" not in text


def test_addresses_of_nodes_are_not_shown(client, credential, settings):
    settings.CHAIN_RPC_URLS = ["https://node.example/secret-key"]

    assert "node.example" not in look(client)


def test_when_workers_stopped_looking_the_page_says_so(client, credential):
    anchoring.look(now=NOW + timedelta(days=1))

    assert "Not watched" in look(client, later=timedelta(minutes=6))


def test_what_waits_is_counted_since_when(client, ecole_a):
    factories.signed(issuer=ecole_a)
    factories.signed(issuer=ecole_a)

    text = look(client)

    assert "2 fingerprints wait to be written, the first since 2 March 2026, 09:00 UTC." in text


def test_the_chart_has_its_numbers_in_a_table(client, credential):
    response = client.get("/network")
    with time_machine.travel(NOW + timedelta(days=1)):
        page = read(client.get("/network"))

    bars = [attributes for tag, attributes in page.elements if tag == "rect"]
    assert response.status_code == 200
    assert len(bars) == 30
    [bar] = [each for each in bars if each["height"] != "0"]
    assert bar["height"] == "100"
    day = Batch.objects.get().block_time
    assert f"{day:%Y-%m-%d} 1" in page.text


def test_a_batch_whose_final_block_was_replaced_is_not_shown_as_final(client, credential):
    Batch.objects.filter(state=State.FINALIZED).update(failure="a final block was replaced")

    text = look(client)

    assert "being checked again" in text


def test_the_number_of_queries_does_not_depend_on_what_is_there(
    client, credential, django_assert_max_num_queries
):
    anchoring.look(now=NOW + timedelta(days=1))

    with django_assert_max_num_queries(6):
        client.get("/network")
