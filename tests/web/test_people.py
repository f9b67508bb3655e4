"""The pages about people, and the door that an invitation leads to."""

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from issuers import models, selectors, services
from tests import factories, kept
from tests.conftest import NOW
from tests.web.conftest import code_sent, read, sign_in

PEOPLE = "/console/ecole-a/people"


@kept.fixture
def invited(ecole_a, alice):
    return services.invite(
        issuer=ecole_a, email="dora@example.org", role="designer", language="en", actor=alice,
        now=NOW,
    )  # fmt: skip


def membership_of(issuer, user):
    [found] = [each for each in selectors.members(issuer=issuer) if each.user_id == user.pk]
    return found


def test_an_administrator_sees_who_works_here_and_who_is_invited(client, alice, bob, invited):
    client.force_login(alice)

    page = read(client.get(PEOPLE))

    for text in ("Alice", "bob@example.org", "issuer of credentials", "dora@example.org"):
        assert text in page.text
    assert f"{PEOPLE}/invite" in page.links


def test_an_auditor_looks_and_is_offered_no_change(client, ecole_a, alice, invited):
    client.force_login(factories.member(issuer=ecole_a, name="Eve", role="auditor"))

    page = read(client.get(PEOPLE))

    assert "Alice" in page.text
    assert [link for link in page.links if link.startswith(PEOPLE + "/")] == []


def test_somebody_is_invited(client, alice, ecole_a):
    client.force_login(alice)
    form = read(client.get(f"{PEOPLE}/invite"))
    assert "id_email" in form.ids

    response = client.post(
        f"{PEOPLE}/invite", {"email": "dora@example.org", "role": "approver", "language": "fr"}
    )

    assert response["Location"] == PEOPLE
    assert "An invitation was sent to dora@example.org." in read(client.get(PEOPLE)).text
    [sent] = mail.outbox
    assert "École A vous invite" in sent.subject


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "dora", "role": "viewer", "language": "en"},
        {"email": "d@example.org", "role": "owner", "language": "en"},
        {"email": "bob@example.org", "role": "viewer", "language": "en"},
    ],
)
def test_what_cannot_be_invited_is_said(client, alice, bob, fields):
    client.force_login(alice)

    response = client.post(f"{PEOPLE}/invite", fields)

    assert response.status_code == 200
    assert "Please look at this again" in read(response).text
    assert mail.outbox == []


def test_a_mail_server_that_is_down_is_told(client, alice, ecole_a, monkeypatch):
    def down(**_kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr(services, "send_invitation", down)
    client.force_login(alice)

    client.post(
        f"{PEOPLE}/invite", {"email": "dora@example.org", "role": "viewer", "language": "en"}
    )

    assert "could not be sent" in read(client.get(PEOPLE)).text
    assert len(selectors.open_invitations(issuer=ecole_a)) == 1


def test_an_invitation_is_sent_again_and_withdrawn_after_a_question(client, alice, invited):
    client.force_login(alice)
    here = f"{PEOPLE}/invitations/{invited.invitation.uuid}"

    for act in ("again", "withdraw"):
        page = read(client.get(f"{here}/{act}"))
        assert "dora@example.org" in page.text
        assert client.post(f"{here}/{act}")["Location"] == PEOPLE

    assert len(mail.outbox) == 1
    assert client.get(f"/invitations/{invited.token}").status_code == 410
    assert client.post(f"{here}/again").status_code == 404


def test_a_role_is_changed_after_a_question(client, alice, bob, ecole_a):
    client.force_login(alice)
    here = f"{PEOPLE}/{membership_of(ecole_a, bob).pk}/role"
    assert "Change the role of Bob" in read(client.get(here)).text

    client.post(here, {"role": "viewer"})

    assert membership_of(ecole_a, bob).role == "viewer"


def test_the_last_administrator_is_told_why_they_stay(client, alice, bob, ecole_a):
    client.force_login(alice)
    mine = membership_of(ecole_a, alice).pk

    answers = [
        client.post(f"{PEOPLE}/{mine}/role", {"role": "viewer"}),
        client.post(f"{PEOPLE}/{mine}/remove"),
        client.post("/console/ecole-a/leave"),
    ]

    assert [answer.status_code for answer in answers] == [409, 409, 409]
    assert all("Nobody else is an administrator" in read(answer).text for answer in answers)


def test_who_is_removed_is_signed_out(client, alice, bob, ecole_a):
    theirs = Client()
    sign_in(theirs, bob)
    assert theirs.get("/console/ecole-a/").status_code == 200
    client.force_login(alice)

    client.post(f"{PEOPLE}/{membership_of(ecole_a, bob).pk}/remove")

    assert theirs.get("/console/ecole-a/").status_code == 302  # not even signed in
    assert "Bob works here no more." in read(client.get(PEOPLE)).text


def test_who_works_elsewhere_too_stays_signed_in_there(client, alice, bob, ecole_a, ecole_b):
    factories.join(issuer=ecole_b, user=bob, role="viewer")
    theirs = Client()
    sign_in(theirs, bob)
    client.force_login(alice)

    client.post(f"{PEOPLE}/{membership_of(ecole_a, bob).pk}/remove")

    assert theirs.get("/console/ecole-a/").status_code == 404
    assert theirs.get("/console/ecole-b/").status_code == 200


def test_a_member_leaves(client, alice, bob, ecole_a):
    client.force_login(bob)

    assert "Leave École A?" in read(client.get("/console/ecole-a/leave")).text
    assert client.post("/console/ecole-a/leave")["Location"] == "/console/"

    assert [each.user for each in selectors.members(issuer=ecole_a)] == [alice]


def test_an_administrator_of_another_organisation_touches_nobody(client, charlie, bob, invited):
    client.force_login(charlie)
    theirs, ecole_a = "/console/ecole-b/people", invited.invitation.issuer
    pk, uuid = membership_of(ecole_a, bob).pk, invited.invitation.uuid

    for path in (
        f"{pk}/role", f"{pk}/remove", f"invitations/{uuid}/again", f"invitations/{uuid}/withdraw",
    ):  # fmt: skip
        assert client.get(f"{theirs}/{path}").status_code == 404
        assert client.post(f"{theirs}/{path}", {"role": "viewer"}).status_code == 404

    assert membership_of(ecole_a, bob).role == "issuer"


def test_looking_at_an_invitation_uses_nothing_up(client, invited):
    for _scanner in range(10):
        page = client.get(f"/invitations/{invited.token}")
        assert page.status_code == 200

    assert "École A invites dora@example.org" in read(page).text
    assert "no-store" in page["Cache-Control"]
    assert not models.User.objects.filter(email="dora@example.org").exists()
    assert mail.outbox == []


def test_somebody_new_proves_the_address_and_joins(client, invited, ecole_a):
    here = f"/invitations/{invited.token}"

    asked = client.post(here)
    assert mail.outbox[-1].to == ["dora@example.org"]
    confirmed = client.post(asked["Location"], {"code": code_sent(), "next": here})
    assert confirmed["Location"] == here
    assert "You are signed in with this address." in read(client.get(here)).text
    joined = client.post(here)

    assert joined["Location"] == "/console/ecole-a/"
    assert "designer" in read(client.get("/console/ecole-a/")).text
    assert client.get(here).status_code == 410


def test_somebody_else_who_has_the_link_does_not_join(client, invited, charlie, ecole_a):
    client.force_login(charlie)
    here = f"/invitations/{invited.token}"
    assert "You are signed in as charlie@example.org now" in read(client.get(here)).text

    client.post(here)

    assert mail.outbox[-1].to == ["dora@example.org"]
    assert client.get("/console/").status_code == 302  # signed out, nobody yet
    assert len(selectors.members(issuer=ecole_a)) == 1


def test_a_wrong_code_opens_nothing(client, invited, ecole_a):
    here = f"/invitations/{invited.token}"
    asked = client.post(here)

    for _attempt in range(3):
        client.post(asked["Location"], {"code": "AAAA-AAAA", "next": here})

    assert client.get("/console/").status_code == 302
    assert client.post(asked["Location"], {"code": code_sent()})["Location"].startswith(
        "/account/login"
    )


@pytest.mark.parametrize("token", ["x", "x" * 43, "x" * 500])
def test_an_unknown_invitation_says_what_may_have_happened(client, db, token):
    response = client.get(f"/invitations/{token}")

    assert response.status_code == 410
    assert "This invitation is not open" in read(response).text


def test_nobody_sends_invitations_without_end(client, alice, settings):
    settings.ACCOUNT_RATE_LIMITS = {"invite": "2/h/user"}
    cache.clear()
    client.force_login(alice)

    answers = [
        client.post(
            f"{PEOPLE}/invite", {"email": f"{n}@example.org", "role": "viewer", "language": "en"}
        )
        for n in range(3)
    ]

    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert len(mail.outbox) == 2
    cache.clear()
