"""Baking of Open Badges 2.0: what goes in comes out, and no gap of the tool underneath is ours."""

import io
import json
import zlib

import openbadges_bakery  # type: ignore[import-untyped] # it has none
import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.core import baking, baking2, svg
from badges.core.baking import BakingError
from tests.core.badges.test_baking import PNG, kinds, with_chunk
from tests.core.badges.test_svg import DRAWING, HOSTILE, OPEN

# Of a library under openbadges-bakery, about itself.
pytestmark = pytest.mark.filterwarnings("ignore:Please use rfc3986:DeprecationWarning")

HOSTED = '{"id":"https://x.example/assertions/1","type":"Assertion","narrative":"É ✓"}'
SIGNED = "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"
PLAIN = b"openbadges\0\0\0\0\0"

documents = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.text(st.characters(exclude_categories=["Cs"])),
)


@pytest.mark.parametrize("image", [PNG, DRAWING], ids=["png", "svg"])
@given(document=documents)
def test_what_is_baked_is_what_is_unbaked(image, document):
    baked = baking2.bake(image, json.dumps(document, ensure_ascii=False))

    assert json.loads(baking2.unbake(baked)) == document


@pytest.mark.parametrize("text", [HOSTED, SIGNED])
@pytest.mark.parametrize("image", [PNG, DRAWING], ids=["png", "svg"])
def test_the_tool_that_others_use_reads_it(image, text):
    baked = baking2.bake(image, text)

    # Of a hosted badge in an SVG it gives the address alone.
    expected = json.loads(text)["id"] if image is DRAWING and text is HOSTED else text
    assert openbadges_bakery.unbake(io.BytesIO(baked)) == expected


def test_the_chunk_is_the_one_of_the_standard():
    [header, badge, *rest] = kinds(baking2.bake(PNG, HOSTED))

    assert badge == (b"iTXt", PLAIN + HOSTED.encode())
    assert [header, *rest] == kinds(PNG)


def test_the_element_is_the_one_of_the_standard():
    [badge] = svg.badges(baking2.bake(DRAWING, HOSTED))

    assert badge == svg.Badge(svg.ASSERTION, "https://x.example/assertions/1", HOSTED)


@pytest.mark.parametrize("image", [PNG, DRAWING], ids=["png", "svg"])
def test_baking_again_replaces(image):
    again = baking2.bake(baking2.bake(image, SIGNED), HOSTED)

    assert baking2.unbake(again) == HOSTED
    assert again.count(b"https://x.example") == baking2.bake(image, HOSTED).count(
        b"https://x.example"
    )
    assert SIGNED.encode() not in again


def test_a_badge_of_the_later_edition_is_taken_out():
    for image, later in (
        (PNG, baking.bake_png(PNG, '{"later":1}')),
        (DRAWING, svg.bake(DRAWING, '{"later":1}')),
    ):
        baked = baking2.bake(later, HOSTED)

        assert b"later" not in baked
        assert baking2.unbake(baked) == baking2.unbake(baking2.bake(image, HOSTED))


def test_a_drawing_whose_root_comes_late_is_baked():
    late = b"<?xml version='1.0'?><!--" + b" notes " * 99 + b"-->" + DRAWING

    assert baking2.unbake(baking2.bake(late, HOSTED)) == HOSTED


@pytest.mark.parametrize("document", [{"n": "a ]]> b"}, {"n": "\uffff"}, {"n": "\x00openbadges"}])
@pytest.mark.parametrize("image", [PNG, DRAWING], ids=["png", "svg"])
def test_texts_that_break_the_tool_survive(image, document):
    baked = baking2.bake(image, json.dumps(document))

    assert json.loads(baking2.unbake(baked)) == document


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (b"iTXt", b"openbadges\0\0\0fr\0badge\0" + HOSTED.encode()),
        (b"iTXt", b"openbadges\0\1\0\0\0" + zlib.compress(HOSTED.encode())),
        (b"iTXt", PLAIN + b" " + HOSTED.encode() + b"\n"),
    ],
)
def test_every_form_of_the_chunk_is_read(kind, data):
    assert baking2.unbake(with_chunk(kind, data)) == HOSTED


def test_the_text_chunk_of_earlier_years_is_read_where_there_is_no_other():
    older = with_chunk(b"tEXt", b"openbadges\0https://x.example/1")

    assert baking2.unbake(older) == "https://x.example/1"
    assert baking2.unbake(with_chunk(b"iTXt", PLAIN + b"{}", older)) == "{}"


def test_the_first_of_two_is_read():
    two = with_chunk(b"iTXt", PLAIN + b"first", with_chunk(b"iTXt", PLAIN + b"second"))

    assert baking2.unbake(two) == "first"


@pytest.mark.parametrize(
    ("element", "text"),
    [
        (f'<ob:assertion verify="{SIGNED}"/>', SIGNED),
        (f'<ob:assertion verify="{SIGNED}"><![CDATA[{{}}]]></ob:assertion>', SIGNED),
        ('<ob:assertion verify="https://x.example/1"> {"a":1} </ob:assertion>', '{"a":1}'),
        ('<ob:assertion verify="https://x.example/1"/>', "https://x.example/1"),
        ("<ob:assertion/><ob:assertion>{}</ob:assertion>", "{}"),
    ],
)
def test_every_form_of_the_element_is_read(element, text):
    image = OPEN.replace(b">", b' xmlns:ob="http://openbadges.org">') + element.encode() + b"</svg>"

    assert baking2.unbake(image) == text


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (PNG, "holds no Open Badges 2.0 assertion"),
        (DRAWING, "holds no Open Badges 2.0 assertion"),
        (baking.bake_png(PNG, "{}"), "holds no"),
        (svg.bake(DRAWING, "{}"), "holds no"),
        (with_chunk(b"iTXt", PLAIN + b" "), "holds no"),
        (with_chunk(b"tEXt", b"openbadges"), "holds no"),
        (with_chunk(b"iTXt", PLAIN + b"\xff\xfe"), "cannot be read"),
        (with_chunk(b"tEXt", b"openbadges\0" + b"x" * 1_000_001), "larger than 1 MB"),
        (
            with_chunk(b"iTXt", b"openbadges\0\1\0\0\0" + zlib.compress(bytes(9_000_000))),
            "larger than 1 MB",
        ),
        (PNG[:-9], "truncated"),
        (b"GIF89a", "cannot be read"),
        *HOSTILE,
    ],
)
def test_an_image_without_an_assertion_is_refused_with_a_reason(image, message):
    with pytest.raises(BakingError, match=message):
        baking2.unbake(image)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (b"GIF89a", "cannot be read"),
        (PNG[:-1] + b"\0", "cannot be baked"),
        (b'<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:g/></s:svg>', "has a prefix"),
        (DRAWING.decode().encode("utf-16"), "not in UTF-8"),
        (bytes(10_000_001), "larger than"),
        *HOSTILE,
    ],
)
def test_an_image_that_cannot_be_baked_is_refused_with_a_reason(image, message):
    with pytest.raises(BakingError, match=message):
        baking2.bake(image, HOSTED)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "neither"),
        ("https://x.example/1", "neither"),
        ("[]", "neither"),
        ('{"a":"\x01"}', "control character"),
        ('{"a":"\ud83d"}', "half a character"),
        ("{" + " " * 1_000_001 + "x", "larger than 1 MB"),
    ],
)
@pytest.mark.parametrize("image", [PNG, DRAWING], ids=["png", "svg"])
def test_a_text_that_cannot_be_baked_is_refused(image, text, message):
    with pytest.raises(BakingError, match=message):
        baking2.bake(image, text)


def test_whatever_the_tool_raises_is_a_refusal():
    with pytest.raises(BakingError, match="cannot be baked: AttributeError"):
        baking2.bake(DRAWING, '{"verify": "a text where the tool expects an object"}')


def test_a_result_that_does_not_hold_the_text_is_refused(monkeypatch):
    monkeypatch.setattr(baking2.png_bakery, "bake", lambda source, text, target: target.write(PNG))

    with pytest.raises(BakingError, match="holds no"):
        baking2.bake(PNG, HOSTED)

    monkeypatch.setattr(baking2, "unbake", lambda image: "another text")
    with pytest.raises(BakingError, match="does not give back"):
        baking2.bake(PNG, HOSTED)
