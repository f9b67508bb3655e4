"""Many badges at once: handed over, verified by a worker, shown, and signed for."""

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credentials import models, services, tasks
from credentials.services import piles
from issuers import models as issuers
from tests import factories, pdfs, roles
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db
SITE = "http://localhost:8000"


@pytest.fixture
def badges(client, ecole_a):
    """Return the documents of two badges, the second one revoked."""
    rows = factories.due(issuer=ecole_a, count=2)
    services.sign(now=NOW, limit=10)
    services.publish_status_lists(now=NOW)
    factories.anchor_everything()
    rows = [models.Credential.objects.of(ecole_a).get(pk=row.pk) for row in rows]
    services.revoke(issuer=ecole_a, credential=rows[1], reason="Mistake", now=NOW)
    services.publish_status_lists(now=NOW)
    return rows


def zipped(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name, content in members.items():
            made.writestr(name, content)
    return SimpleUploadedFile("badges.zip", stream.getvalue(), "application/zip")


def hand_over(client, **given):
    response = client.post("/verify/several", given)
    assert response.status_code == 302, read(response).text
    return response["Location"]


def work():
    with roles.working_as(roles.WORKER):
        tasks.verify_piles()


def test_an_archive_and_a_list_are_verified_and_signed_for(client, badges):
    first, second = (f"/credentials/{each.token}" for each in badges)
    document = client.get(f"{first}.json").content
    page = hand_over(
        client,
        badges=zipped({"one.pdf": pdfs.certificate(document), "photo.jpg": b"\xff\xd8\xff\xe0"}),
        links=f"{SITE}{second}\n{badges[0].token}\n",
    )

    waiting = read(client.get(page))
    work()
    shown = read(client.get(page))

    assert "0 of 4 are done" in waiting.text
    assert [found for tag, found in waiting.elements if found.get("http-equiv") == "refresh"]
    assert "4 badges verified" in shown.text
    assert "Revoked" in shown.text
    assert "This is a photograph" in shown.text
    assert first in shown.links
    assert not [found for tag, found in shown.elements if found.get("http-equiv") == "refresh"]
    assert "Élève" not in shown.text
    assert models.Pile.objects.get().content is None


def test_the_table_can_be_narrowed_and_taken_along(client, badges):
    links = "\n".join(each.token for each in badges)
    page = hand_over(client, links=links)
    work()

    refuted = read(client.get(page, {"verdict": "refuted"}))
    table = client.get(f"{page}/table.csv")

    assert "Revoked" in refuted.text
    assert badges[0].token not in "".join(refuted.links)
    lines = table.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert lines[1].split(",")[2:4] == ["Verified", "Verified"]
    assert "no-store" in table["Cache-Control"]


def test_the_receipt_is_taken_back_where_badges_are_verified(client, badges):
    page = hand_over(client, links=badges[0].token)
    work()
    receipt = client.get(f"{page}/receipt.json").content
    keys = client.get("/verify/keys.json").json()["keys"]

    shown = read(client.post("/verify", {"document": receipt.decode()}))

    said = json.loads(receipt)
    assert said["key"] == keys[0]["publicKeyMultibase"]
    assert said["documents"][0]["verdict"] == "verified"
    assert re.fullmatch("[0-9a-f]{64}", said["documents"][0]["digest"])
    assert "Receipt signed here" in shown.text
    assert badges[0].token not in shown.text.partition("What was looked at")[0]

    altered = receipt.replace(b'"verified"', b'"refuted"')
    response = client.post("/verify", {"document": altered.decode()})
    assert "its signature does not hold" in read(response).text

    with roles.as_owner():
        issuers.InstallationKey.objects.all().delete()
    assert (
        "Receipt of another site"
        in read(client.post("/verify", {"document": receipt.decode()})).text
    )


def test_who_serves_pages_reads_the_public_key_and_nothing_of_the_private_one(client, badges):
    hand_over(client, links=badges[0].token)
    work()

    with roles.working_as(roles.WEB), connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege('issuers_installationsecret', 'SELECT'),"
            " has_table_privilege('issuers_installationkey', 'SELECT'),"
            " has_table_privilege('issuers_installationkey', 'INSERT')"
        )
        assert cursor.fetchone() == (False, True, False)


def test_a_key_that_does_not_open_is_followed_by_another(client, badges):
    for _twice in range(2):
        hand_over(client, links=badges[0].token)
        work()
        with roles.as_owner():
            issuers.InstallationSecret.objects.update(sealed_private=b"x" * 60)

    assert len(client.get("/verify/keys.json").json()["keys"]) == 2


def test_what_kills_a_worker_is_left_alone_after_a_while(client, badges):
    page = hand_over(client, links=f"{badges[0].token}\n{badges[1].token}")
    models.Pile.objects.update(begun=1, begun_at=NOW - timedelta(seconds=5))

    work()
    assert "0 of 2 are done" in read(client.get(page)).text

    models.Pile.objects.update(begun_at=NOW - piles.STOPPED_AFTER)
    work()
    shown = read(client.get(page))
    assert "It could not be looked at to its end" in shown.text
    assert "Revoked" in shown.text


def test_one_worker_is_at_it_and_the_others_are_left_for_everything_else(client, badges):
    first = hand_over(client, links=badges[0].token)
    second = hand_over(client, links=badges[1].token)
    models.Pile.objects.filter(token=first.rpartition("/")[2]).update(
        begun=1, begun_at=NOW - timedelta(seconds=5)
    )

    work()

    assert "0 of 1 are done" in read(client.get(second)).text


def test_what_was_given_is_read_of_one_pile_and_never_written_again(client, badges):
    for _each in range(3):
        hand_over(client, links=f"{badges[0].token}\n{badges[1].token}")

    with roles.working_as(roles.WORKER), CaptureQueriesContext(connection) as asked:
        assert piles.verify_next(
            now=NOW, tells=lambda _found: {"verdict": "verified", "state": "x"}
        )

    of_piles = [each["sql"] for each in asked if "credentials_pile" in each["sql"]]
    reading = [sql for sql in of_piles if sql.startswith("SELECT") and '."content"' in sql]
    assert len(reading) == 1
    assert " LIMIT 1" in reading[0] or '"id" = ' in reading[0]
    assert not [sql for sql in of_piles if sql.startswith("UPDATE") and '"content"' in sql]


def test_what_is_over_is_removed(client, badges):
    page = hand_over(client, links=badges[0].token)
    models.Pile.objects.update(asked_at=NOW - piles.KEPT)

    work()

    assert client.get(page).status_code == 404
    assert not models.Pile.objects.exists()


@pytest.mark.parametrize("end", ["", "/table.csv", "/receipt.json"])
def test_a_stranger_finds_nothing(client, db, end):
    assert client.get(f"/verify/several/{'A' * 22}{end}").status_code == 404


def test_there_is_no_receipt_before_the_end(client, badges):
    page = hand_over(client, links=badges[0].token)

    assert client.get(f"{page}/receipt.json").status_code == 404


def test_nothing_of_it_lies_open_in_the_database(client, badges):
    hand_over(client, links=badges[0].token)
    work()

    pile = models.Pile.objects.get()
    kept = bytes(pile.found or b"") + bytes(pile.receipt or b"")
    assert badges[0].token.encode() not in kept
    assert b"verdict" not in kept


def test_what_cannot_be_used_is_refused_on_the_form(client, db):
    bomb = zipped({"a": b"PK"})
    bomb = SimpleUploadedFile("a.zip", bomb.read()[:-10], "application/zip")

    for given, words in (
        ({}, "There is nothing to verify in it"),
        ({"badges": bomb}, "The archive is damaged"),
        ({"links": "x\n" * 10}, "There is nothing to verify in it"),
        ({"links": ("A" * 22 + "\n") * 201}, "At most 200 badges"),
    ):
        response = client.post("/verify/several", given)
        assert 400 <= response.status_code < 500
        assert words in read(response).text


def test_it_counts_as_ten_verifications(client, db, settings):
    settings.VERIFY_LIMIT = 15
    cache.clear()

    answers = [client.post("/verify/several", {}).status_code for _again in range(2)]

    assert answers == [400, 429]


def test_too_much_waits_already(client, badges, monkeypatch):
    monkeypatch.setattr(piles, "MOST_WAITING", 0)

    assert client.post("/verify/several", {"links": badges[0].token}).status_code == 503


def test_one_client_leaves_room_for_others(client, badges, monkeypatch):
    monkeypatch.setattr(piles, "MOST_OF_ONE", 1)
    links = {"links": badges[0].token}
    here, there = ({"REMOTE_ADDR": each} for each in ("192.0.2.1", "198.51.100.1"))

    answers = [client.post("/verify/several", links, **each) for each in (here, here, there)]

    assert [each.status_code for each in answers] == [302, 503, 302]
    work()
    assert set(models.Pile.objects.values_list("asker", flat=True)) == {""}
    assert client.post("/verify/several", links, **here).status_code == 302


def test_the_pages_speak_french(client, badges):
    page = hand_over(client, links=badges[1].token)
    work()

    assert "Vérifier plusieurs badges" in read(client.get("/verify/several", {"lang": "fr"})).text
    assert "Révoqué" in read(client.get(page, {"lang": "fr"})).text
    assert ";" in client.get(f"{page}/table.csv", {"lang": "fr"}).content.decode()


def test_the_page_for_one_leads_to_it_and_takes_the_number_of_a_badge(client, badges):
    assert "/verify/several" in read(client.get("/verify")).links

    response = client.post("/verify", {"address": f" {badges[0].token} "})

    assert response["Location"] == f"/credentials/{badges[0].token}"
