"""/: what this is, and what to do next."""

import pytest

from tests.web.conftest import read


@pytest.mark.parametrize(
    ("language", "title", "next_step"),
    [
        ("en", "Badges that prove themselves", "You received a link to a badge"),
        ("fr", "Des badges qui se prouvent eux-mêmes", "Vous avez reçu un lien vers un badge"),
    ],
)
def test_it_says_what_this_is_and_what_to_do_next(client, language, title, next_step):
    text = read(client.get("/", {"lang": language})).text

    assert title in text
    assert next_step in text


def test_it_offers_to_verify(client):
    shown = read(client.get("/"))

    [form] = [attributes for tag, attributes in shown.elements if tag == "form"]
    assert form["action"] == "/verify"
    assert {"id_address", "id_file", "id_document"} <= set(shown.ids)


def test_an_unknown_language_is_ignored(client):
    response = client.get("/", {"lang": "xx"}, headers={"Accept-Language": "fr"})

    assert '<html lang="fr">' in response.content.decode()
    assert "lang=xx" not in response.content.decode().replace("?lang=en", "").replace(
        "?lang=fr", ""
    )


def test_it_needs_no_database(client):
    """Reach no database: there is no mark here that would allow it."""
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "idna", "nonsense", ""])
def test_a_request_may_claim_any_charset(client, charset):
    response = client.get("/?lang=fr", headers={"Content-Type": f"text/html; charset={charset}"})

    assert response.status_code == 200
