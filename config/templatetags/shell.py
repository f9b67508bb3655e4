"""What stands around every page of the console: where one can go, and where one is.

The pages belong to three apps, and only here, on the roof, all of them are in sight.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from credentials.selectors import troubles
from issuers import rules, selectors
from issuers.core.roles import Action
from issuers.selectors.members import Membership
from issuers.services import sessions

register = template.Library()


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the console that the navigation leads to.

    Attributes:
        route: The name of its address.
        label: What it is called.
        icon: Its picture, in templates/icons/lucide.
        action: What its door asks leave for; who may not is not shown the way.
        also: How addresses begin, after the organisation, that belong to it besides its own.
    """

    route: str
    label: Promise
    icon: str
    action: Action
    also: tuple[str, ...] = ()


# Every page that has a line of its own; the others lie below one of these.
GROUPS: Sequence[tuple[Promise | str, Sequence[Place]]] = (
    (
        "",
        (
            Place("console-home", _("Overview"), "layout-dashboard", Action.VIEW, ("troubles",)),
            Place("console-figures", _("Figures"), "chart-column", Action.VIEW),
            Place("console-ledger", _("Public record"), "anchor", Action.VIEW),
        ),
    ),
    (
        _("Badges"),
        (
            Place("console-badges", _("Badges"), "award", Action.VIEW),
            Place("console-certifications", _("Certifications"), "layers", Action.VIEW),
        ),
    ),
    (
        _("Issue"),
        (
            Place(
                "console-credentials", _("Issued badges"), "file-badge", Action.SEE_LEARNERS,
                also=("learners",),
            ),
            Place("console-lists", _("Lists"), "list-checks", Action.SEE_LEARNERS),
            Place("console-issue", _("One learner"), "user-round-plus", Action.PREPARE_AWARD),
            Place("console-cohorts", _("Sessions"), "calendar-days", Action.VIEW),
            Place("console-mail", _("E-mails"), "mail", Action.SEE_LEARNERS),
            Place(
                "console-approvals", _("Approvals"), "clipboard-check", Action.SEE_PREPARED,
                also=("four-eyes",),
            ),
        ),
    ),
    (
        _("Organisation"),
        (
            Place("console-organisation", _("Identity"), "building-2", Action.EDIT_ORGANISATION),
            Place("console-messages", _("Texts of e-mails"), "send", Action.EDIT_ORGANISATION),
            Place("console-units", _("Units"), "network", Action.EDIT_ORGANISATION),
            Place(
                "console-people", _("People"), "users-round", Action.SEE_PEOPLE, also=("leave",)
            ),
            Place(
                "console-partnerships", _("Partnerships"), "handshake", Action.MANAGE_PARTNERSHIPS
            ),
            Place("console-keys", _("Signing keys"), "key-round", Action.MANAGE_KEYS),
            Place(
                "console-domains", _("Domains and addresses"), "globe", Action.MANAGE_DOMAINS,
                also=("hosts",),
            ),
            Place("console-sign-in-settings", _("Signing in"), "log-in", Action.MANAGE_SIGN_IN),
            Place("console-trail", _("Audit trail"), "scroll-text", Action.READ_AUDIT),
            Place("console-looks", _("Looks inside"), "eye", Action.READ_AUDIT),
            Place("console-export", _("Export"), "package-open", Action.EXPORT_ORGANISATION),
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Way:
    """A line of the navigation, for one member on one page.

    Attributes:
        href: Where it leads.
        label: What it is called.
        icon: The template of its picture.
        current: "page" on that page, "true" on one below it, else empty.
    """

    href: str
    label: Promise
    icon: str
    current: str


@register.simple_tag
def navigation(
    request: HttpRequest, member: Membership
) -> Sequence[tuple[Promise | str, Sequence[Way]]]:
    """Return the groups of pages that this member may open; no query."""
    shown = _open_to(member)
    here = _nearest(request.path, member)
    return [
        (title, [_way(request, place, member, is_near=place is here) for place in places])
        for title, places in shown
        if places
    ]


@register.simple_tag
def way_up(request: HttpRequest, member: Membership) -> Way | None:
    """Return the way from a page to the one of the navigation that it lies below; no query."""
    place = _nearest(request.path, member)
    way = _way(request, place, member, is_near=True) if place is not None else None
    return way if way is not None and way.current == "true" else None


@register.simple_tag
def other_organisations(request: HttpRequest, member: Membership) -> Sequence[Membership]:
    """Return for whom else whoever is signed in works; one query."""
    through = sessions.provider_of(request.session)
    found = selectors.memberships(user_id=member.user_id, through=through)
    return [each for each in found if each.issuer_id != member.issuer_id]


@register.simple_tag
def open_troubles(member: Membership) -> int:
    """Return how many kinds of things went wrong that a member is shown; one query."""
    # As a view does, of which this is a part.
    now = timezone.now()  # noqa: TID251
    return len(troubles.troubles_for(member=member, now=now))


def _open_to(member: Membership) -> Sequence[tuple[Promise | str, Sequence[Place]]]:
    return [
        (title, [place for place in places if rules.may(member, place.action)])
        for title, places in GROUPS
    ]


def _nearest(path: str, member: Membership) -> Place | None:
    """Return the place that a page is or lies below: the one whose address says most of it."""
    best, length = None, 0
    home = reverse("console-home", kwargs={"slug": member.issuer.slug})
    for place in (place for _title, places in _open_to(member) for place in places):
        own = reverse(place.route, kwargs={"slug": member.issuer.slug})
        for start in (own, *(home + each for each in place.also)):
            is_below = path == start or (start != home and path.startswith(f"{start}/"))
            if is_below and len(start) > length:
                best, length = place, len(start)
    return best


def _way(request: HttpRequest, place: Place, member: Membership, *, is_near: bool) -> Way:
    address = reverse(place.route, kwargs={"slug": member.issuer.slug})
    keep: str = request.keep_language  # type: ignore[attr-defined]  # set by the middleware
    current = ("page" if request.path == address else "true") if is_near else ""
    return Way(address + keep, place.label, f"icons/lucide/{place.icon}.svg", current)
