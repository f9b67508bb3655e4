"""The pages about e-mails: what became of them, how they read, and who may do what."""

import pytest
from django.core import mail

from credentials import models
from credentials.services import telling
from tests import factories
from tests.conftest import NOW
from tests.services.credentials.test_retelling import LATER, bounced
from tests.services.credentials.test_telling import State, rows, told
from tests.web.conftest import read

__all__ = ["bounced"]

pytestmark = pytest.mark.django_db

HERE = "/console/ecole-a/mail"
WORDS = "/console/ecole-a/messages"
GOOD = {
    "subject_fr": "Bravo [learner.name]", "body_fr": "Voici [badge.name].\n\n[link]",
    "subject_en": "Well done", "body_en": "Hello [learner.name],\n\n[link]",
}  # fmt: skip


def test_what_became_of_e_mails_is_shown_with_what_to_do(client, bob, ecole_a, bounced):
    client.force_login(bob)

    page = read(client.get(f"{HERE}?state=bounced"))

    assert "came back" in page.text
    assert "Élève 0" in page.text
    assert "550 no" in page.text
    assert "Correct it; or send again" in page.text
    assert f"/console/ecole-a/learners/{bounced.learner.uuid}/address" in page.links


def test_before_the_first_e_mail_the_page_says_how_to_begin(client, bob):
    client.force_login(bob)

    assert "No learner was written to yet" in read(client.get(HERE)).text


def test_an_address_is_corrected_and_the_e_mail_sent_again(client, bob, ecole_a, bounced):
    client.force_login(bob)
    address = f"/console/ecole-a/learners/{bounced.learner.uuid}/address"
    assert "did not arrive" in read(client.get(address)).text

    client.post(address, {"email": "neuf@example.org", "again": "on"})
    telling.send(now=LATER, limit=10)

    assert mail.outbox[0].to == ["neuf@example.org"]


def test_one_and_all_are_sent_again(client, bob, ecole_a, bounced):
    client.force_login(bob)

    client.post(f"{HERE}/{bounced.pk}/again")
    assert [row.state for row in rows(ecole_a, is_replaced=False)] == [State.WAITING]
    models.Message.objects.of(ecole_a).filter(is_replaced=False).update(state=State.FAILED)
    assert "Send 1 e-mail again?" in read(client.get(f"{HERE}/again/failed")).text
    client.post(f"{HERE}/again/failed")

    assert [row.state for row in rows(ecole_a, is_replaced=False)] == [State.WAITING]
    assert client.get(f"{HERE}/again/sent").status_code == 404


def test_reminding_asks_first(client, bob, ecole_a):
    told(ecole_a, 2)
    telling.send(now=NOW, limit=10)
    models.Message.objects.of(ecole_a).update(settled_at=NOW.replace(year=2025))
    badge = factories.the_achievement(issuer=ecole_a)
    client.force_login(bob)

    page = read(client.get(f"{HERE}/remind/{badge.uuid}"))
    assert "2 learners get an e-mail" in page.text
    for each in rows(ecole_a):
        assert f"/console/ecole-a/credentials/{each.credential.uuid}" in page.links
    client.post(f"{HERE}/remind/{badge.uuid}")

    assert len(rows(ecole_a, kind="reminder")) == 2
    assert client.get(f"{HERE}/remind/{badge.uuid}").status_code == 404


def test_the_learner_of_one_badge_is_told_from_its_page(client, bob, ecole_a):
    credential = factories.signed(issuer=ecole_a)
    client.force_login(bob)
    own = f"/console/ecole-a/credentials/{credential.uuid}"
    assert "was not told of it by e-mail" in read(client.get(own)).text

    client.post(f"{HERE}/tell/{credential.uuid}")

    page = read(client.get(own))
    assert "waiting to be sent" in page.text
    assert len(rows(ecole_a)) == 1


def test_words_are_changed_seen_and_given_up(client, alice, ecole_a):
    factories.the_achievement(issuer=ecole_a)
    client.force_login(alice)
    client.post(f"{WORDS}/issued", GOOD)
    assert models.Wording.objects.of(ecole_a).count() == 2
    assert "your words" in read(client.get(WORDS)).text

    shown = client.post(f"{WORDS}/issued/preview", GOOD | {"show": "fr"})

    assert "Bravo Camille Martin" in read(shown).text
    assert 'src="data:image/png;base64,' in shown.content.decode()
    client.post(f"{WORDS}/issued/standard")
    assert not models.Wording.objects.of(ecole_a).exists()


def test_a_preview_runs_nothing_and_loads_nothing(client, alice):
    client.force_login(alice)

    answer = client.get(f"{WORDS}/issued/preview")

    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src 'none'" in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"body_fr": "Bonjour [learner.nom]\n\n[link]"}, "[learner.name] [badge.name]"),
        ({"body_en": "Hello"}, "has to hold [link]"),
        ({"subject_fr": "[link]"}, "cannot stand in the subject"),
        ({"body_fr": ""}, "required"),
    ],
)
def test_words_that_cannot_be_used_are_refused_with_the_reason(
    client, alice, ecole_a, change, said
):
    client.force_login(alice)

    page = client.post(f"{WORDS}/issued", GOOD | change)

    assert said in read(page).text
    assert not models.Wording.objects.of(ecole_a).exists()


def test_whoever_writes_sends_it_to_themselves_first(client, alice, ecole_a):
    client.force_login(alice)

    client.post(f"{WORDS}/issued", GOOD | {"trial": "en"})

    [message] = mail.outbox
    assert (message.to, message.subject) == ([alice.email], "Well done")
    assert not models.Wording.objects.of(ecole_a).exists()


ADDRESSES = [
    ("get", HERE), ("post", f"{HERE}/1/again"),
    ("get", f"{HERE}/again/failed"), ("post", f"{HERE}/tell/00000000-0000-4000-8000-000000000000"),
    ("get", f"{HERE}/remind/00000000-0000-4000-8000-000000000000"), ("get", WORDS),
    ("get", f"{WORDS}/issued"), ("get", f"{WORDS}/issued/preview"),
    ("get", f"{WORDS}/issued/standard"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
def test_a_stranger_is_not_even_told_that_there_is_such_a_page(
    client, charlie, ecole_a, method, address
):
    client.force_login(charlie)

    assert getattr(client, method)(address).status_code == 404


def test_a_message_of_another_organisation_is_not_there(client, charlie, ecole_b, bounced):
    client.force_login(charlie)
    there = "/console/ecole-b/mail"

    assert client.post(f"{there}/{bounced.pk}/again").status_code == 404
    assert bounced.state == models.Message.objects.of(bounced.issuer_id).get().state


def test_who_only_looks_on_sends_nothing(client, ecole_a, bounced):
    client.force_login(factories.member(issuer=ecole_a, name="Vera", role="viewer"))

    assert client.get(HERE).status_code == 200
    assert client.post(f"{HERE}/{bounced.pk}/again").status_code == 403
    assert client.get(f"{WORDS}/issued").status_code == 403


def test_a_kind_that_there_is_not_is_not_there(client, alice):
    client.force_login(alice)

    for rest in ("", "/preview", "/standard"):
        assert client.get(f"{WORDS}/birthday{rest}").status_code == 404


def test_reminders_are_turned_on_told_of_and_turned_off(client, alice, ecole_a):
    client.force_login(alice)
    assert "Nobody is reminded unless somebody presses a button" in read(client.get(HERE)).text
    refused = client.post(f"{HERE}/reminders", {"after": "31", "most": "1"})
    assert "less than or equal to 30" in read(refused).text

    client.post(f"{HERE}/reminders", {"after": "7", "most": "1"})
    told(ecole_a)
    telling.send(now=LATER, limit=10)
    credential = models.Credential.objects.of(ecole_a).get()

    page = read(client.get(HERE)).text
    assert "their badge 7 days after the last e-mail is reminded. At most 1 reminder" in page
    assert "Next 9 March 2026 · 1 badge" in page
    one = client.get(f"/console/ecole-a/credentials/{credential.uuid}")
    assert "A reminder leaves on 9 March 2026" in read(one).text
    client.post(f"{HERE}/reminders/stop")
    assert "Nobody is reminded unless" in read(client.get(HERE)).text


def test_who_may_not_change_the_organisation_turns_nothing_on(client, bob, charlie):
    for user, expected in ((bob, 403), (charlie, 404)):
        client.force_login(user)
        for page in ("reminders", "reminders/stop"):
            assert client.post(f"{HERE}/{page}").status_code == expected
