"""The anchoring ledger of an issuer: where its leaves are, what that cost, and what still waits.

A batch holds the leaves of many issuers. Each bears its share of the gas, leaf by leaf.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from blockchain import models as witness
from blockchain import selectors as anchoring
from credentials.selectors import counted as counting
from credentials.selectors.audit.scope import DOCUMENTS
from issuers import models as issuers
from issuers import scope

# What a page keeps of a ledger: a batch a day for eight years.
SHOWN = 3_000
# A batch, how many leaves of the issuer it holds (none: they wait for one), and since when.
# Our own text, and one parameter.
_HELD = f"""
SELECT m.batch_id, count(*), min(m.committed_at)
FROM {DOCUMENTS} c JOIN blockchain_commitment m ON m.leaf = c.leaf
WHERE c.issuer_id = %s GROUP BY m.batch_id
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Entry:
    """A batch that holds leaves of the issuer.

    Attributes:
        root: 32 bytes, hexadecimal.
        chain: CAIP-2 identifier.
        submitter: CAIP-10 account; empty until the batch is signed.
        state: How far it has come; `rechecked` where a final block of it was replaced.
        own: Leaves of this issuer.
        size: Leaves of all issuers.
        transaction: Its hash; empty until it is in a block.
        block: Height of that block; None until it is in one.
        block_time: Its time.
        confirmations: Blocks since, its own counted, as far as a worker has seen.
        reorganisations: How often its block was taken away.
        gas: What the transaction used; None until it is in a block.
        cost: What that cost, in wei.
        own_cost: The issuer's share of it, in wei.
        sealed_at, finalized_at: When.
    """

    root: str
    chain: str
    submitter: str
    state: str
    own: int
    size: int
    transaction: str
    block: int | None
    block_time: datetime | None
    confirmations: int | None
    reorganisations: int
    gas: int | None
    cost: int | None
    own_cost: int | None
    sealed_at: datetime
    finalized_at: datetime | None


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the issuer has on chains, the newest batch first.

    Attributes:
        entries: The newest batches, at most as many as asked for.
        batches: How many there are in all.
        anchored: Leaves in batches that are confirmed or final.
        pending: Leaves that are on no chain yet; one that has several lanes counts once for each.
        pending_since: When the oldest of them was committed; None where none is pending.
        own_cost: The issuer's share of the cost of every batch, in wei by chain.
    """

    entries: tuple[Entry, ...]
    batches: int
    anchored: int
    pending: int
    pending_since: datetime | None
    own_cost: Mapping[str, int]


def ledger(*, issuer: issuers.Issuer, limit: int = 100) -> Ledger:
    """Return the anchoring ledger of an issuer. Three queries, over the issuer's leaves.

    Args:
        issuer: Whose leaves.
        limit: How many batches are described; the sums are over all of them.
    """
    with scope.inside(issuer), connection.cursor() as cursor:
        cursor.execute(_HELD, [issuer.pk])
        held = {batch: (count, since) for batch, count, since in cursor.fetchall()}
    waiting = [held.pop(None)] if None in held else []
    rows = anchoring.batches_of(ids=list(held))
    heads = anchoring.heads()
    entries = [_entry(row, held[row.pk][0], heads.get(row.chain)) for row in rows]
    proven = [each for each in entries if each.state in witness.PROVEN]
    waiting += [held[row.pk] for row in rows if row.state in anchoring.UNPROVEN]
    cost: dict[str, int] = {}
    for each in entries:
        if each.own_cost is not None:
            cost[each.chain] = cost.get(each.chain, 0) + each.own_cost
    return Ledger(
        entries=tuple(entries[:limit]),
        batches=len(entries),
        anchored=sum(each.own for each in proven),
        pending=sum(count for count, _since in waiting),
        pending_since=min((since for _count, since in waiting), default=None),
        own_cost=cost,
    )


def shown(*, issuer: issuers.Issuer, now: datetime, ahead: bool = False) -> tuple[Ledger, datetime]:
    """Return the ledger as a page shows it, and when it was put together: now, if there is little.

    Three queries, or none where it is kept; `ahead`, it is put together and kept for pages.
    """

    def put_together() -> tuple[Ledger, datetime]:
        return ledger(issuer=issuer, limit=SHOWN), now

    return counting.counted(
        f"ledger:{issuer.pk}",
        count=put_together,
        is_much=lambda found: found[0].anchored + found[0].pending > counting.MANY,
        ahead=ahead,
    )


def _entry(row: Any, own: int, head: int | None) -> Entry:
    cost = None
    if row.gas_used is not None and row.gas_price is not None:
        cost = int(row.gas_used * row.gas_price)
    is_flagged = bool(row.failure) and row.state == "finalized"
    return Entry(
        root=bytes(row.root).hex(),
        chain=row.chain,
        submitter=row.sender.account if row.sender else "",
        state="rechecked" if is_flagged else row.state,
        own=own,
        size=row.tree_size,
        transaction=row.transaction,
        block=row.block_number,
        block_time=row.block_time,
        confirmations=None
        if head is None or row.block_number is None
        else max(head - row.block_number + 1, 0),
        reorganisations=row.reorganisations,
        gas=row.gas_used,
        cost=cost,
        own_cost=None if cost is None else cost * own // row.tree_size,
        sealed_at=row.sealed_at,
        finalized_at=row.finalized_at,
    )
