"""Endorse, accept, revoke: nobody's page or document says what they did not agree to."""

import json

import pytest
from django.core.exceptions import ValidationError

from badges import selectors as badges
from badges.core import endorsement as core
from credentials import models, selectors, services
from credentials.core import canonical, proof
from credentials.core import status_list as lists
from issuers import selectors as issuers
from issuers.core import keys
from learners import models as people
from tests import factories, kept
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@kept.fixture
def badge(ecole_a):
    return factories.achievement(issuer=ecole_a)


def endorse(issuer, subject, comment="Utile à la **profession**.", accept=None):
    made = services.endorse(issuer=issuer, subject=subject, comment=comment, now=NOW)
    services.sign_endorsements(now=NOW, limit=10)
    found = selectors.find_endorsement(token=made.token)
    assert found is not None
    if accept is not None:
        services.accept_endorsement(issuer=accept, endorsement=found, now=NOW)
    return found


def document(credential):
    return canonical.loads(selectors.opened(credential=credential).document)


def test_it_is_signed_by_who_endorses_and_can_be_revoked(ecole_a, ecole_b, badge):
    found = canonical.loads(selectors.signed_endorsement(endorsement=endorse(ecole_b, badge)))

    [key] = issuers.key_history(issuer=ecole_b)
    proof.verify(found, public_key=keys.decode_multikey(key.kid))
    assert core.problems(found, strict=False) == ()
    assert found["issuer"]["id"] == ecole_b.did
    assert found["credentialSubject"]["id"] == badges.address(achievement=badge)
    assert found["name"] == "Endossement par École B"
    assert found["credentialStatus"]["statusPurpose"] == "revocation"


def test_only_what_was_accepted_goes_into_credentials(ecole_a, ecole_b, badge):
    of_badge, of_profile = endorse(ecole_b, badge), endorse(ecole_b, ecole_a)
    before = document(factories.signed(issuer=ecole_a, achievement=badge))
    for each in (of_badge, of_profile):
        services.accept_endorsement(issuer=ecole_a, endorsement=each, now=NOW)

    after = document(factories.signed(issuer=ecole_a, achievement=badge))

    assert "endorsement" not in json.dumps(before)
    [in_badge] = after["credentialSubject"]["achievement"]["endorsement"]
    [in_profile] = after["issuer"]["endorsement"]
    assert in_badge["id"] == selectors.endorsement_address(token=of_badge.token)
    [key] = issuers.key_history(issuer=ecole_b)
    for each in (in_badge, in_profile):
        proof.verify(each, public_key=keys.decode_multikey(key.kid))
    [own] = issuers.key_history(issuer=ecole_a)
    proof.verify(after, public_key=keys.decode_multikey(own.kid))


def test_a_badge_that_stands_for_good_embeds_none(ecole_a, ecole_b):
    badge = factories.achievement(issuer=ecole_a, standing="final")
    endorse(ecole_b, badge, accept=ecole_a)

    found = document(factories.signed(issuer=ecole_a, achievement=badge))

    assert "endorsement" not in found["credentialSubject"]["achievement"]


def test_a_revoked_one_is_embedded_no_more_and_its_bit_is_public(ecole_a, ecole_b, badge):
    found = endorse(ecole_b, badge, accept=ecole_a)

    services.revoke_endorsement(issuer=ecole_b, endorsement=found, reason="Fusion", now=NOW)
    services.publish_status_lists(now=NOW)

    later = document(factories.signed(issuer=ecole_a, achievement=badge))
    assert "endorsement" not in later["credentialSubject"]["achievement"]
    [row] = models.StatusList.objects.of(ecole_b)
    body = selectors.published_status_list_at(url=row.url)
    assert body is not None
    bits = lists.decode(canonical.loads(body)["credentialSubject"]["encodedList"])
    assert lists.is_set(bits, found.status_index)
    with pytest.raises(services.NotYours):
        services.revoke_endorsement(issuer=ecole_b, endorsement=found, reason="Again", now=NOW)
    endorse(ecole_b, badge, accept=ecole_a)  # and it may be said anew


def test_what_is_said_of_an_award_is_encrypted_under_the_learners_key(ecole_a, ecole_b):
    credential = factories.signed(issuer=ecole_a)

    made = services.endorse(issuer=ecole_b, subject=credential, comment="Très doué.", now=NOW)
    waiting = bytes(made.content)
    services.sign_endorsements(now=NOW, limit=10)

    found = selectors.find_endorsement(token=made.token)
    assert found is not None
    for stored in (waiting, bytes(found.content)):
        assert "Très".encode() not in stored
        assert b"comment" not in stored
    said = json.loads(selectors.signed_endorsement(endorsement=found))
    assert said["credentialSubject"]["endorsementComment"] == "Très doué."
    people.LearnerKey.objects.of(ecole_a).all().delete()
    with pytest.raises(selectors.Erased):
        selectors.signed_endorsement(endorsement=found)


def test_erased_before_it_was_signed_it_is_gone(ecole_a, ecole_b):
    credential = factories.signed(issuer=ecole_a)
    services.endorse(issuer=ecole_b, subject=credential, comment="Très doué.", now=NOW)
    people.LearnerKey.objects.of(ecole_a).all().delete()

    assert services.sign_endorsements(now=NOW, limit=10) == 0
    assert not models.Endorsement.objects.of(ecole_b).exists()


def test_nobody_endorses_themselves_a_draft_or_the_same_twice(ecole_a, ecole_b, badge):
    [due] = factories.due(issuer=ecole_a, achievement=badge)
    endorse(ecole_b, badge)

    for issuer, subject in ((ecole_a, badge), (ecole_a, ecole_a), (ecole_b, due), (ecole_b, badge)):
        with pytest.raises(services.NotEndorsable):
            services.endorse(issuer=issuer, subject=subject, comment="Bien.", now=NOW)


@pytest.mark.parametrize("comment", ["", "  ", "x" * 2_001, "a\x00b"])
def test_it_says_something(ecole_a, ecole_b, badge, comment):
    with pytest.raises(ValidationError, match="comment"):
        services.endorse(issuer=ecole_b, subject=badge, comment=comment, now=NOW)


def test_only_the_endorsed_side_answers_and_once(ecole_a, ecole_b, badge):
    found = endorse(ecole_b, badge)

    assert selectors.endorsements_to_answer(issuer=ecole_b) == []
    assert selectors.endorsements_to_answer(issuer=ecole_a) == [found]
    for answer in (services.accept_endorsement, services.decline_endorsement):
        with pytest.raises(services.NotYours):
            answer(issuer=ecole_b, endorsement=found, now=NOW)
    services.decline_endorsement(issuer=ecole_a, endorsement=found, now=NOW)
    with pytest.raises(services.NotYours):
        services.accept_endorsement(issuer=ecole_a, endorsement=found, now=NOW)
    assert selectors.endorsements_to_answer(issuer=ecole_a) == []


def test_the_endorsed_side_cannot_revoke_what_is_anothers(ecole_a, ecole_b, badge):
    found = endorse(ecole_b, badge, accept=ecole_a)

    with pytest.raises(services.NotYours):
        services.revoke_endorsement(issuer=ecole_a, endorsement=found, reason="No", now=NOW)
