"""The anchoring ledger in words of people: what is on record, what waits, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import dateformat
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credentials.selectors.overview import months_before
from credentials.selectors.troubles import LATE
from credentials.serializers import network, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from blockchain.core.terms import Terms
    from blockchain.selectors import ChainFacts
    from credentials.selectors.ledger import Entry, Ledger

# Batches that a page shows, and months of its chart.
MOST = 30
# Where what was sealed stands for everybody to read.
_PUBLIC = {"confirmed", "finalized", "rechecked"}


@dataclass(frozen=True, slots=True)
class Line:
    """A batch in words.

    Attributes:
        entry: what is known of it.
        state, tone: how far it has come.
        chain: what people call its ledger.
        public_at: since when everybody can read it there; None before.
        page: of the transaction, outside; empty where none is known.
        cost: our share, in the coin of its ledger; empty before it is known.
    """

    entry: Entry
    state: str
    tone: str
    chain: str
    public_at: datetime | None
    page: str
    cost: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is signed and not on record yet.

    Attributes:
        number: how many.
        since: since when the oldest waits.
        reasons: why.
        is_late: that it waits longer than it should.
    """

    number: int
    since: datetime
    reasons: Sequence[str]
    is_late: bool


def lines(found: Ledger, terms: Mapping[str, Terms]) -> Sequence[Line]:
    """Return the newest batches in words."""
    return [_line(each, terms.get(each.chain)) for each in found.entries[:MOST]]


def _line(entry: Entry, terms: Terms | None) -> Line:
    word, tone = network.STATES.get(entry.state, (_("being checked again"), "open"))
    return Line(
        entry=entry,
        state=str(word),
        tone=tone,
        chain=words.network(entry.chain),
        public_at=entry.block_time if entry.state in _PUBLIC else None,
        page=terms.page_of(entry.transaction) if terms and entry.transaction else "",
        cost="" if entry.own_cost is None else network.coins(entry.own_cost),
    )


def waiting(found: Ledger, chains: Sequence[ChainFacts], now: datetime) -> Waiting | None:
    """Return what waits, and why; None where nothing does."""
    if found.pending_since is None:
        return None
    used = [each for each in chains if each.terms is not None]
    patience = max((each.terms.seal_age_seconds for each in used if each.terms), default=0)
    return Waiting(
        number=found.pending,
        since=found.pending_since,
        reasons=[_reason(each, now) for each in used],
        is_late=now - found.pending_since > timedelta(seconds=patience) + LATE,
    )


def _reason(chain: ChainFacts, now: datetime) -> str:
    """Return why something waits for a chain: it does not work, or others are waited for."""
    told = network.chain(chain, now)
    if told.tone == "open":
        return f"{capfirst(told.name)}: {told.meaning}"
    seconds = chain.terms.seal_age_seconds if chain.terms is not None else 0
    minutes = max(1, round(seconds / 60))
    return ngettext(
        "%(ledger)s: badges are put on record together, so each waits up to %(number)d minute for "
        "others, and then some minutes for the ledger.",
        "%(ledger)s: badges are put on record together, so each waits up to %(number)d minutes for "
        "others, and then some minutes for the ledger.",
        minutes,
    ) % {"ledger": capfirst(told.name), "number": minutes}


def months(found: Ledger, today: date) -> Sequence[tuple[str, str, int]]:
    """Return how much was put on record in each of the last months: its name, its short one."""
    counted: Counter[date] = Counter()
    for each in found.entries:
        if each.block_time is not None and each.state in _PUBLIC:
            counted[each.block_time.astimezone(UTC).date().replace(day=1)] += each.own
    return [
        (dateformat.format(first, "F Y"), dateformat.format(first, "N"), counted[first])
        for first in months_before(today)
    ]


def costs(found: Ledger) -> Sequence[tuple[str, str]]:
    """Return the share of the cost by ledger: its name, and an amount of its coin."""
    return [
        (words.network(chain), network.coins(cost))
        for chain, cost in found.own_cost.items()
        if cost
    ]
