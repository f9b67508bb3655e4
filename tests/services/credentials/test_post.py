"""What mail servers and providers answer, on the wire: taken, refused, later, or nobody knows."""

import socket
from types import SimpleNamespace

import pytest
from anymail import exceptions as anymail
from django.core.mail import EmailMultiAlternatives

from credentials import models
from credentials.resolvers import post
from credentials.resolvers.post import Fate
from credentials.services import telling
from tests import mailserver
from tests.conftest import NOW
from tests.services.credentials.test_telling import State, rows, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings):
    with mailserver.serving() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = running.server_address
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_TIMEOUT = 5
        yield running


def by_address(issuer):
    found = models.Message.objects.of(issuer).order_by("id").select_related("learner")
    return {row.learner.email.partition("@")[0]: row.state for row in found}


def test_many_leave_over_one_connection(ecole_a, server):
    told(ecole_a, 10)

    telling.send(now=NOW, limit=100)

    assert {row.state for row in rows(ecole_a)} == {State.SENT}
    assert (len(server.messages), server.connections) == (10, 1)
    assert b"Auto-Submitted: auto-generated" in server.messages[0]
    assert b"multipart/related" in server.messages[0]


def test_each_answer_is_understood_and_the_others_are_sent(ecole_a, server):
    told(ecole_a, 7)
    server.answers = {
        "eleve0@": ("RCPT", b"550 5.1.1 no such user"),
        "eleve1@": ("RCPT", b"450 4.2.1 greylisted"),
        "eleve2@": ("END", b"554 5.7.1 spam"),
        "eleve3@": ("END", mailserver.HANG_UP),
        "eleve4@": ("DATA", b"421 4.3.2 closing"),
    }

    telling.send(now=NOW, limit=100)

    assert by_address(ecole_a) == {
        "eleve0": State.BOUNCED,
        "eleve1": State.WAITING,
        "eleve2": State.FAILED,
        "eleve3": State.UNSURE,
        "eleve4": State.WAITING,
        "eleve5": State.SENT,
        "eleve6": State.SENT,
    }
    assert len(server.messages) == 2


def test_a_server_that_is_not_there_costs_nothing(ecole_a, server, settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = free.getsockname()[1]
        told(ecole_a, 3)

        assert telling.send(now=NOW, limit=100) == 0

    assert {(row.state, row.attempts) for row in rows(ecole_a)} == {(State.WAITING, 0)}


@pytest.mark.parametrize(
    ("error", "fate"),
    [
        (anymail.AnymailRecipientsRefused(), Fate.NO_SUCH_ADDRESS),
        (anymail.AnymailUnsupportedFeature("x"), Fate.REFUSED),
        (401, Fate.UNREACHABLE),
        (403, Fate.UNREACHABLE),
        (422, Fate.REFUSED),
        (429, Fate.LATER),
        (503, Fate.LATER),
        (500, Fate.UNKNOWN),
        (None, Fate.UNKNOWN),  # no answer came
    ],
)
def test_what_a_provider_answers_is_understood(monkeypatch, error, fate):
    refusal = error
    if not isinstance(error, Exception):
        refusal = anymail.AnymailAPIError("x")
        refusal.describe_response = str
        refusal.status_code = error

    class Provider:
        def open(self):
            return None

        def close(self):
            return None

        def send_messages(self, messages):
            raise refusal

    monkeypatch.setattr(post, "get_connection", Provider)

    with post.Line() as line:
        assert line.hand_over(EmailMultiAlternatives(to=["a@example.org"])).fate is fate


def test_what_a_provider_calls_it_is_kept(monkeypatch):
    class Provider:
        def open(self):
            return None

        def close(self):
            return None

        def send_messages(self, messages):
            messages[0].anymail_status = SimpleNamespace(message_id="abc")
            return 1

    monkeypatch.setattr(post, "get_connection", Provider)

    with post.Line() as line:
        handed = line.hand_over(EmailMultiAlternatives(to=["a@example.org"]))

    assert (handed.fate, handed.provider_id) == (Fate.TAKEN, "abc")
