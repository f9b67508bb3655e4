"""Write an archive: one ZIP, a member at a time, of which only a piece is ever in memory."""

from __future__ import annotations

import json
import os
import secrets
import zipfile
import zlib
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Self

from credentials.core.archive import frames, keys
from credentials.core.archive import manifest as manifests

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

PIECE = 64 * 1024


class Writer:
    """An archive that is being written; it has its name only when it is whole.

    What is sealed is compressed first, as a gzip stream: sealed bytes cannot be.
    """

    def __init__(self, path: Path, manifest: manifests.Manifest, transfer: bytes | None) -> None:
        self._path, self._transfer, self._manifest = path, transfer, manifest
        self._temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        self._members: dict[str, manifests.Member] = {}
        # It may hold what nobody else should read, before anybody could change its rights.
        descriptor = os.open(self._temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(descriptor, "w+b")
        self._zip = zipfile.ZipFile(self._file, "w", allowZip64=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._file.close()
            self._temporary.unlink(missing_ok=True)

    def table(self, name: str, rows: Iterable[Mapping[str, Any]]) -> int:
        """Write a table, a line for each row; return how many there were."""
        count = 0

        def lines() -> Iterator[bytes]:
            nonlocal count
            for row in rows:
                count += 1
                yield json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

        written = self._write(name, lines())
        self._members[name] = replace(written, rows=count)
        return count

    def file(self, name: str, content: bytes) -> None:
        """Write a file as it is."""
        if name not in self._members:
            self._members[name] = self._write(name, [content])

    def finish(self, schema: Mapping[str, Any]) -> manifests.Manifest:
        """Write what tells of the rest, and give the archive its name."""
        finished = replace(self._manifest, members=self._members)
        text = json.dumps(schema, indent=1, ensure_ascii=False)
        self._zip.writestr(self._info(manifests.SCHEMA, zipfile.ZIP_DEFLATED), text)
        self._zip.writestr(
            self._info(manifests.NAME, zipfile.ZIP_DEFLATED),
            manifests.write(finished, transfer=self._transfer),
        )
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._temporary.replace(self._path)
        return finished

    def _write(self, name: str, chunks: Iterable[bytes]) -> manifests.Member:
        plain, stored, digest = 0, 0, sha256()

        def counted() -> Iterator[bytes]:
            nonlocal plain
            for chunk in chunks:
                plain += len(chunk)
                yield chunk

        method = zipfile.ZIP_STORED if self._transfer else zipfile.ZIP_DEFLATED
        info = self._info(self._manifest.stored_as(name), method)
        with self._zip.open(info, "w", force_zip64=True) as member:
            for chunk in self._sealed(name, counted()):
                member.write(chunk)
                digest.update(chunk)
                stored += len(chunk)
        return manifests.Member(rows=None, plain=plain, stored=stored, sha256=digest.hexdigest())

    def _sealed(self, name: str, chunks: Iterator[bytes]) -> Iterator[bytes]:
        if self._transfer is None:
            return chunks
        key = keys.member_key(self._transfer, archive=self._manifest.archive_bytes, member=name)
        return frames.seal(_compressed(chunks), key=key)

    def _info(self, name: str, method: int) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, self._manifest.made_at.timetuple()[:6])
        info.compress_type, info.external_attr = method, 0o600 << 16
        return info


def _compressed(chunks: Iterator[bytes]) -> Iterator[bytes]:
    squeeze = zlib.compressobj(level=1, wbits=31)
    for chunk in chunks:
        if piece := squeeze.compress(chunk):
            yield piece
    yield squeeze.flush()
