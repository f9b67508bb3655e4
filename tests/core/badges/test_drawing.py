"""Drawings: the same words give the same picture, and a wrong word is named."""

import io
from dataclasses import replace

import pytest
from defusedxml import ElementTree
from PIL import Image

from badges.core import baking, drawing, icons, raster, scene

BLUE = ("#1b2a6b", "#3f6df2", "#f2b234")
BADGE = drawing.Drawing(
    shape="hexagon", colours=BLUE, icon="compass", caption="Émile & Cie", ribbon="Bloc 1"
)
LOGO = drawing.Drawing(shape="tile", colours=BLUE, monogram="éa")


def ribbon_text(words):
    last = drawing.compose(words)[-1]
    assert isinstance(last, scene.Text)
    return last


def image(words, **options):
    return Image.open(io.BytesIO(drawing.png(words, **options)))


def test_the_same_words_give_the_same_bytes():
    assert drawing.png(BADGE, size=96) == drawing.png(replace(BADGE), size=96)
    assert drawing.svg(BADGE, title="t") == drawing.svg(replace(BADGE), title="t")


@pytest.mark.parametrize("shape", drawing.SHAPES)
def test_a_badge_is_a_small_square_with_a_transparent_background(shape):
    words = replace(BADGE, shape=shape)

    made = drawing.png(words)
    picture = Image.open(io.BytesIO(made))

    assert picture.size == (512, 512)
    assert picture.mode == "RGBA"
    assert len(made) < 60_000
    opacity = picture.getchannel("A")
    assert (opacity.getpixel((2, 2)), opacity.getpixel((256, 300))) == (0, 255)


def test_the_ribbon_has_the_accent_of_the_badge():
    with_ribbon, without = image(BADGE, size=128), image(replace(BADGE, ribbon=""), size=128)

    assert with_ribbon.getpixel((22, 99))[:3] == (0xF2, 0xB2, 0x34)
    assert without.getpixel((22, 99))[:3] != (0xF2, 0xB2, 0x34)


def test_an_accented_letter_is_written():
    plain, accented = replace(LOGO, monogram="E"), replace(LOGO, monogram="É")

    assert drawing.png(plain, size=64) != drawing.png(accented, size=64)
    assert all(raster.can_write(letter) for letter in "ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŒÆÑ·«»0123456789&")


def test_every_icon_is_drawn_inside_its_grid():
    for name, paths in icons.ICONS.items():
        for path in paths:
            assert all(1.5 <= x <= 22.5 and 1.5 <= y <= 22.5 for x, y in path), name


@pytest.mark.parametrize("icon", icons.ICONS)
def test_an_icon_can_be_drawn(icon):
    drawn = drawing.png(drawing.Drawing(shape="tile", colours=BLUE, icon=icon), size=32)

    assert drawn.startswith(b"\x89PNG")


def test_the_svg_is_the_same_scene_as_text():
    root = ElementTree.fromstring(drawing.svg(BADGE, title="Bloc <1>"))

    words = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert words == ["ÉMILE & CIE", "BLOC 1"]
    assert root.get("aria-label") == "Bloc <1>"
    assert not [element for element in root.iter() if element.tag.endswith("script")]


def test_a_long_text_is_set_smaller_rather_than_cut():
    text = ribbon_text(replace(BADGE, ribbon="W" * drawing.MAX_RIBBON))

    assert text.length <= 340
    assert text.content == "W" * drawing.MAX_RIBBON


def test_a_light_accent_is_written_on_in_dark():
    dark = ribbon_text(replace(BADGE, colours=(*BLUE[:2], "#101828")))
    light = ribbon_text(replace(BADGE, colours=(*BLUE[:2], "#ffee88")))

    assert dark.colour == "#ffffff"
    assert light.colour != "#ffffff"


def test_a_badge_without_words_stands_in_the_middle():
    scene_ = drawing.compose(replace(BADGE, caption="", ribbon=""))

    assert not [item for item in scene_ if isinstance(item, scene.Text)]
    assert drawing.compose(replace(BADGE, ribbon=""))[-1].content == "ÉMILE & CIE"


def test_a_drawing_can_be_baked():
    baked = baking.bake_png(drawing.png(BADGE, size=64), "{}")

    assert baking.unbake_png(baked) == "{}"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shape": "star"}, "shape 'star'"),
        ({"colours": ("#1b2a6b", "blue", "#f2b234")}, "colour 'blue'"),
        ({"colours": ("#1B2A6B", "#3f6df2", "#f2b234")}, "colour"),
        ({"icon": "dragon"}, "icon 'dragon'"),
        ({"icon": ""}, "icon or a monogram"),
        ({"monogram": "AB"}, "icon or a monogram"),
        ({"icon": "", "monogram": "ABCD"}, "monogram is longer than 3"),
        ({"caption": "x" * 33}, "caption is longer"),
        ({"ribbon": "x" * 25}, "ribbon is longer"),
        ({"ribbon": "日本"}, "cannot write"),
        ({"ribbon": "tab\t"}, "cannot write"),
    ],
)
def test_a_wrong_word_is_named(change, message):
    with pytest.raises(drawing.DrawingError, match=message):
        drawing.compose(replace(BADGE, **change))


@pytest.mark.parametrize("size", [0, 15, 1025])
def test_a_size_out_of_bounds_is_refused(size):
    with pytest.raises(drawing.DrawingError, match="16 to 1024"):
        drawing.png(BADGE, size=size)
