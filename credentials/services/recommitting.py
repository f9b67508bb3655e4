"""Recommit: promise again what a lost database had promised."""

import logging
from collections.abc import Iterator
from datetime import datetime
from itertools import chain, islice
from typing import Any

from blockchain import selectors as witnessed
from blockchain import services as anchoring
from blockchain.core.lanes import Lane
from credentials import models
from credentials.services import failpoints
from issuers import models as issuer_rows
from issuers import selectors as issuers

CHUNK = 5_000

log = logging.getLogger(__name__)
_Signed = tuple[bytes, int, datetime]  # leaf, issuer, when it was signed


def recommit(
    *, now: datetime, issuer: issuer_rows.Issuer | None = None, dry_run: bool = False
) -> int:
    """Commit the leaf of every document and statement to the lanes that do not know it.

    After `anchoring.rebuild`, for what waited for a batch when the database was lost. A leaf whose
    manifest is still missing would be anchored a second time, which harms nothing and costs little;
    rebuild from every manifest first all the same. Each takes the lanes that its issuer had when it
    was signed; what followed the installation then, and is on any lane, is left alone.

    Args:
        now: The instant from which they wait.
        issuer: Whose documents are looked at; those of all, if none is named.
        dry_run: Count only.

    Returns:
        How many leaves the witness did not know on some lane.
    """
    chosen = issuers.lanes_of_issuers()
    forgotten = 0
    for chunk in _chunks(issuer):
        lost = _lost(chunk, chosen)
        if lost and not dry_run:
            for lane in {lane: None for lanes in lost.values() for lane in lanes}:
                leaves = [leaf for leaf, lanes in lost.items() if lane in lanes]
                anchoring.commit(leaves=leaves, lanes=[lane], now=now)
            failpoints.reach("recommit: chunk committed")
        forgotten += len(lost)
    return forgotten


def _lost(
    chunk: list[_Signed], chosen: dict[int, list[issuers.ChosenLane]]
) -> dict[bytes, list[Lane]]:
    """Return the leaves that lack a lane, with those that they lack."""
    known, first = witnessed.lanes_of([leaf for leaf, _issuer, _at in chunk]), None
    asked = witnessed.configured_chains()
    lost = {}
    for leaf, issuer_id, signed_at in chunk:
        wanted = [
            Lane(each.chain, each.signer)
            for each in chosen.get(issuer_id, ())
            if each.holds_at(signed_at)
        ]
        if not wanted and leaf not in known:
            wanted = [first := first or anchoring.first_lane()]
        missing = [lane for lane in wanted if lane not in known.get(leaf, ())]
        for lane in missing:
            if lane.chain not in asked:
                log.warning("a leaf was promised to %s, which nobody here asks", lane)
        if missing := [lane for lane in missing if lane.chain in asked]:
            lost[leaf] = missing
    return lost


def _chunks(issuer: issuer_rows.Issuer | None) -> Iterator[list[_Signed]]:
    signed = {"state": "signed", "leaf__isnull": False}
    rows = chain.from_iterable(
        rows.order_by("id").values_list("leaf", "issuer_id", at).iterator(chunk_size=CHUNK)
        for at, rows in (
            ("signed_at", _rows_of(models.Credential, issuer).filter(**signed)),
            ("signed_at", _rows_of(models.Transcript, issuer).filter(**signed)),
            ("at", _rows_of(models.Statement, issuer)),
        )
    )
    found = ((bytes(leaf or b""), issuer_id, at) for leaf, issuer_id, at in rows if at is not None)
    while chunk := list(islice(found, CHUNK)):
        yield chunk


def _rows_of(model: Any, issuer: issuer_rows.Issuer | None) -> Any:
    # Across issuers: a worker keeps promises for them all.
    return model.objects.across_issuers() if issuer is None else model.objects.of(issuer)
