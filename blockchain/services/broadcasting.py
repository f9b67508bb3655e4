"""Broadcast: sign a root, write the signed bytes down, then send them.

The order is the invariant: nothing is sent that was not stored first, in the database and in a
manifest beside it. A worker that dies at any point leaves bytes that the next one sends again, and
a node that already has them says so.

Nonces are handed out from the chain's own upwards, without gaps. If one opens all the same, the
next sealed batch takes it, or a transaction that does nothing.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction

from blockchain import chains
from blockchain.chains import registry as anchor_registry
from blockchain.chains.interface import Chain, Disagreement, EvmSigner, WrongChain
from blockchain.core import anchor, merkle
from blockchain.core.fees import Offer
from blockchain.core.lanes import Lane
from blockchain.core.terms import Terms
from blockchain.models import IN_FLIGHT, Attempt, Batch, Sender, State
from blockchain.services import (
    attempts,
    batches,
    bumping,
    failpoints,
    manifests,
    rounds,
    submitter,
)

# An anchor takes about 45,800 gas. A fixed limit needs no estimate, which a node could get wrong.
GAS_LIMIT = 80_000
# What a transaction without data takes (Ethereum yellow paper, appendix G: Gtransaction).
FILLER_GAS = 21_000
# Few enough that one transaction which is stuck holds up little.
MAX_IN_FLIGHT = 4

log = logging.getLogger(__name__)


class StoredTreeDamagedError(Exception):
    """The leaves of a batch are not those that were sealed: it must never be signed."""


@dataclass(frozen=True, slots=True)
class _Desk:
    """Who signs in one lane: the key, and the row that leases it."""

    lane: Lane
    chain: Chain
    signer: EvmSigner
    sender: Sender


def broadcast(*, now: datetime, chain: str = "") -> int:
    """Sign and store what is sealed, send what is stored; return how many batches moved.

    Any number of workers may broadcast at once: a nonce is chosen and a batch signed under the lock
    of the sender's row, and sending the same bytes twice is harmless. No chain waits for another,
    and on a chain no lane for another.

    Args:
        now: The instant that is noted.
        chain: Only this one; empty for all.

    Raises:
        NoSubmitter: this process was given no key for a lane that has work.
        Unavailable: a chain could not be asked; what is stored will be sent next time.
    """
    return rounds.each({each: partial(_broadcast, each, now) for each in rounds.asked(chain)})


def _broadcast(name: str, now: datetime) -> int:
    """Do one round on one chain."""
    paused = list(Sender.objects.filter(chain=name).exclude(paused=""))
    lanes = _lanes_with_work(name, paused)
    if not lanes or any(sender.paused in submitter.HELD for sender in paused):
        return 0
    chain, terms = chains.get_chain(name), chains.terms_of(name)
    reason = _obstacle(chain)
    if reason:
        return rounds.each({str(lane): partial(_pause, lane, reason, now) for lane in lanes})
    offered = attempts.offer(chain, cap=terms.fee_cap)
    if offered is None:
        reason = f"gas costs more than {terms.fee_cap_name} allows ({terms.fee_cap_gwei:g})"
        work = {str(lane): partial(_pause, lane, reason, now) for lane in lanes}
    else:
        desk = partial(_serve, chain=chain, terms=terms, offered=offered, now=now)
        work = {str(lane): partial(desk, lane) for lane in lanes}
    # What was signed before stays below the cap for ever, and is sent on.
    return rounds.each({**work, f"{name}, sending": partial(_send_stored, chain, now)})


def _lanes_with_work(chain: str, paused: Sequence[Sender]) -> list[Lane]:
    """Return the lanes where something is to be sent, or a submitter waits to be told to go on."""
    busy = Batch.objects.filter(chain=chain, state__in=(State.SEALED, *IN_FLIGHT))
    signers = set(busy.values_list("signer", flat=True).distinct())
    for sender in paused:
        lane = Lane(chain, sender.signer)
        signer = None if lane.signer in signers else chains.get_signer(lane)
        if signer is not None and signer.address == sender.address:
            signers.add(lane.signer)
    return sorted(Lane(chain, signer) for signer in signers)


def _pause(lane: Lane, reason: str, now: datetime) -> int:
    signer = submitter.require_signer(lane)
    submitter.pause(submitter.register(lane=lane, signer=signer, now=now), reason, now)
    return 0


def _serve(lane: Lane, *, chain: Chain, terms: Terms, offered: Offer, now: datetime) -> int:
    """Sign what one lane has to sign; return how many batches moved."""
    signer = submitter.require_signer(lane)
    sender = submitter.register(lane=lane, signer=signer, now=now)
    if chain.balance(sender.address) < GAS_LIMIT * offered.max_fee:
        submitter.pause(sender, "the balance does not pay for one transaction", now)
        return 0
    submitter.pause(sender, "", now)
    desk = _Desk(lane, chain, signer, sender)
    moved = _sign_sealed(desk, offered, now)
    _fill_gap(desk, offered, now)
    bumping.bump(chain=chain, terms=terms, signer=signer, sender=sender, now=now)
    return moved


def _obstacle(chain: Chain) -> str:
    """Return what is wrong with the chain, so that nothing may be submitted; empty if nothing."""
    try:
        chain.check()
    except (WrongChain, Disagreement) as error:
        return str(error)
    code = chain.code(anchor.REGISTRY)
    if not code:
        return "there is no registry on this chain: run manage.py deploy_registry"
    if code != anchor_registry.artefact().runtime:
        return "the code at the address of the registry is not the registry's"
    return ""


# -- Sign ------------------------------------------------------------------------------------------


def _sign_sealed(desk: _Desk, offered: Offer, now: datetime) -> int:
    moved = 0
    sealed = Batch.objects.filter(
        chain=desk.lane.chain, signer=desk.lane.signer, state=State.SEALED
    )
    for batch in sealed.order_by("id"):
        if _is_full(desk.sender, desk.chain.nonce(desk.sender.address, "latest")):
            break
        try:
            moved += _sign(desk, batch, offered, now)
        except batches.Overtaken as overtaken:
            log.info("%s", overtaken)
        except StoredTreeDamagedError as error:
            moved += _refuse(batch, str(error), now)
    return moved


def _sign(desk: _Desk, batch: Batch, offered: Offer, now: datetime) -> int:
    """Sign one batch and write the bytes down, in one transaction; nothing is sent here."""
    chain, sender, registry = desk.chain, desk.sender, anchor.REGISTRY
    anchored = chain.anchor_of(
        registry=registry, submitter=sender.address, root=bytes(batch.root), tag="latest"
    )
    if anchored is not None:
        return batches.adopt(
            chain=chain, batch=batch, sender=sender, registry=registry, anchored=anchored, now=now
        )
    chain_nonce = chain.nonce(sender.address, "latest")
    failpoints.reach("sign: nothing written")
    with transaction.atomic():
        submitter.lease(sender)
        if _is_full(sender, chain_nonce):
            return 0
        _recompute(batch)
        if not manifests.secure(batch=batch):
            return 0  # before a nonce is taken: a batch that must wait holds up no other
        unsigned = attempts.prepare(
            chain=chain,
            nonce=attempts.free_nonce(sender, chain_nonce),
            to=registry,
            data=bytes(batch.root),
            gas=GAS_LIMIT,
            offered=offered,
        )
        attempts.store(unsigned=unsigned, signer=desk.signer, sender=sender, batch=batch, now=now)
        failpoints.reach("sign: attempt written")
        batches.move(
            batch,
            State.SIGNED,
            f"nonce {unsigned.nonce}",
            sender=sender,
            nonce=unsigned.nonce,
            registry=registry,
            signed_at=now,
        )
    failpoints.reach("sign: committed")
    return 1


def _refuse(batch: Batch, reason: str, now: datetime) -> int:
    """Set a batch aside for a person to look at; the others go on."""
    log.error("batch %s is refused: %s", bytes(batch.root).hex()[:12], reason)
    try:
        batches.move(batch, State.FAILED, reason, failed_at=now, failure=reason)
    except batches.Overtaken:
        return 0
    return 1


def _is_full(sender: Sender, chain_nonce: int) -> bool:
    """Say whether enough is in flight; a gap lets one more through, which then closes it."""
    in_flight = Batch.objects.filter(sender=sender, state__in=IN_FLIGHT).count()
    return in_flight >= MAX_IN_FLIGHT and not _has_gap(sender, chain_nonce)


def _has_gap(sender: Sender, chain_nonce: int) -> bool:
    """Say whether what is in flight waits for a nonce that nobody is about to use.

    Somebody else used it once, so we went on with the next; then a reorganisation took that
    transaction away for good.
    """
    waiting = Batch.objects.filter(sender=sender, state__in=IN_FLIGHT, nonce__gt=chain_nonce)
    return waiting.exists() and chain_nonce not in attempts.held_nonces(sender, chain_nonce)


def _fill_gap(desk: _Desk, offered: Offer, now: datetime) -> None:
    """Sign a transaction that does nothing for a nonce that no sealed batch can take."""
    chain, sender = desk.chain, desk.sender
    chain_nonce = chain.nonce(sender.address, "latest")
    if not _has_gap(sender, chain_nonce):
        return
    with transaction.atomic():
        submitter.lease(sender)
        if not _has_gap(sender, chain_nonce):
            return
        log.warning("submitter %s: filling the gap at nonce %d", sender.account, chain_nonce)
        unsigned = attempts.prepare(
            chain=chain,
            nonce=chain_nonce,
            to=sender.address,
            data=b"",
            gas=FILLER_GAS,
            offered=offered,
        )
        attempts.store(unsigned=unsigned, signer=desk.signer, sender=sender, batch=None, now=now)
        failpoints.reach("fill: attempt written")


def _recompute(batch: Batch) -> None:
    """Compute the root again, by other code, from the leaves as they are stored now.

    What is anchored cannot be taken back. A flipped bit, a lost row or a fault in the tree's own
    code would anchor a root from which nobody could ever prove anything.
    """
    try:
        leaves = batches.leaves_of(batch)
    except batches.LeavesMissing as error:
        raise StoredTreeDamagedError(str(error)) from None
    size = merkle.HASH_SIZE
    each = (leaves[at : at + size] for at in range(0, len(leaves), size))
    if merkle.recompute(each) != bytes(batch.root):
        raise StoredTreeDamagedError("its stored leaves lead to another root")
    if b"".join(merkle.build(leaves)) != bytes(batch.levels):
        raise StoredTreeDamagedError("its stored tree is not that of its leaves")


# -- Send ------------------------------------------------------------------------------------------


def _send_stored(chain: Chain, now: datetime) -> int:
    """Send what was not sent yet or may have been forgotten, in the order of the nonces.

    Bytes that are signed need no key: those of a submitter that was replaced are sent as well.
    """
    moved = 0
    for sender in Sender.objects.filter(chain=chain.id, batches__state__in=IN_FLIGHT).distinct():
        chain_nonce = chain.nonce(sender.address, "latest")
        fillers = {each.nonce: each for each in attempts.without_batch(sender, chain_nonce)}
        for filler in fillers.values():  # the last for each nonce
            _send_if_due(chain, filler, now)
        for batch in Batch.objects.filter(sender=sender, state__in=IN_FLIGHT).order_by("nonce"):
            attempt = attempts.of_batch(batch).last()
            # Asked again at a first send: hours may lie between it and the signature.
            if attempt is None or (not attempt.sends and not manifests.secure(batch=batch)):
                continue
            if _send_if_due(chain, attempt, now):
                moved += _note_broadcast(batch, attempt, now)
    return moved


def _send_if_due(chain: Chain, attempt: Attempt, now: datetime) -> bool:
    if not attempts.is_due(attempt, now):
        return False
    attempts.send(chain=chain, attempt=attempt, now=now)
    return True


def _note_broadcast(batch: Batch, attempt: Attempt, now: datetime) -> int:
    if batch.state != State.SIGNED:
        return 0
    try:
        batches.move(batch, State.BROADCAST, attempt.transaction, broadcast_at=now)
    except batches.Overtaken:
        return 0
    return 1
