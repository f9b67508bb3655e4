"""/evidence/<token>: a file that an award rests on."""

import pytest

from credentials import services
from learners import models as people
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def attach(ecole_a):
    learner = factories.learner(issuer=ecole_a)

    def attach(content):
        file = services.attach(issuer=ecole_a, learner=learner, content=content, now=NOW)
        return f"/evidence/{file.token}"

    return attach


@pytest.mark.parametrize(
    ("content", "kind", "how"),
    [
        (b"%PDF-1.7", "application/pdf", "attachment"),
        (factories.png(), "image/png", "inline"),
        (b"\xff\xd8\xff\xe0", "image/jpeg", "inline"),
        (b"Vu en salle.\n", "text/plain; charset=utf-8", "inline"),
        (b"<script>alert(1)</script>", "text/plain; charset=utf-8", "inline"),
    ],
)
def test_a_file_is_served_as_what_it_is_and_can_do_nothing(client, attach, content, kind, how):
    response = client.get(attach(content))

    assert response.content == content
    assert response["Content-Type"] == kind
    assert response["Content-Disposition"].startswith(how)
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("token", ["A" * 22, "x", "y" * 300])
def test_an_unknown_token_is_a_404(client, db, token):
    response = client.get(f"/evidence/{token}")

    assert response.status_code == 404
    assert response.json()["code"] == "no_evidence"


def test_it_is_erased_with_the_learners_key(client, ecole_a, attach):
    address = attach(b"%PDF-1.7")
    people.LearnerKey.objects.of(ecole_a).all().delete()

    assert client.get(address).status_code == 410


def test_a_signed_in_stranger_reads_what_everybody_reads(client, attach, charlie):
    address = attach(b"Texte")
    anonymous = client.get(address).content
    client.force_login(charlie)

    assert client.get(address).content == anonymous
    assert client.post(address).status_code == 405
