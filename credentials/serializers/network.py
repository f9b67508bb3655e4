"""Shapes at the door: chains, batches and days as the page of the network shows them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blockchain import models, selectors
from blockchain.core import fees
from credentials.serializers import condition, words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from django_stubs_ext import StrOrPromise

    from blockchain.core.terms import Terms

# For each condition: the word, the tone of the page, the icon, and what it means.
WORDS: dict[condition.Condition, tuple[StrOrPromise, str, str, StrOrPromise]] = {
    condition.Condition.WELL: (
        _("Working"), "good", "passed",
        _("It answers, and new records are written to it."),
    ),
    condition.Condition.PAUSED: (
        _("On hold"), "open", "inconclusive",
        _("It answers, but nothing new is written to it for now. What is already there stands."),
    ),
    condition.Condition.SILENT: (
        _("Not answering"), "open", "inconclusive",
        _("It has not answered for some minutes. Nothing is lost: new records wait until it does."),
    ),
    condition.Condition.UNATTENDED: (
        _("Not watched"), "open", "inconclusive",
        _("The program that writes and reads records has not looked for some minutes."),
    ),
    condition.Condition.UNUSED: (
        _("Not used yet"), "over", "not_applicable",
        _("It is set up. Nothing has been written to it so far."),
    ),
    condition.Condition.FORMER: (
        _("No longer used"), "over", "not_applicable",
        _("New records go elsewhere. Those that were written to it can still be checked there."),
    ),
}  # fmt: skip

STATES: dict[str, tuple[StrOrPromise, str]] = {
    models.State.SEALED: (_("waits to be written"), "open"),
    models.State.SIGNED: (_("waits to be written"), "open"),
    models.State.BROADCAST: (_("on its way"), "open"),
    models.State.MINED: (_("written, not yet settled"), "open"),
    models.State.CONFIRMED: (_("written and confirmed"), "good"),
    models.State.FINALIZED: (_("final"), "good"),
    models.State.FAILED: (_("stopped: an operator looks into it"), "bad"),
}


@dataclass(frozen=True, slots=True)
class Account:
    """An account, and what it has left in the unit of its chain."""

    address: str
    balance: str
    paused: str


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain for the page."""

    id: str
    name: str
    word: str
    tone: str
    icon: str
    meaning: str
    facts: selectors.ChainFacts
    accounts: tuple[Account, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch for the page."""

    root: str
    size: int
    chain: str
    state: str
    tone: str
    sealed_at: datetime
    transaction: str
    page: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the chart: `height` is in percent of the highest."""

    day: date
    leaves: int
    height: int

    @property
    def top(self) -> int:
        """Return where its bar begins, from above."""
        return 100 - self.height


def chain(facts: selectors.ChainFacts, now: datetime) -> Chain:
    """Word how a chain does. Why an account is paused is said in the operator's own language."""
    found = condition.of(
        is_configured=facts.terms is not None,
        asked_at=facts.asked_at,
        answered_at=facts.answered_at,
        is_paused=any(account.paused for account in facts.accounts),
        now=now,
    )
    word, tone, icon, meaning = WORDS[found]
    return Chain(
        id=facts.chain,
        name=_name(facts.chain, facts.terms),
        word=str(word),
        tone=tone,
        icon=icon,
        meaning=str(meaning),
        facts=facts,
        accounts=tuple(
            Account(
                address=account.account.rpartition(":")[2],
                balance=gettext("not known yet")
                if account.balance is None
                else coins(account.balance),
                paused=account.paused,
            )
            for account in facts.accounts
        ),
    )


def batch(row: models.Batch, terms: Terms | None) -> Batch:
    """Word how far a batch has come, on a chain of these terms."""
    word, tone = STATES[row.state]
    if row.failure and row.state != models.State.FAILED:
        word, tone = _("being checked again"), "open"
    return Batch(
        root=bytes(row.root).hex(),
        size=row.tree_size,
        chain=_name(row.chain, terms),
        state=str(word),
        tone=tone,
        sealed_at=row.sealed_at,
        transaction=row.transaction,
        page=terms.page_of(row.transaction) if terms and row.transaction else "",
    )


def days(counted: Sequence[selectors.Anchored]) -> list[Day]:
    """Scale the days of the chart to the highest; a day with anything at all can be seen."""
    highest = max((each.leaves for each in counted), default=0)
    return [
        Day(
            each.day,
            each.leaves,
            max(2, round(100 * each.leaves / highest)) if each.leaves else 0,
        )
        for each in counted
    ]


def _name(chain_id: str, terms: Terms | None) -> str:
    return terms.name if terms and terms.name else words.network(chain_id)


def coins(wei: int) -> str:
    """Write an amount of a chain's own unit, to four digits; what is less is said to be."""
    amount, least = Decimal(wei) / fees.ETHER, Decimal("0.0001")
    if 0 < amount < least:
        return gettext("less than %(amount)s") % {"amount": number_format(least)}
    return str(number_format(amount.quantize(least)))
