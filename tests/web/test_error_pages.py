"""What a reader meets where there is nothing, and where the fault is ours."""

import pytest
from django.test import Client

from credentials import selectors
from issuers.core import envelope, keks
from learners import models as learners
from tests import roles
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


def test_a_key_service_that_does_not_answer_is_no_fault_and_says_when_to_come_back(
    client, page, settings
):
    elsewhere = envelope.enclose(b"vault:v1:AAAA", kek_id="a/1")
    with roles.as_owner():
        learners.LearnerKey.objects.across_issuers().update(wrapped_dek=elsewhere)
    settings.LEARNER_KEK = keks.read("http://127.0.0.1:1/v1/transit/keys/a", default_id="a")

    response = client.get(page, {"lang": "fr"})

    assert response.status_code == 503
    assert response["Retry-After"] == "10"
    assert "Dans un instant" in read(response).text
    assert "127.0.0.1" not in response.content.decode()


@pytest.mark.parametrize("path", ["/credentials/x", "/issuers/x", "/status/x", "/verify", "/"])
def test_methods_that_change_things_are_refused(client, path):
    assert client.put(path).status_code in {404, 405}
    assert client.patch(path).status_code in {404, 405}
