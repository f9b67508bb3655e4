"""What one verification may ask of the network: so many addresses, so many seconds, and no more.

A badge names its issuer, its lists, its class, who endorses it: each an address that a stranger
chose, on a server that a stranger runs. Each answer is bounded by itself (`fetching`); this bounds
their sum, so that nobody can make us the slow half of a conversation, nor a means to ask others.
"""

import time
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from issuers.resolvers import fetching

# An issuer, a key, two lists, a newer version with its own three, and some who endorse.
FETCHES = 12
SECONDS = 10.0


@dataclass(slots=True)
class Budget:
    """Spent by one verification, and by none other.

    Attributes:
        fetches: How many addresses may still be asked.
        seconds: How long all of it may take, from now on.
        network: The public internet, except in tests.
        answers: What was found by name, for whoever asks twice: the badges of a transcript share
            their issuer and its lists.
    """

    fetches: int = FETCHES
    seconds: float = field(default_factory=lambda: SECONDS)
    network: fetching.Network = field(default_factory=lambda: fetching.PUBLIC)
    answers: dict[str, Any] = field(default_factory=dict)
    _end: float = field(init=False)

    def __post_init__(self) -> None:
        """Start the clock."""
        self._end = time.monotonic() + self.seconds

    def spend(self, what: str) -> float:
        """Return the seconds that one more fetch may take.

        Raises:
            Unavailable: nothing is left.
        """
        left = self._end - time.monotonic()
        if self.fetches <= 0:
            raise fetching.Unavailable(
                what, _("this badge refers to more addresses than are read for one badge")
            )
        if left <= 0:
            raise fetching.Unavailable(
                what, _("what was fetched before it took all of the time there is")
            )
        self.fetches -= 1
        return min(left, fetching.SECONDS)
