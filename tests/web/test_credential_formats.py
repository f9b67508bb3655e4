"""The formats that the page of a credential offers, to people and to programs."""

import re

import pytest

from blockchain import chains
from credentials import services
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db


def formats(client, credential, **query):
    shown = read(client.get(f"/credentials/{credential.token}", query))
    # What leads to another site, or to the holder's own pages, is no file.
    return {
        link
        for link in shown.links
        if credential.token in link and link.startswith("/") and not link.startswith("/wallet/")
    }, shown


def test_every_file_that_is_offered_is_there(client):
    issuer = factories.issuer(email="a@example.org")
    credential = factories.signed(issuer=issuer)
    factories.anchor_everything()

    offered, shown = formats(client, credential)

    browser = {"Accept": "text/html,application/xhtml+xml,image/avif,*/*;q=0.8"}
    answers = {address: client.get(address, headers=browser).status_code for address in offered}
    alternates = [
        str(found["href"]) for tag, found in shown.elements if found.get("rel") == "alternate"
    ]
    assert set(answers.values()) <= {200, 202}
    assert len([address for address in offered if "/ob2/" in address]) == 4
    assert len([address for address in offered if address.endswith(".jwt")]) == 2
    assert {client.get(address).status_code for address in alternates} <= {200, 202}
    assert any("/ob2/" in address for address in alternates)


def test_what_would_be_refused_is_not_offered(client, credential):
    offered, shown = formats(client, credential)

    assert not [address for address in offered if "/ob2/" in address]
    assert not [address for address in offered if "blockcerts" in address]
    assert "Blockcerts" not in shown.text


def test_the_export_for_blockcerts_is_offered_where_it_is_accepted(client, ecole_a, settings):
    settings.CHAIN_ID, settings.BLOCKCERTS = 11155111, True
    chains.get_chain.cache_clear()
    badge = factories.achievement(issuer=ecole_a, standing="final")
    credential = factories.signed(issuer=ecole_a, achievement=badge)
    factories.anchor_everything()

    offered, _shown = formats(client, credential)

    assert f"/credentials/{credential.token}/blockcerts.json" in offered
    assert client.get(f"/credentials/{credential.token}/blockcerts.json").status_code == 200


def test_it_says_in_french_which_one_is_for_what(client, credential):
    _offered, shown = formats(client, credential, lang="fr")

    assert "prenez l\u2019image" in shown.text
    assert "Pour un outil qui demande un jeton" in shown.text


def test_the_address_of_the_page_gives_the_token_to_who_asks_for_one(client, credential, page):
    first = client.get(page, headers={"Accept": "application/vc+jwt"})
    services.sign_editions(now=NOW, limit=10)

    second = client.get(page, headers={"Accept": "application/vc+jwt"})

    assert (first.status_code, second.status_code) == (202, 200)
    assert second["Content-Type"] == "application/vc+jwt"


def test_every_address_of_the_documentation_answers(client, settings):
    settings.CHAIN_ID, settings.BLOCKCERTS = 11155111, True
    chains.get_chain.cache_clear()
    issuer = factories.issuer(email="a@example.org")
    badge = factories.achievement(issuer=issuer, standing="final")
    credential = factories.signed(issuer=issuer, achievement=badge)
    factories.anchor_everything()
    text = (settings.BASE_DIR / "docs/interoperability.md").read_text()
    section = text.partition("## Where each format is")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("|") and "`" in line]

    answers = {}
    for row in rows:
        first, *others = re.findall(r"`(/?[^`]+)`", row.rpartition(" | ")[2])
        stem = first.removesuffix(".json").removesuffix(".png")
        for address in (first, *(f"{stem}{ending}" for ending in others)):
            path = address.replace("<token>", credential.token).replace("<slug>", issuer.slug)
            answers[address] = client.get(path).status_code

    assert len(answers) == 12
    assert {address for address, status in answers.items() if status == 202} == {
        address for address in answers if address.endswith((".jwt", ".jws"))
    }
    assert set(answers.values()) == {200, 202}
