"""The table of who may do what."""

import pytest

from issuers.core import roles


def test_every_action_has_a_line_and_an_administrator_may_take_it():
    assert set(roles.TABLE) == set(roles.Action)
    assert all(roles.may("administrator", action) for action in roles.Action)


@pytest.mark.parametrize("action", roles.Action)
def test_what_is_no_role_may_nothing(action):
    assert not roles.may("", action)
    assert not roles.may("owner", action)


@pytest.mark.parametrize("role", ["viewer", "auditor"])
def test_who_only_looks_changes_nothing(role):
    allowed = {action for action in roles.Action if roles.may(role, action)}

    assert allowed <= {"view", "see_people", "see_learners", "read_audit"}


def test_the_one_who_prepares_is_not_the_one_who_releases():
    assert not roles.may("issuer", roles.Action.RELEASE_AWARD)
    assert not roles.may("approver", roles.Action.PREPARE_AWARD)


def test_the_roles_that_may_are_told_in_their_order():
    assert roles.who_may(roles.Action.SEE_PREPARED) == ["administrator", "issuer", "approver"]


def test_the_page_marks_what_the_table_allows():
    [line] = [line for line in roles.page().splitlines() if line.startswith("| `read_audit`")]

    assert line.split("|")[2:8] == [" ✓ ", "  ", "  ", "  ", "  ", " ✓ "]
