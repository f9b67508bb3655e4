"""A new organisation, from the wish for it to its console."""

from __future__ import annotations

import re
from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.urls import reverse

from issuers import models, selectors, services
from issuers.services import founding
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import code_sent, read

pytestmark = pytest.mark.django_db
NEW = "/organisations/new"
WANTED = {
    "name": "Centre Ligérien", "slug": "", "kind": "school", "country": "fr", "language": "fr",
    "email": "Dora@example.org",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _open(settings):
    settings.OPEN_TO_ORGANISATIONS = True


def link_sent() -> str:
    """Return the path of the link in the last e-mail."""
    body = str(mail.outbox[-1].body)
    found = re.search(r"^https?://[^/]+(/organisations/found/\S+)$", body, re.MULTILINE)
    assert found, body
    return found[1]


def asked_for(**changes) -> str:
    services.send_founding(**WANTED | changes, now=NOW)
    return link_sent()


def organisations() -> list[str]:
    return sorted(each.slug for each in models.Issuer.objects.all())


def test_anybody_asks_proves_the_address_and_is_the_administrator(client):
    sent = client.post(NEW, WANTED)
    assert "dora@example.org" in read(sent).text
    assert organisations() == []
    link = link_sent()
    assert mail.outbox[-1].to == ["dora@example.org"]

    proving = client.post(link)
    came_back = client.post(proving["Location"], {"code": code_sent()})
    assert came_back["Location"] == link
    assert "Create" not in read(client.get(link)).text
    made = client.post(link)

    assert made["Location"] == "/console/centre-ligerien/"
    [issuer] = models.Issuer.objects.all()
    assert (issuer.name, issuer.kind, issuer.country) == ("Centre Ligérien", "school", "FR")
    assert issuer.did.endswith(":issuers:centre-ligerien")
    [member] = selectors.members(issuer=issuer)
    assert (member.user.email, member.role) == ("dora@example.org", "administrator")
    assert client.get(made["Location"]).status_code == 200


def test_looking_at_the_link_makes_nothing_and_tells_no_other_page(client):
    page = client.get(asked_for())

    assert page.status_code == 200
    assert "Centre Ligérien" in read(page).text
    assert "no-store" in page["Cache-Control"]
    assert organisations() == []
    assert not models.User.objects.exists()


def test_somebody_else_who_is_signed_in_cannot_use_it(client, charlie):
    client.force_login(charlie)

    response = client.post(asked_for())

    assert response["Location"].startswith("/account/login/code/confirm/")
    assert organisations() == ["ecole-b"]
    assert "_auth_user_id" not in client.session


def test_a_session_that_a_provider_opened_makes_no_organisation(client, alice):
    client.force_login(alice)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "socialaccount", "provider": "x", "at": 0}
    ]
    session.save()

    client.post(asked_for(email=alice.email))

    assert organisations() == ["ecole-a"]


def test_the_link_is_good_once(client, alice):
    client.force_login(alice)
    link = asked_for(email=alice.email)
    assert client.post(link).status_code == 302

    again = client.post(link)

    assert again.status_code == 410
    assert "centre-ligerien" in read(again).text
    assert organisations() == ["centre-ligerien", "ecole-a"]


def test_of_two_who_ask_for_one_name_the_second_is_told(alice, charlie):
    tokens = [
        founding.ask_to_found(**WANTED | {"email": each.email}, now=NOW)[1]
        for each in (alice, charlie)
    ]
    services.found(token=tokens[0], user=alice, now=NOW)

    with pytest.raises(services.NameTaken):
        services.found(token=tokens[1], user=charlie, now=NOW)

    [issuer] = models.Issuer.objects.filter(slug="centre-ligerien")
    assert [each.user_id for each in selectors.members(issuer=issuer)] == [alice.pk]


@pytest.mark.parametrize("spoil", [lambda link: link[:-3], lambda link: link + "x" * 9_000])
def test_a_link_that_was_not_copied_whole_is_said_to_be_none(client, spoil):
    assert client.get(spoil(asked_for())).status_code == 410


def test_a_link_is_good_for_two_weeks(client):
    link = asked_for()

    with time_machine.travel(NOW + timedelta(days=14)):
        late = client.get(link)

    assert late.status_code == 410


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Deux\x07"), ("name", "x" * 201), ("slug", "École"), ("slug", "you"),
        ("slug", "ecole-a"), ("slug", "a--b"), ("slug", "x" * 61), ("kind", "company"),
        ("country", "ZZ"), ("language", "de"), ("email", "dora"), ("email", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_is_sent(client, ecole_a, field, value):
    response = client.post(NEW, WANTED | {field: value})

    assert response.status_code == 200
    assert f"id_{field}" in read(response).ids
    assert "Please look at this again" in read(response).text
    assert mail.outbox == []


def test_a_name_of_which_no_short_name_can_be_made_asks_for_one(client):
    response = client.post(NEW, WANTED | {"name": "東京"})

    assert "Please look at this again" in read(response).text


def test_a_mail_server_that_is_away_is_said(client, monkeypatch):
    def away(**_given):
        raise SMTPServerDisconnected("gone")

    monkeypatch.setattr(services, "send_founding", away)

    assert "could not be sent" in read(client.post(NEW, WANTED)).text


def test_nobody_asks_for_hundreds(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"found": "2/h/key"}

    codes = [client.post(NEW, WANTED).status_code for _each in range(3)]

    assert codes == [200, 200, 429]


def test_where_the_installation_is_closed_there_is_no_form(client, settings):
    settings.OPEN_TO_ORGANISATIONS = False

    assert client.get(NEW).status_code == client.post(NEW, WANTED).status_code == 403
    assert mail.outbox == []
    assert NEW not in read(client.get("/")).links


def test_the_home_page_and_the_console_lead_there(client, alice):
    assert NEW in read(client.get("/")).links
    client.force_login(alice)
    assert NEW in read(client.get("/console/")).links


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_e_mail_is_in_the_language_of_the_organisation(language):
    asked_for(language=language)

    subject = mail.outbox[-1].subject
    assert subject.startswith("Centre Ligérien")
    assert ("le lien" in subject) == (language == "fr")


def test_an_operator_sends_the_link(operator, settings):
    settings.OPEN_TO_ORGANISATIONS = False
    page = read(operator.get("/operator/organisations/"))
    assert "/operator/organisations/new/" in page.links

    response = operator.post("/operator/organisations/new/", WANTED)

    assert response["Location"] == "/operator/organisations/"
    assert "dora@example.org" in read(operator.get("/operator/organisations/")).text
    assert link_sent()
    assert organisations() == []


def test_an_operator_is_told_what_is_wrong(operator, ecole_a):
    response = operator.post("/operator/organisations/new/", WANTED | {"slug": "ecole-a"})

    assert "This short name is taken" in read(response).text
    assert mail.outbox == []


def test_the_command_sends_the_link(capsys):
    call_command("organisation", "Centre Ligérien", "dora@example.org", country="FR")

    assert "was sent to dora@example.org" in capsys.readouterr().out
    assert link_sent()


def test_the_command_says_what_is_wrong():
    factories.issuer(slug="ecole-a")

    with pytest.raises(CommandError, match="slug: This short name is taken"):
        call_command("organisation", "École A", "dora@example.org", slug="ecole-a")


@pytest.mark.parametrize("name", ["founding", "invitation"])
def test_a_browser_may_post_from_a_page_with_a_secret_address(client, alice, ecole_a, name):
    """With "no-referrer" it would send `Origin: null`, and be refused as a forgery."""
    token = founding.ask_to_found(**WANTED, now=NOW)[1]
    if name == "invitation":
        token = services.invite(
            issuer=ecole_a, email="dora@example.org", role="viewer", language="en", actor=alice,
            now=NOW,
        ).token  # fmt: skip

    response = client.get(reverse(name, args=[token]))

    assert response["Referrer-Policy"] == "same-origin"
    assert 'name="referrer"' not in response.content.decode()
