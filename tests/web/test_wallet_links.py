"""A link for one reader: its secret is never sent, it shows what was chosen, and it ends."""

import hashlib
import re
from datetime import timedelta

import pytest
import time_machine

from credentials import models
from credentials.selectors.holding import links as questions
from credentials.selectors.holding import privacy
from credentials.services import holding
from credentials.services.holding import links
from learners import models as learners
from learners import services as people
from tests import factories, kept
from tests.conftest import NOW
from tests.web.conftest import read
from tests.web.test_wallet import LEA, ZOE, badge_of, open_wallet

pytestmark = pytest.mark.django_db
CHOSEN = {"label": "HR of X", "days": "7", "name": "on", "evidence": "on", "results": "on"}


@kept.fixture
def badge(ecole_a):
    found = badge_of(ecole_a, LEA)
    factories.anchor_everything()
    return found


def secret_in(answer) -> str:
    [found] = re.findall(r"/shown#([A-Za-z0-9_-]{22})\"", answer.content.decode())
    return str(found)


def opened(client, secret):
    key = hashlib.sha256(secret.encode()).hexdigest()
    return client.post("/shown?lang=en", {"key": key})


def link_to(badge, **shown):
    return links.make(
        issuer=badge.issuer, credential=badge, label="HR of X", shown=privacy.Shown(**shown),
        days=7, now=NOW,
    )  # fmt: skip


def test_a_holder_makes_a_link_and_its_reader_sees_the_badge(client, badge):
    open_wallet(client, LEA)

    made = client.post(f"/wallet/badges/{badge.token}/links", CHOSEN)
    page = opened(client, secret_in(made))

    assert page.status_code == 200
    shown = read(page)
    assert badge.learner.name in shown.text
    assert badge.achievement.name in shown.text
    assert "HR of X" not in shown.text
    assert page["Cache-Control"] == "private, no-store"
    # Its page would outlive the link.
    assert badge.token not in page.content.decode()


def test_the_secret_and_whom_it_is_for_are_kept_nowhere_in_clear(client, badge):
    secret = link_to(badge)

    [row] = models.AudienceLink.objects.of(badge.issuer)

    assert secret not in row.key
    assert b"HR of X" not in bytes(row.label)
    again = client.get(f"/wallet/badges/{badge.token}/links").content.decode()
    assert secret not in again


def test_the_page_that_waits_says_what_it_takes_and_asks_nobody(client):
    page = read(client.get("/shown?lang=en"))

    assert "JavaScript only" in page.text
    assert not [each for each in page.loads if each.startswith("http")]


@pytest.mark.parametrize("key", ["", "nothing", "0" * 64, "Z" * 64, "0" * 5000])
def test_whatever_is_no_open_link_is_over(client, badge, key):
    link_to(badge)

    assert client.post("/shown", {"key": key}).status_code == 404


def test_a_link_ends_by_itself(client, badge):
    secret = link_to(badge)

    with time_machine.travel(NOW + timedelta(days=6)):
        assert opened(client, secret).status_code == 200
    with time_machine.travel(NOW + timedelta(days=7, minutes=1)):
        assert opened(client, secret).status_code == 404


def test_a_link_that_was_taken_back_is_over(client, badge):
    secret = link_to(badge)
    [row] = models.AudienceLink.objects.of(badge.issuer)
    open_wallet(client, LEA)

    client.post(f"/wallet/badges/{badge.token}/links/{row.uuid}/back")

    assert opened(client, secret).status_code == 404
    assert "taken back" in read(client.get(f"/wallet/badges/{badge.token}/links?lang=en")).text


def test_it_shows_what_was_chosen_even_while_the_page_is_private(client, badge):
    holding.show(
        issuer=badge.issuer, credential=badge, shown=privacy.Shown("hidden", name=False), now=NOW
    )
    named, unnamed = link_to(badge), link_to(badge, name=False)

    assert badge.learner.name in opened(client, named).content.decode()
    assert badge.learner.name not in opened(client, unnamed).content.decode()


def test_its_holder_sees_how_often_it_was_opened(client, badge):
    secret = link_to(badge)
    for _ in range(3):
        opened(client, secret)
    open_wallet(client, LEA)

    page = read(client.get(f"/wallet/badges/{badge.token}/links?lang=en"))

    assert "HR of X" in page.text
    assert "opened 3 times" in page.text


def test_links_of_others_are_not_there(client, badge, ecole_a):
    theirs = badge_of(ecole_a, ZOE)
    link_to(theirs)
    [row] = models.AudienceLink.objects.of(ecole_a)
    open_wallet(client, LEA)

    assert client.get(f"/wallet/badges/{theirs.token}/links").status_code == 404
    assert client.post(f"/wallet/badges/{theirs.token}/links", CHOSEN).status_code == 404
    client.post(f"/wallet/badges/{badge.token}/links/{row.uuid}/back")

    row.refresh_from_db()
    assert row.taken_back_at is None


def test_twenty_open_links_are_the_most(client, badge):
    for _ in range(20):
        link_to(badge)
    open_wallet(client, LEA)

    answer = client.post(f"/wallet/badges/{badge.token}/links?lang=en", CHOSEN)

    assert "Twenty links are open" in read(answer).text
    assert len(questions.links_of(credential=badge, now=NOW)) == 20


def test_the_links_of_whoever_had_a_badge_end_with_its_change_of_hands(client, badge):
    secret = link_to(badge)
    people.change_address(issuer=badge.issuer, learner=badge.learner, email=ZOE)
    open_wallet(client, ZOE)

    assert opened(client, secret).status_code == 404
    assert "not opened yet" not in read(client.get(f"/wallet/badges/{badge.token}/links")).text


def test_the_links_to_an_erased_badge_are_gone(client, badge):
    secret = link_to(badge)
    learners.LearnerKey.objects.of(badge.issuer).all().delete()

    assert opened(client, secret).status_code == 404
    assert not models.AudienceLink.objects.of(badge.issuer).exists()
