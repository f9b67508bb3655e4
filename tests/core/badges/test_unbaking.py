"""Unbaking: from any image to its badge and its edition, or to the reason why there is none."""

import pytest

from badges.core import baking, baking2, svg, unbaking
from badges.core.baking import BakingError, NoBadge
from tests.core.badges.test_baking import PNG, with_chunk
from tests.core.badges.test_svg import DRAWING

ASSERTION = "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"
OLD = b"openbadges\0\0\0\0\0"


@pytest.mark.parametrize(
    ("image", "edition", "text"),
    [
        (baking.bake_png(PNG, "{}"), "3.0", "{}"),
        (svg.bake(DRAWING, "{}"), "3.0", "{}"),
        (baking2.bake(PNG, ASSERTION), "2.0", ASSERTION),
        (baking2.bake(DRAWING, ASSERTION), "2.0", ASSERTION),
        (
            with_chunk(b"iTXt", OLD + b"{}", baking.bake_png(PNG, '{"later":1}')),
            "3.0",
            '{"later":1}',
        ),
        (b"\xef\xbb\xbf\n<!-- a drawing -->" + svg.bake(DRAWING, "{}"), "3.0", "{}"),
        (svg.bake(DRAWING, "{}").decode().encode("utf-16"), "3.0", "{}"),
    ],
)
def test_every_format_and_edition_is_found(image, edition, text):
    assert unbaking.unbake(image) == unbaking.Unbaked(edition, text)


@pytest.mark.parametrize("image", [PNG, DRAWING], ids=["png", "svg"])
def test_an_image_without_a_badge_is_no_accident(image):
    with pytest.raises(NoBadge, match=r"^The (PNG|SVG) holds no badge.$"):
        unbaking.unbake(image)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (b"", "neither a PNG nor an SVG"),
        (b"\xff\xd8\xff\xe0 a photograph", "neither a PNG nor an SVG"),
        (b"<html/>", "not an SVG"),
        (PNG[:50], "truncated"),
        (
            with_chunk(
                b"iTXt", OLD + b"{}", with_chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0\xff")
            ),
            "cannot be read",
        ),
    ],
)
def test_an_image_that_is_wrong_is_refused_and_not_searched_further(image, message):
    with pytest.raises(BakingError, match=message):
        unbaking.unbake(image)
