"""What is wrong with one organisation keeps no other waiting, whoever was first."""

from __future__ import annotations

from datetime import timedelta

import pytest

from credentials import models, services
from issuers import selectors as issuers
from issuers import services as parties
from issuers.core.kinds import Kind
from issuers.services import founding
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def lose_the_key(issuer) -> None:
    """End the only key of an organisation, as its administrator may."""
    key = issuers.current_key(issuer=issuer, now=NOW, kind=Kind.ED25519)
    assert key is not None
    parties.retire_key(issuer=issuer, kid=key.kid, now=NOW)


def test_lists_of_others_are_published_though_one_organisation_has_no_key(ecole_a, ecole_b, caplog):
    for each in (ecole_a, ecole_b):
        factories.signed(issuer=each)
    services.publish_status_lists(now=NOW)
    lose_the_key(ecole_a)

    published = services.publish_status_lists(now=LATER)

    assert published == 1
    [theirs] = models.StatusList.objects.of(ecole_b)
    assert theirs.published_at == LATER
    assert "ecole-a" in caplog.text
    with pytest.raises(issuers.NoSigningKey):
        services.publish_status_lists(now=LATER)


def test_transcripts_of_others_are_signed_though_one_organisation_has_no_key(ecole_a, ecole_b):
    asked = [factories.requested_transcript(issuer=each) for each in (ecole_a, ecole_b)]
    lose_the_key(ecole_a)

    settled = services.sign_transcripts(now=LATER, limit=10)

    assert settled == 1
    states = [models.Transcript.objects.of(each.issuer_id).get(pk=each.pk).state for each in asked]
    assert states == ["due", "signed"]
    with pytest.raises(issuers.NoSigningKey):
        services.sign_transcripts(now=LATER, limit=10)


def test_endorsements_of_others_are_signed_though_one_organisation_has_no_key(ecole_a, ecole_b):
    third = factories.issuer(slug="ecole-c", name="École C")
    for each in (ecole_a, ecole_b):
        services.endorse(issuer=each, subject=third, comment="Serious people.", now=NOW)
    lose_the_key(ecole_a)

    assert services.sign_endorsements(now=LATER, limit=1) == 1

    [theirs] = models.Endorsement.objects.of(ecole_b)
    assert theirs.state == "signed"
    with pytest.raises(issuers.NoSigningKey):
        services.sign_endorsements(now=LATER, limit=1)


def test_a_new_organisation_has_a_key_as_soon_as_a_worker_comes_by(alice):
    _asked, token = founding.ask_to_found(
        name="Centre Ligérien", slug="", kind="", country="", language="fr", email=alice.email,
        now=NOW,
    )  # fmt: skip
    issuer = parties.found(token=token, user=alice, now=NOW)
    assert issuers.current_key(issuer=issuer, now=NOW, kind=Kind.ED25519) is None

    assert parties.fulfil_key_orders(now=NOW, limit=10) == 1

    assert factories.signed(issuer=issuer).state == "signed"
