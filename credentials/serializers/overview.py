"""What is said of how an organisation stands: troubles and their remedies, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from credentials.selectors.overview import MOST
from issuers import rules
from issuers.core.roles import Action

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.utils.functional import Promise

    from credentials.selectors.overview import Issued, Standing
    from credentials.selectors.troubles import Trouble
    from issuers.selectors.members import Membership


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a kind of trouble: what it is, what to do, and the page where it is done."""

    title: Promise
    remedy: Promise
    route: str = ""
    act: Promise | str = ""


TROUBLES: Mapping[str, Words] = {
    "refused": Words(
        gettext_lazy("Awards that could not be signed"),
        gettext_lazy(
            "Each says why on the page of its list. Correct that, most often in the badge or the "
            "organisation, then press “Try again what failed”."
        ),
        "console-lists",
        gettext_lazy("Go to the lists"),
    ),
    "stopped": Words(
        gettext_lazy("Lists that stopped"),
        gettext_lazy("What was recorded before stands. The page of the list says why it stopped."),
        "console-lists",
        gettext_lazy("Go to the lists"),
    ),
    "keys": Words(
        gettext_lazy("Orders for signing keys that were not carried out"),
        gettext_lazy(
            "Where a service does not answer, a worker tries again by itself; what was refused "
            "says why. Until then the key before goes on signing."
        ),
        "console-keys",
        gettext_lazy("Go to the signing keys"),
    ),
    "export": Words(
        gettext_lazy("An export that could not be made"),
        gettext_lazy("Order it once more. If it fails again, tell whoever runs this installation."),
        "console-export",
        gettext_lazy("Go to the exports"),
    ),
    "mail": Words(
        gettext_lazy("E-mails that did not arrive"),
        gettext_lazy(
            "The page says of each what was answered. Correct the address, or send it again."
        ),
        "console-mail",
        gettext_lazy("Go to the e-mails"),
    ),
    "wishes": Words(
        gettext_lazy("Learners who ask for something"),
        gettext_lazy("A name that is wrong, or to be forgotten. You have a month to answer."),
        "console-wishes",
        gettext_lazy("Read what they ask"),
    ),
    "anchoring": Words(
        gettext_lazy("Badges that should be on the public record by now"),
        gettext_lazy(
            "They are signed and can be verified; only the proof of when is missing. Nothing is "
            "lost, and there is nothing for you to do: whoever runs this installation sees it, too."
        ),
        "network",
        gettext_lazy("Look at the public record"),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownTrouble:
    """A trouble in words."""

    number: int
    words: Words


@dataclass(frozen=True, slots=True)
class Next:
    """Something that waits for this member: in words, and the page where it is done."""

    text: str
    route: str
    query: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A number with its name.

    Attributes:
        label: What is counted.
        number: How many; None where nobody can say at once.
        is_more: There are more than that.
        tone: "", or what stands for attention in the stylesheet.
        route: Where one sees them; empty where there is no such page, or not for this member.
        query: What to ask that page for.
    """

    label: str
    number: int | None
    is_more: bool = False
    tone: str = ""
    route: str = ""
    query: str = ""


def shown_troubles(troubles: Iterable[Trouble]) -> Sequence[ShownTrouble]:
    """Return troubles in words."""
    return [ShownTrouble(each.number, TROUBLES[each.kind]) for each in troubles]


def tiles(standing: Standing, issued: Issued, member: Membership) -> Sequence[Tile]:
    """Return the numbers of the first page."""
    approvals = "console-approvals" if rules.may(member, Action.SEE_PREPARED) else ""
    lists = "console-lists" if rules.may(member, Action.SEE_LEARNERS) else ""
    waiting = standing.unanchored
    return [
        Tile(_("Issued this month"), issued.this_month),
        _tile(_("Waiting for approval"), standing.held, "open", approvals),
        _tile(_("Being signed"), standing.due, "", lists),
        Tile(_("On the public record"), None if waiting is None else issued.total - waiting),
        _tile(_("Could not be signed"), standing.refused, "bad", lists),
        Tile(_("Expire within 30 days"), issued.expiring),
    ]


def next_steps(standing: Standing, member: Membership) -> Sequence[Next]:
    """Return what waits for this member, the most pressing first."""
    found = []
    if standing.to_release and rules.may(member, Action.RELEASE_AWARD):
        found.append(
            Next(
                ngettext(
                    "%(number)d group of awards waits for your decision",
                    "%(number)d groups of awards wait for your decision",
                    standing.to_release,
                )
                % {"number": standing.to_release},
                "console-approvals",
            )
        )
    if standing.returned and rules.may(member, Action.PREPARE_AWARD):
        found.append(
            Next(
                ngettext(
                    "%(number)d group of awards came back to you",
                    "%(number)d groups of awards came back to you",
                    standing.returned,
                )
                % {"number": standing.returned},
                "console-approvals",
            )
        )
    if standing.proposed and rules.may(member, Action.MANAGE_PARTNERSHIPS):
        found.append(
            Next(
                ngettext(
                    "%(number)d partnership is proposed to you",
                    "%(number)d partnerships are proposed to you",
                    standing.proposed,
                )
                % {"number": standing.proposed},
                "console-partnerships",
            )
        )
    if standing.drafts and rules.may(member, Action.PUBLISH_BADGE):
        found.append(Next(_("Finish a badge that is a draft"), "console-badges", "state=draft"))
    if not standing.published and not standing.drafts and rules.may(member, Action.DESIGN_BADGE):
        found.append(Next(_("Design your first badge"), "console-badge-gallery"))
    if standing.published and rules.may(member, Action.PREPARE_AWARD):
        found.append(Next(_("Issue to a list"), "console-list-new"))
        found.append(Next(_("Issue to one learner"), "console-issue"))
    return found


def _tile(label: str, number: int, tone: str, route: str) -> Tile:
    return Tile(
        label, min(number, MOST), is_more=number > MOST, tone=tone if number else "", route=route
    )
