"""Who may do what for an organisation: a table of actions and the roles that may take them.

Roles are assigned to people and actions to roles, never actions to people (role-based access
control, ANSI INCITS 359-2012, section 5.1, Core RBAC). One role per person and organisation. What
no line of the table allows is refused. `docs/roles.md` is written from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is for an organisation."""

    ADMINISTRATOR = "administrator"
    DESIGNER = "designer"
    ISSUER = "issuer"
    APPROVER = "approver"
    VIEWER = "viewer"
    AUDITOR = "auditor"


class Action(StrEnum):
    """What a door asks leave for, by name."""

    VIEW = "view"
    EDIT_ORGANISATION = "edit_organisation"
    MANAGE_DOMAINS = "manage_domains"
    MANAGE_PARTNERSHIPS = "manage_partnerships"
    MANAGE_KEYS = "manage_keys"
    SEE_PEOPLE = "see_people"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_SIGN_IN = "manage_sign_in"
    MANAGE_APPROVAL = "manage_approval"
    DESIGN_BADGE = "design_badge"
    PUBLISH_BADGE = "publish_badge"
    SEE_LEARNERS = "see_learners"
    ENROL_LEARNER = "enrol_learner"
    ERASE_LEARNER = "erase_learner"
    PREPARE_AWARD = "prepare_award"
    SEE_PREPARED = "see_prepared"
    RELEASE_AWARD = "release_award"
    REVOKE_CREDENTIAL = "revoke_credential"
    READ_AUDIT = "read_audit"
    EXPORT_ORGANISATION = "export_organisation"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table.

    Attributes:
        means: What the action is, in words for people who read the documentation.
        roles: Who may take it.
    """

    means: str
    roles: frozenset[Role]


def _rule(means: str, *roles: Role) -> Rule:
    """Return a line of the table; an administrator may do everything that a member may do."""
    return Rule(means, frozenset({Role.ADMINISTRATOR, *roles}))


TABLE: Mapping[Action, Rule] = {
    Action.VIEW: _rule("See badges, figures and what was issued, without learners' data", *Role),
    Action.EDIT_ORGANISATION: _rule("Change the organisation's profile, logo and contact"),
    Action.MANAGE_DOMAINS: _rule("Prove domains, and choose the address of public pages"),
    Action.MANAGE_PARTNERSHIPS: _rule("Let other organisations issue certain badges, with dates"),
    Action.MANAGE_KEYS: _rule("Rotate and retire signing keys, declare one stolen"),
    Action.SEE_PEOPLE: _rule("See who works here, and in which role", Role.AUDITOR),
    Action.MANAGE_PEOPLE: _rule("Invite people, change their role, remove them"),
    Action.MANAGE_SIGN_IN: _rule("Connect an identity provider, require a second factor"),
    Action.MANAGE_APPROVAL: _rule("Decide whether awards wait for a second person"),
    Action.DESIGN_BADGE: _rule("Draft badges, and revise them", Role.DESIGNER),
    Action.PUBLISH_BADGE: _rule("Publish badges, and retire them", Role.DESIGNER),
    Action.SEE_LEARNERS: _rule(
        "See learners and what each was awarded", Role.ISSUER, Role.APPROVER, Role.VIEWER
    ),
    Action.ENROL_LEARNER: _rule("Enrol learners, and correct what is known of them", Role.ISSUER),
    Action.ERASE_LEARNER: _rule("Erase a learner for good"),
    Action.PREPARE_AWARD: _rule("Issue awards, or prepare them for approval", Role.ISSUER),
    Action.SEE_PREPARED: _rule("See what waits for approval", Role.ISSUER, Role.APPROVER),
    Action.RELEASE_AWARD: _rule("Release or return what somebody else prepared", Role.APPROVER),
    Action.REVOKE_CREDENTIAL: _rule("Revoke, suspend and reinstate credentials", Role.ISSUER),
    Action.READ_AUDIT: _rule("Read, search and export the audit trail", Role.AUDITOR),
    Action.EXPORT_ORGANISATION: _rule("Export everything that the organisation has here"),
}


def may(role: str, action: Action) -> bool:
    """Say whether the table lets a role take an action.

    Args:
        role: What a membership says; a role that the table does not know may nothing.
        action: What is asked for.

    Source: ANSI INCITS 359-2012, section 5.1 (permission assignment).
    """
    return any(role == known for known in TABLE[action].roles)


def who_may(action: Action) -> list[Role]:
    """Return the roles that may take an action, in the order of `Role`.

    Source: ANSI INCITS 359-2012, section 5.1 (permission assignment).
    """
    return [role for role in Role if role in TABLE[action].roles]


def page() -> str:
    """Return `docs/roles.md`: the table, for people.

    Source: the table above.
    """
    head = ["action", *Role, "what it is"]
    lines = [
        "# Who may do what",
        "",
        "Written by `manage.py roles` from `issuers/core/roles.py`; a test compares them. A person",
        "has one role per organisation; what is not marked is refused. Whoever is not a member is",
        "answered as if the organisation's pages did not exist.",
        "",
        "| " + " | ".join(head) + " |",
        "|---|" + ":-:|" * len(Role) + "---|",
    ]
    for action, rule in TABLE.items():
        marks = ["✓" if role in rule.roles else "" for role in Role]
        lines.append("| " + " | ".join([f"`{action}`", *marks, rule.means]) + " |")
    return "\n".join(lines) + "\n"
