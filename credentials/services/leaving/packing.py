"""Pack: everything of one organisation, as it was at one instant, into one file.

The database is read in one transaction that sees nothing of what others write meanwhile. What is
about people leaves encrypted as it lies here, with their data keys; and the whole is sealed under
a passphrase, unless somebody asks for it in clear.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from django.conf import settings

from blockchain import selectors as witnessed
from blockchain import services as anchoring
from blockchain.core import manifest as batch_manifests
from credentials.core.archive import keys, values
from credentials.core.archive import manifest as manifests
from credentials.core.archive.values import Kind
from credentials.selectors import leaving
from credentials.selectors.audit import snapshot
from credentials.services.leaving.writing import Writer
from issuers import scope
from issuers import selectors as parties

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from issuers import models as issuers

# As it is exported from the console (docs/trail.md), and kept where it arrives as it is.
TRAIL = "trail.ndjson"
PEOPLE, ORGANISATIONS = "people.ndjson", "organisations.ndjson"
BATCHES, COMMITMENTS = "anchoring/batches.ndjson", "anchoring/commitments.ndjson"
Report: TypeAlias = "Callable[[int, int], None]"
# How often it is told how far the work is, in rows.
PIECE = 200
# The columns of a batch and of an attempt that are not written as they are.
BATCH_KINDS = {
    **dict.fromkeys(
        ("submitter_since", "signed_at", "broadcast_at", "mined_at", "confirmed_at"), Kind.INSTANT
    ),
    "gas_price": Kind.DECIMAL,
}
ATTEMPT_KINDS = {
    "raw": Kind.BYTES,
    "max_fee": Kind.DECIMAL,
    "max_tip": Kind.DECIMAL,
    "signed_at": Kind.INSTANT,
    "sent_at": Kind.INSTANT,
}


@dataclass(frozen=True, slots=True)
class Packed:
    """What was packed.

    Attributes:
        manifest: of the archive.
        waiting: leaves whose batch is not final yet: they will be anchored anew.
    """

    manifest: manifests.Manifest
    waiting: int


class _Packing:
    """One export; a class because its steps share what was named on the way."""

    def __init__(self, issuer: issuers.Issuer, writer: Writer, report: Report) -> None:
        self.issuer, self.writer, self.report = issuer, writer, report
        self.done, self.of = 0, leaving.count_rows(issuer=issuer)
        self.named = leaving.Named()
        self.batches: set[int] = set()
        self.waiting = 0

    def run(self, *, with_keys: bool) -> None:
        own = leaving.table_of(leaving.ISSUER)
        self.writer.table(own.member, [leaving.row_of(issuer=self.issuer)])
        for table in leaving.tables():
            if table.label in leaving.KEYS_ONLY and not with_keys:
                continue
            rows = leaving.rows_of(table=table, issuer=self.issuer, named=self.named)
            self.writer.table(table.member, self._counted(rows))
        self.writer.table(TRAIL, parties.export_trail(issuer=self.issuer))
        self.writer.table(PEOPLE, leaving.people_of(named=self.named))
        self.writer.table(ORGANISATIONS, leaving.organisations_of(named=self.named))
        self.writer.table(COMMITMENTS, self._commitments())
        self.writer.table(BATCHES, map(self._batch, sorted(self.batches)))
        for pk in sorted(self.batches):
            for data in _contents(pk):
                self.writer.file(manifest_member(batch_manifests.name(data)), data)

    def _counted(self, rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for row in rows:
            self.done += 1
            if self.done % PIECE == 0:
                self.report(self.done, self.of)
            yield row

    def _commitments(self) -> Iterator[dict[str, Any]]:
        for leaves in leaving.leaves_of(issuer=self.issuer):
            for each in witnessed.placed(leaves):
                if each.batch_id is None:
                    self.waiting += 1
                else:
                    self.batches.add(each.batch_id)
                yield {
                    "leaf": each.leaf.hex(),
                    "chain": each.chain,
                    "signer": each.signer,
                    "committed_at": values.encode(Kind.INSTANT, each.committed_at),
                    "root": each.root.hex() if each.root else None,
                    "leaf_index": each.leaf_index,
                }

    def _batch(self, pk: int) -> dict[str, Any]:
        row = witnessed.packed(batch_id=pk)
        sealed, final = (batch_manifests.name(data) for data in _contents(pk))
        return {
            **{name: _as_json(BATCH_KINDS, name, value) for name, value in row.items()},
            "manifest": sealed,
            "final_manifest": final,
            "attempts": [
                {name: _as_json(ATTEMPT_KINDS, name, value) for name, value in each.items()}
                for each in row["attempts"]
            ],
        }


def pack(
    *,
    issuer: issuers.Issuer,
    path: Path,
    passphrase: str | None,
    with_keys: bool = False,
    now: datetime,
    report: Report = lambda _done, _of: None,
) -> Packed:
    """Write everything of an organisation into one file.

    Args:
        issuer: Whose.
        path: Of the file; what is there under that name is replaced, once the new one is whole.
        passphrase: Seals it. None writes it in clear, with the names and addresses of learners.
        with_keys: Whether the private halves of its signing keys go with it; never in clear.
        now: The instant of the export.
        report: Told how many rows are written, and of how many.

    Raises:
        ValueError: keys were asked for in clear.
        PassphraseError: the passphrase is too short or too long.
        KeysNotHere: this process may not read the private keys.
        EnvelopeError: a data key cannot be opened.
        KeyServiceUnavailable: the service that opens data keys does not answer.
        OSError: the file cannot be written.
    """
    if with_keys and passphrase is None:
        raise ValueError("private keys leave only under a passphrase")
    derivation = None if passphrase is None else keys.Derivation(secrets.token_bytes(16))
    transfer = None
    if passphrase is not None and derivation is not None:
        transfer = keys.transfer_key(passphrase, derivation)
    manifest = manifests.Manifest(
        archive=secrets.token_hex(16),
        made_at=now,
        came_from=settings.PUBLIC_URL,
        organisation={"uuid": str(issuer.uuid), "slug": issuer.slug, "did": issuer.did},
        with_keys=with_keys,
        derivation=derivation,
    )
    with (
        Writer(path, manifest, transfer) as writer,
        snapshot.taken("default"),
        scope.inside(issuer),
    ):
        packing = _Packing(issuer, writer, report)
        packing.run(with_keys=with_keys)
        return Packed(writer.finish(leaving.schema()), packing.waiting)


def manifest_member(name: str) -> str:
    """Return where the manifest of a batch lies in an archive."""
    return f"anchoring/manifests/{name}.manifest"


def _contents(batch_id: int) -> tuple[bytes, bytes]:
    return (
        anchoring.manifest_content(batch_id=batch_id, final=False),
        anchoring.manifest_content(batch_id=batch_id, final=True),
    )


def _as_json(kinds: dict[str, Kind], name: str, value: Any) -> Any:
    return values.encode(kinds[name], value) if name in kinds else value
