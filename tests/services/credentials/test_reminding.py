"""Reminders that leave by themselves: to whom, when, how often, and to whom never."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from credentials import models, services
from credentials.selectors import reminding as questions
from credentials.services import counting, holding, reminding, retelling, telling
from issuers import services as parties
from learners import services as people
from tests import factories
from tests.conftest import NOW
from tests.services.credentials.test_telling import State, rows, told

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def asked(ecole_a):
    """Ask for reminders after three days, twice at most; return the organisation."""
    parties.require_reminders(issuer=ecole_a, after=3, most=2, now=NOW)
    return ecole_a


@pytest.fixture
def one(asked):
    """Return a badge of which its learner was told."""
    told(asked)
    telling.send(now=NOW, limit=10)
    mail.outbox.clear()
    rows = models.Credential.objects.of(asked)
    return rows.select_related("issuer", "learner", "achievement").get()


def remind(now):
    number = reminding.remind_due(now=now, limit=10)
    telling.send(now=now, limit=10)
    return number


def test_nobody_is_reminded_where_nobody_asked_for_it(ecole_a):
    told(ecole_a)
    telling.send(now=NOW, limit=10)

    assert remind(NOW + 60 * DAY) == 0
    assert questions.reminders(issuer=ecole_a, now=NOW) is None


def test_learners_are_reminded_after_some_days_so_often_and_no_more(asked, one):
    sent = {day: number for day in range(1, 30) if (number := remind(NOW + day * DAY))}

    assert sent == {3: 1, 6: 1}
    assert [message.subject for message in mail.outbox] == [
        "Votre badge vous attend : Soudure à l'arc"
    ] * 2
    assert [row.asked_by for row in rows(asked, kind="reminder")] == [None, None]


def test_the_same_hour_twice_reminds_once(asked, one):
    assert [reminding.remind_due(now=NOW + 3 * DAY, limit=10) for _twice in range(2)] == [1, 0]


def test_a_page_tells_what_comes_and_what_went(asked, one):
    before = questions.reminders(issuer=asked, now=NOW)
    day = questions.next_reminder(issuer=asked, credential=one, now=NOW)
    remind(NOW + 3 * DAY)
    after = questions.reminders(issuer=asked, now=NOW + 3 * DAY)

    assert before == questions.Reminders([((NOW + 3 * DAY).date(), 1)], 0)
    assert day == NOW + 3 * DAY
    assert after == questions.Reminders([((NOW + 6 * DAY).date(), 1)], 1)


def opened(credential, actor):
    counting.count(token=credential.token, act=models.Tally.Act.OPENED, now=NOW)


def claimed(credential, actor):
    holding.claim(credentials=[credential], now=NOW)


def revoked(credential, actor):
    services.revoke(issuer=credential.issuer, credential=credential, reason="Erreur.", now=NOW)


def erased(credential, actor):
    people.erase(issuer=credential.issuer, learner=credential.learner)


def unwanted(credential, actor):
    messages = models.Message.objects.of(credential.issuer)
    messages.update(state=State.COMPLAINED)
    retelling.tell(issuer=credential.issuer, credential=credential, actor=actor, now=NOW)
    messages.filter(state=State.WAITING).update(state=State.SENT, settled_at=NOW)
    messages.update(is_replaced=False)


def over(credential, actor):
    mine = models.Credential.objects.of(credential.issuer).filter(pk=credential.pk)
    mine.update(valid_until=NOW + DAY)


def a_sample(credential, actor):
    type(credential.achievement).objects.of(credential.issuer).update(is_sample=True)


def turned_off(credential, actor):
    reminding.stop(issuer=credential.issuer, now=NOW)


def suspended(credential, actor):
    parties.suspend(issuer=credential.issuer, reason="Un doute.", now=NOW)


@pytest.mark.parametrize(
    "happened",
    [opened, claimed, revoked, erased, unwanted, over, a_sample, turned_off, suspended],
)
def test_who_is_not_reminded(asked, one, bob, happened):
    happened(one, bob)

    assert remind(NOW + 4 * DAY) == 0


def test_what_was_told_before_reminders_were_asked_for_is_left_to_people(ecole_a):
    told(ecole_a)
    telling.send(now=NOW, limit=10)
    parties.require_reminders(issuer=ecole_a, after=1, most=1, now=NOW + DAY)

    assert remind(NOW + 5 * DAY) == 0


def test_a_reminder_by_hand_counts_and_makes_the_next_one_wait(asked, one, bob):
    badge = factories.the_achievement(issuer=asked)
    parties.require_reminders(issuer=asked, after=10, most=2, now=NOW)
    retelling.remind(issuer=asked, achievement=badge, actor=bob, now=NOW + 8 * DAY)
    telling.send(now=NOW + 8 * DAY, limit=10)

    assert remind(NOW + 12 * DAY) == 0
    assert remind(NOW + 18 * DAY) == 1
    assert remind(NOW + 40 * DAY) == 0


def test_what_waits_does_not_leave_once_it_is_turned_off(asked, one):
    reminding.remind_due(now=NOW + 3 * DAY, limit=10)

    assert reminding.stop(issuer=asked, now=NOW + 3 * DAY) == 1

    telling.send(now=NOW + 3 * DAY, limit=10)
    assert mail.outbox == []
    asked.refresh_from_db()
    assert (asked.reminds_after, asked.reminds_since) == (None, None)


@pytest.mark.parametrize(("after", "most"), [(0, 1), (31, 1), (7, 0), (7, 4)])
def test_nobody_is_reminded_too_soon_or_too_often(ecole_a, after, most):
    with pytest.raises(ValidationError):
        parties.require_reminders(issuer=ecole_a, after=after, most=most, now=NOW)
