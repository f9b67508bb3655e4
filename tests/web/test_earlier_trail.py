"""The audit trail of before an organisation came here: to be downloaded as it came."""

import gzip
import uuid
from datetime import timedelta

import pytest

from issuers import models
from tests import factories, kept
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db

PAGE = "/console/ecole-a/trail"
LINES = [b'{"type":"AuditEntry","number":1}\n', b'{"type":"AuditSeal"}\n']


@kept.fixture
def earlier(ecole_a):
    """Return a trail in two pieces that came with École A."""
    arrival = models.Arrival.objects.of(ecole_a).create(
        issuer=ecole_a,
        archive=uuid.uuid4(),
        came_from="https://before.example",
        made_at=NOW - timedelta(days=1),
        arrived_at=NOW,
    )
    found = models.EarlierTrail.objects.of(ecole_a).create(
        issuer=ecole_a, arrival=arrival, entries=1, seals=1, digest=bytes(32)
    )
    for number, line in enumerate(LINES):
        models.EarlierTrailPiece.objects.of(ecole_a).create(
            issuer=ecole_a, earlier=found, number=number, content=gzip.compress(line)
        )
    return found


@kept.fixture
def eve(ecole_a):
    return factories.member(issuer=ecole_a, name="Eve", role="auditor")


def file_of(earlier, slug="ecole-a"):
    return f"/console/{slug}/trail/before/{earlier.pk}.jsonl"


def test_an_auditor_finds_it_beside_the_trail_of_here(client, earlier, eve):
    client.force_login(eve)

    page = read(client.get(PAGE))
    response = client.get(file_of(earlier))

    assert "What was written at https://before.example, until 1 March 2026" in page.text
    assert file_of(earlier) in page.links
    assert b"".join(response.streaming_content) == b"".join(LINES)
    assert response["Content-Disposition"] == (
        'attachment; filename="trail-ecole-a-2026-03-01.jsonl"'
    )


def test_it_is_said_in_french(client, earlier, eve):
    client.force_login(eve)

    assert "est gardé tel quel" in read(client.get(f"{PAGE}?lang=fr")).text


def test_where_none_came_nothing_is_said(client, eve):
    client.force_login(eve)

    assert "is kept as it came" not in read(client.get(PAGE)).text


def test_a_stranger_has_none(client, earlier, charlie):
    client.force_login(charlie)

    assert client.get(file_of(earlier)).status_code == 404
    assert client.get(file_of(earlier, "ecole-b")).status_code == 404


def test_nobody_else_may(client, earlier, bob):
    client.force_login(bob)

    assert client.get(file_of(earlier)).status_code == 403


def test_nobody_who_is_not_signed_in(client, earlier):
    assert client.get(file_of(earlier)).status_code == 302
