"""Learners are told by e-mail that they have a badge: once, of what is signed, and truthfully."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection

from credentials import models, services
from credentials.resolvers import post
from credentials.services import telling
from learners import models as learners
from tests import factories, roles
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

State = models.Message.State
LATER = NOW + timedelta(hours=1)


def told(issuer, count=1, *, sign=True, first=0, language="fr", achievement=None, tag=""):
    """Issue to `count` learners, who are to be told."""
    from learners import services as people

    enrolled = people.enrol(
        issuer=issuer,
        people=[
            people.Person(f"Élève {n}", f"eleve{n}@example.org", language)
            for n in range(first, first + count)
        ],
        now=NOW,
    )
    services.issue(
        issuer=issuer,
        achievement=achievement or factories.the_achievement(issuer=issuer),
        awards=[
            services.Award(learner=each, reference=f"told{tag}-{each.email}", valid_from=NOW)
            for each in enrolled.values()
        ],
        now=NOW,
        tells=True,
    )
    if sign:
        services.sign(now=NOW, limit=1000)
    return list(enrolled.values())


def rows(issuer, **more):
    return list(models.Message.objects.of(issuer).filter(**more).order_by("id"))


def states(issuer):
    return [row.state for row in rows(issuer)]


def send(now=NOW, limit=100):
    return telling.send(now=now, limit=limit)


class Server:
    """Answers as it is told, one answer for each e-mail, then takes everything."""

    def __init__(self, *answers):
        self.answers, self.messages = list(answers), []

    def open(self):
        return True

    def close(self):
        pass

    def send_messages(self, messages):
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, BaseException):
            raise answer
        self.messages += messages
        return len(messages)


@pytest.fixture
def server(monkeypatch):
    made = Server()
    monkeypatch.setattr(post, "get_connection", lambda: made)
    return made


def refused(code, said=b"no <eleve0@example.org>"):
    return smtplib.SMTPRecipientsRefused({"eleve0@example.org": (code, said)})


def test_a_badge_is_told_of_once_it_is_signed_and_not_before(ecole_a):
    told(ecole_a, 3, sign=False)
    assert rows(ecole_a) == []

    services.sign(now=NOW, limit=100)
    send()

    assert states(ecole_a) == [State.SENT] * 3
    assert sorted(each.to[0] for each in mail.outbox) == [f"eleve{n}@example.org" for n in range(3)]


def test_nobody_is_told_where_that_was_not_asked_for(ecole_a):
    factories.signed(issuer=ecole_a)

    assert rows(ecole_a) == []
    assert send() == 0


def test_an_e_mail_says_who_what_and_where_in_both_forms(ecole_a):
    factories.change(ecole_a, email="contact@ecole-a.example")
    told(ecole_a)

    send()

    [message] = mail.outbox
    [credential] = models.Credential.objects.of(ecole_a)
    [(html, kind)] = message.alternatives
    assert message.subject == "Votre badge : Soudure à l'arc"
    for part in (message.body, html):
        assert f"/credentials/{credential.token}" in part
        assert "Élève 0" in part
    assert kind == "text/html"
    assert message.from_email.startswith("=?utf-8?") or "École A" in message.from_email
    assert message.reply_to == ["contact@ecole-a.example"]
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def test_an_e_mail_loads_nothing_from_anywhere(ecole_a):
    told(ecole_a)

    send()

    html = mail.outbox[0].alternatives[0][0]
    assert 'src="http' not in html
    assert "url(" not in html
    assert html.count("http") == 1  # the one link, as it is
    assert 'src="cid:badge"' in html


def test_several_badges_of_one_learner_leave_in_one_e_mail(ecole_a):
    told(ecole_a, 2)
    told(
        ecole_a,
        1,
        achievement=factories.achievement(issuer=ecole_a, slug="b", name="Brasure"),
        tag="b",
    )

    send()

    assert len(mail.outbox) == 2
    both = next(each for each in mail.outbox if each.to == ["eleve0@example.org"])
    assert both.subject == "Votre badge : Soudure à l'arc et Brasure"
    assert both.body.count("/credentials/") == 2
    assert states(ecole_a) == [State.SENT] * 3


def test_each_is_written_to_in_their_language_or_the_organisations(ecole_a):
    factories.change(ecole_a, language="fr")
    for n, language in enumerate(("en", "fr-CA", "de")):
        told(ecole_a, 1, first=n, language=language)

    send()

    said = {each.to[0]: each.subject for each in mail.outbox}
    assert said["eleve0@example.org"].startswith("Your badge")
    assert said["eleve1@example.org"].startswith("Votre badge")
    assert said["eleve2@example.org"].startswith("Votre badge")


def test_what_a_worker_left_behind_is_not_sent_again_and_is_shown_as_such(ecole_a, server):
    told(ecole_a)
    server.answers = [KeyboardInterrupt()]  # the worker is killed on the way
    with pytest.raises(KeyboardInterrupt):
        send()
    assert states(ecole_a) == [State.SENDING]

    send(now=NOW + timedelta(minutes=20))
    send(now=LATER)

    assert states(ecole_a) == [State.UNSURE]
    assert server.messages == []


def test_an_address_that_is_refused_for_good_came_back(ecole_a, server):
    told(ecole_a)
    server.answers = [refused(550)]

    send()

    [row] = rows(ecole_a)
    assert row.state == State.BOUNCED
    assert row.problem == "550 no <…>"


def test_a_refusal_for_now_is_tried_again_later_and_in_the_end_given_up(ecole_a, server):
    told(ecole_a)
    server.answers = [refused(451)] * 20
    now = NOW

    send(now=now)
    assert (states(ecole_a), send(now=now)) == ([State.WAITING], 0)
    for _attempt in range(10):
        now += timedelta(days=2)
        send(now=now)

    [row] = rows(ecole_a)
    assert row.state == State.FAILED
    assert row.attempts == len(telling.PATIENCE) + 1


def test_an_outage_costs_no_attempt_and_loses_nothing(ecole_a, monkeypatch):
    told(ecole_a, 3)

    class Down(Server):
        def open(self):
            raise ConnectionRefusedError("nobody listens")

    monkeypatch.setattr(post, "get_connection", Down)
    for hours in range(5):
        send(now=NOW + timedelta(hours=hours))

    assert {(row.state, row.attempts) for row in rows(ecole_a)} == {(State.WAITING, 0)}


def test_a_connection_that_ends_on_the_way_leaves_a_doubt(ecole_a, server):
    told(ecole_a, 2)
    server.answers = [smtplib.SMTPServerDisconnected("gone")]

    send()

    assert states(ecole_a) == [State.UNSURE, State.SENT]


def test_who_cannot_be_reached_is_not_written_to_again_until_somebody_says_so(ecole_a, server):
    [learner] = told(ecole_a)
    server.answers = [refused(550)]
    send()

    told(ecole_a, achievement=factories.achievement(issuer=ecole_a, slug="b"), tag="b")
    send(now=LATER)
    assert states(ecole_a) == [State.BOUNCED, State.WITHHELD]

    learners.Learner.objects.of(ecole_a).filter(pk=learner.pk).update(email="neuf@example.org")
    told_of = factories.achievement(issuer=ecole_a, slug="c")
    services.issue(
        issuer=ecole_a, achievement=told_of, now=NOW, tells=True,
        awards=[services.Award(learner=learner, reference="c", valid_from=NOW)],
    )  # fmt: skip
    services.sign(now=NOW, limit=10)
    send(now=LATER)

    assert states(ecole_a)[-1] == State.SENT


def test_what_was_revoked_meanwhile_is_not_told_of(ecole_a):
    told(ecole_a)
    [credential] = models.Credential.objects.of(ecole_a)
    services.revoke(issuer=ecole_a, credential=credential, reason="Erreur.", now=NOW)

    send()

    assert (states(ecole_a), mail.outbox) == ([State.WITHHELD], [])


def test_an_organisation_that_is_suspended_sends_nothing(ecole_a):
    told(ecole_a)
    with roles.as_owner():
        factories.change(ecole_a, suspended_at=NOW, suspended_for="Essai.")

    assert (send(), mail.outbox) == (0, [])


def test_of_an_erased_learner_nothing_stays_and_nothing_is_sent(ecole_a, server):
    [one, other] = told(ecole_a, 2)
    server.answers = [refused(550)]
    send()
    told(ecole_a, achievement=factories.achievement(issuer=ecole_a, slug="b"), tag="b")

    learners.LearnerKey.objects.of(ecole_a).filter(learner_id=one.pk).delete()
    send(now=LATER)

    mine = rows(ecole_a, learner=one)
    assert [row.state for row in mine] == [State.BOUNCED, State.WITHHELD]
    assert {(row.address, row.problem, row.provider_id) for row in mine} == {("", "", "")}
    assert rows(ecole_a, learner=other)[0].address


def test_no_more_leave_in_a_minute_than_are_allowed(ecole_a, ecole_b, settings):
    settings.EMAIL_PER_MINUTE = 5
    told(ecole_a, 4)
    told(ecole_b, 4)

    send()
    send(now=NOW + timedelta(seconds=30))
    assert len(mail.outbox) == 5

    send(now=NOW + timedelta(seconds=90))
    assert len(mail.outbox) == 8


def test_one_organisations_many_do_not_hold_up_anothers_few(ecole_a, ecole_b):
    told(ecole_a, telling.SHARE * 2)
    told(ecole_b, 1)

    send()

    assert states(ecole_b) == [State.SENT]


def test_a_provider_says_what_became_of_it(ecole_a):
    told(ecole_a, 2)
    send()
    first, second = (each.metadata["acquis"] for each in mail.outbox)

    tell(first, State.DELIVERED)
    tell(second, State.BOUNCED, "5.1.1 <eleve1@example.org> unknown")
    tell(second, State.DELIVERED)  # what came back is not delivered by a late word

    assert [(row.state, row.problem) for row in rows(ecole_a)] == [
        (State.DELIVERED, ""),
        (State.BOUNCED, "5.1.1 <…> unknown"),
    ]


def test_a_mark_that_is_not_ours_is_about_nothing(ecole_a):
    told(ecole_a)
    send()

    assert tell("[1, 1]", State.BOUNCED) == 0
    assert tell(mail.outbox[0].metadata["acquis"] + "x", State.BOUNCED) == 0
    assert states(ecole_a) == [State.SENT]


def tell(mark, state, said=""):
    return telling.tell_delivery(mark=mark, state=state, said=said, now=LATER)


def test_a_round_costs_few_statements_however_many_learners(ecole_a, django_assert_max_num_queries):
    told(ecole_a, 15)

    with django_assert_max_num_queries(60):
        send()

    assert connection.vendor == "postgresql"
    assert len(mail.outbox) == 15
