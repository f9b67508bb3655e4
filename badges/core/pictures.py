"""The picture of a badge as its issuer uploads it: bounded, whole, and nothing but a picture.

No pixel is changed, and none is decoded into a colour: what is kept of a PNG is its header, its
palette, its pixels and what says how they look, chunk by chunk. Text, times, animations and
whatever stands after the end is left out, so that a file cannot be a picture to one program and
something else to another.

Source: PNG (W3C, third edition) sections 5, 7.2, 8.1, 10 and 11; SVG 2 (W3C) section 12.3.
"""

import struct
import zlib
from base64 import b64encode
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from badges.core import baking, markup
from badges.core.baking import BakingError
from badges.core.sanitising import XLINK

MAX_BYTES = 2_000_000
# What a browser holds of it in memory, four times over: twice the largest badge that is printed.
MAX_PIXELS = 4_000_000

# Critical chunks, and those without which the same pixels would look otherwise.
_KEPT = frozenset({
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB",
    b"cICP", b"pHYs", b"bKGD",
})  # fmt: skip
# Samples in a pixel, and how many bits a sample may have, by colour type (PNG table 11.1).
_COLOURS = {
    0: (1, (1, 2, 4, 8, 16)),
    2: (3, (8, 16)),
    3: (1, (1, 2, 4, 8)),
    4: (2, (8, 16)),
    6: (4, (8, 16)),
}
# Where each of the seven passes of an interlaced image starts, and how far it steps (table 8.1).
_PASSES = (
    *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2)),
    (0, 1, 1, 2),
)


class PictureError(ValueError):
    """The picture cannot be taken; the message says why."""


@dataclass(frozen=True, slots=True)
class _Header:
    width: int
    height: int
    bits: int
    interlaced: bool

    def size(self) -> int:
        """Tell how many bytes the pixels take, each row behind its filter (PNG section 7.2)."""
        passes = _PASSES if self.interlaced else ((0, 0, 1, 1),)
        total = 0
        for left, top, across, down in passes:
            columns = max(0, -(-(self.width - left) // across))
            rows = max(0, -(-(self.height - top) // down))
            total += rows * (1 + (columns * self.bits + 7) // 8) if columns else 0
        return total


def png(image: bytes) -> bytes:
    """Return an uploaded PNG with nothing in it but the picture.

    Args:
        image: anybody's, at most MAX_BYTES and MAX_PIXELS.

    Raises:
        PictureError: it is refused; the message says why.

    Source: PNG sections 5 and 11.
    """
    if len(image) > MAX_BYTES:
        raise PictureError(f"the image is larger than {MAX_BYTES // 1_000_000} MB")
    source, pieces, pixels = memoryview(image), [image[:8]], []
    try:
        for kind, start, end in baking.chunks(source):
            if zlib.crc32(source[start + 4 : end - 4]) != int.from_bytes(source[end - 4 : end]):
                raise PictureError("the PNG is damaged: the checksum of a part does not match")
            if kind == b"IHDR":
                header = _header(bytes(source[start + 8 : end - 4]))
            if kind == b"IDAT":
                pixels.append(bytes(source[start + 8 : end - 4]))
            if kind in _KEPT:
                pieces.append(image[start:end])
            elif kind[:1].isupper():
                raise PictureError("the PNG has a part that cannot be left out and is not known")
    except BakingError as error:
        raise PictureError(str(error)) from None
    _require_pixels(b"".join(pixels), header.size())
    return b"".join(pieces)


def size(image: bytes) -> tuple[int, int]:
    """Return width and height of a PNG that `png` returned."""
    header = _header(image[16:29])
    return header.width, header.height


def as_svg(image: bytes, *, title: str) -> bytes:
    """Return an SVG that shows a PNG, for who has no drawing of the badge.

    Args:
        image: a PNG that `png` returned.
        title: what it shows, for those who do not see it.

    Source: SVG 2 section 12.3.
    """
    width, height = size(image)
    # Programs older than SVG 2 know the address of an image only under this name.
    return (
        f'<svg xmlns="{markup.SVG}" xmlns:xlink="{XLINK}" viewBox="0 0 {width} {height}" role="img"'
        f" aria-label={quoteattr(title)}><title>{escape(title)}</title>"
        f'<image width="{width}" height="{height}"'
        f' xlink:href="data:image/png;base64,{b64encode(image).decode("ascii")}"/></svg>\n'
    ).encode()


def _header(data: bytes) -> _Header:
    if len(data) != 13:  # noqa: PLR2004 - the fields of PNG section 11.2.1
        raise PictureError("the PNG is damaged: its header has another size")
    width, height, depth, colour, *methods, interlacing = struct.unpack(">IIBBBBB", data)
    if not width or not height or width * height > MAX_PIXELS:
        raise PictureError(f"the image has more than {MAX_PIXELS // 1_000_000} million pixels")
    samples, depths = _COLOURS.get(colour, (0, ()))
    if depth not in depths or any(methods) or interlacing not in (0, 1):
        raise PictureError("the PNG is damaged: its header says what no PNG is")
    return _Header(width, height, samples * depth, interlacing == 1)


def _require_pixels(compressed: bytes, expected: int) -> None:
    """Return if the pixels are exactly those of the header, raise otherwise."""
    stream = zlib.decompressobj()
    try:
        found = len(stream.decompress(compressed, expected + 1))
    except zlib.error:
        found = -1
    if found != expected or not stream.eof or stream.unused_data:
        raise PictureError("the PNG is damaged: its pixels are not what its header says")
