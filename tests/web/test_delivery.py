"""What a provider tells of e-mails: believed with its secret alone, written where it belongs."""

import base64
import json

import pytest
from django.core import mail

from credentials import models
from credentials.services import telling
from tests.conftest import NOW
from tests.services.credentials.test_telling import State, told

pytestmark = pytest.mark.django_db

KNOWN = "postmark:a long text"
ADDRESS = "/mail/events/postmark"


@pytest.fixture(autouse=True)
def provider(settings):
    settings.EMAIL_PROVIDER = "postmark"
    settings.ANYMAIL = {"WEBHOOK_SECRET": KNOWN}


def post(client, body, *, known_by=KNOWN, address=ADDRESS):
    text = body if isinstance(body, str) else json.dumps(body)
    known = base64.b64encode(known_by.encode()).decode()
    return client.post(
        address, text, content_type="application/json", headers={"Authorization": f"Basic {known}"}
    )


def event(kind, mark, **more):
    return {"RecordType": kind, "MessageID": "1", "Metadata": {"acquis": mark}} | more


@pytest.fixture
def mark(ecole_a):
    told(ecole_a)
    telling.send(now=NOW, limit=10)
    return mail.outbox[0].metadata["acquis"]


def state(issuer):
    return models.Message.objects.of(issuer).get().state


def test_a_delivery_is_written_down(client, ecole_a, mark):
    answer = post(
        client,
        event("Delivery", mark, Recipient="eleve0@example.org", DeliveredAt="2026-03-02T08:00Z"),
    )

    assert (answer.status_code, state(ecole_a)) == (200, State.DELIVERED)


def test_a_bounce_is_written_down_without_the_address(client, ecole_a, mark):
    said = "smtp;550 5.1.1 <eleve0@example.org> unknown"
    bounce = event("Bounce", mark, Email="eleve0@example.org", Type="HardBounce", TypeCode=1)

    answer = post(
        client, bounce | {"Details": said, "Description": "", "BouncedAt": "2026-03-02T08:00Z"}
    )

    row = models.Message.objects.of(ecole_a).get()
    assert (answer.status_code, row.state) == (200, State.BOUNCED)
    assert "eleve0" not in row.problem
    assert "550 5.1.1" in row.problem


def test_opens_are_not_listened_to(client, ecole_a, mark):
    answer = post(client, event("Open", mark, Recipient="eleve0@example.org", FirstOpen=True))

    assert (answer.status_code, state(ecole_a)) == (200, State.SENT)


def test_whoever_does_not_know_the_secret_is_not_believed(client, ecole_a, mark):
    answer = post(client, event("Bounce", mark), known_by="postmark:guessed")

    assert (answer.status_code, state(ecole_a)) == (403, State.SENT)


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "3", '{"RecordType": 3}', '{"RecordType":"Bounce"}']
)
def test_what_cannot_be_read_is_no_fault_of_ours(client, body):
    assert post(client, body).status_code in {200, 400}


def test_without_a_secret_or_for_another_provider_there_is_no_such_page(client, settings):
    assert post(client, {}, address="/mail/events/mailgun").status_code == 404

    settings.ANYMAIL = {"WEBHOOK_SECRET": ""}

    assert post(client, {}, known_by="").status_code == 404
