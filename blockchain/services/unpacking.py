"""Unpack: take in a batch that another installation sealed and anchored, with its proofs.

    manifest    the leaves, their order, the root, the place on the chain: believed because the one
                leads to the other, and held against the chain where it answers
    record      what it cost and which transactions were tried: told, and proves nothing

The batch is final, so nothing here will ever send for it. Its submitter's row says that it came
from elsewhere: what else that account does is not ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction

from blockchain import chains
from blockchain.chains.interface import Chain, Unavailable
from blockchain.core import anchor as anchors
from blockchain.core import manifest as manifests
from blockchain.core import merkle
from blockchain.models import Attempt, Batch, Sender, State
from blockchain.selectors import packing
from blockchain.services import placing


class Arrival(StrEnum):
    """What became of a batch."""

    TAKEN_IN = "taken in"
    KNOWN = "known"


class Refused(Exception):  # noqa: N818 - it says what happened
    """The batch cannot be taken in; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What was done with one batch.

    Attributes:
        arrival: taken in, or known already.
        is_witnessed: whether the chain holds it; False where nobody here asks that chain.
    """

    arrival: Arrival
    is_witnessed: bool


@transaction.atomic
def unpack(*, record: Mapping[str, Any], sealed: bytes, final: bytes, now: datetime) -> Unpacked:
    """Take in one batch.

    Args:
        record: what `selectors.packed` returned.
        sealed: its first manifest, written when it was sealed.
        final: its second one, which says where it is on the chain.
        now: the instant of its arrival.

    Raises:
        Refused: the manifests are not of one batch; the chain is asked here, and does not answer or
            does not hold it; or the rows that are here contradict it.
    """
    try:
        first, found = manifests.read(sealed), manifests.read(final)
    except manifests.ManifestError as error:
        raise Refused(f"a manifest cannot be read: {error}") from error
    anchor = found.anchor
    if anchor is None or first.anchor is not None:
        raise Refused("its manifests are not the one of its sealing and the one of its end")
    told = (record["chain"], record["signer"], record["root"])
    for each in (first, found):
        if (each.chain, each.signer, each.root.hex()) != told or each.leaves != found.leaves:
            raise Refused("its manifests are of another batch than its record")
    if anchor.registry not in anchors.REGISTRIES:
        raise Refused(f"{anchor.registry} is not the anchor registry")
    is_witnessed = _is_witnessed(found, anchor)
    known = Batch.objects.filter(root=found.root, chain=found.chain, signer=found.signer).first()
    if known is not None:
        return Unpacked(_the_same(known, anchor), is_witnessed)
    try:
        _create(record, found, anchor, (manifests.name(sealed), manifests.name(final)), now)
    except placing.Conflict as conflict:
        raise Refused(str(conflict)) from conflict
    return Unpacked(Arrival.TAKEN_IN, is_witnessed)


def _is_witnessed(found: manifests.Manifest, anchor: manifests.Anchor) -> bool:
    """Ask the chain, where it is one of the settings; of a chain that nobody asks nobody knows."""
    try:
        chain = chains.get_chain(found.chain)
    except chains.UnknownChain:
        return False
    try:
        chain.check()
        reached = chain.finalized().number
        if reached < anchor.block_number:
            raise Refused(f"{found.chain} is final to block {reached} here: wait until it is there")
        _require_held(chain, found, anchor)
    except Unavailable as error:
        raise Refused(f"{found.chain} does not answer now, and could not be asked") from error
    return True


def _require_held(chain: Chain, found: manifests.Manifest, anchor: manifests.Anchor) -> None:
    held = chain.anchor_of(
        registry=anchor.registry, submitter=anchor.submitter, root=found.root, tag="finalized"
    )
    if held is None or held.time != anchor.block_time:
        raise Refused(
            f"{found.chain} answers, and does not hold its root since {anchor.block_time}"
        )
    # A number that its submitter never used would stand in the way of the one who will use it.
    sent = chain.transaction(anchor.transaction)
    told = (anchor.submitter, anchor.nonce, anchor.block_hash)
    if sent is not None and (sent.sender, sent.nonce, sent.block_hash) != told:
        raise Refused(f"{found.chain} has its transaction otherwise than its manifest")
    ours = Sender.objects.filter(chain=found.chain, address=anchor.submitter, arrived_at=None)
    if sent is None and ours.exists():
        raise Refused(f"{found.chain} does not know its transaction, and its submitter works here")


def _the_same(known: Batch, anchor: manifests.Anchor) -> Arrival:
    """Return that it is here already, if it is here at the same place of the chain."""
    if known.state != State.FINALIZED:
        raise Refused(f"{known} is here and not final yet: come back when it is")
    ours = (known.transaction, known.block_number, known.block_hash, known.block_time)
    if ours != (anchor.transaction, anchor.block_number, anchor.block_hash, anchor.block_time):
        raise Refused(f"{known} is final here at another place of the chain")
    return Arrival.KNOWN


def _create(
    record: Mapping[str, Any],
    found: manifests.Manifest,
    anchor: manifests.Anchor,
    names: tuple[str, str],
    now: datetime,
) -> None:
    sender, _made = Sender.objects.get_or_create(
        chain=found.chain,
        address=anchor.submitter,
        defaults={"first_used_at": record["submitter_since"], "arrived_at": now},
    )
    taken = Batch.objects.filter(sender=sender, nonce=anchor.nonce).first()
    if taken is not None:
        raise Refused(f"nonce {anchor.nonce} of {sender} is that of {taken} here")
    if waiting := placing.waiting(manifest=found):
        raise Refused(f"{waiting} of its leaves wait for an anchor here")
    tried = [each["transaction"] for each in record["attempts"]]
    if anchor.transaction not in tried:
        raise Refused("its transaction is none of its attempts")
    if Attempt.objects.filter(transaction__in=tried).exists():
        raise Refused("one of its transactions is another batch's here")
    batch = Batch.objects.create(
        chain=found.chain,
        signer=found.signer,
        state=State.FINALIZED,
        root=found.root,
        tree_size=found.tree_size,
        levels=b"".join(merkle.build(found.leaves)),
        sender=sender,
        nonce=anchor.nonce,
        registry=anchor.registry,
        transaction=anchor.transaction,
        block_number=anchor.block_number,
        block_hash=anchor.block_hash,
        block_time=anchor.block_time,
        sealed_at=found.sealed_at,
        finalized_at=anchor.finalized_at,
        manifest=names[0],
        final_manifest=names[1],
        arrived_at=now,
        **{name: record[name] for name in (*packing.TIMES, *packing.AMOUNTS)},
    )
    placing.place(batch=batch, manifest=found)
    Attempt.objects.bulk_create(
        Attempt(sender=sender, batch=batch, **{name: each[name] for name in packing.ATTEMPT})
        for each in record["attempts"]
    )
