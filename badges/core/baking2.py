"""Bake an Open Badges 2.0 assertion into a PNG or an SVG, and take one out of anybody's image.

openbadges-bakery writes, as the rest of the 2.0 world does; what it leaves open is closed around
it. Before: images are bounded and must be what they seem, older badges are taken out, text that
XML cannot hold is escaped or refused. After: the result is read back, by our own reader, and must
give what was put in. Its own reader is not used: it cannot read language tags nor compressed text,
loses part of some texts, and of a hosted badge in an SVG returns only the address.

Source: Open Badges Baking Specification 2.0; openbadges-bakery 2.0.0.
"""

import io
import re

from openbadges_bakery import png_bakery, svg_bakery  # type: ignore[import-untyped] # it has none

from badges.core import baking, svg
from badges.core.baking import MAX_TEXT_BYTES, BakingError, NoBadge

_KEYWORDS = (b"openbadges", b"openbadgecredential")
_TEXT_CHUNKS = (b"iTXt", b"tEXt", b"zTXt")
_HOSTED = re.compile(r"\s*\{")


def bake(image: bytes, assertion: str) -> bytes:
    """Return the image with `assertion` in it, and with no other badge of either edition.

    Args:
        image: a PNG or an SVG, within the bounds of `baking` and `markup`.
        assertion: the hosted Assertion as JSON, or the signed one as a compact JWS; at most
            MAX_TEXT_BYTES in UTF-8.

    Raises:
        BakingError: the image is neither, is damaged or too large, or the text cannot be put into
            it.

    Source: Open Badges Baking Specification 2.0, "Baking" of PNGs and of SVGs.
    """
    text = _require_text(assertion)
    is_png = image.startswith(b"\x89PNG")
    source = io.BytesIO(_without_badges(image) if is_png else _plain_svg(image))
    target = io.BytesIO()
    try:
        (png_bakery if is_png else svg_bakery).bake(source, text, target)
    except Exception as error:
        # It raises whatever its parsers do, and says which in none of its documentation.
        raise BakingError(f"The image cannot be baked: {type(error).__name__}.") from error
    baked = target.getvalue()
    if unbake(baked) != text:
        raise BakingError("The image does not give back what was baked into it.")
    return baked


def unbake(image: bytes) -> str:
    """Return the Open Badges 2.0 assertion that an image of anybody's holds.

    Args:
        image: a PNG or an SVG, within the bounds of `baking` and `markup`.

    Returns:
        A compact JWS, the JSON of a hosted Assertion, or its address where there is nothing else.
        An address is not yet known to be one: it is whatever the image says.

    Raises:
        BakingError: the image is neither, is damaged or too large, or holds no assertion.

    Source: Open Badges Baking Specification 2.0, "Extracting".
    """
    return _unbake_png(image) if image.startswith(b"\x89PNG") else _unbake_svg(image)


def _unbake_png(image: bytes) -> str:
    """Return the text of the first chunk, an iTXt one rather than the tEXt of earlier years."""
    found: dict[bytes, str] = {}
    source = memoryview(image)
    for kind, start, end in baking.chunks(source):
        keyword, separator, fields = bytes(source[start + 8 : end - 4]).partition(b"\0")
        if kind in (b"iTXt", b"tEXt") and separator and keyword == _KEYWORDS[0]:
            found.setdefault(kind, baking.read_text(fields) if kind == b"iTXt" else _latin(fields))
    text = found.get(b"iTXt", found.get(b"tEXt", "")).strip()
    if not text:
        raise NoBadge("The PNG holds no Open Badges 2.0 assertion.")
    return text


def _unbake_svg(image: bytes) -> str:
    for badge in svg.badges(image):
        if badge.name == svg.ASSERTION:
            verify = (badge.verify or "").strip()
            is_signed = svg.COMPACT_JWS.fullmatch(verify)
            text = verify if is_signed or not badge.body else badge.body
            if text:
                return text
    raise NoBadge("The SVG holds no Open Badges 2.0 assertion.")


def _without_badges(image: bytes) -> bytes:
    """Leave out every chunk that is a badge, of either edition."""
    source = memoryview(image)
    pieces: list[bytes | memoryview] = [source[:8]]
    for kind, start, end in baking.chunks(source):
        keyword = bytes(source[start + 8 : start + 8 + 20]).partition(b"\0")[0]
        if kind not in _TEXT_CHUNKS or keyword not in _KEYWORDS:
            pieces.append(source[start:end])
    return b"".join(pieces)


def _plain_svg(image: bytes) -> bytes:
    """Return the SVG without badges, if openbadges-bakery finds its root."""
    plain = svg.without_badges(image)
    if not re.search(rb"<svg[\s/>]", plain):
        raise BakingError("The root of the SVG has a prefix: write it <svg>.")
    return plain


def _require_text(assertion: str) -> str:
    """Return the text as both formats can hold it.

    Raises:
        BakingError: it is neither a JSON object nor a compact JWS, is too large, or holds what
            cannot be written.
    """
    if not _HOSTED.match(assertion) and not svg.COMPACT_JWS.fullmatch(assertion):
        raise BakingError("The assertion is neither a JSON object nor a compact JWS.")
    text = svg.writable_json(assertion).strip()
    if len(text.encode()) > MAX_TEXT_BYTES:
        raise BakingError(f"The assertion is larger than {MAX_TEXT_BYTES // 1_000_000} MB.")
    return text


def _latin(text: bytes) -> str:
    """Read the text of a tEXt chunk, Latin-1 by the standard and bounded by the image."""
    if len(text) > MAX_TEXT_BYTES:
        raise BakingError(f"The badge in the PNG is larger than {MAX_TEXT_BYTES // 1_000_000} MB.")
    return text.decode("latin-1")
