"""Uploaded pictures: the pixels stay as they are, and nothing but the picture stays."""

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from badges.core import baking, drawing, pictures, sanitising
from badges.core.pictures import PictureError
from tests.core.badges.test_baking import kinds, with_chunk

MODES = ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"]


def encoded(image: Image.Image, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG", **options)
    return stream.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def made(*, width=2, height=2, depth=8, colour=0, methods=b"\0\0", interlaced=0, pixels=None):
    """Write a PNG by hand, so that its header may say anything."""
    header = struct.pack(">IIBB", width, height, depth, colour) + methods + bytes([interlaced])
    data = zlib.compress(bytes(3 * height) if pixels is None else pixels)
    chunks = (chunk(b"IHDR", header), chunk(b"IDAT", data), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


SMALL = encoded(Image.new("RGBA", (7, 5), (10, 20, 30, 40)))


@pytest.mark.parametrize("mode", MODES)
def test_every_kind_of_pixel_is_kept_byte_for_byte(mode):
    image = encoded(Image.new(mode, (13, 9)))

    assert pictures.png(image) == image
    assert pictures.size(image) == (13, 9)


@pytest.mark.parametrize("side", [1, 2, 3, 4, 5, 7, 8, 9])
def test_the_passes_of_an_interlaced_image_are_counted(side):
    # Adam7: pixels of a pass lie in a grid of their own, each row behind its filter.
    rows = 0
    for left, top, across, down in pictures._PASSES:
        width, height = len(range(left, side, across)), len(range(top, side, down))
        rows += height * (1 + width) if width else 0
    image = made(width=side, height=side, interlaced=1, pixels=bytes(rows))

    assert pictures.png(image) == image
    with pytest.raises(PictureError, match="its pixels"):
        pictures.png(made(width=side, height=side, interlaced=1, pixels=bytes(rows + 1)))


def test_an_interlaced_image_is_read_as_others_read_it():
    rows = 8 * 8 + 15  # pixels, and one filter for each of the fifteen rows of the seven passes
    image = made(width=8, height=8, interlaced=1, pixels=bytes(rows))

    Image.open(io.BytesIO(image)).load()

    assert pictures.png(image) == image


def test_what_is_no_picture_is_left_out():
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "somebody")
    words.add_itxt("XML:com.adobe.xmp", "<x/>")
    image = encoded(Image.new("RGB", (4, 4)), pnginfo=words, dpi=(72, 72))
    with_badge = baking.bake_png(image, "{}") + b"<script>alert(1)</script>"

    kept = pictures.png(with_badge)

    assert [kind for kind, _ in kinds(kept)] == [b"IHDR", b"pHYs", b"IDAT", b"IEND"]
    assert kept.endswith(b"IEND\xaeB`\x82")


def test_an_animation_becomes_its_first_picture():
    frames = [Image.new("RGB", (4, 4), (shade, 0, 0)) for shade in (1, 2, 3)]
    image = encoded(frames[0], save_all=True, append_images=frames[1:])
    assert b"acTL" in image

    kept = pictures.png(image)

    assert b"acTL" not in kept
    assert Image.open(io.BytesIO(kept)).getpixel((0, 0)) == (1, 0, 0)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (b"", "truncated|not a PNG"),
        (b"GIF89a", "not a PNG"),
        (b"<svg/>", "not a PNG"),
        (SMALL[:-7], "truncated"),
        (SMALL.replace(b"IDAT", b"IDAZ"), "checksum"),
        (SMALL + bytes(2_000_000), "larger than 2 MB"),
        (with_chunk(b"TEXt", b"a", SMALL), "cannot be left out"),
        (made(width=2001, height=2000), "4 million pixels"),
        (made(width=2**31 - 1, height=2**31 - 1, pixels=b""), "4 million pixels"),
        (made(width=0), "pixels"),
        (made(depth=3), "its header says"),
        (made(colour=1), "its header says"),
        (made(methods=b"\0\1"), "its header says"),
        (made(interlaced=2), "its header says"),
        (made(pixels=bytes(5)), "its pixels"),
        (made(pixels=bytes(50_000_000)), "its pixels"),
        (SMALL.replace(b"IHDR", b"JHDR"), "not in order"),
    ],
)
def test_what_is_no_sound_picture_is_refused_with_a_reason(image, message):
    with pytest.raises(PictureError, match=message):
        pictures.png(image)


def test_a_header_of_another_size_is_refused():
    with pytest.raises(PictureError, match="its header"):
        pictures.png(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\0") + chunk(b"IEND", b""))


def test_an_image_without_pixels_is_refused():
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    image = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IEND", b"")

    with pytest.raises(PictureError, match="its pixels"):
        pictures.png(image)


@given(st.integers(0, len(SMALL) - 1), st.integers(1, 255))
def test_of_a_spoilt_byte_comes_a_refusal_or_the_picture(at, change):
    spoilt = SMALL[:at] + bytes([SMALL[at] ^ change]) + SMALL[at + 1 :]

    with pytest.raises(PictureError):
        pictures.png(spoilt)


def test_our_own_drawings_are_pictures():
    words = drawing.Drawing(
        shape="hexagon", colours=("#1b2a6b", "#3f6df2", "#f2b234"), icon="star", ribbon="Bloc 2"
    )
    image = drawing.png(words, size=64)

    assert pictures.png(image) == image
    assert sanitising.sanitise(drawing.svg(words, title="É").encode()).removed == ()


def test_a_picture_is_shown_by_an_svg_that_is_a_drawing_to_us():
    shown = pictures.as_svg(SMALL, title='Soudure "à l\'arc" <2> & plus')

    kept = sanitising.sanitise(shown)

    assert kept.removed == ()
    assert b'viewBox="0 0 7 5"' in shown
    assert b"&lt;2&gt; &amp; plus</title>" in shown
