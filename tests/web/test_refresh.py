"""/credentials/<token>/refresh: the newest signed form of a credential (1EdTech)."""

import json

import pytest

from credentials import services
from learners import models as learners
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def test_it_answers_with_the_signed_credential_of_the_same_id_and_issuer(client, credential, page):
    document = client.get(f"{page}.json").content
    address = json.loads(document)["refreshService"]["id"]

    response = client.get(f"{page}/refresh")

    assert address.endswith(f"{page}/refresh")
    assert response.content == document
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Content-Type"] == "application/vc+ld+json"


def test_a_revoked_one_is_still_answered_and_its_list_says_the_rest(
    client, ecole_a, credential, page
):
    services.revoke(issuer=ecole_a, credential=credential, reason="Mistake", now=NOW)

    assert client.get(f"{page}/refresh").status_code == 200


def test_what_is_not_there_not_signed_or_erased_is_refused_each_in_its_words(client, ecole_a):
    signed = factories.signed(issuer=ecole_a)
    [due] = factories.due(issuer=ecole_a)
    learners.LearnerKey.objects.of(ecole_a).filter(pk=signed.learner_id).delete()

    answers = [
        client.get(f"/credentials/{token}/refresh") for token in ("A" * 22, due.token, signed.token)
    ]

    told = [(answer.status_code, answer.json()["code"]) for answer in answers]
    assert told[0] == (404, "not_found")
    assert [code for _status, code in told[1:]] == ["not_signed", "erased"]
    assert told[2][0] == 410
    assert client.post(f"/credentials/{due.token}/refresh").status_code == 405
