"""E-mails to learners, in words for who works with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext_lazy

from credentials.selectors.messages import MOST, State

# What can be done about each, in words.
REMEDIES: Mapping[str, Any] = {
    State.WAITING: gettext_lazy("It leaves by itself. After a refusal for now it is tried again."),
    State.SENDING: gettext_lazy("It is on its way."),
    State.SENT: gettext_lazy("A mail server took it. What it did with it, it does not always say."),
    State.DELIVERED: gettext_lazy("It is in the mailbox, says the provider."),
    State.BOUNCED: gettext_lazy(
        "The address is refused for good. Correct it; or send again, where it was the server's "
        "mistake."
    ),
    State.COMPLAINED: gettext_lazy(
        "Its reader called it unwanted. Nothing more is sent there by itself: ask them otherwise."
    ),
    State.FAILED: gettext_lazy("It was refused for what it is, or too often. Send it again."),
    State.UNSURE: gettext_lazy(
        "The connection ended on the way: it may have arrived. Send it again where twice is better "
        "than never."
    ),
    State.WITHHELD: gettext_lazy(
        "It was not sent: this address took no e-mail before, or the badge was revoked. Correct "
        "the address, then send it."
    ),
}
TONES: Mapping[str, str] = {
    State.WAITING: "open", State.SENDING: "open", State.SENT: "good", State.DELIVERED: "good",
    State.BOUNCED: "bad", State.COMPLAINED: "bad", State.FAILED: "bad", State.UNSURE: "over",
    State.WITHHELD: "over",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shelf:
    """Messages of one state: how many, and what to do about them."""

    state: str
    label: str
    number: str
    tone: str
    is_chosen: bool


def shelves(counts: Mapping[str, int], *, chosen: str) -> Sequence[Shelf]:
    """Return the states of which there are messages, in the order in which they are met."""
    return [
        Shelf(
            state,
            str(State(state).label),
            at_most({state: counts[state]}),
            TONES[state],
            state == chosen,
        )
        for state in State.values
        if counts.get(state)
    ]


def at_most(counts: Mapping[str, int]) -> str:
    """Return how many there are, or that there are more than were counted; empty for none."""
    total = sum(min(number, MOST) for number in counts.values())
    more = "+" if any(number > MOST for number in counts.values()) else ""
    return f"{intcomma(total)}{more}" if total else ""
