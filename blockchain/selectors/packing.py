"""What anchors some leaves, for whoever leaves with them: final batches, and where each leaf is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from blockchain.models import Attempt, Batch, Commitment, State

# Of a batch, what its manifest does not say.
TIMES = ("signed_at", "broadcast_at", "mined_at", "confirmed_at")
AMOUNTS = ("gas_used", "gas_price", "reorganisations")
ATTEMPT = (
    "nonce", "raw", "transaction", "max_fee", "max_tip", "signed_at", "sent_at", "sends", "answer",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a leaf is on one lane.

    Attributes:
        leaf: 32 bytes.
        chain: CAIP-2 identifier.
        signer: name of the submitter's key.
        committed_at: since when it was promised.
        batch_id: the row of its batch; None where that is not final yet.
        root: of that batch.
        leaf_index: its position there.
    """

    leaf: bytes
    chain: str
    signer: str
    committed_at: datetime
    batch_id: int | None
    root: bytes | None
    leaf_index: int | None


def placed(leaves: Sequence[bytes]) -> Iterator[Placed]:
    """Return where each leaf is, on each of its lanes. One query."""
    rows = (
        Commitment.objects.filter(leaf__in=list(leaves))
        .order_by("id")
        .values_list(
            *("leaf", "chain", "signer", "committed_at"),
            *("batch_id", "batch__root", "leaf_index", "batch__state"),
        )
    )
    for leaf, chain, signer, committed_at, batch_id, root, index, state in rows:
        found = state == State.FINALIZED and root is not None
        yield Placed(
            leaf=bytes(leaf),
            chain=chain,
            signer=signer,
            committed_at=committed_at,
            batch_id=batch_id if found else None,
            root=bytes(root) if found else None,
            leaf_index=index if found else None,
        )


def packed(*, batch_id: int) -> dict[str, Any]:
    """Return a final batch as it is carried: its place, what it cost, its attempts. Two queries."""
    batch = Batch.objects.select_related("sender").get(pk=batch_id)
    if batch.sender is None:
        raise ValueError(f"{batch} has no submitter.")
    attempts = Attempt.objects.filter(batch=batch).order_by("id").values(*ATTEMPT)
    return {
        "chain": batch.chain,
        "signer": batch.signer,
        "root": bytes(batch.root).hex(),
        "submitter_since": batch.sender.first_used_at,
        **{name: getattr(batch, name) for name in (*TIMES, *AMOUNTS)},
        "attempts": [each | {"raw": bytes(each["raw"])} for each in attempts],
    }
