"""What an award would look like, before there is any: a certificate of nobody, and a card."""

import io

import pytest
from PIL import Image

from badges import services as catalogue
from credentials.serializers import certificate
from tests import factories, kept
from tests.conftest import NOW
from tests.web.conftest import read

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


def test_the_certificate_is_seen_as_a_page_without_being_printed(client, bob, draft):
    client.force_login(bob)

    answer = client.get(f"/console/ecole-a/badges/{draft.uuid}/sheet")

    page = read(answer)
    assert "Soudure" in page.text
    assert "Spécimen" in page.text
    assert {"frame-ancestors 'self'", "script-src 'none'", "sandbox allow-same-origin"} <= set(
        answer["Content-Security-Policy"].split("; ")
    )


def test_its_layout_and_who_signs_it_are_of_the_badge(client, alice, ecole_a, draft):
    client.force_login(alice)
    page = f"/console/ecole-a/badges/{draft.uuid}"
    sent = {
        "achievement_type": "MicroCredential", "standing": "revocable", "layout": "portrait",
        "signatory": "Claire Dumas", "signatory_role": "Directrice",
        "alignments-TOTAL_FORMS": "0", "alignments-INITIAL_FORMS": "0",
    }  # fmt: skip

    client.post(f"{page}/rules", sent)

    draft.refresh_from_db()
    shown = certificate.specimen(draft, address="https://x.example/", learner="Specimen", now=NOW)
    assert (shown.layout, shown.signatory, shown.role) == (
        "portrait", "Claire Dumas", "Directrice",
    )  # fmt: skip


def test_the_e_mail_to_its_learner_is_seen_too_in_the_words_of_the_organisation(
    client, bob, ecole_a, draft
):
    client.force_login(bob)

    answer = client.get(f"/console/ecole-a/badges/{draft.uuid}/letter")

    assert "Soudure" in read(answer).text
    assert "Bonjour Camille Martin" in read(answer).text
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_specimen_is_nobodys_and_ends_when_an_award_would(draft):
    shown = certificate.specimen(draft, address="https://x.example/", learner="Specimen", now=NOW)

    assert (shown.learner, shown.badge, shown.document) == ("Specimen", "Soudure", b"")
    assert (shown.issued, shown.until) == ("2 March 2026", "2 March 2028")


def test_a_specimen_of_another_organisation_is_not_there(client, charlie, ecole_b, draft):
    client.force_login(charlie)

    for place in ("ecole-a", "ecole-b"):
        for file in ("certificate.pdf", "sheet", "card.png", "letter"):
            page = f"/console/{place}/badges/{draft.uuid}/{file}"
            assert client.get(page).status_code == 404
