"""The questions that others ask the witness."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast

from django.conf import settings
from django.db import connection
from django.db.models import (
    Case,
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    Min,
    Q,
    QuerySet,
    Sum,
    When,
)
from django.db.models.functions import TruncDate

from blockchain.core import accounts, anchor, merkle, terms
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

WAITING = "waiting"  # committed, and in no batch yet
# On no chain yet, or not for good.
UNPROVEN = (State.FAILED, State.SEALED, *IN_FLIGHT, State.MINED)
_FURTHER: tuple[str, ...] = (
    State.FAILED, WAITING, State.SEALED, State.SIGNED, State.BROADCAST, State.MINED,
    State.CONFIRMED, State.FINALIZED,
)  # fmt: skip

_NEEDED: tuple[str, ...] = (
    "leaf_index",
    "batch_id",
    *(
        f"batch__{name}"
        for name in (
            "chain", "root", "tree_size", "registry", "transaction", "block_number",
            "block_hash", "block_time", "state", "failure", "sender__address",
        )
    ),
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


def proof_for(leaf: bytes, salt: bytes) -> anchor.AnchorProof | None:
    """Return the best of what leads from a leaf to a chain; None until one batch is confirmed.

    What is final goes before what is not, the earlier before the later. Two queries; the second
    reads at most 16 slices of the tree, wherever it is: of a large batch that is 512 bytes out of
    four million.
    """
    found = _proven(leaf).first()
    return None if found is None else _proof(found, salt)


def proofs_for(leaf: bytes, salt: bytes) -> list[anchor.AnchorProof]:
    """Return all that leads from a leaf to chains, the best first. A query, and one for each."""
    return [_proof(found, salt) for found in _proven(leaf)]


def _proven(leaf: bytes) -> Any:  # the plugin of mypy does not follow the names
    """Ask for what is known of the proven batches of a leaf, the best first."""
    proven = Commitment.objects.filter(leaf=leaf, batch__state__in=PROVEN)
    return proven.order_by(
        # A final block that was replaced: a person looks at it, and it is final no more.
        Case(When(batch__failure="", then=0), default=1),
        Case(When(batch__state=State.FINALIZED, then=0), default=1),
        "batch__block_time",
        "id",
    ).values(*_NEEDED)


def _proof(found: Mapping[str, Any], salt: bytes) -> anchor.AnchorProof:
    index, size = found["leaf_index"], found["batch__tree_size"]
    path = _slices(found["batch_id"], merkle.siblings(index, size))
    is_final = found["batch__state"] == State.FINALIZED and not found["batch__failure"]
    return anchor.AnchorProof(
        salt=salt,
        inclusion=merkle.InclusionProof(index, size, path),
        root=bytes(found["batch__root"]),
        chain=found["batch__chain"],
        contract=found["batch__registry"],
        submitter=found["batch__sender__address"],
        transaction=found["batch__transaction"],
        block_number=found["batch__block_number"],
        block_hash=found["batch__block_hash"],
        block_time=found["batch__block_time"],
        state="finalized" if is_final else "confirmed",
    )


def is_being_rechecked(proof: anchor.AnchorProof) -> bool:
    """Say whether the batch of a proof is flagged, whatever the proof says of itself. One query.

    Its block was final and was replaced: until a person has looked, it counts as nothing.
    """
    flagged = Batch.objects.filter(
        root=proof.root,
        chain=proof.chain,
        sender__address=proof.submitter,
        state=State.FINALIZED,
    )
    return flagged.exclude(failure="").exists()


def _slices(batch_id: int, places: Sequence[int]) -> tuple[bytes, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT substring(levels FROM place.start * 32 + 1 FOR 32) FROM blockchain_batch,"
            " unnest(%s::int[]) WITH ORDINALITY AS place (start, step)"
            " WHERE id = %s ORDER BY place.step",
            [list(places), batch_id],
        )
        return tuple(bytes(row[0]) for row in cursor.fetchall())


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


def submitter_accounts() -> list[str]:
    """Return every account (CAIP-10) that ever submitted for us, oldest first. One query."""
    return [sender.account for sender in Sender.objects.order_by("first_used_at", "id")]


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
    for row in Sender.objects.order_by("first_used_at", "id"):
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
