"""Caches in front of us forget what changed, even if they could not be told at first."""

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from credentials import models, services
from credentials.services import purging
from learners import models as learners
from tests import factories, kept
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


class Edge(ThreadingHTTPServer):
    """A cache that writes down what it is told."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Told)
        self.told, self.answer = [], 200
        self.url = f"http://127.0.0.1:{self.server_port}"


class Told(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PURGE(self):
        self.server.told.append((self.path, dict(self.headers)))
        self.send_response(self.server.answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def edge(settings):
    server = Edge()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.EDGE_CACHES = [server.url]
    yield server
    server.shutdown()
    server.server_close()


@kept.fixture
def signed(ecole_a):
    return factories.signed(issuer=ecole_a)


def due():
    return models.Purge.objects.across_issuers().order_by("due_at")


def later(seconds=20):
    return timezone.now() + timedelta(seconds=seconds)


def test_a_revocation_is_told_twice_for_every_page_and_file(ecole_a, signed, edge):
    services.revoke(issuer=ecole_a, credential=signed, reason="Mistake", now=NOW)
    assert due().count() == 2

    assert services.purge(now=timezone.now(), limit=50) == 1
    assert services.purge(now=later(), limit=50) == 1

    page = f"/credentials/{signed.token}"
    paths = [path for path, _headers in edge.told]
    assert set(paths) == {page, *(page + file for file in purging.FILES)}
    assert {(path, each["Accept"], each["Accept-Language"]) for path, each in edge.told} == {
        (path, kind, language)
        for path in paths
        for kind in purging.KINDS
        for language in ("en", "fr")
    }
    assert {each["Host"] for _path, each in edge.told} == {"localhost:8000"}
    assert {each["Surrogate-Key"] for _path, each in edge.told} == {f"credential/{signed.token}"}
    assert not due().exists()


def test_so_are_suspension_reinstatement_and_a_correction_of_the_reason(ecole_a, edge):
    row = factories.achievement(issuer=ecole_a, slug="held", standing="suspendable")
    held = factories.signed(issuer=ecole_a, achievement=row)

    services.suspend(issuer=ecole_a, credential=held, reason="Inquiry", now=NOW)
    assert due().count() == 2
    services.reinstate(issuer=ecole_a, credential=held, now=NOW)
    assert due().count() == 4
    models.Credential.objects.of(ecole_a).update(revocation_reason="Better words")
    assert due().count() == 6


def test_so_is_an_erasure_for_all_that_a_person_holds(ecole_a, ecole_b, signed):
    factories.signed(issuer=ecole_b)

    learners.LearnerKey.objects.of(ecole_a).filter(learner=signed.learner).delete()

    assert {row.token for row in due()} == {signed.token}
    assert due().count() == 2


def test_what_changes_nothing_purges_nothing(ecole_a, signed):
    models.Credential.objects.of(ecole_a).update(reference="another")

    assert not due().exists()


@pytest.mark.parametrize("trouble", ["down", "refuses"])
def test_a_cache_that_cannot_be_told_is_told_again(ecole_a, signed, edge, settings, trouble):
    services.revoke(issuer=ecole_a, credential=signed, reason="Mistake", now=NOW)
    if trouble == "down":
        settings.EDGE_CACHES = ["http://127.0.0.1:1", edge.url]
    edge.answer = 405 if trouble == "refuses" else 200

    assert services.purge(now=later(), limit=50) == 0
    assert due().count() == 2

    settings.EDGE_CACHES, edge.answer = [edge.url], 404
    assert services.purge(now=later(), limit=50) == 2


def test_what_no_cache_can_hold_any_more_is_given_up(ecole_a, signed, settings):
    settings.EDGE_CACHES = ["http://127.0.0.1:1"]
    services.revoke(issuer=ecole_a, credential=signed, reason="Mistake", now=NOW)

    assert services.purge(now=later(700), limit=50) == 2


def test_without_a_cache_nobody_is_told(ecole_a, signed):
    services.revoke(issuer=ecole_a, credential=signed, reason="Mistake", now=NOW)

    assert services.purge(now=later(), limit=50) == 2
