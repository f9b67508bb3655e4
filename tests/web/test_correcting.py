"""The pages of corrections: what changes is shown, and old links lead to the newest."""

import json
from html import unescape

import pytest
from django.utils import timezone

from credentials import models, services
from learners import models as learners
from tests import factories, kept
from tests.web.conftest import read

HERE = "/console/ecole-a/credentials"


@kept.fixture
def one(credential):
    return f"{HERE}/{credential.uuid}"


@pytest.fixture
def bob_in(client, bob):
    client.force_login(bob)
    return client


def filled(client, address, **otherwise):
    """Return what the form would send as it stands, but for some fields."""
    sent = {}
    for tag, each in read(client.get(address)).elements:
        if tag == "input" and each.get("type") not in {"hidden", "checkbox"}:
            sent[each["name"]] = each.get("value") or ""
    return sent | {"narrative": ""} | otherwise


def work():
    now = timezone.now()
    services.sign(now=now, limit=10)
    services.publish_status_lists(now=now)
    factories.anchor_everything(now=now)


def corrected(client, one, name="Éloïse Zéro", **otherwise):
    sent = filled(client, f"{one}/correct", name=name, reason="The name was misspelt", **otherwise)
    response = client.post(f"{one}/correct", sent | {"confirmed": "1"})
    assert response.status_code == 302, read(response).text
    work()


def test_what_changes_is_shown_before_it_is_issued(bob_in, one, credential):
    assert f"{one}/correct" in read(bob_in.get(one)).links
    same = filled(bob_in, f"{one}/correct", reason="Why")
    assert "Nothing is different yet" in read(bob_in.post(f"{one}/correct", same)).text

    page = read(bob_in.post(f"{one}/correct", same | {"name": "Éloïse Zéro"}))

    assert "Issue it so?" in page.text
    assert "First and last name Élève 0 Éloïse Zéro" in page.text
    assert "leads to the new one" in page.text
    assert models.Credential.objects.of(credential.issuer).count() == 1


def test_the_old_page_says_corrected_and_leads_to_the_correction(bob_in, one, credential):
    corrected(bob_in, one)
    new = models.Credential.objects.of(credential.issuer).get(corrects=credential)

    bob_in.logout()
    response = bob_in.get(f"/credentials/{credential.token}")
    page = read(response)

    assert "Corrected" in page.text
    assert "The name was misspelt" in page.text
    assert f"http://localhost:8000/credentials/{new.token}" in page.links
    assert response["Link"] == (
        f'<http://localhost:8000/credentials/{new.token}>; rel="latest-version"'
    )
    fresh = read(bob_in.get(f"/credentials/{new.token}"))
    assert "Verified" in fresh.text
    assert "Éloïse Zéro" in fresh.text


def test_programs_read_it_too(bob_in, one, credential, client):
    document = bob_in.get(f"/credentials/{credential.token}.json").content
    corrected(bob_in, one)
    second = models.Credential.objects.of(credential.issuer).get(corrects=credential)
    corrected(bob_in, f"{HERE}/{second.uuid}", name="Éloïse Zero")
    newest = models.Credential.objects.of(credential.issuer).get(corrects=second)
    address = f"http://localhost:8000/credentials/{newest.token}"

    report = client.get(f"/credentials/{credential.token}/report.json").json()
    sent = client.post("/api/verify", document, content_type="application/vc+ld+json").json()
    served = client.get(f"/credentials/{credential.token}.json")

    for found in (report, sent):
        assert (found["verdict"], found["state"]) == ("refuted", "corrected")
        assert found["correction"] == {"id": address}
    assert served["Link"] == f'<{address}>; rel="latest-version"'
    assert json.loads(served.content) == json.loads(document), "not a byte was changed"
    assert "correction" not in client.get(f"/credentials/{newest.token}/report.json").json()


def test_verify_says_it_of_a_file(bob_in, one, credential):
    document = bob_in.get(f"/credentials/{credential.token}.json").content.decode()
    corrected(bob_in, one)

    page = read(bob_in.post("/verify", {"document": document}))

    assert "Corrected" in page.text
    assert "Open the corrected badge" in page.text


def test_the_console_leads_both_ways(bob_in, one, credential):
    corrected(bob_in, one)
    new = models.Credential.objects.of(credential.issuer).get(corrects=credential)

    old = read(bob_in.get(one))

    assert f"{HERE}/{new.uuid}" in old.links
    assert "corrected" in old.text
    assert f"{one}/correct" not in old.links
    assert one in read(bob_in.get(f"{HERE}/{new.uuid}")).links
    assert bob_in.get(f"{one}/correct").status_code == 409


def test_what_cannot_be_signed_is_refused_in_words(bob_in, one, credential):
    sent = filled(bob_in, f"{one}/correct", name="Éloïse", reason="x", until="2020-01-01")

    response = bob_in.post(f"{one}/correct", sent | {"confirmed": "1"})

    assert "it would end before it begins" in read(response).text
    assert models.Credential.objects.of(credential.issuer).count() == 1


def test_an_address_is_changed_after_a_question(bob_in, credential):
    address = f"/console/ecole-a/learners/{credential.learner.uuid}/address"
    page = read(bob_in.get(address))
    assert "1 badge is signed for the address of today" in page.text

    assert "Please look at this again" in read(bob_in.post(address, {"email": "no"})).text
    response = bob_in.post(address, {"email": "new@example.org"})

    assert response.status_code == 302
    row = learners.Learner.objects.of(credential.issuer).get(pk=credential.learner_id)
    assert row.email == "new@example.org"


def test_charlie_corrects_nothing(client, charlie, one, credential):
    client.force_login(charlie)
    address = f"/console/ecole-a/learners/{credential.learner.uuid}/address"

    for place in (f"{one}/correct", address, f"{one}/correct".replace("ecole-a", "ecole-b"),
                  address.replace("ecole-a", "ecole-b")):  # fmt: skip
        assert client.get(place).status_code == 404
        assert client.post(place, {"email": "x@example.org"}).status_code == 404


def test_an_approver_looks_and_does_not_correct(client, ecole_a, one, credential):
    client.force_login(factories.member(issuer=ecole_a, name="Dora", role="approver"))

    assert f"{one}/correct" not in read(client.get(one)).links
    assert client.get(f"{one}/correct").status_code == 403


def test_it_speaks_french(bob_in, one, credential):
    asked = read(bob_in.get(f"{one}/correct?lang=fr"))
    assert "Corriger ce badge" in asked.text
    corrected(bob_in, one)

    page = unescape(bob_in.get(f"/credentials/{credential.token}?lang=fr").content.decode())

    assert "Corrigé" in page
    assert "Ouvrir le badge corrigé" in page
