"""Questions about people, and the predicates of what they may do."""

from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.management import call_command

from issuers import models, rules, selectors
from issuers.core import roles
from tests import factories


def test_the_table_of_the_documentation_is_the_one_of_the_code(capsys):
    call_command("roles")

    assert capsys.readouterr().out == (settings.BASE_DIR / "docs/roles.md").read_text()


def test_the_roles_of_the_rows_are_those_of_the_table():
    assert set(models.Role.values) == set(roles.Role)


@pytest.mark.parametrize("action", roles.Action)
@pytest.mark.parametrize("role", roles.Role)
def test_a_predicate_says_what_the_table_says(role, action):
    member = SimpleNamespace(role=str(role), user_id=1)

    assert rules.may(member, action) == (role in roles.TABLE[action].roles)
    assert models.Membership(role=role).may[action] == (role in roles.TABLE[action].roles)


@pytest.mark.parametrize("role", ["administrator", "approver"])
def test_nobody_releases_what_they_prepared(role):
    member = SimpleNamespace(role=role, user_id=7)

    assert rules.may(member, roles.Action.RELEASE_AWARD, SimpleNamespace(prepared_by_id=8))
    assert not rules.may(member, roles.Action.RELEASE_AWARD, SimpleNamespace(prepared_by_id=7))


@pytest.mark.django_db
def test_a_member_is_found_by_the_name_of_the_organisation(
    alice, ecole_a, django_assert_num_queries
):
    with django_assert_num_queries(1):
        member = selectors.find_member(user_id=alice.pk, slug="ecole-a")
        assert (member.issuer, member.user.name, member.role) == (ecole_a, "Alice", "administrator")


@pytest.mark.django_db
def test_a_stranger_and_who_was_blocked_are_not_members(alice, charlie):
    assert selectors.find_member(user_id=charlie.pk, slug="ecole-a") is None
    assert selectors.find_member(user_id=alice.pk, slug="ecole-z") is None

    models.User.objects.filter(pk=alice.pk).update(is_active=False)

    assert selectors.find_member(user_id=alice.pk, slug="ecole-a") is None


@pytest.mark.django_db
def test_a_person_may_work_for_several(alice, ecole_a, ecole_b, django_assert_num_queries):
    factories.join(issuer=ecole_b, user=alice, role="viewer")

    with django_assert_num_queries(1):
        found = [(each.issuer.name, each.role) for each in selectors.memberships(user_id=alice.pk)]

    assert found == [("École A", "administrator"), ("École B", "viewer")]
