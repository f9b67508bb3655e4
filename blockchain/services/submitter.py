"""The account that submits: its row, and what may keep it from submitting."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from blockchain import chains
from blockchain.chains.interface import ABOUT_A_BLOCK, ABOUT_AN_ANCHOR, EvmSigner
from blockchain.core.lanes import Lane
from blockchain.models import Sender

# What only `follow`, or a person, finds to be over: `broadcast` does not ask those questions.
FINAL_REPLACED = "a final block was replaced: see manage.py retry_batch"
DISAGREEMENTS = (ABOUT_A_BLOCK, ABOUT_AN_ANCHOR)
HELD = (FINAL_REPLACED, ABOUT_AN_ANCHOR)

log = logging.getLogger(__name__)


class NoSubmitter(Exception):  # noqa: N818 - it says what is missing
    """This process was given no key to submit with, and needs one."""


def first_lane() -> Lane:
    """Return the lane of those who chose none: the account that all share on the first chain."""
    return Lane(chains.terms_of().chain)


def submitter_account(*, lane: Lane | None = None) -> str:
    """Return the CAIP-10 account that submits on a lane, e.g. "eip155:1:0x…"; else the first one's.

    A process without the key (the web) names the account that was used last there.

    Raises:
        NoSubmitter: there is no key here, and nobody has submitted there yet.
        Unavailable: the key service does not answer.
    """
    lane = lane or first_lane()
    signer = chains.get_signer(lane)
    if signer is not None:
        return f"{lane.chain}:{signer.address}"
    used = Sender.objects.filter(chain=lane.chain, signer=lane.signer, arrived_at=None)
    last = used.order_by("-first_used_at", "-id").first()
    if last is None:
        raise NoSubmitter(f"{_advice(lane)}: nobody has submitted on {lane} yet.")
    return last.account


def require_signer(lane: Lane | None = None) -> EvmSigner:
    """Return the signer of a lane; of the first one, if none is named.

    Raises:
        NoSubmitter: this process was given no key for it.
        Unavailable: the key service does not answer.
    """
    lane = lane or first_lane()
    signer = chains.get_signer(lane)
    if signer is None:
        raise NoSubmitter(f"{_advice(lane)}: it submits on {lane}.")
    return signer


def _advice(lane: Lane) -> str:
    name = lane.signer or chains.terms_of(lane.chain).signer
    if name:
        return f"Put the key {name} into SUBMITTERS_DIR"
    return "Set SUBMITTER_KEY or SUBMITTER_KEY_FILE (64 hexadecimal digits)"


def register(*, lane: Lane, signer: EvmSigner, now: datetime) -> Sender:
    """Return the row of the signer on the chain of a lane, made at its first use."""
    sender, _made = Sender.objects.get_or_create(
        chain=lane.chain,
        address=signer.address,
        defaults={"first_used_at": now, "signer": lane.signer},
    )
    if sender.signer != lane.signer or sender.arrived_at is not None:
        # The key was given another name, or became the shared one, or came here after what it had
        # anchored: the last use counts.
        sender.signer, sender.arrived_at = lane.signer, None
        sender.save(update_fields=["signer", "arrived_at"])
    return sender


def lease(sender: Sender) -> None:
    """Wait for, and hold until the end of the transaction, the right to choose a nonce."""
    Sender.objects.select_for_update().get(pk=sender.pk)


def pause(sender: Sender, reason: str, now: datetime) -> None:
    """Note why the sender submits nothing, or, with an empty reason, that it does again.

    By compare-and-set: whoever noted another reason meanwhile has seen something newer, and what is
    over for us may not end what they found.
    """
    if sender.paused != reason:
        _note(sender, Sender.objects.filter(pk=sender.pk, paused=sender.paused), reason, now)


def hold(*, chain: str, reason: str, now: datetime) -> None:
    """Pause every submitter of a chain, the replaced ones too; the graver reason stays."""
    for sender in Sender.objects.filter(chain=chain).exclude(paused=reason):
        held = Sender.objects.filter(pk=sender.pk).exclude(paused__in=(reason, FINAL_REPLACED))
        _note(sender, held, reason, now)


def release(*, chain: str, reasons: Sequence[str], now: datetime) -> None:
    """Let those go on that were held for one of `reasons`, which is over."""
    for sender in Sender.objects.filter(chain=chain, paused__in=reasons):
        pause(sender, "", now)


def _note(sender: Sender, still: QuerySet[Sender], reason: str, now: datetime) -> None:
    """Write the reason into the row if it is `still` among those that may get it."""
    if not still.update(paused=reason, paused_at=now if reason else None):
        return
    sender.paused, sender.paused_at = reason, now if reason else None
    if reason:
        log.error("submitter %s is paused: %s", sender.account, reason)
    else:
        log.warning("submitter %s submits again", sender.account)
