"""A credential that is on record on several chains, and one whose record is in doubt."""

from datetime import timedelta

import pytest

from blockchain import chains
from blockchain import services as anchoring
from credentials import services
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db

SECOND = "eip155:31338"
LATER = NOW + timedelta(days=1)


@pytest.fixture
def credential(ecole_a, settings):
    """Return one that is final on the first chain, and then on a second one."""
    settings.FURTHER_CHAINS = [{"id": SECOND, "rpc": ["memory:"], "name": "Chaîne de Lyon"}]
    first = anchoring.first_lane().chain
    services.choose_lanes(issuer=ecole_a, lanes=[first, SECOND], now=NOW - timedelta(minutes=1))
    signed = factories.signed(issuer=ecole_a)
    factories.anchor_everything()
    second = chains.get_chain(SECOND)
    second.reach(NOW + timedelta(hours=1))
    for _round in range(8):
        anchoring.broadcast(now=LATER)
        second.mine()
        anchoring.follow(now=LATER)
    return signed


def test_the_page_names_every_chain_by_the_name_of_the_settings(client, credential, page):
    text = read(client.get(page)).text

    assert "Also recorded on" in text
    assert f"Chaîne de Lyon {SECOND}" in text
    assert f"{page}/anchors.json" in client.get(page).content.decode()


def test_every_receipt_is_served_the_best_first(client, page):
    answer = client.get(f"{page}/anchors.json").json()

    best = client.get(f"{page}/anchor.json").json()
    assert answer["type"] == "AnchorReceipts"
    assert answer["receipts"][0] == best
    assert [receipt["chain"] for receipt in answer["receipts"]] == [
        anchoring.first_lane().chain,
        SECOND,
    ]


def test_one_record_needs_no_list(client, ecole_b):
    signed = factories.signed(issuer=ecole_b)
    factories.anchor_everything()

    text = client.get(f"/credentials/{signed.token}").content.decode()

    assert "anchors.json" not in text
    assert "Also recorded on" not in text


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Record being checked again"), ("fr", "Inscription en cours de revérification")],
)
def test_a_record_in_doubt_is_amber_and_says_so(client, ecole_b, language, words):
    signed = factories.signed(issuer=ecole_b)
    factories.anchor_everything()
    factories.memory_chain().reorganise(12)
    anchoring.follow(now=LATER)

    response = client.get(f"/credentials/{signed.token}", {"lang": language})

    assert words in read(response).text
    assert client.get(f"/credentials/{signed.token}/anchor.json").json()["state"] == "confirmed"
    report = client.get(f"/credentials/{signed.token}/report.json").json()
    assert report["verdict"] == "inconclusive"
