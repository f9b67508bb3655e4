"""A learner asks to be called rightly, or forgotten; the organisation answers, or erases."""

import pytest

from credentials import models, selectors
from credentials.services import holding
from credentials.services.holding import wishes
from learners import models as learners
from learners import selectors as people
from learners import services as enrolment
from tests import factories, kept
from tests.conftest import NOW
from tests.web.conftest import read
from tests.web.test_wallet import LEA, ZOE, badge_of, open_wallet

pytestmark = pytest.mark.django_db
NAME = {"kind": "name", "said": "Léa Martin-Dupont"}


@kept.fixture
def badge(ecole_a):
    return badge_of(ecole_a, LEA)


def asked(badge, kind="name", said="Léa Martin-Dupont"):
    return wishes.ask(issuer=badge.issuer, credential=badge, kind=kind, said=said, now=NOW)


def test_what_a_learner_asks_waits_in_the_console_and_leads_to_the_correction(client, badge, alice):
    open_wallet(client, LEA)
    led = client.post(f"/wallet/badges/{badge.token}/ask", NAME)
    assert led["Location"] == f"/wallet/badges/{badge.token}/ask"

    client.force_login(alice)
    page = read(client.get("/console/ecole-a/wishes?lang=en"))

    assert "Léa Martin-Dupont" in page.text
    assert f"/console/ecole-a/credentials/{badge.uuid}/correct?lang=en" in page.links
    troubles = read(client.get("/console/ecole-a/troubles?lang=en"))
    assert "Learners who ask for something" in troubles.text


def test_what_was_asked_is_sealed(badge):
    asked(badge)

    [row] = models.Wish.objects.of(badge.issuer)

    assert b"Martin" not in bytes(row.said)


def test_the_same_is_asked_once_until_it_is_answered(client, badge):
    asked(badge)
    open_wallet(client, LEA)

    answer = client.post(f"/wallet/badges/{badge.token}/ask?lang=en", NAME)

    assert "You asked for this already" in read(answer).text
    assert models.Wish.objects.of(badge.issuer).count() == 1


def test_whoever_asks_for_a_name_writes_it(client, badge):
    open_wallet(client, LEA)

    answer = client.post(f"/wallet/badges/{badge.token}/ask?lang=en", {"kind": "name"})

    assert "Write the name as it should be" in read(answer).text
    assert not models.Wish.objects.of(badge.issuer).exists()


def test_the_learner_reads_the_answer(client, badge, bob):
    wish = asked(badge)
    client.force_login(bob)

    client.post(
        f"/console/ecole-a/wishes/{wish.uuid}/answer",
        {"state": "declined", "words": "It is the name on your identity card."},
    )
    open_wallet(client, LEA)
    page = read(client.get(f"/wallet/badges/{badge.token}/ask?lang=en"))

    assert "It is the name on your identity card." in page.text
    assert "declined" in page.text
    assert client.get(f"/console/ecole-a/wishes/{wish.uuid}/answer").status_code == 404


def test_a_badge_of_others_cannot_be_asked_about(client, badge, ecole_a):
    theirs = badge_of(ecole_a, ZOE)
    open_wallet(client, LEA)

    assert client.get(f"/wallet/badges/{theirs.token}/ask").status_code == 404
    assert client.post(f"/wallet/badges/{theirs.token}/ask", NAME).status_code == 404
    assert not models.Wish.objects.of(ecole_a).exists()


@pytest.mark.parametrize("act", ["", "/{}/answer", "/{}/erase"])
def test_charlie_finds_nothing_of_it(client, badge, charlie, act):
    wish = asked(badge, kind="erasure")
    client.force_login(charlie)

    assert client.get("/console/ecole-a/wishes" + act.format(wish.uuid)).status_code == 404
    if act:
        theirs = "/console/ecole-b/wishes" + act.format(wish.uuid)
        assert client.get(theirs).status_code == 404
        assert client.post(theirs, {"state": "done", "words": "x"}).status_code == 404


def test_who_only_issues_erases_nobody(client, badge, bob):
    wish = asked(badge, kind="erasure")
    client.force_login(bob)

    assert client.post(f"/console/ecole-a/wishes/{wish.uuid}/erase").status_code == 403
    assert people.data_key(learner=badge.learner)


def test_nobody_is_told_that_they_are_forgotten_before_they_are(client, badge, bob):
    wish = asked(badge, kind="erasure")
    client.force_login(bob)

    answer = client.post(
        f"/console/ecole-a/wishes/{wish.uuid}/answer?lang=en", {"state": "done", "words": "Done."}
    )

    assert "once an administrator erases them" in read(answer).text
    assert models.Wish.objects.of(badge.issuer).get().state == "open"


def test_whoever_asked_for_a_name_is_not_erased(client, badge, alice):
    wish = asked(badge)
    client.force_login(alice)

    assert client.post(f"/console/ecole-a/wishes/{wish.uuid}/erase").status_code == 404
    assert people.data_key(learner=badge.learner)


def test_whoever_asks_to_be_forgotten_is_erased_for_good(client, badge, alice, ecole_b):
    elsewhere = badge_of(ecole_b, LEA)
    wish, name = asked(badge, kind="erasure", said=""), badge.learner.name
    asked(badge)
    client.force_login(alice)
    question = client.get(f"/console/ecole-a/wishes/{wish.uuid}/erase?lang=en")
    assert "cannot be taken back" in read(question).text

    client.post(f"/console/ecole-a/wishes/{wish.uuid}/erase")

    assert client.get(f"/credentials/{badge.token}").status_code == 410
    with pytest.raises(selectors.Erased):
        people.data_key(learner=badge.learner)
    row = learners.Learner.objects.of(badge.issuer).get(pk=badge.learner_id)
    assert (row.name, row.former_names) == ("—", None)
    assert row.email == f"{row.uuid}@erased.invalid"
    assert not models.Wish.objects.of(badge.issuer).filter(state="open").exists()
    assert name not in client.get("/console/ecole-a/credentials").content.decode()
    # What another organisation issued is the other's.
    assert client.get(f"/credentials/{elsewhere.token}").status_code == 200


def test_whoever_was_erased_may_come_back_as_somebody_new(badge, ecole_a):
    enrolment.erase(issuer=ecole_a, learner=badge.learner)

    again = factories.learner(issuer=ecole_a, email=LEA)

    assert again.pk != badge.learner_id
    assert people.data_key(learner=again)


def test_an_erased_learner_is_told_of_in_no_wallet(client, badge, ecole_a):
    holding.claim(credentials=[badge], now=NOW)
    enrolment.erase(issuer=ecole_a, learner=badge.learner)
    open_wallet(client, LEA)

    assert badge.token not in client.get("/wallet").content.decode()
