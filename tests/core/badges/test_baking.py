"""Baking: what goes in comes out, the picture is untouched, and a hostile file costs nothing."""

import io
import struct
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from badges.core import baking

CREDENTIAL = '{"name":"Compétence numérique ✓"}'
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


def png(size=(24, 24), **options):
    stream = io.BytesIO()
    Image.linear_gradient("L").resize(size).save(stream, "PNG", **options)
    return stream.getvalue()


PNG = png()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_chunk(kind, data, image=PNG):
    """Put one more chunk right after the header, which is 33 bytes with the signature."""
    return image[:33] + chunk(kind, data) + image[33:]


def kinds(image):
    position, found = 8, []
    while position < len(image):
        length, kind = struct.unpack_from(">I4s", image, position)
        found.append((kind, image[position + 8 : position + 8 + length]))
        position += 12 + length
    return found


@given(texts)
def test_what_is_baked_is_what_is_unbaked(text):
    assert baking.unbake_png(baking.bake_png(PNG, text)) == text


def test_the_chunk_is_the_one_of_the_standard():
    baked = baking.bake_png(PNG, CREDENTIAL)

    [header, badge, *rest] = kinds(baked)
    assert header == kinds(PNG)[0]
    assert badge == (b"iTXt", b"openbadgecredential\0\0\0\0\0" + CREDENTIAL.encode())
    assert rest == kinds(PNG)[1:]


def test_the_pixels_are_untouched():
    baked = baking.bake_png(PNG, CREDENTIAL)

    assert Image.open(io.BytesIO(baked)).tobytes() == Image.open(io.BytesIO(PNG)).tobytes()


def test_baking_again_replaces():
    once = baking.bake_png(PNG, CREDENTIAL)

    again = baking.bake_png(baking.bake_png(PNG, '{"other":1}'), CREDENTIAL)

    assert again == once


@pytest.mark.parametrize("kind", [b"iTXt", b"tEXt", b"zTXt"])
def test_baking_removes_a_badge_of_the_earlier_edition(kind):
    old = with_chunk(kind, b"openbadges\0" + b"whatever")

    assert baking.bake_png(old, CREDENTIAL) == baking.bake_png(PNG, CREDENTIAL)


def test_other_texts_stay():
    commented = with_chunk(b"tEXt", b"Comment\0openbadgecredential\0")

    baked = baking.bake_png(commented, CREDENTIAL)

    assert (b"tEXt", b"Comment\0openbadgecredential\0") in kinds(baked)


def test_what_follows_the_end_of_the_image_is_dropped():
    assert baking.bake_png(PNG + b"PK\3\4 a zip, perhaps", CREDENTIAL) == baking.bake_png(
        PNG, CREDENTIAL
    )


@pytest.mark.parametrize("language", [b"", b"fr"])
@pytest.mark.parametrize("compressed", [False, True])
def test_both_forms_of_the_chunk_are_read(language, compressed):
    text = zlib.compress(CREDENTIAL.encode()) if compressed else CREDENTIAL.encode()
    fields = bytes([compressed, 0]) + language + b"\0" + b"translated\0" + text

    assert baking.unbake_png(with_chunk(b"iTXt", b"openbadgecredential\0" + fields)) == CREDENTIAL


def test_the_first_of_two_is_read():
    two = with_chunk(
        b"iTXt", b"openbadgecredential\0\0\0\0\0first", baking.bake_png(PNG, CREDENTIAL)
    )

    assert baking.unbake_png(two) == "first"


@pytest.mark.parametrize("credential", ["", "a\0b", "half \ud83d", "x" * 1_000_001])
def test_a_text_that_cannot_be_baked_is_refused(credential):
    with pytest.raises(baking.BakingError, match="The credential"):
        baking.bake_png(PNG, credential)


@pytest.mark.parametrize("cut", range(len(PNG)))
def test_a_truncated_image_is_refused_wherever_it_is_cut(cut):
    baked = baking.bake_png(PNG, CREDENTIAL)

    with pytest.raises(baking.BakingError):
        baking.unbake_png(baked[: len(baked) * cut // len(PNG)])
    with pytest.raises(baking.BakingError):
        baking.bake_png(PNG[:cut], CREDENTIAL)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (b"", "not a PNG"),
        (b"GIF89a" + bytes(40), "not a PNG"),
        (b"<svg/>", "not a PNG"),
        (PNG[:8], "truncated"),
        (PNG[:8] + struct.pack(">I4s", 0x7FFFFFFF, b"IDAT") + bytes(20), "truncated"),
        (PNG[:8] + PNG[33:], "not in order"),
        (PNG[:33] + PNG[8:], "not in order"),
        (with_chunk(b"\0\1\2\3", b""), "not in order"),
        (bytes(10_000_001), "larger than 10 MB"),
        (PNG, "holds no Open Badges 3.0 credential.$"),
        (with_chunk(b"tEXt", b"openbadges\0https://example.org/1"), "Open Badges 2.0"),
        (with_chunk(b"tEXt", b"openbadgecredential\0{}"), "holds no"),
        (with_chunk(b"iTXt", b"openbadgecredential\0"), "cannot be read"),
        (with_chunk(b"iTXt", b"openbadgecredential\0\0\0\0no end"), "cannot be read"),
        (with_chunk(b"iTXt", b"openbadgecredential\0\2\0\0\0x"), "cannot be read"),
        (with_chunk(b"iTXt", b"openbadgecredential\0\1\7\0\0x"), "cannot be read"),
        (with_chunk(b"iTXt", b"openbadgecredential\0\1\0\0\0not zlib"), "cannot be read"),
        (
            with_chunk(b"iTXt", b"openbadgecredential\0\1\0\0\0" + zlib.compress(b"x" * 99)[:-6]),
            "cannot be read",
        ),
        (with_chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0\xff\xfe"), "cannot be read"),
        (
            with_chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0" + b"x" * 1_000_001),
            "larger than 1 MB",
        ),
    ],
)
def test_an_image_without_a_credential_is_refused_with_a_reason(image, message):
    with pytest.raises(baking.BakingError, match=message):
        baking.unbake_png(image)


@given(st.data())
def test_a_changed_byte_is_noticed(data):
    baked = bytearray(baking.bake_png(PNG, CREDENTIAL))
    position = data.draw(st.integers(0, len(baked) - 1))
    baked[position] ^= data.draw(st.integers(1, 255))

    with pytest.raises(baking.BakingError):
        baking.unbake_png(bytes(baked))


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading(tail):
    for image in (tail, PNG[:33] + tail, with_chunk(b"iTXt", b"openbadgecredential\0" + tail)):
        try:
            text = baking.unbake_png(image)
        except baking.BakingError:
            continue
        assert isinstance(text, str)


def test_a_bomb_is_not_inflated():
    bomb = zlib.compress(bytes(50_000_000))
    started = time.perf_counter()

    with pytest.raises(baking.BakingError, match="larger than 1 MB"):
        baking.unbake_png(with_chunk(b"iTXt", b"openbadgecredential\0\1\0\0\0" + bomb))

    assert time.perf_counter() - started < 1
