"""Signing in: a code, a password for those who want one; nobody learns who has an account."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from tests.web.conftest import code_sent, read, sign_in

FORM = "/account/login/"


def test_a_code_opens_the_console(client, bob):
    asked = client.post(FORM, {"login": "Bob@Example.org"})
    assert mail.outbox[-1].to == ["bob@example.org"]
    assert code_sent() not in asked.content.decode()

    opened = client.post(asked["Location"], {"code": code_sent()})

    assert opened["Location"] == "/console/"
    assert "École A" in read(client.get("/console/")).text


def test_who_was_sent_to_sign_in_comes_back(client, bob):
    sent = client.get("/console/ecole-a/")
    assert sent["Location"] == f"{FORM}?next=/console/ecole-a/"

    asked = client.post(FORM, {"login": bob.email, "next": "/console/ecole-a/"})
    opened = client.post(asked["Location"], {"code": code_sent(), "next": "/console/ecole-a/"})

    assert opened["Location"] == "/console/ecole-a/"


@pytest.mark.parametrize("next_", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_nobody_is_sent_elsewhere(client, bob, next_):
    asked = client.post(FORM, {"login": bob.email, "next": next_})
    opened = client.post("/account/login/code/confirm/", {"code": code_sent(), "next": next_})

    assert "evil" not in asked["Location"].partition("?next=")[0]
    assert opened["Location"] == "/console/"


def without_tokens(response):
    """Return what an answer says, without what is drawn for each."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", response.content.decode())
    return re.sub(r"(bob|nobody)@example\.org", "somebody", text)


def test_an_unknown_address_is_answered_like_a_known_one(client, bob):
    answers = []
    for address in ("bob@example.org", "nobody@example.org"):
        asked = client.post(FORM, {"login": address})
        wrong = client.post(asked["Location"], {"code": "AAAA-AAAA"})
        answers.append(
            (asked.status_code, asked["Location"], wrong.status_code, without_tokens(wrong))
        )
        client.cookies.clear()

    assert answers[0] == answers[1]
    assert [sent.to for sent in mail.outbox] == [["bob@example.org"]]


def test_a_wrong_password_is_told_the_same_of_everybody(client, bob):
    bob.set_password("a long one, known to Bob")
    bob.save()

    answers = [
        without_tokens(client.post(FORM, {"login": address, "password": "not this one at all"}))
        for address in ("bob@example.org", "nobody@example.org")
    ]

    assert answers[0] == answers[1]
    assert mail.outbox == []


def test_who_has_a_password_may_use_it(client, bob):
    from allauth.account.models import EmailAddress

    bob.set_password("a long one, known to Bob")
    bob.save()
    EmailAddress.objects.create(user=bob, email=bob.email, verified=True, primary=True)

    opened = client.post(FORM, {"login": bob.email, "password": "a long one, known to Bob"})

    assert opened["Location"] == "/console/"


def test_three_wrong_codes_are_enough(client, bob):
    asked = client.post(FORM, {"login": bob.email})

    answers = [client.post(asked["Location"], {"code": "AAAA-AAAA"}) for _try in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 302]
    assert client.post(asked["Location"], {"code": code_sent()})["Location"] != "/console/"


def test_codes_are_not_sent_without_end(client, bob, settings):
    settings.ACCOUNT_RATE_LIMITS = {}
    cache.clear()

    answers = [Client().post(FORM, {"login": bob.email}) for _try in range(5)]

    assert len(mail.outbox) == 3
    assert [answer.status_code for answer in answers[3:]] == [200, 200]
    assert "Too many" in read(answers[-1]).text
    cache.clear()


def test_nobody_makes_an_account_on_their_own(client, db):
    response = client.post("/account/signup/", {"email": "eve@example.org"})

    assert "eve@example.org" not in str(mail.outbox)
    assert response.status_code == 200
    assert "id_email" not in read(response).ids


def test_a_person_sees_and_ends_their_sessions(client, bob):
    elsewhere = Client()
    sign_in(elsewhere, bob)
    sign_in(client, bob)
    assert client.get("/account/sessions/").status_code == 200

    client.post("/account/sessions/")

    assert client.get("/console/").status_code == 200
    assert elsewhere.get("/console/").status_code == 302


def test_signing_out_is_asked_first(client, bob):
    sign_in(client, bob)

    assert client.get("/account/logout/").status_code == 200
    assert client.get("/console/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/console/").status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        "login/", "login/code/", "logout/", "email/", "password/set/", "password/reset/", "2fa/",
        "2fa/totp/activate/", "2fa/webauthn/", "2fa/webauthn/add/", "sessions/",
        "signup/",
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_page_of_an_account_is_whole_and_loads_nothing_from_elsewhere(
    client, bob, path, language
):
    if path not in {"login/", "login/code/", "password/reset/", "signup/"}:
        sign_in(client, bob)

    response = client.get(f"/account/{path}?lang={language}", follow=True)

    assert response.status_code == 200
    page = read(response)
    assert page.unclosed == []
    assert all(load.startswith(("/static/", "data:")) for load in page.loads)
    assert "style" not in {name for _tag, attrs in page.elements for name in attrs}


def test_who_chose_a_language_keeps_it_where_forms_lead(client, bob):
    client.get(f"{FORM}?lang=fr")
    sign_in(client, bob)

    assert "Vos organismes" in read(client.get("/console/")).text
    assert "django_language" not in client.get("/verify?lang=fr").cookies


def test_an_address_is_changed_with_a_code_that_is_sent_there(client, bob):
    sign_in(client, bob)

    client.post("/account/email/", {"action_add": "", "email": "Robert@Example.org"})
    assert mail.outbox[-1].to == ["robert@example.org"]
    bob.refresh_from_db()
    assert bob.email == "bob@example.org"
    client.post("/account/confirm-email/", {"code": code_sent()})

    bob.refresh_from_db()
    assert bob.email == "robert@example.org"
    assert "bob@example.org" in str([sent.to for sent in mail.outbox])  # who had it is told
