"""What an award would look like, before there is any: a certificate of nobody, and a card."""

import io

import pytest
from PIL import Image

from badges import services as catalogue
from credentials.serializers import certificate
from tests import factories, kept
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@kept.fixture
def draft(ecole_a):
    return catalogue.draft(
        issuer=ecole_a, slug="d", image=factories.png(), now=NOW, name="Soudure", language="fr",
        validity_months=24, is_unfinished=True,
    )  # fmt: skip


def test_a_draft_is_seen_on_paper_and_where_it_would_be_shared(client, bob, draft):
    client.force_login(bob)
    page = f"/console/ecole-a/badges/{draft.uuid}"

    pdf, card = client.get(f"{page}/certificate.pdf"), client.get(f"{page}/card.png")

    assert pdf.content.startswith(b"%PDF-")
    assert Image.open(io.BytesIO(card.content)).size == (1200, 630)
    assert "no-store" in pdf["Cache-Control"]


def test_a_specimen_is_nobodys_and_ends_when_an_award_would(draft):
    shown = certificate.specimen(draft, address="https://x.example/", learner="Specimen", now=NOW)

    assert (shown.learner, shown.badge, shown.document) == ("Specimen", "Soudure", b"")
    assert (shown.issued, shown.until) == ("2 March 2026", "2 March 2028")


def test_a_specimen_of_another_organisation_is_not_there(client, charlie, ecole_b, draft):
    client.force_login(charlie)

    for place in ("ecole-a", "ecole-b"):
        for file in ("certificate.pdf", "card.png"):
            page = f"/console/{place}/badges/{draft.uuid}/{file}"
            assert client.get(page).status_code == 404
