"""Retry: a person has looked at what went wrong, and lets a batch go on.

A batch that failed goes back to what is sealed, and will be signed anew: its leaves are computed
again before that, so that a damaged one is refused again. A final batch whose block was replaced
goes back to what was broadcast: the same bytes are sent, unless the chain has them anyway.
"""

import re
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from blockchain.models import Batch, State
from blockchain.services import attempts, batches, submitter

# Eight digits of a root are enough to name it, and as much as the log shows twelve.
SHORTEST = 8


_AFRESH: dict[str, Any] = {
    **batches.NO_BLOCK, "mined_at": None, "confirmed_at": None, "finalized_at": None,
    "failed_at": None, "failure": "",
}  # fmt: skip


class NothingToRetry(Exception):  # noqa: N818 - it says what is wrong
    """No batch, or more than one, is meant; or the one that is meant needs nobody's help."""


def retry(*, root: str, now: datetime, lane: str = "") -> str:
    """Let the batch go on that failed, or whose final block was replaced; return its new state.

    Args:
        root: Hexadecimal digits with which its root begins, at least eight, as the log shows them.
        now: The instant that is noted.
        lane: Where it is, as "eip155:1" or "eip155:1/account"; needed only where the same root was
            sealed for several.

    Raises:
        NothingToRetry: see there.
    """
    batch = _meant(root.lower().removeprefix("0x"), lane)
    try:
        with transaction.atomic():
            if batch.state == State.FAILED:
                batches.move(
                    batch,
                    State.SEALED,
                    "retried",
                    **_AFRESH,
                    **batches.NO_NONCE,
                    signed_at=None,
                    broadcast_at=None,
                )
            else:
                # The place that its final manifest names is no more: another will be written.
                batches.move(
                    batch,
                    State.BROADCAST,
                    "retried",
                    **_AFRESH,
                    broadcast_at=now,
                    final_manifest="",
                )
                attempts.of_batch(batch).update(sent_at=None)
                _release(batch.chain, now)
    except batches.Overtaken as overtaken:
        raise NothingToRetry(str(overtaken)) from overtaken
    return str(batch.state)


def _meant(digits: str, lane: str) -> Batch:
    if not re.fullmatch(rf"[0-9a-f]{{{SHORTEST},64}}", digits):
        raise NothingToRetry(
            f"name the batch by at least {SHORTEST} hexadecimal digits of its root"
        )
    stopped = Batch.objects.filter(
        Q(state=State.FAILED) | Q(state=State.FINALIZED) & ~Q(failure="")
    ).order_by("id")
    found = [
        batch
        for batch in stopped
        if bytes(batch.root).hex().startswith(digits) and lane in ("", str(batch.lane))
    ]
    if len(found) != 1:
        names = ", ".join(f"{bytes(batch.root).hex()[:12]} on {batch.lane}" for batch in stopped)
        where = f" on {lane}" if lane else ""
        raise NothingToRetry(
            f"{len(found)} batches that could be retried begin with {digits}{where}; there are: "
            + (names or "none")
        )
    return found[0]


def _release(chain: str, now: datetime) -> None:
    """Let the submitters go on when the last flagged batch was looked at."""
    flagged = Batch.objects.filter(chain=chain, state=State.FINALIZED).exclude(failure="")
    if not flagged.exists():
        submitter.release(chain=chain, reasons=[submitter.FINAL_REPLACED], now=now)
