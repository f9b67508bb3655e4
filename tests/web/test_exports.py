"""An administrator orders everything that the organisation has; a worker makes it, for a day."""

import re
from datetime import timedelta
from zipfile import ZipFile

import pytest
import time_machine

from credentials import models
from credentials.services import leaving
from credentials.services.leaving import ordering, packing
from credentials.services.leaving.reading import Reader
from issuers import models as issuers
from tests import factories, kept
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db

PAGE = "/console/ecole-a/export"
PHRASE = re.compile(r"\b(?:[a-z2-7]{4}-){7}[a-z2-7]{4}\b")


@kept.fixture
def badge(ecole_a):
    return factories.signed(issuer=ecole_a)


@pytest.fixture
def administrator(client, alice, badge):
    client.force_login(alice)
    return client


def order(client):
    return PHRASE.search(read(client.post(f"{PAGE}/order")).text)[0]


def ordered(issuer):
    return models.Export.objects.of(issuer).latest("id")


def file_of(export):
    return f"{PAGE}/{export.uuid}/file"


def test_what_was_ordered_can_be_downloaded_and_opened(administrator, ecole_a, badge, tmp_path):
    passphrase = order(administrator)
    assert leaving.make_exports(now=NOW) == 1
    export = ordered(ecole_a)

    response = administrator.post(file_of(export))

    path = tmp_path / "archive.zip"
    path.write_bytes(b"".join(response.streaming_content))
    assert response["Content-Disposition"] == 'attachment; filename="ecole-a-2026-03-02.zip"'
    assert int(response["Content-Length"]) == path.stat().st_size == export.size
    with Reader(path, passphrase) as reader:
        rows = list(reader.rows("tables/credentials.credential.ndjson"))
        assert [row["token"] for _number, row in rows] == [badge.token]
        assert not reader.manifest.with_keys
        assert not reader.has("tables/issuers.privatekey.ndjson")


def test_the_passphrase_is_shown_once_and_kept_nowhere(administrator, ecole_a):
    passphrase = order(administrator)

    assert passphrase not in administrator.get(PAGE).content.decode()
    leaving.make_exports(now=NOW)
    assert ordered(ecole_a).secret is None
    assert passphrase not in administrator.get(PAGE).content.decode()


def test_the_page_says_how_far_it_is(administrator, ecole_a):
    assert "Order an export" in read(administrator.get(PAGE)).text

    order(administrator)
    assert "waiting for a worker" in read(administrator.get(PAGE)).text
    in_hand(ecole_a, percent=40)
    assert "being made: 40 %" in read(administrator.get(PAGE)).text
    assert "Order an export" not in read(administrator.get(PAGE)).text
    models.Export.objects.of(ecole_a).update(state="waiting")
    leaving.make_exports(now=NOW)
    text = read(administrator.get(PAGE)).text
    assert "It is here until 3 March 2026, 09:00 UTC." in text
    assert "Ordered by Alice" in text or "Ordered by alice@example.org" in text


def test_one_is_made_at_a_time_and_five_a_day(administrator, ecole_a):
    order(administrator)

    again = administrator.post(f"{PAGE}/order", follow=True)
    assert "nothing more was ordered" in read(again).text
    assert models.Export.objects.of(ecole_a).count() == 1
    for _more in range(4):
        leaving.make_exports(now=NOW)
        order(administrator)
    leaving.make_exports(now=NOW)

    sixth = administrator.post(f"{PAGE}/order", follow=True)
    assert "nothing more was ordered" in read(sixth).text
    with time_machine.travel(NOW + timedelta(days=1, minutes=1)):
        assert order(administrator)


def test_after_a_day_it_is_gone(administrator, ecole_a):
    order(administrator)
    leaving.make_exports(now=NOW)

    assert leaving.make_exports(now=ordered(ecole_a).ready_at + timedelta(hours=24)) == 0

    assert ordered(ecole_a).state == "gone"
    assert not models.ExportPiece.objects.of(ecole_a).exists()
    gone = administrator.post(file_of(ordered(ecole_a)), follow=True)
    assert "not there any more" in read(gone).text


def test_it_can_be_removed_before(administrator, ecole_a):
    order(administrator)
    address = f"{PAGE}/{ordered(ecole_a).uuid}/remove"
    assert "still being made" in read(administrator.post(address)).text
    leaving.make_exports(now=NOW)

    assert "Remove this file?" in read(administrator.get(address)).text
    administrator.post(address)

    assert ordered(ecole_a).state == "gone"
    assert not models.ExportPiece.objects.of(ecole_a).exists()


def test_what_cannot_be_made_is_said(administrator, ecole_a, monkeypatch):
    order(administrator)

    def full(**_given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ordering, "pack", full)
    leaving.make_exports(now=NOW)

    text = read(administrator.get(PAGE)).text
    assert "could not be made" in text
    assert "Order an export" in text
    assert ordered(ecole_a).secret is None


def in_hand(issuer, **said):
    """Let a worker have had it in hand for hours, and be heard of just now."""
    began_at = NOW - timedelta(hours=3)
    said = {"began_at": began_at, "heard_at": NOW, "tries": 1} | said
    models.Export.objects.of(issuer).update(state="working", **said)


def test_a_worker_that_was_killed_leaves_it_to_another(administrator, ecole_a):
    order(administrator)
    in_hand(ecole_a)

    assert leaving.make_exports(now=NOW + timedelta(seconds=119)) == 0
    assert leaving.make_exports(now=NOW + timedelta(minutes=2)) == 1

    assert ordered(ecole_a).state == "ready"
    assert ordered(ecole_a).tries == 2


def test_what_kills_every_worker_is_given_up(administrator, ecole_a):
    order(administrator)
    in_hand(ecole_a, tries=3)

    leaving.make_exports(now=NOW + timedelta(minutes=2))

    assert ordered(ecole_a).state == "failed"


def test_what_another_worker_has_by_now_is_not_ended(administrator, ecole_a, monkeypatch):
    order(administrator)

    def taken_away(**given):
        in_hand(ecole_a, tries=2)
        return packing.pack(**given)

    monkeypatch.setattr(ordering, "pack", taken_away)
    leaving.make_exports(now=NOW)

    assert ordered(ecole_a).state == "working"
    assert not models.ExportPiece.objects.of(ecole_a).exists()


def test_one_is_made_at_a_time_of_all_organisations(administrator, ecole_a, ecole_b, charlie):
    order(administrator)
    leaving.order_export(issuer=ecole_b, actor=charlie, now=NOW)
    in_hand(ecole_a)

    assert leaving.make_exports(now=NOW) == 0
    models.Export.objects.of(ecole_a).update(state="gone", secret=None)
    assert leaving.make_exports(now=NOW) == 1

    assert ordered(ecole_b).state == "ready"


def test_who_downloaded_it_is_noted(administrator, ecole_a):
    order(administrator)
    leaving.make_exports(now=NOW)

    administrator.post(file_of(ordered(ecole_a)))

    assert ordered(ecole_a).fetched_at - NOW < timedelta(minutes=5)


def test_the_archive_does_not_take_archives_along(administrator, ecole_a, tmp_path):
    order(administrator)
    leaving.make_exports(now=NOW)
    passphrase = order(administrator)
    leaving.make_exports(now=NOW)
    response = administrator.post(file_of(ordered(ecole_a)))
    path = tmp_path / "archive.zip"
    path.write_bytes(b"".join(response.streaming_content))

    with ZipFile(path) as archive:
        assert [each for each in archive.namelist() if "export" in each] == []
    with Reader(path, passphrase):
        pass


ADDRESSES = [
    ("get", PAGE),
    ("post", f"{PAGE}/order"),
    ("post", f"{PAGE}/{{uuid}}/file"),
    ("get", f"{PAGE}/{{uuid}}/remove"),
    ("post", f"{PAGE}/{{uuid}}/remove"),
]


@kept.fixture
def archive(ecole_a, alice, badge):
    """Return a file that Alice may download."""
    leaving.order_export(issuer=ecole_a, actor=alice, now=NOW)
    leaving.make_exports(now=NOW)
    return ordered(ecole_a)


@pytest.mark.parametrize("asked", ADDRESSES)
def test_a_stranger_sees_that_there_is_nothing(client, archive, charlie, asked):
    client.force_login(charlie)
    method, address = asked

    response = getattr(client, method)(address.format(uuid=archive.uuid))

    assert response.status_code == 404
    assert ordered(archive.issuer).pk == archive.pk
    assert ordered(archive.issuer).state == "ready"


@pytest.mark.parametrize("what", ["file", "remove"])
def test_another_organisations_export_is_not_to_be_had_by_its_name(client, archive, charlie, what):
    client.force_login(charlie)

    response = client.post(f"/console/ecole-b/export/{archive.uuid}/{what}")

    assert response.status_code == 404
    assert ordered(archive.issuer).state == "ready"


@pytest.mark.parametrize("asked", ADDRESSES)
@pytest.mark.parametrize("role", ["designer", "issuer", "approver", "viewer", "auditor"])
def test_only_administrators_may(client, archive, bob, role, asked):
    issuers.Membership.objects.of(archive.issuer).filter(user=bob).update(role=role)
    client.force_login(bob)
    method, address = asked

    response = getattr(client, method)(address.format(uuid=archive.uuid))

    assert response.status_code == 403
    assert PAGE not in client.get("/console/ecole-a/").content.decode()
