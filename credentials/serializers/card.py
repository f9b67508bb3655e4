"""The card: how a badge looks where its address is shared, 1200 by 630 pixels.

It names the badge and who issued it, and never the person: whoever shares it says whose it is. A
badge that does not stand says so.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from django.conf import settings
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Iterator

    from credentials.serializers.certificate import Certificate

WIDTH, HEIGHT = 1200, 630
_PAPER, _INK, _SOFT, _BAD = "#ffffff", "#15211d", "#4c5a54", "#9d1b1b"
_LEFT, _TEXT_WIDTH, _BADGE = 84, 660, 330

Face: TypeAlias = Literal["serif", "sans", "bold"]
# For each face, where a letter is looked for; the last are Debian's, for other scripts.
_FILES: dict[Face, tuple[str, ...]] = {
    "serif": ("source-serif-4-latin-600-normal.woff", "source-serif-4-latin-ext-600-normal.woff",
              "DejaVuSerif-Bold.ttf", "DejaVuSans-Bold.ttf"),
    "sans": ("manrope-latin-400-normal.woff", "manrope-latin-ext-400-normal.woff",
             "DejaVuSans.ttf"),
    "bold": ("manrope-latin-700-normal.woff", "manrope-latin-ext-700-normal.woff",
             "DejaVuSans-Bold.ttf"),
}  # fmt: skip
_DEBIAN = Path("/usr/share/fonts/truetype/dejavu")


def card(shown: Certificate, *, warning: str) -> bytes:
    """Draw the card of a badge as PNG.

    Args:
        shown: what paper shows of it.
        warning: why it is not to be relied upon, in the active language; empty where it is.
    """
    canvas = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(canvas)
    draw.rectangle((0, 0, 22, HEIGHT), fill=_BAD if warning else shown.colour)
    _badge(canvas, shown.image, grey=bool(warning))
    top = 96
    if shown.logo:
        top = _logo(canvas, shown.logo, top) + 28
    top = _lines(draw, shown.issuer, "bold", 30, top, most=1, colour=_SOFT)
    if shown.caution:
        top = _lines(draw, shown.caution, "sans", 20, top + 2, most=1, colour=_SOFT)
    top += 24
    size = 62 if len(shown.badge) <= 60 else 46  # noqa: PLR2004 - what fits in three lines
    top = _lines(draw, shown.badge, "serif", size, top, most=3, colour=_INK) + 30
    if warning:
        # In the place of the address, which nobody should follow to believe it.
        _lines(draw, warning, "bold", 38, min(top, HEIGHT - 110), most=2, colour=_BAD)
    else:
        host = shown.address.partition("://")[2].partition("/")[0]
        _lines(draw, host, "sans", 26, HEIGHT - 84, most=1, colour=_SOFT)
    stream = io.BytesIO()
    canvas.save(stream, "PNG", compress_level=6)
    return stream.getvalue()


def _badge(canvas: Image.Image, picture: bytes, *, grey: bool) -> None:
    with Image.open(io.BytesIO(picture)) as found:
        image = found.convert("RGBA")
    image.thumbnail((_BADGE, _BADGE), Image.Resampling.LANCZOS)
    if grey:
        image = Image.merge("RGBA", (*[image.convert("L")] * 3, image.getchannel("A")))
    place = (WIDTH - 90 - (_BADGE + image.width) // 2, (HEIGHT - image.height) // 2)
    canvas.paste(image, place, image)


def _logo(canvas: Image.Image, picture: bytes, top: int) -> int:
    with Image.open(io.BytesIO(picture)) as found:
        image = found.convert("RGBA")
    image.thumbnail((320, 84), Image.Resampling.LANCZOS)
    canvas.paste(image, (_LEFT, top), image)
    return top + image.height


def _lines(
    draw: ImageDraw.ImageDraw, text: str, face: Face, size: int, top: int, *, most: int, colour: str
) -> int:
    """Write a text in at most so many lines; return where the next thing may begin."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _width(longer, face, size) <= _TEXT_WIDTH:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    for line in lines:
        written = line
        while len(written) > 1 and _width(written, face, size) > _TEXT_WIDTH:
            written = written.rstrip("…")[:-1].rstrip() + "…"
        left = float(_LEFT)
        for font, run in _runs(written, face, size):
            # On one line whatever the font: the anchor is the base line.
            draw.text((left, top + size), run, font=font, fill=colour, anchor="ls")
            left += font.getlength(run)
        top += round(size * 1.22)
    return top


def _width(text: str, face: Face, size: int) -> float:
    return sum(font.getlength(run) for font, run in _runs(text, face, size))


def _runs(text: str, face: Face, size: int) -> Iterator[tuple[ImageFont.FreeTypeFont, str]]:
    """Part a text where another font is needed; what none has is left to the first."""
    fonts = _fonts(face)
    run, current = "", 0
    for letter in text:
        able = (at for at, (_file, letters) in enumerate(fonts) if ord(letter) in letters)
        found = next(able, 0)
        if run and found != current:
            yield _font(fonts[current][0], size), run
            run = ""
        run, current = run + letter, found
    if run:
        yield _font(fonts[current][0], size), run


@cache
def _fonts(face: Face) -> tuple[tuple[Path, frozenset[int]], ...]:
    """Return the files of a face that are here, and which letters each has."""
    ours = settings.BASE_DIR / "static" / "fonts"
    places = (ours / name if name.endswith(".woff") else _DEBIAN / name for name in _FILES[face])
    return tuple(
        (place, frozenset(TTFont(place, lazy=True).getBestCmap()))
        for place in places
        if place.exists()
    )


@cache
def _font(file: Path, size: int) -> ImageFont.FreeTypeFont:
    # The basic layout is part of Pillow itself: the same on every machine.
    return ImageFont.truetype(
        io.BytesIO(file.read_bytes()), size, layout_engine=ImageFont.Layout.BASIC
    )
