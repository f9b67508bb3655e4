"""The questions that others ask the witness."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import cast

from django.conf import settings
from django.db.models import (
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    Min,
    Q,
    QuerySet,
    Sum,
)
from django.db.models.functions import TruncDate

from blockchain.core import accounts, terms
from blockchain.core.lanes import Lane
from blockchain.core.terms import Terms
from blockchain.models import (
    IN_FLIGHT,
    PROVEN,
    Attempt,
    Batch,
    Commitment,
    Sender,
    Sight,
    State,
)
from blockchain.selectors.packing import Placed as Placed
from blockchain.selectors.packing import packed as packed
from blockchain.selectors.packing import placed as placed
from blockchain.selectors.proofs import Recorded as Recorded
from blockchain.selectors.proofs import proof_for as proof_for
from blockchain.selectors.proofs import proofs_for as proofs_for
from blockchain.selectors.proofs import recorded as recorded

WAITING = "waiting"  # committed, and in no batch yet
# On no chain yet, or not for good.
UNPROVEN = (State.FAILED, State.SEALED, *IN_FLIGHT, State.MINED)
# Where everybody can read it.
PUBLIC = (State.CONFIRMED, State.FINALIZED)
_FURTHER: tuple[str, ...] = (
    State.FAILED, WAITING, State.SEALED, State.SIGNED, State.BROADCAST, State.MINED,
    State.CONFIRMED, State.FINALIZED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Totals:
    """How the witness stands.

    Attributes:
        leaves: Commitments by the state of their batch, those without one under WAITING; a leaf
            counts once for each of its lanes.
        batches: Batches by state.
        waiting_since: When the oldest leaf that no batch holds was committed.
        gas: Gas that all transactions used.
        cost: What they cost, in wei.
    """

    leaves: Mapping[str, int]
    batches: Mapping[str, int]
    waiting_since: datetime | None
    gas: int
    cost: int


def states_of(leaves: Sequence[bytes]) -> dict[bytes, str]:
    """Return how far each leaf that was committed has come: its batch's state, or WAITING.

    Of a leaf with several lanes, the furthest. One query.
    """
    rows = Commitment.objects.filter(leaf__in=list(leaves)).values_list("leaf", "batch__state")
    found: dict[bytes, str] = {}
    for row, batch_state in rows:
        leaf, state = bytes(row), batch_state or WAITING
        if leaf not in found or _FURTHER.index(found[leaf]) < _FURTHER.index(state):
            found[leaf] = state
    return found


def lanes_of(leaves: Sequence[bytes]) -> dict[bytes, set[Lane]]:
    """Return the lanes to which each leaf was committed; of others nothing. One query."""
    rows = Commitment.objects.filter(leaf__in=list(leaves)).values_list("leaf", "chain", "signer")
    found: dict[bytes, set[Lane]] = {}
    for leaf, chain, signer in rows:
        found.setdefault(bytes(leaf), set()).add(Lane(chain, signer))
    return found


def times_of(leaves: Sequence[bytes]) -> dict[bytes, datetime]:
    """Return since when a chain holds each leaf, of those whose batch is confirmed. One query."""
    rows = Commitment.objects.filter(leaf__in=list(leaves), batch__state__in=PROVEN)
    times = rows.order_by("-batch__block_time").values_list("leaf", "batch__block_time")
    return {bytes(leaf): time for leaf, time in times if time is not None}


@dataclass(frozen=True, slots=True)
class Placing:
    """How far one leaf has come on one chain.

    Attributes:
        chain: Which (CAIP-2).
        state: Of its batch; WAITING where no batch holds it.
        committed_at: Since when it is to be anchored.
        batch: The number of its batch.
        transaction: That put its batch on the chain; empty before.
        block_number: The block that holds it; None before.
        block_time: The time of that block.
    """

    chain: str
    state: str
    committed_at: datetime
    batch: int | None
    transaction: str
    block_number: int | None
    block_time: datetime | None


def placings(*, leaf: bytes) -> list[Placing]:
    """Return how far a leaf has come on each of its chains, the first one first. One query."""
    rows = Commitment.objects.select_related("batch").defer("batch__levels")
    return [
        Placing(
            chain=row.chain,
            state=row.batch.state if row.batch else WAITING,
            committed_at=row.committed_at,
            batch=row.batch_id,
            transaction=row.batch.transaction if row.batch else "",
            block_number=row.batch.block_number if row.batch else None,
            block_time=row.batch.block_time if row.batch else None,
        )
        for row in rows.filter(leaf=leaf).order_by("id")
    ]


def totals() -> Totals:
    """Return how the witness stands. Three queries, over every batch and every waiting leaf."""
    price = ExpressionWrapper(
        F("gas_used") * F("gas_price"),
        output_field=DecimalField(max_digits=40, decimal_places=0),
    )
    sums = Batch.objects.aggregate(gas=Sum("gas_used"), cost=Sum(price))
    by_state = Batch.objects.values_list("state").annotate(Count("id"), Sum("tree_size"))
    waiting = Commitment.objects.filter(batch__isnull=True).aggregate(
        count=Count("id"), since=Min("committed_at")
    )
    batches, leaves = {}, {WAITING: waiting["count"]}
    for state, count, size in by_state.order_by("state"):
        batches[state], leaves[state] = count, size
    return Totals(
        leaves={state: count for state, count in leaves.items() if count},
        batches=batches,
        waiting_since=waiting["since"],
        gas=int(sums["gas"] or 0),
        cost=int(sums["cost"] or 0),
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is promised and not yet on its chain: in no batch, or in one without a block.

    Attributes:
        leaves: How many; a leaf counts once for each of its lanes.
        since: When the oldest of them was committed; None where nothing waits.
    """

    leaves: int
    since: datetime | None


def waiting() -> Waiting:
    """Return what waits. One query, over what waits."""
    rows = Commitment.objects.filter(
        Q(batch__isnull=True) | Q(batch__state__in=[State.SEALED, *IN_FLIGHT])
    ).aggregate(leaves=Count("id"), since=Min("committed_at"))
    return Waiting(leaves=rows["leaves"], since=rows["since"])


def unmoved_batches(*, before: datetime, limit: int) -> list[Batch]:
    """Return batches that have no block though they were sealed before then, or failed. One query.

    Oldest first, without their trees.
    """
    rows = Batch.objects.filter(
        Q(state=State.FAILED) | Q(state__in=[State.SEALED, *IN_FLIGHT], sealed_at__lt=before)
    )
    return list(rows.order_by("sealed_at", "id")[:limit])


@dataclass(frozen=True, slots=True)
class Anchored:
    """How many leaves the blocks of one day (UTC) took in; each counts once for each chain."""

    day: date
    leaves: int


def anchored_by_day(*, since: date, until: date) -> list[Anchored]:
    """Return every day from `since` to `until`, both counted, also those without. One query."""
    start = datetime.combine(since, time.min, tzinfo=UTC)
    end = datetime.combine(until + timedelta(days=1), time.min, tzinfo=UTC)
    rows = (
        Batch.objects.filter(state__in=PROVEN, block_time__gte=start, block_time__lt=end)
        .annotate(day=TruncDate("block_time", tzinfo=UTC))
        .order_by("day")
        .values_list("day")
        .annotate(Sum("tree_size"))
    )
    counted = dict(rows)
    span = (until - since).days + 1
    all_days = [since + timedelta(days=number) for number in range(span)]
    return [Anchored(day, counted.get(day, 0)) for day in all_days]


def batches_of(*, ids: Sequence[int]) -> QuerySet[Batch]:
    """Return these batches with their submitters, newest first, without their trees. One query."""
    return Batch.objects.select_related("sender").filter(pk__in=ids).order_by("-id")


def heads() -> dict[str, int]:
    """Return the last block of each chain that a worker has seen. One query."""
    rows = Sight.objects.filter(head__isnull=False).values_list("chain", "head")
    return {chain: head for chain, head in rows if head is not None}


def latest_batches(*, limit: int) -> QuerySet[Batch]:
    """Return the batches sealed last, newest first, without their trees. One query."""
    return Batch.objects.select_related("sender").order_by("-id")[:limit]


def find_batch(*, root: bytes) -> Batch | None:
    """Return the batch of a root, the newest where several chains hold it. One query."""
    rows = Batch.objects.select_related("sender").filter(root=root)
    return rows.order_by("-id").first()


def submitter_accounts() -> list[str]:
    """Return every account (CAIP-10) that ever submitted for us, oldest first. One query."""
    ours = Sender.objects.filter(arrived_at=None).order_by("first_used_at", "id")
    return [sender.account for sender in ours]


def submitter_key(account: str) -> bytes | None:
    """Return the public key (64 bytes) of a submitter's account (CAIP-10). One query.

    None if it has not signed a transaction for us yet: the key is read off the first one.
    """
    chain, _colon, address = account.rpartition(":")
    raw = (
        Attempt.objects.filter(sender__chain=chain, sender__address=address)
        .order_by("id")
        .values_list("raw", flat=True)
        .first()
    )
    return accounts.public_key(bytes(raw)) if raw is not None else None


def paused_submitters() -> list[Sender]:
    """Return the submitters that submit nothing now, with the reason. One query."""
    return list(Sender.objects.exclude(paused="").order_by("id"))


# -- Chains ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Account:
    """An account that submits or did, and what a worker saw last of it.

    Attributes:
        account: CAIP-10.
        signer: Name of its key; empty for the shared one.
        paused: Why it submits nothing now; empty if it does.
        paused_since: Since when.
        balance: In wei; None if nobody looked yet.
        balance_at: When that was seen.
        first_used_at: When it first worked for us.
    """

    account: str
    signer: str
    paused: str
    paused_since: datetime | None
    balance: int | None
    balance_at: datetime | None
    first_used_at: datetime


@dataclass(frozen=True, slots=True)
class ChainFacts:
    """A chain as a worker saw it last: nothing here asks it.

    Attributes:
        chain: CAIP-2 identifier.
        terms: On which we anchor there; None if it is no longer among the settings.
        asked_at: When a worker last asked; None if none ever did.
        answered_at: When it last answered.
        trouble: Why it did not answer the last time; empty if it did.
        head: Height of the last block then, and its time.
        finalized: Height of the last final block then.
        accounts: Those that ever submitted for us there, oldest first.
    """

    chain: str
    terms: Terms | None
    asked_at: datetime | None
    answered_at: datetime | None
    trouble: str
    head: int | None
    head_time: datetime | None
    finalized: int | None
    accounts: tuple[Account, ...]


def configured_chains() -> dict[str, Terms]:
    """Return the terms of every chain of the settings by its identifier; no query."""
    return terms.configured(cast("terms.Settings", settings))


def chain_facts() -> list[ChainFacts]:
    """Return every chain of the settings, then those that we used before. Two queries."""
    accounts: dict[str, list[Account]] = {}
    for row in Sender.objects.filter(arrived_at=None).order_by("first_used_at", "id"):
        balance = None if row.balance is None else int(row.balance)
        accounts.setdefault(row.chain, []).append(
            Account(
                account=row.account,
                signer=row.signer,
                paused=row.paused,
                paused_since=row.paused_at,
                balance=balance,
                balance_at=row.balance_at,
                first_used_at=row.first_used_at,
            )
        )
    known, sights = configured_chains(), {row.chain: row for row in Sight.objects.order_by("id")}
    facts = []
    for chain in dict.fromkeys([*known, *sights, *accounts]):
        sight = sights.get(chain)
        facts.append(
            ChainFacts(
                chain=chain,
                terms=known.get(chain),
                asked_at=sight.asked_at if sight else None,
                answered_at=sight.answered_at if sight else None,
                trouble=sight.trouble if sight else "",
                head=sight.head if sight else None,
                head_time=sight.head_time if sight else None,
                finalized=sight.finalized if sight else None,
                accounts=tuple(accounts.get(chain, ())),
            )
        )
    return facts
