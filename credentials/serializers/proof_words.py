"""What the reader's own checks say: the words of `words`, and those that only they need.

The script that a reader runs has no words of its own. It is given these, in the language of the
page, by the codes of `credentials/core/browser/walk.js`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from blockchain.core import anchor
from credentials.core.verification import Outcome
from credentials.serializers import words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_stubs_ext import StrOrPromise

# The checks that a reader repeats; the seventh is about a person whom the reader names.
OUTCOMES = tuple(Outcome)
CHECKS = ("conforms", "signed", "issuer", "stands", "in_time", "anchored")

TITLES: dict[str, StrOrPromise] = {
    "running": _("Checking…"),
    "local": _(
        "What can be checked without asking anyone was checked in this browser. Choose whom to ask "
        "for the rest."
    ),
    "verified": _(
        "Verified by this browser: %(issuer)s issued this badge. It is authentic, unchanged and "
        "valid today."
    ),
    "recorded": _(
        "Everything on the public record bears this badge out. The addresses of %(issuer)s no "
        "longer answer, so its keys and its list of revoked badges are those last put on record: "
        "compare the account below with one that you know to be its own."
    ),
    "refuted": _("Do not rely on this badge: a check failed in this browser."),
    "inconclusive": _(
        "Nothing speaks against this badge, but not everything could be checked. The steps say "
        "what is missing."
    ),
    "unreadable": _(
        "This could not be checked: what came with the badge cannot be read in this browser. That "
        "speaks neither for the badge nor against it."
    ),
    "node_answered": _("%(node)s answered."),
    "node_failed": _("%(node)s did not help: %(trouble)s."),
}

# By check and reason, or by reason alone.
SENTENCES: dict[str, StrOrPromise] = {
    "conforms/conforms": _("It holds what Open Badges 3.0 asks of every badge."),
    "/not_readable_here": _(
        "It is written in a way that this script does not read. That speaks neither for the badge "
        "nor against it."
    ),
    "issuer/issuer_unavailable": _(
        "Nobody could be asked which keys are those of %(issuer)s, so this could not be checked."
    ),
    "issuer/issuer_on_record": _(
        "The address of %(issuer)s does not answer. The key is in the list of its keys that was "
        "put on record on %(when)s by the account %(account)s."
    ),
    "issuer/history_unconfirmed": _(
        "The key is said to be in the list of keys that came along, but whether that list is on "
        "record could not be asked."
    ),
    "issuer/history_refused": _(
        "The list of keys that came along is not the one that is on record, so it says nothing."
    ),
    "stands/stood_on_record": _(
        "The list of revoked badges cannot be fetched today. By the one that was put on record on "
        "%(when)s, it stood."
    ),
    "stands/status_unconfirmed": _(
        "The list of revoked badges that came along could not be compared with the record."
    ),
    "anchored/not_asked": _(
        "Its fingerprint leads to the record that the receipt names. Whether %(network)s holds "
        "that record was not asked yet."
    ),
    "anchored/too_few_nodes": _(
        "Fewer than two nodes of %(network)s answered. One alone could say what it likes, so "
        "nothing is concluded."
    ),
    "anchored/nodes_disagree": _(
        "The nodes of %(network)s contradict one another: one of them is wrong. Ask others."
    ),
    "anchored/submitter_unknown": _(
        "Its fingerprint leads to the record, but nobody could be asked whether the account that "
        "made it acts for %(issuer)s."
    ),
}
FACTS: dict[str, StrOrPromise] = {
    "message": _("Finding"),
    "pointer": _("Where"),
    "method": _("Key"),
    "account": _("Account"),
    "list": _("List"),
    "when": _("When"),
    "why": _("Why"),
    "chain": _("Network"),
    "block": _("Block"),
    "transaction": _("Transaction"),
    "suite": _("Kind of signature"),
}


def of(chains: Iterable[str]) -> dict[str, Any]:
    """Return the words for the script, in the active language.

    Args:
        chains: CAIP-2 identifiers that it may have to name.
    """
    shared = {
        f"{name}/{reason}": sentence
        for (name, reason), sentence in words.SENTENCES.items()
        if name in CHECKS
    }
    named = [*chains]
    return {
        "titles": _written(TITLES),
        "sentences": _written(shared | SENTENCES),
        "fallbacks": _written({each.value: text for each, text in words.ANYTHING.items()}),
        "outcomes": _written({each.value: text for each, text in words.OUTCOMES.items()}),
        "facts": _written(FACTS),
        "networks": {chain: words.network(chain) for chain in named},
        "development": sorted(anchor.DEVELOPMENT_CHAINS.intersection(named)),
    }


def _written(found: dict[str, StrOrPromise]) -> dict[str, str]:
    return {name: str(text) for name, text in found.items()}
