"""Read an archive that anybody may have made: bounded, member by member, each with its digest."""

from __future__ import annotations

import stat
import zipfile
import zlib
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NoReturn, Self

from credentials.core import canonical
from credentials.core.archive import frames, keys
from credentials.core.archive import manifest as manifests

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

PIECE = 64 * 1024
# Zeros pack a thousandfold; rows of ours about fivefold, status lists of nobody more.
MAX_RATIO = 300
# Below that, nobody is hurt.
SMALL = 1_000_000
# One batch of 65,536 leaves, with its header.
MAX_FILE = 4 * 1024 * 1024


class ArchiveRefused(Exception):  # noqa: N818 - it says what happened
    """The archive cannot be taken in, in words for whoever holds it; nothing was written."""


class Reader:
    """An archive that is being read. What it hands out is bounded, and checked when it ends."""

    def __init__(self, path: Path, passphrase: str | None) -> None:
        """Open it, read its manifest, and hold its directory against that.

        Raises:
            ArchiveRefused: it is not whole, or not ours, or the passphrase is another.
        """
        try:
            self._zip = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise ArchiveRefused(f"{path.name} is not a ZIP that can be read: {error}.") from error
        try:
            self._infos = self._directory()
            self.manifest = self._manifest()
            self._require_the_same_members()
            self._transfer = self._unlocked(passphrase)
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()

    def has(self, name: str) -> bool:
        """Say whether there is a member of that name."""
        return name in self.manifest.members

    def rows(self, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """Return the lines of a table with their numbers, from 1.

        Raises:
            ArchiveRefused: it is not there, damaged, or not what the manifest says.
        """
        member, number = self._member(name), 0
        for number, line in enumerate(self._lines(name), start=1):
            try:
                yield number, canonical.loads(line, limit=manifests.MAX_LINE)
            except canonical.MalformedDocument as error:
                raise ArchiveRefused(f"{name}, line {number}: {error}.") from error
        if number != member.rows:
            raise ArchiveRefused(
                f"{name} has {number} rows, and the manifest says {member.rows}: it is not whole."
            )

    def file(self, name: str) -> bytes:
        """Return a file that is small by nature.

        Raises:
            ArchiveRefused: as `rows`.
        """
        if self._member(name).plain > MAX_FILE:
            raise ArchiveRefused(f"{name} is larger than a file of its kind can be.")
        return b"".join(self._plain(name))

    def _directory(self) -> dict[str, zipfile.ZipInfo]:
        infos = self._zip.infolist()
        if len(infos) > manifests.MAX_MEMBERS:
            raise ArchiveRefused(f"It has more than {manifests.MAX_MEMBERS} members.")
        found: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            if info.filename in found:
                raise ArchiveRefused(f"{info.filename[:80]!r} is in it twice.")
            if info.is_dir() or stat.S_ISLNK(info.external_attr >> 16):
                raise ArchiveRefused(f"{info.filename[:80]!r} is a folder or a link, not a file.")
            if info.flag_bits & 1:
                raise ArchiveRefused(f"{info.filename[:80]!r} is encrypted by another program.")
            if info.file_size > SMALL and info.file_size > info.compress_size * MAX_RATIO:
                raise ArchiveRefused(
                    f"{info.filename[:80]!r} grows {info.file_size // max(info.compress_size, 1)}"
                    f" times when it is unpacked; {MAX_RATIO} times is the most that is read here."
                )
            found[info.filename] = info
        return found

    def _manifest(self) -> manifests.Manifest:
        if manifests.NAME not in self._infos:
            raise ArchiveRefused(f"It has no {manifests.NAME}: it is not an archive of ours.")
        content = b"".join(self._stored(manifests.NAME, manifests.MAX_BYTES))
        try:
            return manifests.read(canonical.loads(content, limit=manifests.MAX_BYTES))
        except manifests.NewerFormat as error:
            raise ArchiveRefused(f"{error}: take it in with a later version of Acquis.") from error
        except (manifests.ManifestError, canonical.MalformedDocument) as error:
            raise ArchiveRefused(f"{manifests.NAME}: {error}.") from error

    def _require_the_same_members(self) -> None:
        told = {self.manifest.stored_as(name): name for name in self.manifest.members}
        for stored, name in told.items():
            if stored not in self._infos:
                raise ArchiveRefused(f"{name} is missing.")
            if self._infos[stored].file_size != self.manifest.members[name].stored:
                raise ArchiveRefused(f"{name} is of another size than the manifest says.")
            member = self.manifest.members[name]
            if member.plain > SMALL and member.plain > member.stored * MAX_RATIO:
                raise ArchiveRefused(
                    f"{name} would grow more than {MAX_RATIO} times when it is unpacked."
                )
        strangers = self._infos.keys() - told.keys() - {manifests.NAME, manifests.SCHEMA}
        if strangers:
            raise ArchiveRefused(f"The manifest does not name {min(strangers)[:80]!r}.")

    def _unlocked(self, passphrase: str | None) -> bytes | None:
        derivation = self.manifest.derivation
        if derivation is None:
            return None
        if passphrase is None:
            raise ArchiveRefused("It is sealed: give the passphrase that it was made with.")
        try:
            transfer = keys.transfer_key(passphrase, derivation)
        except keys.PassphraseError as error:
            raise ArchiveRefused(f"The passphrase does not open it: {error}.") from error
        if not manifests.is_authentic(self.manifest, transfer=transfer):
            raise ArchiveRefused(
                "The passphrase does not open it, or its manifest was changed since it was made."
            )
        return transfer

    def _member(self, name: str) -> manifests.Member:
        if name not in self.manifest.members:
            raise ArchiveRefused(f"{name} is missing.")
        return self.manifest.members[name]

    def _lines(self, name: str) -> Iterator[bytes]:
        held = bytearray()
        for chunk in self._plain(name):
            first, *others = chunk.split(b"\n")
            held += first
            if len(held) > manifests.MAX_LINE:
                raise ArchiveRefused(f"{name}: a line is longer than {manifests.MAX_LINE} bytes.")
            for each in others:
                yield bytes(held)
                held = bytearray(each)
        if held:
            raise ArchiveRefused(f"{name} ends in the middle of a line.")

    def _plain(self, name: str) -> Iterator[bytes]:
        """Return a member as it was before it was sealed, never more than the manifest says."""
        member, seen = self._member(name), 0
        stored = self._checked(name)
        if self._transfer is not None:
            key = keys.member_key(self._transfer, archive=self.manifest.archive_bytes, member=name)
            stored = _expanded(name, frames.unseal(stored, key=key))
        try:
            for chunk in stored:
                seen += len(chunk)
                if seen > member.plain:
                    _another_size(name)
                yield chunk
        except frames.FrameError as error:
            raise ArchiveRefused(f"{name}: {error}.") from error
        if seen != member.plain:
            _another_size(name)

    def _checked(self, name: str) -> Iterator[bytes]:
        member, digest = self._member(name), sha256()
        for chunk in self._stored(self.manifest.stored_as(name), member.stored):
            digest.update(chunk)
            yield chunk
        if digest.hexdigest() != member.sha256:
            raise ArchiveRefused(f"{name} is not what was written: its SHA-256 is another.")

    def _stored(self, stored: str, limit: int) -> Iterator[bytes]:
        seen = 0
        try:
            with self._zip.open(self._infos[stored]) as file:
                while chunk := file.read(PIECE):
                    seen += len(chunk)
                    if seen > limit:
                        _another_size(stored)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise ArchiveRefused(f"{stored} is damaged: {error}.") from error


def _expanded(name: str, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack a gzip stream, a piece at a time, whatever it would grow to."""
    expand = zlib.decompressobj(wbits=31)
    try:
        for chunk in chunks:
            rest = chunk
            while rest:
                if piece := expand.decompress(rest, PIECE):
                    yield piece
                rest = expand.unconsumed_tail
                if expand.unused_data:
                    raise ArchiveRefused(f"{name}: something follows its end.")
    except zlib.error as error:
        raise ArchiveRefused(f"{name} cannot be unpacked: {error}.") from error
    while piece := expand.decompress(b"", PIECE):
        yield piece
    if not expand.eof:
        raise ArchiveRefused(f"{name} was cut short.")


def _another_size(name: str) -> NoReturn:
    raise ArchiveRefused(f"{name} is of another size than the manifest says.")
