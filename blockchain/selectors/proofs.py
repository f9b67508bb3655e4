"""What leads from a leaf to a chain, and what workers wrote down of it once it was final."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case, When

from blockchain.core import anchor, merkle
from blockchain.models import PROVEN, Batch, Commitment, State

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


@dataclass(frozen=True, slots=True)
class Recorded:
    """What workers wrote down of a batch once its block was final.

    Attributes:
        finding: What the chain held; None where the batch is not final, or unknown.
        rechecked: Whether that is in doubt: its block was final and was replaced. Until a person
            has looked, it counts as nothing.
    """

    finding: anchor.Finding | None
    rechecked: bool


def recorded(proof: anchor.AnchorProof) -> Recorded:
    """Return what is on record of the batch that a proof names; no chain is asked. One query.

    Nothing that the proof says is copied into the answer.
    """
    final = Batch.objects.filter(
        root=proof.root,
        chain=proof.chain,
        sender__address=proof.submitter,
        state=State.FINALIZED,
    )
    rows = final.order_by("-failure", "id").values_list(
        "failure", "registry", "transaction", "block_number", "block_hash", "block_time",
        "finalized_at", "root", "sender__address",
    )  # fmt: skip
    found = rows.first()
    if found is None:
        return Recorded(None, rechecked=False)
    failure, registry, transaction, number, block, time_, read_at, root, sender = found
    if failure or read_at is None:
        return Recorded(None, rechecked=bool(failure))
    finding = anchor.Finding(
        anchored_at=time_,
        block_number=number,
        finalized=True,
        confirmations=0,  # no more than is known: of a final block nobody counts them
        transaction=anchor.Sent(sender, registry, bytes(root), block),
        block_hash=block,
        block_time=time_,
        read_at=read_at,
    )
    # The finding is about the transaction that the proof names.
    return Recorded(finding if transaction == proof.transaction else None, rechecked=False)


def _slices(batch_id: int, places: Sequence[int]) -> tuple[bytes, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT substring(levels FROM place.start * 32 + 1 FOR 32) FROM blockchain_batch,"
            " unnest(%s::int[]) WITH ORDINALITY AS place (start, step)"
            " WHERE id = %s ORDER BY place.step",
            [list(places), batch_id],
        )
        return tuple(bytes(row[0]) for row in cursor.fetchall())
