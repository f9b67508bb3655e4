"""What people do about e-mails: tell one, send again, remind once, correct an address."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail

from credentials import models, services
from credentials.core import letters as words
from credentials.resolvers import post
from credentials.selectors import messages as questions
from credentials.services import letters, retelling, telling
from learners import models as learners
from learners import services as people
from tests import factories
from tests.conftest import NOW
from tests.services.credentials.test_telling import Server, State, rows, states, told

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
WEEK = NOW + timedelta(days=8)


@pytest.fixture
def bounced(ecole_a, monkeypatch):
    """Return the message of a learner whose address is refused for good."""
    refusal = smtplib.SMTPRecipientsRefused({"eleve0@example.org": (550, b"no")})
    with monkeypatch.context() as patch:
        patch.setattr(post, "get_connection", lambda: Server(refusal))
        told(ecole_a)
        telling.send(now=NOW, limit=10)
    [row] = rows(ecole_a)
    assert row.state == State.BOUNCED
    return row


def again(issuer, actor, message=None, states=retelling.AGAIN, now=LATER):
    return retelling.send_again(issuer=issuer, states=states, actor=actor, now=now, message=message)


def remind(issuer, actor, now=WEEK):
    badge = factories.the_achievement(issuer=issuer)
    return retelling.remind(issuer=issuer, achievement=badge, actor=actor, now=now)


def test_what_came_back_is_sent_again_because_somebody_says_so(ecole_a, bob, bounced):
    assert again(ecole_a, bob, bounced) == 1
    telling.send(now=LATER, limit=10)

    assert len(mail.outbox) == 1
    assert [(row.state, row.is_replaced) for row in rows(ecole_a)] == [
        (State.BOUNCED, True),
        (State.SENT, False),
    ]
    assert rows(ecole_a)[1].asked_by == bob
    assert questions.counts(issuer=ecole_a) == {State.SENT: 1}


def test_twice_is_once(ecole_a, bob, bounced):
    again(ecole_a, bob, bounced)

    with pytest.raises(retelling.NothingToSend):
        again(ecole_a, bob, bounced)


def test_what_was_sent_is_not_sent_again_with_the_rest(ecole_a, bob):
    told(ecole_a, 3)
    telling.send(now=NOW, limit=10)

    with pytest.raises(retelling.NothingToSend):
        again(ecole_a, bob)


def test_a_corrected_address_is_written_to(ecole_a, bob, bounced):
    people.change_address(issuer=ecole_a, learner=bounced.learner, email="neuf@example.org")

    again(ecole_a, bob, bounced)
    telling.send(now=LATER, limit=10)

    assert mail.outbox[0].to == ["neuf@example.org"]


def test_who_was_erased_is_not_written_to_again(ecole_a, bob, bounced):
    learners.LearnerKey.objects.of(ecole_a).filter(learner_id=bounced.learner_id).delete()

    with pytest.raises(retelling.NothingToSend):
        again(ecole_a, bob, bounced)


def test_one_badge_is_told_of_for_the_first_time_and_again(ecole_a, bob):
    credential = factories.signed(issuer=ecole_a)
    for now in (NOW, LATER):
        retelling.tell(issuer=ecole_a, credential=credential, actor=bob, now=now)
        with pytest.raises(retelling.NothingToSend):  # it waits already
            retelling.tell(issuer=ecole_a, credential=credential, actor=bob, now=now)
        telling.send(now=now, limit=10)

    assert len(mail.outbox) == 2
    assert [row.is_replaced for row in rows(ecole_a)] == [True, False]


def test_what_is_not_signed_or_was_revoked_is_not_told_of(ecole_a, bob):
    signed = factories.signed(issuer=ecole_a)
    services.revoke(issuer=ecole_a, credential=signed, reason="Erreur.", now=NOW)
    [due] = factories.due(issuer=ecole_a)

    for credential in (due, signed):
        with pytest.raises(retelling.NothingToSend):
            retelling.tell(issuer=ecole_a, credential=credential, actor=bob, now=NOW)


def test_a_reminder_goes_out_once_and_not_before_a_week(ecole_a, bob):
    told(ecole_a, 3)
    telling.send(now=NOW, limit=10)

    with pytest.raises(retelling.NothingToSend):
        remind(ecole_a, bob, now=NOW + timedelta(days=6))
    [may] = questions.remindable(issuer=ecole_a, before=WEEK - retelling.PATIENCE, now=WEEK)
    assert (may.number, remind(ecole_a, bob)) == (3, 3)
    telling.send(now=WEEK, limit=10)

    assert len(mail.outbox) == 6
    assert mail.outbox[-1].subject == "Votre badge vous attend : Soudure à l'arc"
    with pytest.raises(retelling.NothingToSend):
        remind(ecole_a, bob, now=WEEK + timedelta(days=30))
    assert questions.remindable(issuer=ecole_a, before=WEEK, now=WEEK) == []


def test_whose_e_mail_came_back_is_not_reminded(ecole_a, bob, bounced):
    with pytest.raises(retelling.NothingToSend):
        remind(ecole_a, bob)


def test_an_organisation_writes_otherwise_until_it_says_the_standard_again(ecole_a, alice):
    own = words.read("Bravo [learner.name]", "Voici.\n\n[link]")
    retelling.word(issuer=ecole_a, kind="issued", texts={"fr": own}, actor=alice, now=NOW)
    told(ecole_a)
    telling.send(now=NOW, limit=10)

    assert mail.outbox[0].subject == "Bravo Élève 0"
    standard = letters.standard(kind="issued", language="fr")
    retelling.word(issuer=ecole_a, kind="issued", texts={"fr": standard}, actor=alice, now=LATER)
    assert not models.Wording.objects.of(ecole_a).exists()


@pytest.mark.parametrize("language", letters.LANGUAGES)
@pytest.mark.parametrize("kind", models.Message.Kind.values)
def test_the_standard_words_can_be_used(ecole_a, kind, language):
    letter = letters.standard(kind=kind, language=language)

    written = letters.sample(issuer=ecole_a, letter=letter, language=language)

    assert "[" not in written.subject + written.text
    assert f'lang="{language}"' in written.html


def test_two_organisations_words_do_not_mix(ecole_a, ecole_b, bob, bounced):
    with pytest.raises(retelling.NothingToSend):
        again(ecole_b, bob, bounced)

    assert states(ecole_a) == [State.BOUNCED]
