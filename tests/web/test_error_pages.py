"""What a reader meets where there is nothing, and where the fault is ours."""

import pytest
from django.test import Client

from credentials import selectors
from tests.web.conftest import read


def test_where_there_is_nothing_the_page_says_so(client):
    response = client.get("/nowhere", {"lang": "fr"})

    assert response.status_code == 404
    assert "Rien à cette adresse" in read(response).text


def test_a_fault_of_ours_says_so_in_both_languages_and_nothing_about_the_badge(monkeypatch):
    def fail(**kwargs):
        raise RuntimeError

    monkeypatch.setattr(selectors, "find_by_token", fail)

    response = Client(raise_request_exception=False).get("/credentials/" + "A" * 22)

    assert response.status_code == 500
    shown = read(response)
    assert "Something went wrong here" in shown.text
    assert "Une erreur s’est produite ici" in shown.text  # noqa: RUF001
    assert shown.loads == ["/static/acquis.css"]


@pytest.mark.parametrize("path", ["/credentials/x", "/issuers/x", "/status/x", "/verify", "/"])
def test_methods_that_change_things_are_refused(client, path):
    assert client.put(path).status_code in {404, 405}
    assert client.patch(path).status_code in {404, 405}
