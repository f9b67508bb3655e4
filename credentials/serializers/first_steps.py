"""The first steps of an organisation, in words: what to do, why, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from issuers import rules
from issuers.core.roles import Action

if TYPE_CHECKING:
    from collections.abc import Sequence

    from credentials.selectors.first_steps import FirstSteps
    from issuers.selectors.members import Membership


@dataclass(frozen=True, slots=True)
class Step:
    """One of the first steps.

    Attributes:
        title: What to do.
        why: What it is good for.
        is_done: It was done.
        route: Where it is done; empty where this member may not.
        act: What the button says.
        is_press: The button does it at once, and leads to no page.
    """

    title: str
    why: str
    is_done: bool
    route: str
    act: str
    is_press: bool = False


def steps(found: FirstSteps, member: Membership) -> Sequence[Step]:
    """Return the first steps for a member, in order."""

    def where(route: str, action: Action) -> str:
        return route if rules.may(member, action) else ""

    return [
        Step(
            _("Say who you are"),
            _("Logo, description, website and contact: what people see before they trust you."),
            found.identity,
            where("console-organisation", Action.EDIT_ORGANISATION),
            _("Complete your identity"),
        ),
        Step(
            _("Publish a first badge"),
            _("Begin with one of the gallery, and change what it says."),
            found.badge,
            where("console-badge-gallery", Action.DESIGN_BADGE),
            _("Open the gallery"),
        ),
        Step(
            _("Issue a badge to yourself"),
            _("A sample, signed and put on record like a true one: see what your learners see."),
            found.oneself,
            where("console-sample-badge", Action.PREPARE_AWARD),
            _("Issue it to me"),
            is_press=True,
        ),
        Step(
            _("Issue to a list"),
            _("From a spreadsheet; you see every row before anything is issued."),
            found.list,
            where("console-list-new", Action.PREPARE_AWARD),
            _("Hand over a list"),
        ),
        Step(
            _("Invite a colleague"),
            _("Two people see more, and one of them may be away."),
            found.colleague,
            where("console-invite", Action.MANAGE_PEOPLE),
            _("Invite somebody"),
        ),
    ]
