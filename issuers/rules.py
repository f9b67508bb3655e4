"""May this member do this? Predicates over the table of `issuers.core.roles`.

A door asks `may(member, action)`, and names the thing where it matters whose it is: nobody
releases what they prepared, whatever their role.
"""

from collections.abc import Mapping
from typing import Protocol

from rules.predicates import Predicate

from issuers.core import roles


class Member(Protocol):
    """Somebody who works for an organisation: a row of Membership, say."""

    @property
    def role(self) -> str:
        """What they are for it, in the words of `roles.Role`."""

    @property
    def user_id(self) -> int:
        """Which person they are."""


class Prepared(Protocol):
    """What somebody prepared, and somebody else may release."""

    @property
    def prepared_by_id(self) -> int | None:
        """Which person prepared it; None where a program did."""


def may(member: Member, action: roles.Action, thing: Prepared | None = None) -> bool:
    """Say whether a member may take an action, on that thing where one is given; no query."""
    return PERMISSIONS[action].test(member, thing)


def _role_allows(action: roles.Action) -> Predicate:
    def allows(member: Member) -> bool:
        return roles.may(member.role, action)

    return Predicate(allows, name=f"role_allows_{action}")


def _did_not_prepare(member: Member, thing: Prepared | None) -> bool:
    """Say whether somebody else prepared it; without a thing, the question is not asked yet."""
    return thing is None or thing.prepared_by_id != member.user_id


PERMISSIONS: Mapping[roles.Action, Predicate] = {
    action: _role_allows(action) for action in roles.Action
} | {
    roles.Action.RELEASE_AWARD: _role_allows(roles.Action.RELEASE_AWARD)
    & Predicate(_did_not_prepare),
}
