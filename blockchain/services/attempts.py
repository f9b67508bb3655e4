"""Attempts: which nonce is free, how a transaction is signed and stored, how it is sent."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, QuerySet

from blockchain.chains.interface import Chain, EvmSigner, Unsigned
from blockchain.core import fees
from blockchain.models import Attempt, Batch, Sender, State
from blockchain.services import failpoints


def resend_after() -> timedelta:
    """Return after how long a transaction that no block took is sent again: nodes forget."""
    return timedelta(seconds=settings.ANCHOR_RESEND_SECONDS)


def of_batch(batch: Batch) -> QuerySet[Attempt]:
    """Return the attempts that compete for the batch's present nonce, oldest first."""
    current = Attempt.objects.filter(
        batch=batch, sender=F("batch__sender"), nonce=F("batch__nonce")
    )
    return current.order_by("id")


def without_batch(sender: Sender, chain_nonce: int) -> QuerySet[Attempt]:
    """Return what may still be mined and anchors nothing: fillers of gaps, a deployment."""
    pending = Attempt.objects.filter(sender=sender, nonce__gte=chain_nonce, batch__isnull=True)
    return pending.order_by("nonce", "id")


def held_nonces(sender: Sender, chain_nonce: int) -> set[int | None]:
    """Return the nonces from `chain_nonce` on that a transaction of ours will use or has used.

    A batch that failed is not among them: it is not sent again, should a reorganisation undo it.
    """
    held = Batch.objects.filter(sender=sender, nonce__gte=chain_nonce).exclude(state=State.FAILED)
    others = without_batch(sender, chain_nonce)
    return {*held.values_list("nonce", flat=True), *others.values_list("nonce", flat=True)}


def free_nonce(sender: Sender, chain_nonce: int) -> int:
    """Return the lowest nonce that neither the chain nor we have used, so that no gap opens."""
    used = held_nonces(sender, chain_nonce)
    failed = Batch.objects.filter(sender=sender, nonce__gte=chain_nonce, state=State.FAILED)
    used.update(failed.values_list("nonce", flat=True))
    nonce = chain_nonce
    while nonce in used:
        nonce += 1
    return nonce


def offer(chain: Chain, *, cap: int) -> fees.Offer | None:
    """Return what a new transaction offers now; None while gas costs more than `cap`, in wei."""
    cost = chain.fees()
    return fees.offer(base=cost.base, tip=cost.tip, cap=cap)


def is_due(attempt: Attempt, now: datetime) -> bool:
    """Say whether the bytes are to be sent, for the first time or once more."""
    return attempt.sent_at is None or attempt.sent_at + resend_after() <= now


def prepare(
    *, chain: Chain, nonce: int, to: str, data: bytes, gas: int, offered: fees.Offer
) -> Unsigned:
    """Return a transaction that pays what is offered."""
    return Unsigned(
        chain_id=chain.number,
        nonce=nonce,
        to=to,
        data=data,
        gas=gas,
        max_fee=offered.max_fee,
        max_tip=offered.max_tip,
    )


def store(
    *, unsigned: Unsigned, signer: EvmSigner, sender: Sender, batch: Batch | None, now: datetime
) -> Attempt:
    """Sign, and write the bytes down: under the lease of the sender, before anything is sent.

    After a failure that a reorganisation undid, a retried batch may be given its former nonce at
    the former price. The same bytes come out then, and are written down already.
    """
    signed = signer.sign(unsigned)
    attempt, made = Attempt.objects.get_or_create(
        transaction=signed.hash,
        defaults={
            "sender": sender,
            "batch": batch,
            "nonce": unsigned.nonce,
            "raw": signed.raw,
            "max_fee": unsigned.max_fee,
            "max_tip": unsigned.max_tip,
            "signed_at": now,
        },
    )
    if not made:
        attempt.sent_at = None
        attempt.save(update_fields=["sent_at"])
    return attempt


def send(*, chain: Chain, attempt: Attempt, now: datetime) -> None:
    """Send the stored bytes. What the node answers is noted for people, and decides nothing.

    Raises:
        Unavailable: no node took them, or none said so.
    """
    failpoints.reach("send: not sent")
    answer = chain.send(bytes(attempt.raw))
    failpoints.reach("send: sent")
    Attempt.objects.filter(pk=attempt.pk).update(
        sent_at=now, sends=F("sends") + 1, answer=answer[:200]
    )
    failpoints.reach("send: noted")
