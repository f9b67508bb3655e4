"""What is handed over to be verified together: an archive of files, several files, or a list.

All of it comes from anybody. Before anything of an archive is unpacked, its directory is read; what
is unpacked is counted as it comes, because a directory may lie. An archive within an archive is not
opened: it is one entry, which is refused as an archive is refused that stands alone.

Source: PKWARE APPNOTE 6.3.10 sections 4.3 and 4.4 (ZIP); RFC 4180 (CSV).
"""

import hashlib
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MAX_ENTRIES = 200
# All that is handed over, packed; and all of it unpacked.
MAX_BYTES = 10_000_000
MAX_UNPACKED = 30_000_000
# Badges are pictures and JSON: nothing that is honest shrinks further. Small files may.
MAX_RATIO = 100
RATIO_FROM = 100_000
# What a Mac adds is twice as much as there is; of more, the directory alone takes the memory.
MAX_DIRECTORY = 2_000
# A list with its headings and empty lines: what is read of more takes longer than a page may.
MAX_LINES = 2_000
MAX_NAME = 120
MAX_LINE = 4_000
_PIECE = 65_536
_ADDRESS = re.compile(r"https?://[\x21-\x7e]{1,1990}", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
_CELLS = re.compile(r"[,;\t|\"\s<>]+")
_LISTS = (".txt", ".csv", ".tsv", ".list")
_ARCHIVE = b"PK\x03\x04"
_IN_DIRECTORY = b"PK\x01\x02"
# How archives are packed by whatever makes them; the others may take memory as they like.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ODD = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
# What zipfile raises for an archive that is none, is protected, or is not whole.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError,
    ValueError, ArithmeticError, LookupError, struct.error,
)  # fmt: skip
# Of no use to anybody, and in every archive that a Mac makes.
_LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db")


class Unusable(ValueError):  # noqa: N818 - it says what is wrong
    """Nothing of it can be verified together.

    Attributes:
        reason: stable code, for translations.
    """

    def __init__(self, reason: str) -> None:
        """Keep the code."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to verify.

    Attributes:
        name: what whoever handed it over calls it; at most MAX_NAME characters.
        content: the file; empty where it is an address.
        address: of the badge; empty where it is a file.
    """

    name: str
    content: bytes = b""
    address: str = ""

    @property
    def digest(self) -> str:
        """Return SHA-256 of what was handed over, in hexadecimal."""
        return hashlib.sha256(self.content or self.address.encode()).hexdigest()


def entries(files: Sequence[tuple[str, bytes]], text: str, *, site: str) -> list[Entry]:
    """Return what there is to verify, in the order in which it came.

    Args:
        files: Name and bytes of each.
        text: Pasted: a link or a number of a badge on each line.
        site: Where a number is one of ours: the address of its page without it.

    Raises:
        Unusable: there is nothing, or too much, or an archive is not as it should be.
    """
    found: list[Entry] = []
    if sum(len(content) for _name, content in files) + len(text) > MAX_BYTES:
        raise Unusable("pile_too_large")
    for entry in _all(files, text, site):
        found.append(entry)
        if len(found) > MAX_ENTRIES:
            raise Unusable("pile_too_many")
    if not found:
        raise Unusable("pile_empty")
    return found


def _all(files: Sequence[tuple[str, bytes]], text: str, site: str) -> Iterator[Entry]:
    room = MAX_UNPACKED
    for name, content in files:
        if content.startswith(_ARCHIVE):
            for entry in _unpacked(content, room):
                room -= len(entry.content)
                yield entry
        elif name.lower().endswith(_LISTS) and content.lstrip()[:1] != b"{":
            yield from _listed(_decoded(content), site)
        elif content:
            yield Entry(_name(name), content)
    yield from _listed(text, site)


def _listed(text: str, site: str) -> Iterator[Entry]:
    """Yield what a list names: the first link or number on each line; others are headings."""
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        raise Unusable("pile_too_many")
    for line in lines:
        if len(line) > MAX_LINE:
            raise Unusable("pile_line_too_long")
        cells = _CELLS.split(line.strip())
        link = next((each for each in cells if _ADDRESS.fullmatch(each)), "")
        number = next((each for each in cells if _TOKEN.fullmatch(each)), "")
        if link or number:
            yield Entry(_name(link or number), address=link or f"{site}{number}")


def _unpacked(content: bytes, room: int) -> Iterator[Entry]:
    """Yield the files of an archive, and stop where it holds more than it says or than there is.

    Raises:
        Unusable: it is damaged, protected, or would become too large.
    """
    if content.count(_IN_DIRECTORY) > MAX_DIRECTORY:
        raise Unusable("pile_too_many")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [each for each in archive.infolist() if _is_file(each)]
            _require_modest(members, packed=len(content), room=room)
            for member in members:
                data = _read(archive, member, room)
                room -= len(data)
                yield Entry(_name(member.filename), data)
    except _DAMAGED as error:
        if isinstance(error, Unusable):
            raise
        raise Unusable("pile_damaged") from error


def _require_modest(members: Sequence[zipfile.ZipInfo], *, packed: int, room: int) -> None:
    if len(members) > MAX_ENTRIES:
        raise Unusable("pile_too_many")
    if any(each.flag_bits & 0x1 for each in members):
        raise Unusable("pile_protected")
    if any(each.compress_type not in _METHODS for each in members):
        raise Unusable("pile_damaged")
    size = sum(each.file_size for each in members)
    # Files that lie upon one another take more than there is.
    if size > room or sum(each.compress_size for each in members) > packed:
        raise Unusable("pile_too_large")
    if any(
        each.file_size > max(each.compress_size, 1) * MAX_RATIO and each.file_size > RATIO_FROM
        for each in members
    ):
        raise Unusable("pile_too_large")


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, room: int) -> bytes:
    """Read one file, counting: a directory may say less than there is."""
    pieces: list[bytes] = []
    size = 0
    with archive.open(member) as stream:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > min(room, member.file_size):
                raise Unusable("pile_too_large")
            pieces.append(piece)
    return b"".join(pieces)


def _is_file(member: zipfile.ZipInfo) -> bool:
    name = member.filename
    return not member.is_dir() and not any(each in name for each in _LITTER) and bool(name)


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unusable("pile_unreadable")


def _name(name: str) -> str:
    """Return a name that can be shown: without path tricks, controls and turned directions."""
    plain = _ODD.sub("", name).replace("\\", "/").strip("/ ")
    return plain[-MAX_NAME:] or "?"
