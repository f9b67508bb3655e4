"""Rebuild: give a database back the batches and proofs that it lost, from the manifests.

    scan       every file is read strictly; a damaged one is named and left aside
    restore    one transaction per batch: its row, its tree, its leaves at their places
    witness    what the chain still says, when it answers: transaction, gas, the signed bytes

A manifest is believed about leaves and order, because they lead to its root. What it says about the
chain is compared with the chain where that can be asked. A batch that was not final, or whose
anchor cannot be found, comes back as `sealed`: the broadcaster then adopts its anchor from the
registry, or anchors it again.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.db import transaction

from blockchain import chains
from blockchain.chains.interface import Chain, Unavailable
from blockchain.core import anchor as anchors
from blockchain.core import manifest as manifests
from blockchain.core import merkle
from blockchain.core.lanes import Lane
from blockchain.models import Attempt, Batch, Sender, State
from blockchain.services import batches, placing
from blockchain.services.manifests import SUFFIX
from blockchain.services.placing import Conflict

log = logging.getLogger(__name__)


class Outcome(StrEnum):
    """What became of one manifest, or pair of manifests."""

    UNCHANGED = "unchanged"  # the database had all of it
    COMPLETED = "completed"  # the batch was there, and lacked something
    REBUILT = "rebuilt"  # the batch was gone
    REFUSED = "refused"  # the file or the database must be looked at


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was done for one batch, or why nothing could be.

    Attributes:
        outcome: See there.
        subject: The root in hexadecimal, or the file's name.
        tree_size: How many leaves it has; 0 for a file that cannot be read.
        state: The state of the batch now.
        note: What a person should know; empty if there is nothing.
    """

    outcome: Outcome
    subject: str
    tree_size: int = 0
    state: str = ""
    note: str = ""


@dataclass(slots=True)
class _Files:
    sealed_at: datetime
    sealed: Path | None = None
    final: Path | None = None
    finalized_at: datetime | None = None


def rebuild(*, source: Path, now: datetime, dry_run: bool = False) -> Iterator[Rebuilt]:
    """Rebuild from every manifest below `source` what the database lacks.

    It may be run as often as you like, and again when the chain answers. Stop the workers first:
    they would seal leaves that a manifest knows to be sealed already.

    Args:
        source: MANIFEST_DIR, or a copy of it.
        now: The instant at which an anchor is seen that the database does not know.
        dry_run: Roll every transaction back.

    Yields:
        One line per batch in the order of sealing, after one per file that cannot be read.
    """
    files: dict[tuple[Lane, bytes], _Files] = {}
    for path in sorted(source.rglob("*" + SUFFIX)):
        try:
            found = _read(path)
        except (OSError, manifests.ManifestError) as error:
            yield Rebuilt(Outcome.REFUSED, path.name, note=str(error))
            continue
        lane = Lane(found.chain, found.signer)
        pair = files.setdefault((lane, found.root), _Files(found.sealed_at))
        if found.anchor is None:
            pair.sealed = path
        # A batch whose final block was replaced became final twice: the last time counts.
        elif pair.finalized_at is None or pair.finalized_at < found.anchor.finalized_at:
            pair.final, pair.finalized_at = path, found.anchor.finalized_at
    reached = {name: _reachable(name) for name in {lane.chain for lane, _root in files}}
    for (lane, root), pair in sorted(
        files.items(), key=lambda each: (each[1].sealed_at, each[0][1], each[0][0])
    ):
        yield _restore(root, pair, reached[lane.chain], now, dry_run=dry_run)


def _read(path: Path) -> manifests.Manifest:
    with path.open("rb") as file:
        data = file.read(manifests.MAX_BYTES + 1)
    if manifests.name(data) != path.name.removesuffix(SUFFIX):
        raise manifests.ManifestError("its bytes are not those it is named after")
    return manifests.read(data)


def _reachable(name: str) -> Chain | None:
    """Return the chain, if it is one of the settings and answers."""
    try:
        chain = chains.get_chain(name)
        chain.check()
    except Unavailable as error:
        log.warning("rebuilding without %s: %s", name, error)
        return None
    return chain


def _restore(
    root: bytes, files: _Files, chain: Chain | None, now: datetime, *, dry_run: bool
) -> Rebuilt:
    path = files.final or files.sealed
    assert path is not None  # noqa: S101 - a pair is made for a file
    subject = root.hex()
    try:
        found = _read(path)
        with transaction.atomic():
            done = _Restoration(found, files, chain, now).run()
            if dry_run:
                transaction.set_rollback(True)
    except (OSError, Conflict, Unavailable, manifests.ManifestError) as error:
        return Rebuilt(Outcome.REFUSED, subject, note=str(error))
    return done


class _Restoration:
    """One batch; a class because its steps share what was read."""

    def __init__(
        self, found: manifests.Manifest, files: _Files, chain: Chain | None, now: datetime
    ) -> None:
        self.found = found
        self.now = now
        self.names = {
            column: path.name.removesuffix(SUFFIX)
            for column, path in (("manifest", files.sealed), ("final_manifest", files.final))
            if path is not None
        }
        self.chain = chain
        self.lane = Lane(found.chain, found.signer)
        self.levels = b"".join(merkle.build(found.leaves))
        self.note = ""

    def run(self) -> Rebuilt:
        known = (
            Batch.objects.select_for_update()
            .filter(root=self.found.root, chain=self.lane.chain, signer=self.lane.signer)
            .first()
        )
        batch = known or self._create()
        changed = [
            known is not None and self._complete(known),
            placing.place(batch=batch, manifest=self.found),
            self._ask(batch),
            self._try_again(batch),
        ]
        if known is None:
            outcome = Outcome.REBUILT
        else:
            outcome = Outcome.COMPLETED if any(changed) else Outcome.UNCHANGED
        return Rebuilt(outcome, self.found.root.hex(), self.found.tree_size, batch.state, self.note)

    # -- the row -----------------------------------------------------------------------------------
    def _create(self) -> Batch:
        return Batch.objects.create(
            chain=self.lane.chain,
            signer=self.lane.signer,
            root=self.found.root,
            tree_size=self.found.tree_size,
            levels=self.levels,
            sealed_at=self.found.sealed_at,
            **self.names,
            **self._anchored(),
        )

    def _anchored(self) -> dict[str, Any]:
        """Return the columns of a final batch; none where that is not known, or not true."""
        found = self.found.anchor
        if found is None:
            return {}
        if found.registry not in anchors.REGISTRIES:
            raise Conflict(f"{found.registry} is not the anchor registry")
        if self._is_missing(found):
            self.note = "the chain does not hold its anchor: it will be anchored again"
            return {}
        sender, _made = Sender.objects.get_or_create(
            chain=self.found.chain,
            address=found.submitter,
            defaults={"first_used_at": self.found.sealed_at, "signer": self.lane.signer},
        )
        if Batch.objects.filter(sender=sender, nonce=found.nonce).exists():
            self.note = f"nonce {found.nonce} is another batch's: the broadcaster will adopt it"
            return {}
        return {
            "state": State.FINALIZED,
            "sender": sender,
            "nonce": found.nonce,
            "registry": found.registry,
            "transaction": found.transaction,
            "block_number": found.block_number,
            "block_hash": found.block_hash,
            "block_time": found.block_time,
            "finalized_at": found.finalized_at,
        }

    def _is_missing(self, found: manifests.Anchor) -> bool:
        """Say whether the chain can be asked and knows nothing of the anchor."""
        if self.chain is None or self.chain.finalized().number < found.block_number:
            return False
        held = self.chain.anchor_of(
            registry=found.registry,
            submitter=found.submitter,
            root=self.found.root,
            tag="finalized",
        )
        return held is None or held.time != found.block_time

    def _complete(self, batch: Batch) -> bool:
        """Mend the row of a batch that is there; what the chain says of it is for `follow`."""
        found = self.found.anchor
        if batch.tree_size != self.found.tree_size:
            raise Conflict(f"{batch} is of another size than the manifest says")
        if found is not None and batch.state == State.FINALIZED:
            ours = (batch.transaction, batch.block_number, batch.block_hash, batch.block_time)
            theirs = (found.transaction, found.block_number, found.block_hash, found.block_time)
            if ours != theirs:
                raise Conflict(f"{batch} is final at another place than the manifest says")
        # A batch that is not final (any more) will note its own end, at another instant.
        changes: dict[str, Any] = {
            column: name
            for column, name in self.names.items()
            if getattr(batch, column) != name
            and (column == "manifest" or batch.state == State.FINALIZED)
        }
        if bytes(batch.levels) != self.levels:
            changes["levels"] = self.levels
        return bool(changes) and bool(Batch.objects.filter(pk=batch.pk).update(**changes))

    def _try_again(self, batch: Batch) -> bool:
        """Queue a batch again that was refused for the damage that is mended now."""
        if batch.state != State.FAILED or batch.nonce is not None:
            return False
        batches.move(batch, State.SEALED, "rebuilt from its manifest", failed_at=None, failure="")
        return True

    # -- the chain ---------------------------------------------------------------------------------
    def _ask(self, batch: Batch) -> bool:
        """Learn from the chain what a manifest does not tell; return whether something was."""
        if batch.transaction and Attempt.objects.filter(transaction=batch.transaction).exists():
            return False
        if batch.state not in (State.SEALED, State.FINALIZED):
            return False  # `follow` looks after it
        if self.chain is None:
            self.note = self.note or "the chain was not asked: run it again when it answers"
            return False
        if batch.state == State.FINALIZED:
            return self._remember(self.chain, batch)
        return not self.note and self._adopt(self.chain, batch)

    def _remember(self, chain: Chain, batch: Batch) -> bool:
        receipt = chain.receipt(batch.transaction)
        known = chain.transaction(batch.transaction)
        if receipt is None or known is None or batch.sender is None:
            self.note = "the node does not know its transaction: gas and bytes are missing"
            return False
        batches._remember(batch, batch.sender, known, self.found.sealed_at)  # noqa: SLF001
        Batch.objects.filter(pk=batch.pk).update(
            gas_used=receipt.gas_used, gas_price=receipt.gas_price
        )
        return True

    def _adopt(self, chain: Chain, batch: Batch) -> bool:
        """Find the anchor of a batch that was not final under one of our accounts."""
        for sender in self._senders(chain):
            anchored = chain.anchor_of(
                registry=anchors.REGISTRY,
                submitter=sender.address,
                root=self.found.root,
                tag="latest",
            )
            if anchored is None:
                continue
            try:
                return batches.adopt(
                    chain=chain,
                    batch=batch,
                    sender=sender,
                    registry=anchors.REGISTRY,
                    anchored=anchored,
                    now=self.now,
                )
            except batches.Overtaken as overtaken:
                self.note = str(overtaken)
        return False

    def _senders(self, chain: Chain) -> list[Sender]:
        signer = chains.get_signer(self.lane)
        if signer is not None:
            Sender.objects.get_or_create(
                chain=chain.id,
                address=signer.address,
                defaults={"first_used_at": self.found.sealed_at, "signer": self.lane.signer},
            )
        return list(Sender.objects.filter(chain=chain.id).order_by("id"))
