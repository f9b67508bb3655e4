"""/endorsements/<token>, and what pages show of what others say."""

import pytest

from credentials import services
from learners import models as people
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db


def endorse(issuer, subject, comment):
    made = services.endorse(issuer=issuer, subject=subject, comment=comment, now=NOW)
    services.sign_endorsements(now=NOW, limit=10)
    return made


def test_the_signed_document_is_served_to_programs(client, ecole_b, credential):
    made = endorse(ecole_b, credential.achievement, "Utile.")

    response = client.get(f"/endorsements/{made.token}")

    assert response.status_code == 200
    assert response["Content-Type"] == "application/vc+ld+json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response.json()["type"] == ["VerifiableCredential", "EndorsementCredential"]
    assert client.post(f"/endorsements/{made.token}").status_code == 405


def test_pages_show_what_was_accepted_and_nothing_else(client, ecole_a, ecole_b, credential, page):
    badge, said = credential.achievement, []
    for subject, comment in (
        (ecole_a, "Une école sérieuse."),
        (badge, "Utile à la branche."),
        (credential, "Très doué."),
    ):
        said.append(endorse(ecole_b, subject, comment))
    before = read(client.get(page)).text
    for each in said:
        services.accept_endorsement(issuer=ecole_a, endorsement=each, now=NOW)

    shown = read(client.get(page))

    assert "Endorsed by" not in before
    for words in ("Une école sérieuse.", "Utile à la branche.", "Très doué.", "about this award"):
        assert words in shown.text
    assert shown.unclosed == []
    assert "Endossé par" in read(client.get(page, {"lang": "fr"})).text
    of_badge = read(client.get(f"/achievements/{badge.uuid}")).text
    assert "Utile à la branche." in of_badge
    assert "Très doué." not in of_badge
    of_issuer = read(client.get("/issuers/ecole-a")).text
    assert "Une école sérieuse." in of_issuer
    assert "Utile à la branche." not in of_issuer
    services.revoke_endorsement(issuer=ecole_b, endorsement=said[1], reason="Fusion", now=NOW)
    assert "Utile à la branche." not in read(client.get(page)).text


def test_what_is_not_there_not_signed_or_erased_is_refused(client, ecole_a, ecole_b, credential):
    due = services.endorse(issuer=ecole_b, subject=ecole_a, comment="Bien.", now=NOW)
    assert client.get(f"/endorsements/{due.token}").json()["code"] == "not_signed"
    erased = endorse(ecole_b, credential, "Très doué.")
    people.LearnerKey.objects.of(ecole_a).all().delete()

    assert client.get(f"/endorsements/{erased.token}").status_code == 410
    assert client.get(f"/endorsements/{'A' * 22}").json()["code"] == "no_endorsement"
