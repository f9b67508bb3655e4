"""/api/verify: the same report as JSON, for programs of any origin."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.web.test_verify_page import HOSTILE

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(client, page):
    return client.get(f"{page}.json").content


def post(client, body: bytes, kind: str = "application/json", **headers):
    return client.post("/api/verify", body, content_type=kind, headers=headers)


@pytest.mark.parametrize(
    "kind", ["application/json", "application/vc+ld+json", "application/ld+json", "text/plain", ""]
)
def test_a_document_is_verified_whatever_it_is_called(client, document, kind):
    report = post(client, document, kind)

    assert report.status_code == 200
    assert report.json()["verdict"] == "verified"


def test_an_image_is_verified(client, page):
    report = post(client, client.get(f"{page}.png").content, "image/png")

    assert report.json()["verdict"] == "verified"


def test_a_file_is_verified_with_its_receipt_and_person(client, credential, page, document):
    receipt = client.get(f"{page}/anchor.json").content

    report = client.post("/api/verify", {
        "file": SimpleUploadedFile("badge.json", document),
        "receipt": SimpleUploadedFile("anchor.json", receipt),
        "email": credential.learner.email,
    }).json()  # fmt: skip

    assert report["verdict"] == "verified"
    assert report["checks"][6]["reason"] == "about"
    assert credential.learner.email not in json.dumps(report)


def test_an_address_is_verified(client, page):
    report = post(client, json.dumps({"url": f"http://localhost:8000{page}"}).encode())

    assert report.json()["verdict"] == "verified"


def test_an_altered_document_is_refuted_by_check_two(client, document):
    altered = document.replace(b"Soudure", b"Couture")

    report = post(client, altered).json()

    assert report["verdict"] == "refuted"
    assert report["state"] == "altered"
    assert report["checks"][1]["outcome"] == "failed"


def test_the_words_are_in_the_language_that_was_asked_for(client, document):
    report = post(client, document, **{"Accept-Language": "fr"}).json()

    assert report["language"] == "fr"
    assert report["title"] == "Vérifié"


def test_it_needs_neither_cookie_nor_token_and_any_origin_may_ask(document):
    strict = Client(enforce_csrf_checks=True)

    response = post(strict, document, Origin="https://verifier.example")

    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies


def test_a_browser_may_ask_beforehand(client):
    response = client.options(
        "/api/verify",
        headers={
            "Origin": "https://verifier.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
    )

    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "POST" in response["Access-Control-Allow-Methods"]
    assert "Content-Type" in response["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_bodies_get_a_code_and_words(client, what):
    response = post(client, HOSTILE[what])

    assert response.status_code in {400, 413}
    assert set(response.json()) == {"code", "detail", "message"}
    assert response.json()["detail"]
    assert response["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"", "application/json", "empty"),
        (b"{}", "application/x-www-form-urlencoded", None),
        (b"nonsense", "multipart/form-data; boundary=x", None),
        (b"", "multipart/form-data", None),
        (b'{"url": 7}', "application/json", None),
        (b'{"url": "x", "more": 1}', "application/json", None),
        (b'{"url": "http://10.0.0.1/badge"}', "application/json", "unreachable"),
        (b'{"url": "file:///etc/passwd"}', "application/json", "unreachable"),
    ],
)
def test_what_is_no_badge_is_refused_without_fuss(client, body, kind, code):
    response = post(client, body, kind)

    if response.status_code == 200:
        assert response.json()["verdict"] == "refuted"
    else:
        assert response.status_code == 400
        assert code is None or response.json()["code"] == code


def test_a_body_above_the_limit_is_not_even_read(client):
    response = client.post(
        "/api/verify", b"", content_type="application/json", CONTENT_LENGTH=10**12
    )

    assert response.status_code == 413
    assert response.json()["code"] == "too_large"


def test_only_posting_is_possible(client):
    assert client.get("/api/verify").status_code == 405
