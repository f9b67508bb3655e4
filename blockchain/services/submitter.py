"""The account that submits: its row, and what may keep it from submitting."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from blockchain import chains
from blockchain.chains.interface import ABOUT_A_BLOCK, ABOUT_AN_ANCHOR, Chain, EvmSigner
from blockchain.models import Sender

# What only `follow`, or a person, finds to be over: `broadcast` does not ask those questions.
FINAL_REPLACED = "a final block was replaced: see manage.py retry_batch"
DISAGREEMENTS = (ABOUT_A_BLOCK, ABOUT_AN_ANCHOR)
HELD = (FINAL_REPLACED, ABOUT_AN_ANCHOR)

log = logging.getLogger(__name__)


class NoSubmitter(Exception):  # noqa: N818 - it says what is missing
    """This process was given no key to submit with, and needs one."""


def submitter_account() -> str:
    """Return the CAIP-10 account that submits our roots, e.g. "eip155:1:0x…".

    A process without the key (the web) names the account that was used last on this chain.

    Raises:
        NoSubmitter: there is no key here, and nobody has submitted on this chain yet.
    """
    chain, signer = chains.get_chain(), chains.get_signer()
    if signer is not None:
        return f"{chain.id}:{signer.address}"
    last = Sender.objects.filter(chain=chain.id).order_by("-first_used_at", "-id").first()
    if last is None:
        raise NoSubmitter(f"Set SUBMITTER_KEY: nobody has submitted on {chain.id} yet.")
    return last.account


def require_signer() -> EvmSigner:
    """Return the signer of this process.

    Raises:
        NoSubmitter: it was given no key.
    """
    signer = chains.get_signer()
    if signer is None:
        raise NoSubmitter("Set SUBMITTER_KEY or SUBMITTER_KEY_FILE: 64 hexadecimal digits.")
    return signer


def register(*, chain: Chain, signer: EvmSigner, now: datetime) -> Sender:
    """Return the row of the signer on this chain, made at its first use."""
    sender, _made = Sender.objects.get_or_create(
        chain=chain.id, address=signer.address, defaults={"first_used_at": now}
    )
    return sender


def lease(sender: Sender) -> None:
    """Wait for, and hold until the end of the transaction, the right to choose a nonce."""
    Sender.objects.select_for_update().get(pk=sender.pk)


def pause(sender: Sender, reason: str, now: datetime) -> None:
    """Note why the sender submits nothing, or, with an empty reason, that it does again."""
    if sender.paused == reason:
        return
    with transaction.atomic():
        lease(sender)
        sender.paused = reason
        sender.paused_at = now if reason else None
        sender.save(update_fields=["paused", "paused_at"])
    if reason:
        log.error("submitter %s is paused: %s", sender.account, reason)
    else:
        log.warning("submitter %s submits again", sender.account)


def hold(*, chain: str, reason: str, now: datetime) -> None:
    """Pause every submitter of a chain, the replaced ones too; the graver reason stays."""
    for sender in Sender.objects.filter(chain=chain).exclude(paused=FINAL_REPLACED):
        pause(sender, reason, now)


def release(*, chain: str, reasons: Sequence[str], now: datetime) -> None:
    """Let those go on that were held for one of `reasons`, which is over."""
    for sender in Sender.objects.filter(chain=chain, paused__in=reasons):
        pause(sender, "", now)
