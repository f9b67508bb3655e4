"""Put a credential into a PNG image (bake), and take it out again (unbake).

A PNG is a signature and a sequence of chunks; a baked one holds one more, `iTXt`, with the keyword
of the standard and the credential as its text. Nothing here decodes a pixel, so an image that is
enormous once decompressed costs no more than its bytes.

Source: Open Badges 3.0 section 5.3.1 (baking into PNG); PNG (W3C, third edition) sections 5.3 and
11.3.3.
"""

import struct
import zlib
from collections.abc import Iterator

# A badge image is some tens of kilobytes; photographs dressed up as badges reach a few megabytes.
MAX_IMAGE_BYTES = 10_000_000
# Four times the largest document that is read elsewhere: room for the endorsements of others.
MAX_TEXT_BYTES = 1_000_000

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"openbadgecredential"
_KEYWORD_V2 = b"openbadges"
_FRAME = 12  # length, type and CRC around the data of a chunk


class BakingError(ValueError):
    """The image or the text is not what can be baked, or read back."""


class NoBadge(BakingError):  # noqa: N818 - it says what is wrong
    """The image is sound, and holds no badge of the edition that was asked for."""


def bake_png(image: bytes, credential: str) -> bytes:
    """Return the PNG `image` with `credential` in it, and with no other badge.

    The pixels and every other chunk stay as they are, byte for byte. CRCs of the image are not
    computed again: an image is checked where it enters the system.

    Args:
        image: a PNG, at most MAX_IMAGE_BYTES.
        credential: the credential as JSON, or as a compact JWS; at most MAX_TEXT_BYTES in UTF-8.

    Raises:
        BakingError: the image is not a PNG, is damaged, or either is too large.

    Source: Open Badges 3.0 section 5.3.1.1.
    """
    text = _encode(credential)
    source = memoryview(image)
    pieces: list[bytes | memoryview] = [_SIGNATURE]
    kept_from = len(_SIGNATURE)
    for kind, start, end in chunks(source):
        if kind == b"IHDR":
            # Right after the header, so that a reader finds it without walking through the pixels.
            pieces += [source[kept_from:end], _chunk(b"iTXt", _KEYWORD + b"\0\0\0\0\0" + text)]
            kept_from = end
        elif _badge_keyword(kind, source[start:end]):
            pieces.append(source[kept_from:start])
            kept_from = end
        elif kind == b"IEND":
            pieces.append(source[kept_from:end])
    return b"".join(pieces)


def unbake_png(image: bytes) -> str:
    """Return the credential that the PNG `image` holds.

    The standard forbids compressing it; a compressed one is read all the same, within the bound.

    Args:
        image: a PNG of anybody's, at most MAX_IMAGE_BYTES.

    Raises:
        BakingError: the image is not a PNG, is truncated or damaged, is too large, or holds no
            credential.

    Source: Open Badges 3.0 section 5.3.1.2.
    """
    source = memoryview(image)
    found: str | None = None
    older = ""
    for kind, start, end in chunks(source):
        if zlib.crc32(source[start + 4 : end - 4]) != int.from_bytes(source[end - 4 : end]):
            raise BakingError("The PNG is damaged: the checksum of a part does not match.")
        keyword = _badge_keyword(kind, source[start:end])
        if keyword == _KEYWORD_V2:
            older = " It holds an Open Badges 2.0 assertion, which is another format."
        elif keyword == _KEYWORD and kind == b"iTXt" and found is None:
            found = read_text(bytes(source[start + 8 + len(_KEYWORD) + 1 : end - 4]))
    if found is None:
        raise NoBadge(f"The PNG holds no Open Badges 3.0 credential.{older}")
    return found


def chunks(image: memoryview) -> Iterator[tuple[bytes, int, int]]:
    """Walk over the chunks: the type, where the chunk starts, where it ends.

    Raises:
        BakingError: too large, not a PNG, or truncated.

    Source: PNG section 5.3.
    """
    if len(image) > MAX_IMAGE_BYTES:
        raise BakingError(f"The image is larger than {MAX_IMAGE_BYTES // 1_000_000} MB.")
    if bytes(image[: len(_SIGNATURE)]) != _SIGNATURE:
        raise BakingError("The image is not a PNG.")
    position, is_first = len(_SIGNATURE), True
    while True:
        if position + _FRAME > len(image):
            raise BakingError("The PNG is truncated: it stops before its end.")
        length, kind = struct.unpack_from(">I4s", image, position)
        end = position + _FRAME + length
        if end > len(image):
            raise BakingError("The PNG is truncated: it stops in the middle of a part.")
        if not kind.isalpha() or (kind == b"IHDR") is not is_first:
            raise BakingError("The PNG is damaged: its parts are not in order.")
        yield kind, position, end
        if kind == b"IEND":
            return
        position, is_first = end, False


def _chunk(kind: bytes, data: bytes) -> bytes:
    """Frame `data` as a chunk (PNG section 5.3)."""
    crc = zlib.crc32(data, zlib.crc32(kind))
    return b"".join((struct.pack(">I", len(data)), kind, data, struct.pack(">I", crc)))


def _badge_keyword(kind: bytes, chunk: memoryview) -> bytes | None:
    """Tell the keyword of a chunk that holds a badge, of this edition or of 2.0; else None."""
    if kind not in (b"iTXt", b"tEXt", b"zTXt"):
        return None
    keyword, separator, _ = bytes(chunk[8 : 8 + len(_KEYWORD) + 1]).partition(b"\0")
    return keyword if separator and keyword in (_KEYWORD, _KEYWORD_V2) else None


def _encode(credential: str) -> bytes:
    """Encode the text of a badge.

    Raises:
        BakingError: it is empty, too large, or cannot be the text of a chunk.
    """
    try:
        text = credential.encode()
    except UnicodeEncodeError as error:
        raise BakingError("The credential holds half a character.") from error
    if not text or b"\0" in text:
        raise BakingError("The credential is empty, or holds the character NUL.")
    if len(text) > MAX_TEXT_BYTES:
        raise BakingError(f"The credential is larger than {MAX_TEXT_BYTES // 1_000_000} MB.")
    return text


def read_text(fields: bytes) -> str:
    """Read what follows the keyword in an iTXt chunk (PNG section 11.3.3.4).

    Raises:
        BakingError: the fields are not those of an iTXt chunk, or the text is too large or not
            UTF-8.
    """
    damaged = BakingError("The PNG is damaged: the text of its badge cannot be read.")
    is_compressed, method = fields[:1], fields[1:2]
    parts = fields[2:].split(b"\0", 2)
    if len(parts) != 3 or is_compressed not in (b"\0", b"\1") or method != b"\0":  # noqa: PLR2004 - language, translated keyword, text
        raise damaged
    text = parts[2]
    if is_compressed == b"\1":
        stream = zlib.decompressobj()
        try:
            text = stream.decompress(text, MAX_TEXT_BYTES + 1)
        except zlib.error as error:
            raise damaged from error
        if not stream.eof and len(text) <= MAX_TEXT_BYTES:
            raise damaged
    if len(text) > MAX_TEXT_BYTES:
        raise BakingError(f"The badge in the PNG is larger than {MAX_TEXT_BYTES // 1_000_000} MB.")
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise damaged from error
