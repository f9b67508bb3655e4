"""SVG baking: what goes in comes out, the drawing is untouched, a hostile file costs nothing."""

import json
import time

import pytest
from defusedxml import minidom
from hypothesis import given
from hypothesis import strategies as st

from badges.core import markup, svg
from badges.core.baking import BakingError

CREDENTIAL = '{"name":"Compétence numérique ✓"}'
JWS = "eyJhbGciOiJFUzI1NiJ9.e30.c2ln"
OPEN = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
DRAWING = OPEN + b'<circle r="4"/></svg>'
OLD = (
    b'<openbadges:assertion xmlns:openbadges="http://openbadges.org" verify="https://x.example/1"/>'
)

values = st.recursive(
    st.none() | st.booleans() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def elements(image):
    """Read with another reader than ours."""
    return minidom.parseString(image).getElementsByTagNameNS(svg.NAMESPACE, "credential")


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), values))
def test_what_is_baked_is_what_is_unbaked(document):
    text = json.dumps(document, ensure_ascii=False)

    baked = svg.bake(DRAWING, text)

    assert json.loads(svg.unbake(baked)) == document
    assert json.loads(elements(baked)[0].firstChild.nodeValue) == document


def test_the_element_is_the_one_of_the_standard_for_json():
    assert svg.bake(DRAWING, CREDENTIAL).decode() == (
        '<svg xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0" '
        'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
        f"<openbadges:credential><![CDATA[{CREDENTIAL}]]></openbadges:credential>"
        '<circle r="4"/></svg>'
    )


def test_the_element_is_the_one_of_the_standard_for_a_jws():
    baked = svg.bake(DRAWING, JWS)

    assert f'<openbadges:credential verify="{JWS}"></openbadges:credential>'.encode() in baked
    assert svg.unbake(baked) == JWS


def test_the_end_of_a_character_section_is_escaped_and_says_the_same():
    document = {"name": "a ]]> b", "other": "\uffff and \ufffe"}

    baked = svg.bake(DRAWING, json.dumps(document, ensure_ascii=False))

    assert rb"]]\u003e" in baked
    assert json.loads(svg.unbake(baked)) == document


@pytest.mark.parametrize(
    "drawing",
    [
        DRAWING,
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b'<svg xmlns="http://www.w3.org/2000/svg" />',
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"\n\twidth='9'\n>\n<g/></svg>\n",
        b'<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:g/></s:svg>',
        b"\xef\xbb\xbf" + DRAWING,
        b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- ' + b"x" * 300 + b" -->\n" + DRAWING,
        OPEN.replace(b">", b' xmlns:openbadges="http://openbadges.org">') + b"</svg>",
        OPEN.replace(b">", b" data-x=' xmlns:openbadges=\"y\" > '>") + b"</svg>",
        OPEN + "<desc>É ✓ 𝄞</desc></svg>".encode(),
    ],
)
def test_any_way_of_writing_the_root_takes_one_credential(drawing):
    baked = svg.bake(drawing, CREDENTIAL)

    [element] = elements(baked)
    assert element.parentNode.localName == "svg"
    assert element.previousSibling is None
    assert element.firstChild.nodeValue == CREDENTIAL
    assert svg.unbake(baked) == CREDENTIAL
    assert minidom.parseString(svg.without_badges(baked)) is not None


def test_all_but_the_credential_stays_byte_for_byte():
    drawing = OPEN + b"<!-- by <hand> --><g  id = 'a'><path d='M0 0'/></g ><?x y?>\r\n</svg>\n"

    baked = svg.bake(drawing, CREDENTIAL)

    assert baked.endswith(drawing.removeprefix(OPEN))


def test_baking_again_replaces():
    once = svg.bake(DRAWING, CREDENTIAL)

    again = svg.bake(svg.bake(DRAWING, JWS), CREDENTIAL)

    assert again == once
    assert svg.bake(once, CREDENTIAL) == once


@pytest.mark.parametrize(
    "old",
    [
        OLD,
        OLD.replace(b"/>", b">{}</openbadges:assertion >"),
        b'<a:credential xmlns:a="https://purl.imsglobal.org/ob/v3p0"><a:b>&gt;/></a:b></a:credential>',
        OLD + b"<g>" + OLD + b"</g>",
    ],
)
def test_badges_of_before_are_removed_wherever_they_are(old):
    baked = svg.bake(OPEN + old + b"<g/></svg>", CREDENTIAL)

    assert [badge.body for badge in svg.badges(baked)] == [CREDENTIAL]
    assert b"<g/></svg>" in baked or b"<g></g><g/></svg>" in baked


def test_the_first_of_two_is_read():
    one, two = (svg.bake(DRAWING, text) for text in ('{"n":1}', '{"n":2}'))
    inner = two.replace(b"<svg", b"<svg", 1)

    both = one.replace(b"<circle", inner + b"<circle")

    assert svg.unbake(both) == '{"n":1}'


def test_another_prefix_other_spaces_and_another_encoding_are_read():
    text = (
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
        '"http://127.0.0.1:1/x.dtd"><svg xmlns="http://www.w3.org/2000/svg"><ob:credential '
        'xmlns:ob="https://purl.imsglobal.org/ob/v3p0">\n <![CDATA[\n {"é":1} ]]>\n'
        "</ob:credential></svg>"
    )

    assert svg.unbake(text.encode("utf-16")) == '{"é":1}'


def test_what_an_svg_of_the_earlier_edition_holds_is_told():
    [badge] = svg.badges(OPEN + OLD + b"</svg>")

    assert badge.name == svg.ASSERTION
    assert badge.verify == "https://x.example/1"
    assert badge.body == ""


@pytest.mark.parametrize(
    ("credential", "message"),
    [
        ("", "neither"),
        ("not json", "neither"),
        ("https://x.example/1", "neither"),
        ('{"a":"\x01"}', "control character"),
        ('{"a":"\ud83d"}', "half a character"),
        ('{"a":"' + "x" * 1_000_000 + '"}', "larger than 1 MB"),
    ],
)
def test_a_text_that_cannot_be_baked_is_refused(credential, message):
    with pytest.raises(BakingError, match=message):
        svg.bake(DRAWING, credential)


DEEP = OPEN + b"<g>" * 100_000 + b"</g>" * 100_000 + b"</svg>"
LAUGHS = b'<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + OPEN + b"&b;</svg>"
HOSTILE = [
    (b"", "cannot be read"),
    (b"GIF89a", "cannot be read"),
    (b"<html/>", "not an SVG"),
    (b"<svg/>", "not an SVG"),
    (OPEN, "cannot be read"),
    (OPEN + b"<g></svg>", "cannot be read"),
    (OPEN + b"&nbsp;</svg>", "cannot be read"),
    (DRAWING + DRAWING, "cannot be read"),
    (OPEN + b"<a:g/></svg>", "cannot be read"),
    (b'<?xml version="1.0" encoding="shift_jis"?>' + DRAWING, "encoding|not in UTF-8"),
    (b'<?xml version="1.0" encoding="nonsense"?>' + DRAWING, "encoding|not in UTF-8|cannot"),
    (DEEP, "levels deep"),
    (OPEN + b"<g/>" * 50_001 + b"</svg>", "50000 elements"),
    (LAUGHS, "DOCTYPE"),
    (b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + OPEN + b"&x;</svg>", "DOCTYPE"),
    (b'<!DOCTYPE svg [<!ATTLIST svg onload CDATA "x()">]>' + DRAWING, "DOCTYPE"),
    (bytes(4_000_001), "larger than 4 MB"),
]


@pytest.mark.parametrize(("image", "message"), HOSTILE)
def test_a_hostile_or_broken_file_is_refused_with_a_reason(image, message):
    started = time.perf_counter()

    with pytest.raises(BakingError, match=message):
        svg.unbake(image)
    with pytest.raises(BakingError, match=message):
        svg.bake(image, CREDENTIAL)

    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd">' + DRAWING, "DOCTYPE"),
        (b"<?xml version='1.0' encoding='latin-1'?>" + DRAWING, "not in UTF-8"),
        (OPEN + b"<desc>\xe9</desc></svg>", "not in UTF-8"),
        (
            OPEN.replace(b">", b' xmlns:openbadges="urn:x"><openbadges:g/></svg>'),
            "the prefix openbadges",
        ),
        (OPEN.replace(b">", b' xmlns:openbadges="urn:&amp;"/>'), "the prefix openbadges"),
        (OPEN + b"<!-- " + b"x" * 3_999_920 + b" --></svg>", "with its credential"),
    ],
)
def test_an_image_that_cannot_be_baked_is_refused_with_a_remedy(image, message):
    with pytest.raises(BakingError, match=message):
        svg.bake(image, CREDENTIAL)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (DRAWING, "holds no Open Badges 3.0 credential.$"),
        (OPEN + OLD + b"</svg>", "Open Badges 2.0"),
        (svg.bake(DRAWING, "{}").replace(b"<![CDATA[{}]]>", b" "), "nothing in it"),
        (
            svg.bake(DRAWING, "{}").replace(b"{}", b"x" * 1_000_001),
            "in the SVG is larger than 1 MB",
        ),
    ],
)
def test_an_image_without_a_credential_is_refused_with_a_reason(image, message):
    with pytest.raises(BakingError, match=message):
        svg.unbake(image)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading(tail):
    for image in (tail, OPEN + tail, DRAWING + tail, svg.bake(DRAWING, "{}")[:150] + tail):
        try:
            text = svg.unbake(image)
        except BakingError:
            continue
        assert isinstance(text, str)


def test_a_tag_that_is_not_where_it_was_said_to_be_is_refused():
    for source in (b"text", b"<svg x"):
        with pytest.raises(BakingError, match="cannot be read"):
            markup.start_tag(source, 0)
