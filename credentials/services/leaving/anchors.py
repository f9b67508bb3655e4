"""The anchoring in an archive: batches with their manifests, and where each leaf is in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from blockchain import selectors as witnessed
from blockchain import services as anchoring
from credentials.core.archive import values
from credentials.services.leaving.packing import (
    ATTEMPT_KINDS,
    BATCH_KINDS,
    BATCHES,
    COMMITMENTS,
    manifest_member,
)
from credentials.services.leaving.reading import ArchiveRefused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from credentials.core.archive.values import Kind
    from credentials.services.leaving.reading import Reader

RECORD = {
    "chain", "signer", "root", "manifest", "final_manifest", "submitter_since", "signed_at",
    "broadcast_at", "mined_at", "confirmed_at", "gas_used", "gas_price", "reorganisations",
    "attempts",
}  # fmt: skip
ATTEMPT = {
    "nonce", "raw", "transaction", "max_fee", "max_tip", "signed_at", "sent_at", "sends", "answer",
}  # fmt: skip
PIECE = 500
SUFFIX = ".manifest"
_LEAF = re.compile(r"[0-9a-f]{64}").fullmatch
PLACE = {"leaf", "chain", "signer", "committed_at", "root", "leaf_index"}


@dataclass(slots=True)
class Counts:
    """What became of the batches, and which files came with them."""

    taken_in: int = 0
    known: int = 0
    witnessed: int = 0
    manifests: set[str] = field(default_factory=set)


def take_in(reader: Reader, *, now: datetime) -> Counts:
    """Take in every batch of an archive, and hold the places of its leaves against them.

    Raises:
        ArchiveRefused: a batch does not hold, or a leaf is not where the archive says.
    """
    counts, named = Counts(), set[str]()
    for number, row in reader.rows(BATCHES):
        where = f"{BATCHES}, line {number}"
        record = _record(where, row)
        try:
            done = anchoring.unpack(
                record=record,
                sealed=reader.file(manifest_member(record["manifest"])),
                final=reader.file(manifest_member(record["final_manifest"])),
                now=now,
            )
        except anchoring.Refused as refused:
            raise ArchiveRefused(f"{where}: {refused}.") from refused
        named |= {record["manifest"], record["final_manifest"]}
        if done.arrival is anchoring.Arrival.TAKEN_IN:
            counts.manifests |= {record["manifest"], record["final_manifest"]}
        counts.taken_in += done.arrival is anchoring.Arrival.TAKEN_IN
        counts.known += done.arrival is anchoring.Arrival.KNOWN
        counts.witnessed += done.is_witnessed
    for name in reader.manifest.members:
        # The folder of manifests is believed when a database was lost: nothing gets there unread.
        if name.endswith(SUFFIX) and _digest(name) not in named:
            raise ArchiveRefused(f"{name} is of no batch.")
    places = reader.rows(COMMITMENTS)
    while piece := list(islice(places, PIECE)):
        _require_places(piece)
    return counts


def keep_manifests(reader: Reader, counts: Counts) -> None:
    """Put the manifests of the batches that were taken in beside ours.

    Raises:
        OSError: one cannot be written.
    """
    for name in sorted(counts.manifests):
        anchoring.keep_manifest(reader.file(manifest_member(name)))


def _digest(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(SUFFIX)


def _record(where: str, row: Mapping[str, Any]) -> dict[str, Any]:
    record = _read(where, row, RECORD, BATCH_KINDS)
    for name in ("chain", "signer", "root", "manifest", "final_manifest"):
        if not isinstance(record[name], str) or len(record[name]) > 64:  # noqa: PLR2004 - a digest
            raise ArchiveRefused(f"{where}: {name} must be a short text.")
    for name in ("gas_used", "reorganisations"):
        _require_count(where, name, record[name])
    attempts = record["attempts"]
    if not isinstance(attempts, list) or not all(isinstance(each, dict) for each in attempts):
        raise ArchiveRefused(f"{where}: attempts must be a list of objects.")
    record["attempts"] = [_read(where, each, ATTEMPT, ATTEMPT_KINDS) for each in attempts]
    for each in record["attempts"]:
        _require_count(where, "nonce", each["nonce"])
        _require_count(where, "sends", each["sends"])
        if not isinstance(each["transaction"], str) or not isinstance(each["answer"], str):
            raise ArchiveRefused(f"{where}: transaction and answer must be texts.")
        each["answer"] = each["answer"][:200]
    return record


def _read(
    where: str, row: Mapping[str, Any], names: set[str], kinds: Mapping[str, Kind]
) -> dict[str, Any]:
    if row.keys() != names:
        raise ArchiveRefused(f"{where}: it must have {', '.join(sorted(names))}.")
    try:
        return {
            name: values.decode(kinds[name], value) if name in kinds else value
            for name, value in row.items()
        }
    except values.ValueRefused as error:
        raise ArchiveRefused(f"{where}: {error}.") from error


def _require_count(where: str, name: str, value: object) -> None:
    if value is None and name == "gas_used":
        return
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise ArchiveRefused(f"{where}: {name} must be a whole number.")


def _require_places(piece: list[tuple[int, dict[str, Any]]]) -> None:
    """Hold where the archive says its leaves are against where they are now."""
    told: dict[tuple[str, str, str], tuple[int, str, int]] = {}
    for number, row in piece:
        where = f"{COMMITMENTS}, line {number}"
        if row.keys() != PLACE or not isinstance(row["leaf"], str) or not _LEAF(row["leaf"]):
            raise ArchiveRefused(f"{where}: it must have {', '.join(sorted(PLACE))}.")
        if row["root"] is not None:
            lane = (row["leaf"], str(row["chain"]), str(row["signer"]))
            told[lane] = (number, str(row["root"]), row["leaf_index"])
    here = {
        (each.leaf.hex(), each.chain, each.signer): (each.root.hex(), each.leaf_index)
        for each in witnessed.placed([bytes.fromhex(leaf) for leaf, _chain, _signer in told])
        if each.root is not None
    }
    for lane, (number, root, index) in told.items():
        if here.get(lane) != (root, index):
            raise ArchiveRefused(
                f"{COMMITMENTS}, line {number}: the leaf is not at that place of that batch."
            )
