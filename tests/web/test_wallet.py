"""A wallet is opened with a code, shows what is its holder's, and nothing of anybody else's."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from credentials import models
from learners import models as learners
from learners import services as people
from learners.services import wallets
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db
LEA, ZOE = "lea@example.org", "zoe@example.org"


def sent_code() -> str:
    [found] = re.findall(r"^\d{4} \d{4}$", str(mail.outbox[-1].body), re.MULTILINE)
    return str(found)


def open_wallet(client, email, *, badge=""):
    client.post(f"/wallet/sign-in?badge={badge}", {"email": email})
    return client.post("/wallet/code", {"code": sent_code()})


def badge_of(issuer, email):
    found = factories.signed(issuer=issuer)
    people.change_address(issuer=issuer, learner=found.learner, email=email)
    return found


def test_a_code_opens_the_badges_of_every_organisation(client, ecole_a, ecole_b):
    mine = [badge_of(each, LEA) for each in (ecole_a, ecole_b)]
    theirs = badge_of(ecole_b, ZOE)

    answer = open_wallet(client, LEA.upper())

    assert answer["Location"] == "/wallet"
    page = read(client.get("/wallet"))
    for each in mine:
        assert f"/wallet/badges/{each.token}" in page.links
    assert f"/wallet/badges/{theirs.token}" not in page.links
    assert "École A" in page.text
    assert "École B" in page.text


def test_whoever_comes_from_a_badge_is_led_back_to_it(client, ecole_a):
    mine = badge_of(ecole_a, LEA)
    page = read(client.get(f"/credentials/{mine.token}"))
    assert f"/wallet/badges/{mine.token}" in page.links

    led = client.get(f"/wallet/badges/{mine.token}?lang=fr")
    assert led["Location"] == f"/wallet/sign-in?lang=fr&badge={mine.token}"
    assert open_wallet(client, LEA, badge=mine.token)["Location"] == f"/wallet/badges/{mine.token}"
    assert client.get(f"/wallet/badges/{mine.token}").status_code == 200
    assert client.get(led["Location"]).status_code == 302  # it is open already


def test_the_badge_of_another_is_not_there(client, ecole_a):
    badge_of(ecole_a, LEA)
    theirs = badge_of(ecole_a, ZOE)
    open_wallet(client, LEA)

    assert client.get(f"/wallet/badges/{theirs.token}").status_code == 404
    assert client.get("/wallet/badges/nothing-here").status_code == 404


def test_people_of_an_organisation_hold_nothing_by_that(client, ecole_a, alice):
    theirs = badge_of(ecole_a, LEA)
    client.force_login(alice)

    assert client.get("/wallet").status_code == 302
    assert client.get(f"/wallet/badges/{theirs.token}").status_code == 302


def test_who_is_known_and_who_is_not_read_and_get_the_same(client, ecole_a):
    badge_of(ecole_a, LEA)

    answers = []
    for email in (LEA, "nob@example.org"):
        client.post("/wallet/sign-in", {"email": email})
        page = client.get("/wallet/code").content.decode()
        answers.append(re.sub(r'value="[^"]{64}"', "", page).replace(email, "…"))

    assert answers[0] == answers[1]
    assert [each.to for each in mail.outbox] == [[LEA], ["nob@example.org"]]
    bodies = [re.sub(r"\d{4} \d{4}", "", each.body) for each in mail.outbox]
    assert bodies[0] == bodies[1]


def test_what_was_seen_by_its_holder_is_claimed_once(client, ecole_a):
    mine, other = badge_of(ecole_a, LEA), badge_of(ecole_a, ZOE)
    client.get(f"/credentials/{mine.token}")
    assert not models.Holding.objects.of(ecole_a).exists()

    open_wallet(client, LEA)
    for _ in range(2):
        client.get("/wallet")
        client.get(f"/wallet/badges/{mine.token}")
    open_wallet(client, "nob@example.org")
    client.get(f"/wallet/badges/{other.token}")

    [held] = models.Holding.objects.of(ecole_a)
    assert held.credential_id == mine.pk
    assert NOW <= held.claimed_at < NOW + timedelta(minutes=1)


def test_the_code_is_for_the_browser_that_asked(client, ecole_a):
    client.post("/wallet/sign-in", {"email": LEA})

    assert Client().post("/wallet/code", {"code": sent_code()})["Location"] == "/wallet/sign-in"


def test_a_wrong_code_and_one_too_many_are_said(client):
    client.post("/wallet/sign-in", {"email": LEA})

    pages = [
        read(client.post("/wallet/code?lang=en", {"code": "0000 0000x"})).text for _ in range(5)
    ]

    assert "not the code that we sent" in pages[0]
    assert "cannot be used any more" in pages[4]
    late = client.post("/wallet/code?lang=en", {"code": sent_code()})
    assert "cannot be used any more" in read(late).text


def test_one_more_address_brings_its_badges(client, ecole_a, ecole_b):
    badge_of(ecole_a, LEA)
    more = badge_of(ecole_b, "lea@school.example")
    open_wallet(client, LEA)

    client.post("/wallet/addresses", {"email": "lea@school.example"})
    led = client.post("/wallet/code", {"code": sent_code()})

    assert led["Location"] == "/wallet/addresses"
    page = read(client.get("/wallet/addresses"))
    assert LEA in page.text
    assert "lea@school.example" in page.text
    assert f"/wallet/badges/{more.token}" in read(client.get("/wallet")).links


def test_the_other_addresses_hear_of_one_more(client, ecole_a):
    badge_of(ecole_a, LEA)
    open_wallet(client, "lea@school.example")
    client.post("/wallet/addresses", {"email": ZOE})
    client.post("/wallet/code", {"code": sent_code()})
    open_wallet(client, LEA)
    mail.outbox.clear()

    client.post("/wallet/addresses", {"email": ZOE})
    client.post("/wallet/code?lang=fr", {"code": sent_code()})

    told = mail.outbox[1:]
    assert sorted(each.to[0] for each in told) == [LEA, "lea@school.example"]
    assert all(f"{ZOE} a été mise à côté" in each.subject for each in told)
    assert all(ZOE in each.body and "retirez" in each.body for each in told)
    # Said again, nothing changes, and nobody is told.
    mail.outbox.clear()
    client.post("/wallet/addresses", {"email": ZOE})
    client.post("/wallet/code", {"code": sent_code()})
    assert len(mail.outbox) == 1


def test_whoever_asks_for_codes_of_others_leaves_them_theirs(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"wallet_address": "5/h/key"}
    here, there = ({"REMOTE_ADDR": each} for each in ("192.0.2.1", "198.51.100.1"))
    asked = [client.post("/wallet/sign-in", {"email": LEA}, **here).status_code for _ in range(6)]
    again = client.post("/wallet/sign-in", {"email": f" {LEA.upper()}"}, **here)

    assert (asked, again.status_code) == ([302] * 5 + [200], 200)
    assert client.post("/wallet/sign-in", {"email": LEA}, **there).status_code == 302
    assert client.post("/wallet/code", {"code": sent_code()}).status_code == 302


def test_an_address_that_was_corrected_takes_its_badges_along(client, ecole_a):
    mine = badge_of(ecole_a, LEA)
    open_wallet(client, LEA)
    people.change_address(issuer=ecole_a, learner=mine.learner, email="lea.new@example.org")

    assert client.get(f"/wallet/badges/{mine.token}").status_code == 404
    assert open_wallet(client, "lea.new@example.org", badge=mine.token).status_code == 302
    assert client.get(f"/wallet/badges/{mine.token}").status_code == 200


def test_an_erased_learner_holds_nothing(client, ecole_a):
    mine = badge_of(ecole_a, LEA)
    open_wallet(client, LEA)
    learners.LearnerKey.objects.of(ecole_a).all().delete()

    assert mine.token not in client.get("/wallet").content.decode()
    assert client.get(f"/wallet/badges/{mine.token}").status_code == 404


def test_whoever_closes_it_is_asked_again(client, ecole_a):
    badge_of(ecole_a, LEA)
    open_wallet(client, LEA)

    client.post("/wallet/sign-out")

    assert client.get("/wallet")["Location"] == "/wallet/sign-in"
    assert client.get("/wallet/sign-out").status_code == 405


def test_whoever_closes_it_leaves_no_address_in_the_browser(client):
    open_wallet(client, LEA)
    client.post("/wallet/addresses", {"email": ZOE})

    closed = client.post("/wallet/sign-out")

    assert closed.cookies["acquis_wallet_code"].value == ""
    assert client.get("/wallet/code")["Location"] == "/wallet/sign-in"


def test_whoever_deletes_their_wallet_is_asked_first_and_keeps_the_badges(client, ecole_a):
    mine = badge_of(ecole_a, LEA)
    open_wallet(client, LEA)
    assert "/wallet/give-up?lang=fr" in read(client.get("/wallet/addresses?lang=fr")).links

    question = read(client.get("/wallet/give-up?lang=fr"))
    assert "définitivement" in question.text
    assert learners.Wallet.objects.count() == 1
    client.post("/wallet/give-up")

    assert not learners.Wallet.objects.exists()
    assert client.get("/wallet")["Location"] == "/wallet/sign-in"
    assert client.get(f"/credentials/{mine.token}").status_code == 200


def test_nobody_deletes_a_wallet_that_is_not_open(client):
    open_wallet(Client(), LEA)

    assert client.get("/wallet/give-up")["Location"] == "/wallet/sign-in"
    assert client.post("/wallet/give-up")["Location"] == "/wallet/sign-in"
    assert learners.Wallet.objects.count() == 1


def test_its_cookies_go_to_its_pages_alone_and_no_script_reads_them(client, ecole_a):
    asked = client.post("/wallet/sign-in", {"email": LEA})
    opened = client.post("/wallet/code", {"code": sent_code()})

    kept = [opened.cookies[name] for name in ("acquis_wallet", "acquis_wallet_known")]
    for cookie in (asked.cookies["acquis_wallet_code"], *kept):
        assert cookie["path"] == "/wallet"
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
    page = client.get("/wallet")
    assert page["Cache-Control"] == "private, no-store"
    assert page["X-Robots-Tag"] == "noindex"


def test_codes_for_many_addresses_from_one_place_end(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"wallet": "3/h/ip"}

    answers = [
        client.post("/wallet/sign-in", {"email": f"lea{number}@example.org"}).status_code
        for number in range(4)
    ]

    assert answers == [302, 302, 302, 429]


@pytest.mark.parametrize(
    "email", ["", "lea", "lea@", "a b@example.org", "x" * 400 + "@example.org"]
)
def test_what_is_no_address_is_asked_for_again(client, email):
    answer = client.post("/wallet/sign-in?lang=en", {"email": email})

    assert answer.status_code == 200
    assert not mail.outbox


def test_strangers_do_not_use_up_the_codes_of_a_browser_that_was_here(client, ecole_a):
    badge_of(ecole_a, LEA)
    open_wallet(client, LEA)
    for _ in range(29):
        wallets.ask_for_code(email=LEA, now=NOW)

    mine = client.post("/wallet/sign-in", {"email": LEA})
    theirs = Client().post("/wallet/sign-in", {"email": LEA})
    client.post("/wallet/sign-out")
    closed = client.post("/wallet/sign-in", {"email": LEA})

    assert [each.status_code for each in (mine, theirs, closed)] == [302, 200, 200]
