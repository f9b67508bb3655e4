"""/credentials/<token>/check and /proof.html, and /verifier.js: proof without us."""

import gzip
import hashlib
import json
import re
from base64 import b64encode
from pathlib import Path

import pytest

from credentials import services
from credentials.core import canonical, script
from learners import models as learners
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
DATA = re.compile(r'<script id="(\w+)" type="application/json">(.*?)</script>', re.DOTALL)


def data(response):
    return {name: json.loads(text) for name, text in DATA.findall(response.content.decode())}


def test_the_page_names_the_script_by_its_digest(client, page):
    response = client.get(f"{page}/check")

    served = client.get("/verifier.js")
    digest = b64encode(hashlib.sha384(served.content).digest()).decode()
    assert f'src="/verifier.js" integrity="sha384-{digest}"' in response.content.decode()
    assert served["Content-Type"] == "text/javascript"
    assert digest in (ROOT / "docs/proof.md").read_text(), "docs/proof.md names the digest"


def test_the_script_is_small_and_holds_nothing_that_evaluates():
    text = script.text()

    assert len(gzip.compress(text.encode(), 9)) < 45_000
    assert re.findall(r"\beval\b|\bFunction\(|innerHTML|document\.write|</script|<!--", text) == []


def test_only_that_page_may_ask_others_and_it_runs_no_script_but_ours(client, page):
    policy = client.get(f"{page}/check")["Content-Security-Policy"]
    ordinary = client.get(page)["Content-Security-Policy"]

    assert "connect-src 'self' https: http://localhost:* http://127.0.0.1:*" in policy
    assert "script-src 'self'" in [each.strip() for each in policy.split(";")]
    assert "connect-src 'self'" in [each.strip() for each in ordinary.split(";")]


def test_what_came_with_the_badge_proves_itself(client, credential, page):
    services.state(now=NOW)
    factories.anchor_everything()

    found = data(client.get(f"{page}/check"))["dossier"]

    document = client.get(f"{page}.json")
    assert found["document"].encode() == document.content
    assert json.loads(found["receipts"][0]) == client.get(f"{page}/anchor.json").json()
    assert json.loads(found["history"]["statement"])["type"] == "IssuerKeyHistory"
    [version] = found["versions"]
    statement = json.loads(version["statement"])
    digest = hashlib.sha256(canonical.jcs(json.loads(version["list"]))).hexdigest()
    assert statement["listDigest"] == digest
    assert set(found["contexts"]) == set(document.json()["@context"])


def test_whose_keys_they_are_is_not_learnt_from_the_page(client, page):
    found = data(client.get(f"{page}/check"))["dossier"]

    assert not {"did", "didDocument", "keys", "submitters"} & set(found)


def test_the_dossier_runs_the_very_script_and_nothing_else(client, credential, page):
    response = client.get(f"{page}/proof.html")

    html = response.content.decode()
    [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    digest = b64encode(hashlib.sha256(script.text().encode()).digest()).decode()
    assert f"script-src &#x27;sha256-{digest}&#x27;" in policy
    assert f'<script type="module">{script.text()}</script>' in html
    assert "attachment" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]
    assert [load for load in read(response).loads if load] == []
    assert re.findall(r"url\((?!data:)", html.partition("</style>")[0]) == []
    assert data(response)["dossier"]["document"].startswith("{")


@pytest.mark.parametrize("path", ["check", "proof.html"])
def test_both_are_there_in_french(client, page, path):
    response = client.get(f"{page}/{path}", {"lang": "fr"})

    text = read(response).text
    assert '<html lang="fr">' in response.content.decode()
    assert "Ce que ce navigateur a constaté" in text
    assert data(response)["words"]["outcomes"]["passed"] == "Réussi"


@pytest.mark.parametrize("path", ["check", "proof.html"])
def test_an_address_that_nobody_was_given_leads_nowhere(client, page, path):
    response = client.get(f"/credentials/{'A' * 22}/{path}")

    assert response.status_code == 404


def test_of_an_erased_learner_nothing_is_handed_out(client, credential, page):
    learners.LearnerKey.objects.of(credential.issuer).all().delete()

    assert client.get(f"{page}/check").status_code == 410
    assert client.get(f"{page}/proof.html").status_code == 410


def test_the_badge_page_leads_there(client, page):
    links = read(client.get(page)).links

    assert f"{page}/check" in links
    assert f"{page}/proof.html" in links


def test_nodes_are_suggested_by_the_settings_alone(client, page, settings):
    settings.PUBLIC_NODES = {f"eip155:{settings.CHAIN_ID}": ["https://node.example/"]}

    html = client.get(f"{page}/check").content.decode()

    assert "https://node.example/\n</textarea>" in html
