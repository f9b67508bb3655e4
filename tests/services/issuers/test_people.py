"""People come by invitation, work in a role, and go; one administrator always stays."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from issuers import models, selectors, services
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
IN_TIME = NOW + timedelta(days=13)
TOO_LATE = NOW + timedelta(days=14)


def invite(issuer, actor, *, email="dora@example.org", role="viewer", now=NOW):
    return services.invite(
        issuer=issuer, email=email, role=role, language="fr", actor=actor, now=now
    )


@pytest.fixture
def dora(django_user_model):
    return django_user_model.objects.create_user("dora@example.org", name="Dora")


def roles_at(issuer):
    rows = models.Membership.objects.of(issuer).order_by("user__email")
    return {row.user.name: row.role for row in rows.select_related("user")}


def test_who_was_invited_joins_in_that_role(ecole_a, alice, dora):
    invited = invite(ecole_a, alice, role="designer")

    membership = services.accept(token=invited.token, user=dora, now=IN_TIME)

    assert (membership.issuer, membership.role) == (ecole_a, "designer")
    assert selectors.open_invitations(issuer=ecole_a) == []


def test_the_token_has_256_bits_and_is_kept_nowhere(ecole_a, alice):
    invited = invite(ecole_a, alice)

    assert len(invited.token) == 43
    kept = models.Invitation.objects.of(ecole_a).values().get()
    assert invited.token not in str(kept)


def test_an_invitation_is_used_once(ecole_a, alice, dora):
    invited = invite(ecole_a, alice)
    services.accept(token=invited.token, user=dora, now=NOW)

    with pytest.raises(services.NotOpen):
        services.accept(token=invited.token, user=dora, now=NOW)


def test_an_invitation_ends_after_two_weeks(ecole_a, alice, dora):
    invited = invite(ecole_a, alice)

    with pytest.raises(services.NotOpen):
        services.accept(token=invited.token, user=dora, now=TOO_LATE)


def test_an_invitation_is_for_one_address_only(ecole_a, alice, charlie):
    invited = invite(ecole_a, alice)

    with pytest.raises(services.NotInvited):
        services.accept(token=invited.token, user=charlie, now=NOW)

    assert roles_at(ecole_a) == {"Alice": "administrator"}
    assert len(selectors.open_invitations(issuer=ecole_a)) == 1


def test_capitals_do_not_tell_two_addresses_apart(ecole_a, alice, dora):
    invited = invite(ecole_a, alice, email=" Dora@Example.ORG ")

    assert services.accept(token=invited.token, user=dora, now=NOW).user == dora
    assert models.User.objects.create_user(" Eve@Example.ORG").email == "eve@example.org"


def test_sent_again_the_former_link_leads_nowhere(ecole_a, alice, dora):
    invited = invite(ecole_a, alice)

    again = services.invite_again(issuer=ecole_a, invitation=invited.invitation, now=IN_TIME)

    with pytest.raises(services.NotOpen):
        services.accept(token=invited.token, user=dora, now=IN_TIME)
    assert services.accept(token=again.token, user=dora, now=TOO_LATE).user == dora


def test_withdrawn_it_is_over(ecole_a, alice, dora):
    invited = invite(ecole_a, alice)
    services.withdraw(issuer=ecole_a, invitation=invited.invitation, now=NOW)

    with pytest.raises(services.NotOpen):
        services.accept(token=invited.token, user=dora, now=NOW)
    with pytest.raises(services.NotOpen):
        services.invite_again(issuer=ecole_a, invitation=invited.invitation, now=NOW)
    with pytest.raises(services.NotOpen):
        services.withdraw(issuer=ecole_a, invitation=invited.invitation, now=NOW)


def test_a_stranger_neither_sends_nor_withdraws(ecole_a, ecole_b, alice):
    invited = invite(ecole_a, alice)

    with pytest.raises(services.NotOpen):
        services.withdraw(issuer=ecole_b, invitation=invited.invitation, now=NOW)
    with pytest.raises(services.NotOpen):
        services.invite_again(issuer=ecole_b, invitation=invited.invitation, now=NOW)


@pytest.mark.parametrize(
    ("email", "role", "field"),
    [("dora", "viewer", "email"), ("dora@example.org", "owner", "role"), ("", "viewer", "email")],
)
def test_a_malformed_invitation_names_its_field(ecole_a, alice, email, role, field):
    with pytest.raises(ValidationError) as refusal:
        invite(ecole_a, alice, email=email, role=role)

    assert list(refusal.value.message_dict) == [field]


def test_nobody_is_invited_twice_nor_where_they_work(ecole_a, ecole_b, alice, bob, charlie):
    invite(ecole_a, alice)

    with pytest.raises(ValidationError, match="invited already"):
        invite(ecole_a, alice, email="DORA@example.org")
    with pytest.raises(ValidationError, match="works here already"):
        invite(ecole_a, alice, email=bob.email)
    assert invite(ecole_b, charlie).invitation.issuer == ecole_b
    assert invite(ecole_a, alice, now=TOO_LATE).invitation.pk


def test_no_more_are_open_than_somebody_could_mean(ecole_a, alice, monkeypatch):
    monkeypatch.setattr("issuers.services.people.MAX_OPEN", 1)
    invite(ecole_a, alice)

    with pytest.raises(ValidationError, match="Too many"):
        invite(ecole_a, alice, email="eve@example.org")


def test_an_old_invitation_raises_nobody(ecole_a, alice, bob):
    invited = services.invite(
        issuer=ecole_a, email="eve@example.org", role="administrator", language="en",
        actor=alice, now=NOW,
    )  # fmt: skip
    eve = models.User.objects.create_user("eve@example.org", name="Eve")
    factories.join(issuer=ecole_a, user=eve, role="viewer")

    services.accept(token=invited.token, user=eve, now=NOW)

    assert roles_at(ecole_a)["Eve"] == "viewer"


def test_the_account_of_an_invited_person_opens_with_no_password(ecole_a, alice):
    invited = invite(ecole_a, alice)

    first = services.welcome(token=invited.token, now=NOW)
    second = services.welcome(token=invited.token, now=NOW)

    assert first == second
    assert not first.has_usable_password()
    assert roles_at(ecole_a) == {"Alice": "administrator"}
    with pytest.raises(services.NotOpen):
        services.welcome(token="x" * 43, now=NOW)


def test_the_last_administrator_stays(ecole_a, alice, bob):
    [mine] = [m for m in selectors.members(issuer=ecole_a) if m.user == alice]

    with pytest.raises(services.LastAdministrator):
        services.change_role(issuer=ecole_a, membership=mine, role="viewer")
    with pytest.raises(services.LastAdministrator):
        services.remove(issuer=ecole_a, membership=mine)

    assert roles_at(ecole_a) == {"Alice": "administrator", "Bob": "issuer"}


def test_an_administrator_who_was_blocked_does_not_count(ecole_a, alice, bob):
    eve = factories.member(issuer=ecole_a, name="Eve", role="administrator")
    models.User.objects.filter(pk=eve.pk).update(is_active=False)
    [mine] = [m for m in selectors.members(issuer=ecole_a) if m.user == alice]

    with pytest.raises(services.LastAdministrator):
        services.remove(issuer=ecole_a, membership=mine)


def test_with_another_administrator_anybody_may_go(ecole_a, alice, bob):
    [mine, bobs] = selectors.members(issuer=ecole_a)

    services.change_role(issuer=ecole_a, membership=bobs, role="administrator")
    services.change_role(issuer=ecole_a, membership=mine, role="viewer")
    services.remove(issuer=ecole_a, membership=mine)

    assert roles_at(ecole_a) == {"Bob": "administrator"}


def test_a_role_that_is_none_is_refused(ecole_a, alice, bob):
    [_mine, bobs] = selectors.members(issuer=ecole_a)

    with pytest.raises(ValidationError):
        services.change_role(issuer=ecole_a, membership=bobs, role="owner")


def test_a_stranger_changes_and_removes_nobody(ecole_a, ecole_b, alice, bob, charlie):
    [_mine, bobs] = selectors.members(issuer=ecole_a)

    services.change_role(issuer=ecole_b, membership=bobs, role="administrator")
    services.remove(issuer=ecole_b, membership=bobs)

    assert roles_at(ecole_a) == {"Alice": "administrator", "Bob": "issuer"}


def test_the_database_keeps_one_open_invitation_in_small_letters(ecole_a, alice):
    invite(ecole_a, alice)
    row = {
        "issuer": ecole_a, "role": "viewer", "sent_at": NOW, "expires_at": TOO_LATE,
    }  # fmt: skip

    for email in ("dora@example.org", "Eve@example.org"):
        with pytest.raises(IntegrityError), transaction.atomic():
            models.Invitation.objects.of(ecole_a).create(email=email, digest=email, **row)


def test_the_e_mail_speaks_the_language_that_was_chosen_and_leads_to_our_address(
    ecole_a, alice, settings
):
    invited = invite(ecole_a, alice)

    services.send_invitation(invitation=invited.invitation, token=invited.token)

    [sent] = mail.outbox
    assert sent.to == ["dora@example.org"]
    assert sent.subject == "École A vous invite à travailler avec Acquis"
    assert f"{settings.PUBLIC_URL}/invitations/{invited.token}" in sent.body
    assert "Alice vous invite" in sent.body


def test_a_name_with_a_line_break_begins_no_header(ecole_a, alice):
    ecole_a.name = "École A\nBcc: everybody@example.org"
    invited = invite(ecole_a, alice)

    services.send_invitation(invitation=invited.invitation, token=invited.token)

    assert "\n" not in mail.outbox[0].subject
    assert mail.outbox[0].recipients() == ["dora@example.org"]


def test_whoever_runs_the_installation_invites_the_first_administrator(ecole_a, capsys):
    call_command("invite", "dora@example.org", "--issuer", "ecole-a")

    [invitation] = selectors.open_invitations(issuer=ecole_a)
    assert (invitation.role, invitation.invited_by) == ("administrator", None)
    assert mail.outbox[0].to == ["dora@example.org"]
    with pytest.raises(CommandError, match="invited already"):
        call_command("invite", "dora@example.org", "--issuer", "ecole-a")
    with pytest.raises(CommandError, match="no organisation"):
        call_command("invite", "dora@example.org", "--issuer", "ecole-z")
