"""Manifests: every batch is written to a file of its own, before the chain hears of its root.

    secure          the one door for the broadcaster: no file, no sending
    write_missing   the alarm clock's: what is sealed, and what became final meanwhile
    write_lost      after files were lost: every row is held against the disk

Files lie in MANIFEST_DIR under two digits of their name, `ab/ab12….manifest`. A file is written
whole under another name, forced to the disk and renamed, and its folder is forced too; then the row
notes the name. A worker that dies in between leaves a file that the next one finds to be right.
Nothing is ever changed or removed: back the folder up by copying what is new.
"""

import contextlib
import logging
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from blockchain.core import manifest as manifests
from blockchain.models import WITHOUT_MANIFEST, Batch, State
from blockchain.services import batches, failpoints

SUFFIX = ".manifest"

log = logging.getLogger(__name__)


def folder() -> Path:
    """Return the folder of the manifests, MANIFEST_DIR."""
    return Path(settings.MANIFEST_DIR)


def path_of(name: str) -> Path:
    """Return where the manifest of that name lies; 256 folders keep each of them small."""
    return folder() / name[:2] / (name + SUFFIX)


def secure(*, batch: Batch) -> bool:
    """See to it that the manifest of a sealed batch is on the disk.

    The broadcaster asks before every send: what is sent can no more be taken back, and from then on
    the batch must be provable even if the database is lost.

    Returns:
        Whether it is there. If not, the log has an alarm, and nothing may be sent.
    """
    try:
        if not batch.manifest or not path_of(batch.manifest).is_file():
            _write(batch, final=False)
    except (OSError, ValueError) as error:
        log.error("batch %s must wait: its manifest cannot be written: %s", _short(batch), error)  # noqa: TRY400 - the trace says nothing more
        return False
    return True


def write_missing() -> int:
    """Write the manifests that rows lack: of batches that were sealed, or became final.

    Returns:
        How many files were written. One that cannot be written is an alarm in the log, and holds up
        no other.
    """
    return _write_each(Batch.objects.filter(WITHOUT_MANIFEST).order_by("id").iterator(), lost=False)


def write_lost() -> int:
    """Hold every row against the disk, and write again what is missing there; return how many.

    For an operator, after files were lost: `write_missing` believes the rows.
    """
    return _write_each(Batch.objects.order_by("id").iterator(), lost=True)


def content(*, batch_id: int, final: bool) -> bytes:
    """Return a manifest of a batch as it lies on the disk; written anew where it is damaged.

    Raises:
        ValueError: its rows do not give it.
    """
    batch = Batch.objects.select_related("sender").get(pk=batch_id)
    name = batch.final_manifest if final else batch.manifest
    if name and _is_whole(name):
        return path_of(name).read_bytes()
    return manifests.write(_manifest(batch, final=final))


def keep(data: bytes) -> str:
    """Put a manifest on the disk, and return its name; what is there already stays.

    Raises:
        OSError: it cannot be written.
    """
    name = manifests.name(data)
    _put(name, data)
    return name


def _write_each(batches: Iterator[Batch], *, lost: bool) -> int:
    written = 0
    for batch in batches:
        for final in (False, True):
            if not _is_due(batch, final=final, lost=lost):
                continue
            try:
                _write(batch, final=final)
            except (OSError, ValueError) as error:
                log.error("the manifest of batch %s cannot be written: %s", _short(batch), error)  # noqa: TRY400 - as above
                continue
            written += 1
    return written


def _is_due(batch: Batch, *, final: bool, lost: bool) -> bool:
    if final and batch.state != State.FINALIZED:
        return False
    known = batch.final_manifest if final else batch.manifest
    return not known or (lost and not _is_whole(known))


def _is_whole(name: str) -> bool:
    path = path_of(name)
    return path.is_file() and manifests.name(path.read_bytes()) == name


def _write(batch: Batch, *, final: bool) -> None:
    data = manifests.write(_manifest(batch, final=final))
    name = manifests.name(data)
    _put(name, data)
    failpoints.reach("manifest: written")
    column = "final_manifest" if final else "manifest"
    Batch.objects.filter(pk=batch.pk).update(**{column: name})
    setattr(batch, column, name)
    log.info("batch %s: %s %s", _short(batch), column.replace("_", " "), name[:12])


def _manifest(batch: Batch, *, final: bool) -> manifests.Manifest:
    return manifests.Manifest(
        chain=batch.chain,
        root=bytes(batch.root),
        leaves=batches.leaves_of(batch),
        sealed_at=batch.sealed_at,
        anchor=_anchor(batch) if final else None,
        signer=batch.signer,
    )


def _anchor(batch: Batch) -> manifests.Anchor:
    # What a constraint of the table says of a final batch, once more for whoever reads the types.
    if (
        batch.sender is None
        or batch.nonce is None
        or batch.block_number is None
        or batch.block_time is None
        or batch.finalized_at is None
    ):
        raise ValueError("it is final and does not say where it is")
    return manifests.Anchor(
        registry=batch.registry,
        submitter=batch.sender.address,
        nonce=batch.nonce,
        transaction=batch.transaction,
        block_number=batch.block_number,
        block_hash=batch.block_hash,
        block_time=batch.block_time,
        finalized_at=batch.finalized_at,
    )


def _put(name: str, data: bytes) -> None:
    """Write a file whole or not at all, so that neither a kill nor a power cut leaves half of it.

    What is there under the name already is right or was damaged; the same bytes mend it.
    """
    target = path_of(name)
    if _is_whole(name):
        return
    for made in (folder(), target.parent):
        made.mkdir(mode=0o750, parents=True, exist_ok=True)
    temporary = target.with_name(f".{name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o440)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    for changed in (target.parent, folder()):
        _force(changed)


def _force(directory: Path) -> None:
    """Force a folder's names to the disk: without it a power cut may take a new name away."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _short(batch: Batch) -> str:
    return bytes(batch.root).hex()[:12]
