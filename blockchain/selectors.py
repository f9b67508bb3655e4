"""The questions that others ask the witness."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, DecimalField, ExpressionWrapper, F, Min, QuerySet, Sum

from blockchain.core import anchor, merkle
from blockchain.models import PROVEN, Batch, Commitment, Sender, State

WAITING = "waiting"  # committed, and in no batch yet

_NEEDED: tuple[str, ...] = (
    "leaf_index",
    "batch_id",
    *(
        f"batch__{name}"
        for name in (
            "chain", "root", "tree_size", "registry", "transaction", "block_number",
            "block_hash", "block_time", "state", "sender__address",
        )
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Totals:
    """How the witness stands.

    Attributes:
        leaves: Commitments by the state of their batch, those without one under WAITING.
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
    """Return what leads from a leaf to the chain; None until its batch is confirmed. Two queries.

    The second query reads at most 16 slices of the tree, wherever it is: of a large batch that is
    512 bytes out of four million.
    """
    found = Commitment.objects.filter(leaf=leaf, batch__state__in=PROVEN).values(*_NEEDED).first()
    if found is None:
        return None
    index, size = found["leaf_index"], found["batch__tree_size"]
    path = _slices(found["batch_id"], merkle.siblings(index, size))
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
        state="finalized" if found["batch__state"] == State.FINALIZED else "confirmed",
    )


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
    """Return the state of each leaf that was committed: its batch's, or WAITING. One query."""
    rows = Commitment.objects.filter(leaf__in=list(leaves)).values_list("leaf", "batch__state")
    return {bytes(leaf): state or WAITING for leaf, state in rows}


def times_of(leaves: Sequence[bytes]) -> dict[bytes, datetime]:
    """Return since when the chain holds each leaf, of those whose batch is confirmed. One query."""
    rows = Commitment.objects.filter(leaf__in=list(leaves), batch__state__in=PROVEN)
    times = rows.values_list("leaf", "batch__block_time")
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


def latest_batches(*, limit: int) -> QuerySet[Batch]:
    """Return the batches sealed last, newest first, without their trees. One query."""
    return Batch.objects.select_related("sender").order_by("-id")[:limit]


def submitter_accounts() -> list[str]:
    """Return every account (CAIP-10) that ever submitted for us, oldest first. One query."""
    return [sender.account for sender in Sender.objects.order_by("first_used_at", "id")]


def paused_submitters() -> list[Sender]:
    """Return the submitters that submit nothing now, with the reason. One query."""
    return list(Sender.objects.exclude(paused="").order_by("id"))
