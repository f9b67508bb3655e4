"""What is said before a credential is revoked, suspended or reinstated: what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from credentials.serializers import states

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Act:
    """One of the three, in words.

    Attributes:
        code: what it is called in an address.
        title: the question about one.
        button: what the button says.
        done: what is said afterwards.
        impossible: why it cannot be done to one that is not as it must be.
        state: what the public page says then.
        effects: what comes of it, point by point.
        is_grave: whether it cannot be taken back.
        told: the kind of e-mail that tells of it.
    """

    code: str
    title: Any
    button: Any
    done: Any
    impossible: Any
    state: str
    effects: tuple[Any, ...]
    is_grave: bool = False
    told: str = ""


_LINKS = _(
    "The link, the QR code and the certificate on paper go on leading to that page. Nothing is "
    "deleted."
)
_FILES = _(
    "Whoever checks a file that was downloaded learns it from your signed status list, within "
    "minutes."
)
_STORY = _("Your name, the time and both texts stay in the history of the badge.")

REVOKE = Act(
    code="revoke",
    title=_("Revoke this badge?"),
    button=_("Revoke for good"),
    done=_("The badge is revoked. Whoever checks it reads that within minutes."),
    impossible=_(
        "It is not signed, it is revoked already, or its badge was designed to stand for good."
    ),
    state="revoked",
    effects=(
        _("This cannot be undone. For a time only, suspend it; to mend a mistake, correct it."),
        _LINKS,
        _FILES,
        _("Its record on the chain stays: that it was issued remains true."),
        _STORY,
    ),
    is_grave=True,
    told="revoked",
)
SUSPEND = Act(
    code="suspend",
    title=_("Suspend this badge?"),
    button=_("Suspend"),
    done=_("The badge is suspended. Whoever checks it reads that within minutes."),
    impossible=_(
        "It is not signed, it is revoked or suspended already, or its badge was not designed to "
        "be suspended."
    ),
    state="suspended",
    effects=(
        _("This can be undone: reinstate it, and it is as before."),
        _LINKS,
        _FILES,
        _STORY,
    ),
    told="suspended",
)
REINSTATE = Act(
    code="reinstate",
    title=_("Reinstate this badge?"),
    button=_("Reinstate"),
    done=_("The badge stands again. Whoever checks it reads that within minutes."),
    impossible=_("It is not suspended, or was revoked since."),
    state="verified",
    effects=(
        _(
            "The badge is valid again, within its dates. That it was suspended stays in its "
            "history."
        ),
        _FILES,
        _STORY,
    ),
    told="reinstated",
)
ACTS = {act.code: act for act in (REVOKE, SUSPEND, REINSTATE)}


def public(act: Act, *, issuer: str) -> tuple[states.State, str]:
    """Return what the public page will say then: its state, and the sentence below it."""
    state = states.STATES[act.state]
    return state, states.summary(state, {"issuer": issuer})


SKIPPED = {
    "not_signed": _("not signed"),
    "revoked": _("revoked already"),
    "suspended": _("suspended already"),
    "not_suspended": _("not suspended"),
    "not_suspendable": _("designed so that they cannot be suspended"),
    "for_good": _("designed to stand for good"),
}


def skipped(reasons: Mapping[str, int]) -> list[tuple[Any, int]]:
    """Return why some are passed over, and how many, the most frequent reason first."""
    ordered = sorted(reasons.items(), key=lambda each: (-each[1], each[0]))
    return [(SKIPPED[reason], number) for reason, number in ordered]


def several(act: Act, number: int) -> str:
    """Return the question about so many badges."""
    questions = {
        "revoke": ngettext("Revoke %(number)d badge?", "Revoke %(number)d badges?", number),
        "suspend": ngettext("Suspend %(number)d badge?", "Suspend %(number)d badges?", number),
        "reinstate": ngettext(
            "Reinstate %(number)d badge?", "Reinstate %(number)d badges?", number
        ),
    }
    return questions[act.code] % {"number": number}


def done(act: Act, number: int) -> str:
    """Return what is said once it was done to so many."""
    said = {
        "revoke": ngettext(
            "%(number)d badge is revoked.", "%(number)d badges are revoked.", number
        ),
        "suspend": ngettext(
            "%(number)d badge is suspended.", "%(number)d badges are suspended.", number
        ),
        "reinstate": ngettext(
            "%(number)d badge stands again.", "%(number)d badges stand again.", number
        ),
    }
    return said[act.code] % {"number": number}
