"""Watch: what was final must stay. A chain that takes it back has broken its word, not we ours.

No move of a batch undoes it, and nothing is sent until a person has looked: the batch is flagged in
its `failure`, its submitters are paused, and the log has an error for each.
"""

import logging
from datetime import datetime, timedelta

from django.db.models import F

from blockchain.chains.interface import Chain
from blockchain.models import Batch, State
from blockchain.services import submitter

# While nothing else asks the chain, the last final block is looked at for this long.
ATTENTION = timedelta(days=1)
# Batches end almost in the order in which they were sealed: as many as are in flight at once.
LATEST = 4

log = logging.getLogger(__name__)


def newest_final(chain: Chain) -> Batch | None:
    """Return the batch in the highest block of those that ended last; None if none did."""
    ended = Batch.objects.filter(chain=chain.id, state=State.FINALIZED, failure="")
    latest = ended.order_by("-id")[:LATEST]
    return max(latest, key=lambda batch: batch.block_number or 0, default=None)


def is_watched(batch: Batch | None, now: datetime) -> bool:
    """Say whether the batch became final so lately that the chain is asked for its sake alone."""
    return batch is not None and (batch.finalized_at or now) + ATTENTION >= now


def watch(*, chain: Chain, newest: Batch | None, now: datetime) -> int:
    """Hold the newest final batch against the chain; flag every one whose block was replaced.

    Args:
        chain: Just checked.
        newest: What `newest_final` returned.
        now: The instant that is noted.

    Returns:
        How many batches were flagged.

    Raises:
        Unavailable: the chain could not be asked.
        Disagreement: its nodes have different blocks where the batch was.
    """
    if newest is None or not _is_replaced(chain, newest):
        return 0
    # Before anything else: a worker that dies while it looks further down leaves this behind.
    submitter.hold(chain=chain.id, reason=submitter.FINAL_REPLACED, now=now)
    flagged = 0
    ended = Batch.objects.filter(chain=chain.id, state=State.FINALIZED, failure="")
    for batch in ended.order_by("-block_number").iterator():
        if not _is_replaced(chain, batch):
            break
        flagged += _flag(batch, now)
    return flagged


def _is_replaced(chain: Chain, batch: Batch) -> bool:
    """Compare hashes, below the height that is final for all nodes: there no node speaks alone.

    Until the chain is that far again, nothing is known of what it took back.
    """
    height = batch.block_number or 0
    block = chain.block(height) if height <= chain.finalized().number else None
    return block is not None and block.hash != batch.block_hash


def _flag(batch: Batch, now: datetime) -> int:
    why = f"final block {batch.block_number} was replaced by another one"
    rows = Batch.objects.filter(pk=batch.pk, state=State.FINALIZED, failure="").update(
        failure=why, failed_at=now, reorganisations=F("reorganisations") + 1
    )
    if rows:
        log.error("batch %s: %s", bytes(batch.root).hex()[:12], why)
    return rows
