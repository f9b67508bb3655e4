"""Certificates of a list: ordered in the console, printed by workers, taken, and soon gone."""

import io
import re
import zlib
from datetime import timedelta
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credentials import models, services
from credentials.serializers import printing as prints
from credentials.serializers.press import NoPress
from credentials.services import printing
from credentials.tasks import print_certificates
from issuers import models as issuers
from issuers.services import KeyServiceUnavailable
from learners import models as learners
from tests import factories, kept
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db


@kept.fixture
def run(ecole_a, alice):
    """Return a list of three badges that were recorded and signed."""
    rows = factories.due(issuer=ecole_a, count=3)
    intake = models.Intake.objects.of(ecole_a).create(
        issuer=ecole_a, achievement=rows[0].achievement, created_by=alice, created_at=NOW,
        confirmed_by=alice, confirmed_at=NOW, state=models.Intake.State.RECORDED, size=3,
        position=3, recorded_at=NOW,
    )  # fmt: skip
    models.Credential.objects.of(ecole_a).update(intake=intake)
    services.sign(now=NOW, limit=10)
    services.publish_status_lists(now=NOW)
    return intake


@kept.fixture
def page(run):
    return f"/console/ecole-a/lists/{run.uuid}"


@pytest.fixture
def issuing(client, alice):
    client.force_login(alice)
    return client


def order(client, page, kind="sheets"):
    return client.post(f"{page}/certificates", {"kind": kind}, follow=True)


def ordered(issuer):
    return models.Printing.objects.of(issuer).latest("id")


def address(row, what="file"):
    return f"/console/ecole-a/certificates/{row.uuid}/{what}"


def printed(*, limit=2):
    while printing.print_some(now=NOW, limit=limit, prints=prints.printed):
        pass


def test_sheets_are_printed_piece_by_piece_and_come_as_one_archive(issuing, ecole_a, page):
    order(issuing, page)

    assert printing.print_some(now=NOW, limit=2, prints=prints.printed) == 2
    assert "being printed: 66 %" in read(issuing.get(page)).text
    printed()
    text = read(issuing.get(page)).text
    response = issuing.post(address(ordered(ecole_a)))

    assert "3 certificates. Here until 5 March 2026, 09:00 UTC." in text
    assert response["Content-Disposition"] == 'attachment; filename="welding-2026-03-02.zip"'
    with ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        assert archive.namelist() == ["welding-00001-00002.pdf", "welding-00003-00003.pdf"]
        assert all(archive.read(name).startswith(b"%PDF") for name in archive.namelist())
    assert ordered(ecole_a).fetched_at is not None


def test_each_gets_a_file_with_the_signed_badge_inside(issuing, ecole_a, page):
    order(issuing, page, "each")
    printed()

    response = issuing.post(address(ordered(ecole_a)))

    with ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        assert archive.namelist() == [f"0000{n}-eleve-{n - 1}.pdf" for n in (1, 2, 3)]
        pdf = archive.read("00001-eleve-0.pdf")
    inside = [
        zlib.decompressobj().decompress(pdf[found.end() :])
        for found in re.finditer(rb"stream\r?\n(?=x)", pdf)
    ]
    assert any(b'"OpenBadgeCredential"' in each for each in inside)


def test_what_fits_on_the_sheets_of_one_file_is_that_file(issuing, ecole_a, page):
    order(issuing, page)
    print_certificates()

    response = issuing.post(address(ordered(ecole_a)))

    assert response["Content-Type"] == "application/pdf"
    assert "no-store" in response["Cache-Control"]
    assert len(re.findall(rb"/Type\s*/Page\b", response.content)) in {0, 3}  # or packed


def test_what_does_not_stand_is_not_printed(issuing, ecole_a, page):
    first = models.Credential.objects.of(ecole_a).order_by("id").first()
    services.revoke(issuer=ecole_a, credential=first, reason="Mistake", now=NOW)
    order(issuing, page)

    printed()

    assert (ordered(ecole_a).size, ordered(ecole_a).printed) == (2, 2)


@pytest.mark.parametrize("when", ["before", "meanwhile", "afterwards"])
def test_nothing_is_left_of_who_was_erased(issuing, ecole_a, page, when):
    first = models.Credential.objects.of(ecole_a).order_by("id").first()
    order(issuing, page)
    if when == "meanwhile":
        printing.print_some(now=NOW, limit=1, prints=prints.printed)
    elif when == "afterwards":
        printed()

    learners.LearnerKey.objects.of(ecole_a).filter(learner=first.learner_id).delete()
    printed()

    files = models.PrintedFile.objects.of(ecole_a)
    if when == "before":
        assert ordered(ecole_a).state == "ready"
        assert {pk for each in files for pk in each.learner_ids}.isdisjoint({first.learner_id})
    else:
        assert ordered(ecole_a).state == "gone"
        assert not files.exists()
        gone = issuing.post(address(ordered(ecole_a)), follow=True)
        assert "not there any more" in read(gone).text


def test_files_lie_sealed_and_open_nowhere_else(issuing, ecole_a, page):
    order(issuing, page, "each")
    printed()

    rows = list(models.PrintedFile.objects.of(ecole_a).order_by("number"))

    assert all(b"%PDF" not in bytes(row.content) for row in rows)
    assert all(b"eleve" not in bytes(row.content) for row in rows)
    models.PrintedFile.objects.of(ecole_a).filter(number=0).update(content=rows[1].content)
    moved = issuing.post(address(ordered(ecole_a)), follow=True)
    assert "cannot be opened: order it again" in read(moved).text


def test_after_three_days_it_is_gone(issuing, ecole_a, page):
    order(issuing, page)
    printed()

    assert printing.forget_printings(now=NOW + timedelta(days=3) - timedelta(seconds=1)) == 0
    assert printing.forget_printings(now=NOW + timedelta(days=3)) == 1

    assert ordered(ecole_a).state == "gone"
    assert not models.PrintedFile.objects.of(ecole_a).exists()
    assert "removed" in read(issuing.get(page)).text


@pytest.mark.parametrize("is_ready", [True, False])
def test_it_can_be_removed_before_or_stopped(issuing, ecole_a, page, is_ready):
    order(issuing, page)
    if is_ready:
        printed()

    said = issuing.post(address(ordered(ecole_a), "remove"), follow=True)

    assert "were removed" in read(said).text
    assert printing.print_some(now=NOW, limit=2, prints=prints.printed) == 0
    assert not models.PrintedFile.objects.of(ecole_a).exists()


def test_one_is_printed_at_a_time_and_none_without_a_badge(issuing, ecole_a, page, monkeypatch):
    order(issuing, page)

    assert "being printed already" in read(order(issuing, page)).text
    assert models.Printing.objects.of(ecole_a).count() == 1
    printed()
    monkeypatch.setitem(printing.MOST, printing.Kind.EACH, 2)
    assert "At most 2 certificates" in read(order(issuing, page, "each")).text
    assert issuing.post(f"{page}/certificates", {"kind": "gold"}).status_code == 404


def test_a_small_order_does_not_wait_for_a_large_one(issuing, ecole_a, page, run):
    order(issuing, page)
    printing.print_some(now=NOW, limit=1, prints=prints.printed)
    order(issuing, page, "each")

    printing.print_some(now=NOW, limit=1, prints=prints.printed)

    assert {row.kind: row.printed for row in models.Printing.objects.of(ecole_a)} == {
        "sheets": 1, "each": 1,
    }  # fmt: skip


def test_what_cannot_be_printed_is_said_and_what_cannot_be_asked_waits(issuing, ecole_a, page):
    def missing(*_given):
        raise NoPress("no Pango")

    def silent(*_given):
        raise KeyServiceUnavailable("no answer")

    order(issuing, page)
    assert printing.print_some(now=NOW, limit=2, prints=silent) == 0
    assert ordered(ecole_a).is_under_way

    printing.print_some(now=NOW, limit=2, prints=missing)

    text = read(issuing.get(page)).text
    assert "could not be printed" in text
    assert "Order it once more" in text


def test_a_stranger_and_who_may_not_issue_find_nothing(issuing, charlie, bob, ecole_a, page):
    order(issuing, page)
    printed()
    row, client = ordered(ecole_a), issuing
    issuers.Membership.objects.of(ecole_a).filter(user=bob).update(role="viewer")

    for person, status in ((charlie, 404), (bob, 403)):
        client.force_login(person)
        for place in (f"{page}/certificates", address(row), address(row, "remove")):
            assert client.post(place, {"kind": "sheets"}).status_code == status
    assert "Certificates to print" not in read(client.get(page)).text
    client.force_login(charlie)
    other = address(row).replace("ecole-a", "ecole-b")
    assert client.post(other).status_code == 404
    assert ordered(ecole_a).state == "ready"


def test_nobody_is_erased_while_they_are_printed(ecole_a, run, issuing, page):
    order(issuing, page)
    asked = []

    def look(_credentials, _printing, _now):
        asked.extend(query["sql"] for query in connection.queries_log)
        return []

    with CaptureQueriesContext(connection):
        printing.print_some(now=NOW, limit=5, prints=look)

    assert any("learners_learnerkey" in sql and "FOR NO KEY UPDATE" in sql for sql in asked)
