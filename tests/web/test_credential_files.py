"""What other people's verifiers read: the document, the receipt, the image, the report."""

import json

import pytest

from badges.core import baking, svg
from blockchain.core import anchor
from credentials import selectors, services
from credentials.core import rdf
from learners import models as learners
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

FILES = (".json", ".png", ".svg", "/anchor.json", "/anchors.json", "/report.json")


def test_the_document_is_served_word_for_word(client, credential, page):
    response = client.get(f"{page}.json")

    assert response.content == selectors.opened(credential=credential).document
    assert response["Content-Type"] == "application/vc+ld+json"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("*/*", "application/vc+ld+json"),
        ("application/vc+ld+json", "application/vc+ld+json"),
        ("application/vc", "application/vc"),
        ("application/ld+json, application/json", "application/ld+json"),
        ("application/json", "application/json"),
        ("text/html", "application/vc+ld+json"),
        ("nonsense", "application/vc+ld+json"),
    ],
)
def test_the_document_has_the_type_that_was_asked_for(client, page, accept, expected):
    response = client.get(f"{page}.json", headers={"Accept": accept})

    assert response["Content-Type"] == expected
    assert "Accept" in response["Vary"]


@pytest.mark.parametrize(
    "accept",
    [
        "application/vc+ld+json",
        "application/ld+json, application/json;q=0.9",
        "application/vc",
        'application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"',
    ],
)
def test_the_address_of_the_page_gives_the_document_to_a_program(client, page, accept):
    response = client.get(page, headers={"Accept": accept})

    assert response.content == client.get(f"{page}.json").content
    assert response["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "accept", ["*/*", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", ""]
)
def test_the_address_of_the_page_gives_the_page_to_a_person(client, page, accept):
    response = client.get(page, headers={"Accept": accept})

    assert response["Content-Type"].startswith("text/html")


def test_the_id_of_the_document_is_the_address_of_the_page(client, page):
    assert client.get(f"{page}.json").json()["id"] == f"http://localhost:8000{page}"


def test_the_receipt_leads_from_the_document_to_its_root(client, page):
    document = client.get(f"{page}.json").json()

    response = client.get(f"{page}/anchor.json")

    assert response["Content-Type"] == "application/json"
    anchor.verify_inclusion(rdf.digest(document), anchor.from_json(response.json()))


def test_before_it_is_confirmed_there_is_no_receipt(client, ecole_a):
    signed = factories.signed(issuer=ecole_a)

    response = client.get(f"/credentials/{signed.token}/anchor.json")

    assert response.status_code == 404
    assert response.json()["code"] == "not_anchored"
    assert response["Access-Control-Allow-Origin"] == "*"


def test_the_image_holds_the_document(client, page):
    response = client.get(f"{page}.png")

    assert response["Content-Type"] == "image/png"
    assert baking.unbake_png(response.content).encode() == client.get(f"{page}.json").content


def test_the_drawing_holds_the_document(client, page):
    response = client.get(f"{page}.svg")

    assert response["Content-Type"] == "image/svg+xml"
    assert svg.unbake(response.content).encode() == client.get(f"{page}.json").content


def test_a_drawing_that_is_opened_by_itself_may_do_nothing(client, credential, page):
    for address in (f"{page}.svg", f"/achievements/{credential.achievement.uuid}/image.svg"):
        response = client.get(address)

        policy = response["Content-Security-Policy"].split("; ")
        assert {"default-src 'none'", "sandbox"} <= set(policy)
        assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("file", FILES)
def test_a_script_of_any_origin_may_read(client, page, file):
    response = client.get(f"{page}{file}", headers={"Origin": "https://verifier.example"})

    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["X-Robots-Tag"] == "noindex"
    assert not response.cookies


@pytest.mark.parametrize("file", [".json", ".png", ".svg", "/anchor.json", "/anchors.json"])
def test_what_did_not_change_is_not_sent_twice(client, page, file):
    first = client.get(f"{page}{file}")

    again = client.get(f"{page}{file}", headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304
    assert again.content == b""
    assert first["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("file", FILES)
def test_an_unknown_token_is_a_404_in_json(client, credential, file):
    response = client.get(f"/credentials/{'A' * 22}{file}")

    assert response.status_code == 404
    assert response.json()["code"] == "not_found"


@pytest.mark.parametrize("file", FILES)
def test_there_are_no_files_before_it_is_signed(client, ecole_a, file):
    [due] = factories.due(issuer=ecole_a)

    response = client.get(f"/credentials/{due.token}{file}")

    assert response.status_code == 404
    assert response.json()["code"] == (
        "not_anchored" if file.startswith("/anchor") else "not_signed"
    )


@pytest.mark.parametrize("file", FILES)
def test_an_erased_one_has_no_files_any_more(client, credential, page, file):
    learners.LearnerKey.objects.of(credential.issuer).all().delete()

    response = client.get(f"{page}{file}")

    assert response.status_code == 410
    assert response.json()["code"] == "erased"


def test_the_report_has_the_numbers_the_outcomes_and_the_words(client, page):
    report = client.get(f"{page}/report.json").json()

    assert report["verdict"] == "verified"
    assert report["state"] == "verified"
    assert [check["number"] for check in report["checks"]] == [1, 2, 3, 4, 5, 6, 7]
    assert {check["outcome"] for check in report["checks"]} == {"passed"}
    assert report["checks"][5]["reason"] == "anchored_final"
    assert report["checks"][1]["question"] == "Is it exactly what was signed?"
    assert report["checked_at"].startswith("2026-03-02T09:00:0")
    assert report["receipt"] == client.get(f"{page}/anchor.json").json()


def test_the_report_speaks_the_language_that_was_asked_for(client, page):
    report = client.get(f"{page}/report.json", {"lang": "fr"}).json()

    assert report["language"] == "fr"
    assert report["title"] == "Vérifié"
    assert report["verdict"] == "verified"


def test_the_report_names_no_person(client, credential, page):
    text = json.dumps(client.get(f"{page}/report.json").json(), ensure_ascii=False)

    assert credential.learner.name not in text
    assert credential.learner.email not in text


def test_the_report_of_a_revoked_one_is_refuted_by_check_four(client, ecole_a, credential, page):
    services.revoke(issuer=ecole_a, credential=credential, reason="Mistake", now=NOW)
    services.publish_status_lists(now=NOW)

    report = client.get(f"{page}/report.json").json()

    assert report["verdict"] == "refuted"
    assert report["state"] == "revoked"
    failed = [check for check in report["checks"] if check["outcome"] == "failed"]
    assert [(check["number"], check["reason"]) for check in failed] == [(4, "revoked")]
