"""Learners are told by e-mail what was done to their badges, where whoever does it says so."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail

from credentials import models, services
from credentials.core import letters as words
from credentials.services import counting, letters, retelling, telling
from learners import models as learners
from tests import factories, kept
from tests.conftest import NOW
from tests.services.credentials.test_retelling import remind
from tests.services.credentials.test_telling import State, rows, told

pytestmark = pytest.mark.django_db
Kind = models.Message.Kind
LATER = NOW + timedelta(hours=1)


@kept.fixture
def badge(ecole_a):
    return factories.achievement(issuer=ecole_a, standing="suspendable")


@kept.fixture
def credential(ecole_a, badge):
    return factories.signed(issuer=ecole_a, achievement=badge)


def sent(now=LATER):
    """Send what is due, and return the e-mails that left."""
    mail.outbox.clear()
    telling.send(now=now, limit=100)
    return mail.outbox


def test_a_revocation_is_told_with_its_public_reason_and_not_the_private_one(
    ecole_a, credential, alice
):
    services.revoke(
        issuer=ecole_a, credential=credential, reason="Exam annulled", note="cheating", now=NOW,
        actor=alice, tells=True,
    )  # fmt: skip

    [message] = sent()

    assert message.to == [credential.learner.email]
    assert message.subject == "Votre badge a été révoqué : Soudure à l'arc"
    assert "Motif indiqué\xa0: Exam annulled" in message.body
    assert "cheating" not in message.message().as_string()
    assert f"/credentials/{credential.token}" in message.body
    [row] = rows(ecole_a)
    assert (row.kind, row.state, row.asked_by) == (Kind.REVOKED, State.SENT, alice)


def test_nobody_is_told_where_nobody_says_so(ecole_a, credential):
    services.suspend(issuer=ecole_a, credential=credential, reason="Doubt", now=NOW)
    services.reinstate(issuer=ecole_a, credential=credential, now=NOW)
    services.revoke(issuer=ecole_a, credential=credential, reason="Annulled", now=NOW)

    assert rows(ecole_a) == []


def test_suspending_and_reinstating_are_told_each(ecole_a, credential):
    said = {"issuer": ecole_a, "credential": credential, "now": NOW, "tells": True}

    services.suspend(reason="Doubt", **said)
    [suspended] = sent()
    services.reinstate(**said)
    [again] = sent()

    assert "suspendu" in suspended.subject
    assert "Motif indiqué\xa0: Doubt" in suspended.body
    assert "rétabli" in again.subject


def test_what_is_so_no_more_when_it_would_leave_is_not_sent(ecole_a, credential):
    said = {"issuer": ecole_a, "credential": credential, "now": NOW, "tells": True}
    services.suspend(reason="Doubt", **said)
    services.reinstate(**said)

    [message] = sent()

    assert "rétabli" in message.subject
    assert [row.state for row in rows(ecole_a)] == [State.WITHHELD, State.SENT]


def test_several_are_told_in_one_statement_and_a_learner_in_one_e_mail(
    ecole_a, badge, django_assert_max_num_queries
):
    made = factories.due(issuer=ecole_a, count=3, achievement=badge)
    services.sign(now=NOW, limit=10)
    models.Credential.objects.of(ecole_a).filter(pk=made[1].pk).update(learner=made[0].learner)
    keys = [each.pk for each in made]

    with django_assert_max_num_queries(12):
        services.revoke_several(issuer=ecole_a, keys=keys, reason="Annulled", now=NOW, tells=True)

    assert len(rows(ecole_a)) == 3
    assert len(sent()) == 2


def test_a_correction_is_told_as_one_with_the_reason(ecole_a, alice):
    told(ecole_a)
    telling.send(now=NOW, limit=10)
    [row] = models.Credential.objects.of(ecole_a).select_related("achievement", "learner", "issuer")
    instead = replace(services.wording(credential=row), name="Éléonore")
    services.correct(
        issuer=ecole_a, credential=row, instead=instead, reason="Name misspelt", actor=alice,
        now=LATER,
    )  # fmt: skip
    services.sign(now=LATER, limit=10)

    [message] = sent()

    assert message.subject.startswith("Votre badge a été corrigé")
    assert "Motif indiqué\xa0: Name misspelt" in message.body
    new = models.Credential.objects.of(ecole_a).latest("id")
    assert f"/credentials/{new.token}" in message.body
    assert "Éléonore" in message.body


@pytest.mark.parametrize("tells", [True, False])
def test_a_correction_is_told_or_not_as_whoever_corrects_says(ecole_a, credential, alice, tells):
    instead = replace(services.wording(credential=credential), name="Éléonore")
    services.correct(
        issuer=ecole_a, credential=credential, instead=instead, reason="x", actor=alice, now=NOW,
        tells=tells,
    )  # fmt: skip
    services.sign(now=NOW, limit=10)

    assert len(rows(ecole_a, kind=Kind.CORRECTED)) == int(tells)


def test_who_was_erased_is_not_written_to(ecole_a, credential):
    learners.LearnerKey.objects.of(ecole_a).all().delete()

    services.revoke(issuer=ecole_a, credential=credential, reason="x", now=NOW, tells=True)

    assert rows(ecole_a) == []


def test_a_notice_that_came_back_is_sent_again_as_what_it_was(ecole_a, credential, bob):
    services.revoke(issuer=ecole_a, credential=credential, reason="x", now=NOW, tells=True)
    models.Message.objects.of(ecole_a).update(state=State.BOUNCED, settled_at=NOW)

    retelling.send_again(issuer=ecole_a, states=("bounced",), actor=bob, now=LATER)

    [message] = sent()
    assert "révoqué" in message.subject


@pytest.mark.parametrize("kind", sorted(letters.REASONED))
def test_each_kind_reads_well_in_both_languages(ecole_a, kind):
    for language in letters.LANGUAGES:
        letter = letters.standard(kind=kind, language=language)
        written = letters.sample(issuer=ecole_a, letter=letter, language=language)

        assert "[" not in written.text + written.subject


def test_a_reason_stands_only_where_there_is_one():
    with pytest.raises(words.LetterError, match=r"\[reason\]"):
        words.read("x", "[reason]\n\n[link]", known=letters.known_of("issued"))

    assert words.read("x", "[reason]\n\n[link]", known=letters.known_of("revoked"))


def test_whose_page_was_opened_is_not_reminded(ecole_a, bob):
    told(ecole_a, 3)
    telling.send(now=NOW, limit=10)
    first, second, _third = models.Credential.objects.of(ecole_a).order_by("id")
    counting.count(token=first.token, act="opened", now=NOW)
    counting.count(token=second.token, act="verified", now=NOW)

    assert remind(ecole_a, bob) == 2

    reminded = {row.credential_id for row in rows(ecole_a, kind=Kind.REMINDER)}
    assert first.pk not in reminded
