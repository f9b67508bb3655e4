"""Bump: offer more for the transaction that all others wait for.

Only the one whose nonce is next in line: those behind it cannot be mined before it, and the room of
a node for replacements is better left alone. All attempts share the nonce of the first, so that at
most one can ever be mined, and whichever it is anchors the same root.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from blockchain.chains.interface import Chain, EvmSigner, Unsigned
from blockchain.core import fees
from blockchain.core.terms import Terms
from blockchain.models import IN_FLIGHT, Attempt, Sender
from blockchain.services import attempts, failpoints, submitter

log = logging.getLogger(__name__)


def bump(*, chain: Chain, terms: Terms, signer: EvmSigner, sender: Sender, now: datetime) -> bool:
    """Sign and store a dearer transaction in place of the one that waits too long; send nothing.

    Args:
        chain: Where it waits.
        terms: How long something may wait there, and what it may cost.
        signer: The key of `sender`; of a submitter that was replaced nothing can be bumped.
        sender: Whose next transaction is looked at.
        now: The instant; what it is compared with.

    Returns:
        Whether there is a new attempt. Where the cap leaves no room for one that nodes would take,
        the old bytes are sent again as ever, and the log says so.
    """
    chain_nonce = chain.nonce(sender.address, "latest")
    last = _next_in_line(sender, chain_nonce)
    if last is None or not _waits_too_long(last, terms, now):
        return False
    dearer = _dearer(chain, terms, last, now)
    if dearer is None:
        return False
    with transaction.atomic():
        submitter.lease(sender)
        if _next_in_line(sender, chain_nonce) != last:
            return False  # another worker bumped it, or it found its block
        attempts.store(unsigned=dearer, signer=signer, sender=sender, batch=last.batch, now=now)
        failpoints.reach("bump: attempt written")
    log.info("nonce %d: up to %d wei per gas are offered now", last.nonce, dearer.max_fee)
    return True


def _next_in_line(sender: Sender, chain_nonce: int) -> Attempt | None:
    current = Q(batch__isnull=True) | Q(
        batch__state__in=IN_FLIGHT, batch__sender=sender, batch__nonce=chain_nonce
    )
    competing = Attempt.objects.filter(current, sender=sender, nonce=chain_nonce)
    return competing.select_related("batch").order_by("id").last()


def _waits_too_long(last: Attempt, terms: Terms, now: datetime) -> bool:
    """Count from when it was first sent: what nobody was told of waits for nothing."""
    if last.sent_at is None:
        return False
    since = last.signed_at
    if last.batch is not None and last.batch.broadcast_at is not None:
        since = max(since, last.batch.broadcast_at)
    return since + timedelta(seconds=terms.bump_seconds) <= now


def _dearer(chain: Chain, terms: Terms, last: Attempt, now: datetime) -> Unsigned | None:
    """Return what the stored bytes say, with higher fees; None if the cap leaves no room.

    The root was recomputed when it was first signed, and those bytes may still be mined: to sign it
    again promises nothing new.
    """
    former = fees.Offer(max_fee=int(last.max_fee), max_tip=int(last.max_tip))
    cost = chain.fees()
    offered = fees.replacement(former, base=cost.base, tip=cost.tip, cap=terms.fee_cap)
    if offered is None:
        if attempts.is_due(last, now):
            log.warning("nonce %d waits: %s allows no higher offer", last.nonce, terms.fee_cap_name)
        return None
    # It imports eth_account, which takes a second, and most turns bump nothing.
    from blockchain.chains import raw  # noqa: PLC0415

    stored = raw.read(bytes(last.raw))
    wanted = (chain.number, last.nonce)
    if last.batch is not None and (stored.to, stored.data) != (
        last.batch.registry,
        bytes(last.batch.root),
    ):
        raise ValueError(f"{last} does not anchor the root of {last.batch}")
    if (stored.chain_id, stored.nonce) != wanted:
        raise ValueError(f"{last} is not the transaction that its row says")
    return replace(stored, max_fee=offered.max_fee, max_tip=offered.max_tip)
