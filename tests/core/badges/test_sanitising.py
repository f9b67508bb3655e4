"""Uploaded drawings: what draws stays, what acts, calls or hides does not, and it is said."""

import time

import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st

from badges.core import sanitising, svg
from badges.core.baking import BakingError
from tests.core.badges.test_svg import HOSTILE

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
PIXEL = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg=="
# Words that must never come out, whatever goes in.
NEVER = (b"script", b"onload", b"foreignObject", b"evil", b"<!", b"<?", b"data:text", b"animate")


def sanitised(inner):
    return sanitising.sanitise(f"{OPEN}{inner}</svg>".encode())


def drawing(inner):
    """What is left of the inside, without the tag of the root."""
    written = sanitised(inner).image.decode()
    return written.removeprefix(OPEN).removesuffix("</svg>")


@pytest.mark.parametrize(
    "inner",
    [
        '<path d="M0 0L9 9" fill="#fff" transform="translate(1 2) rotate(3)"></path>',
        '<linearGradient id="a"><stop offset="0" stop-color="rgb(0,0,0)"></stop></linearGradient>',
        '<rect fill="url(#a)" clip-path="url( \'#b\' )"></rect>',
        '<style>.a { fill: url(#b); font-family: "Open Sans" } .b &gt; .c:not(.d) {}</style>',
        '<g id="x" class="a b" style="mix-blend-mode:multiply"><use xlink:href="#y"></use></g>',
        f'<image xlink:href="{PIXEL}" width="1" height="1"></image>',
        '<title>É &amp; &lt;b&gt;</title><text xml:space="preserve"> a <tspan>b</tspan></text>',
        '<filter id="f"><feGaussianBlur stdDeviation="2" in="x"></feGaussianBlur></filter>',
        '<switch><g systemLanguage="fr"></g><g requiredExtensions="http://x.example/"></g></switch>',
    ],
)
def test_a_drawing_stays_as_it_is(inner):
    result = sanitised(inner)

    assert drawing(inner) == inner
    assert result.removed == ()


@pytest.mark.parametrize(
    ("inner", "left", "removed"),
    [
        ("<script>alert(1)</script>", "", "element script"),
        ('<script href="//evil.example"/>', "", "element script"),
        ("<g><script><g>x</g></script></g>", "<g></g>", "element script"),
        ('<g onload="x()"/>', "<g></g>", "attribute onload"),
        ('<g onLoad="x()"/>', "<g></g>", "attribute onLoad"),
        ("<foreignObject><p>evil</p></foreignObject>", "", "element foreignObject"),
        ('<animate attributeName="href" to="javascript:evil()"/>', "", "element animate"),
        ('<set attributeName="onload" to="evil()"/>', "", "element set"),
        ('<a href="javascript:evil()"><g/></a>', "<g><g></g></g>", "element a"),
        ('<a xlink:href="https://evil.example"><g/></a>', "<g><g></g></g>", "element a"),
        ('<use href="https://evil.example/x.svg#a"/>', "<use></use>", "reference https://evil"),
        ('<use href="evil.svg#a"/>', "<use></use>", "reference evil.svg#a"),
        ('<image href="https://evil.example/x.png"/>', "<image></image>", "reference https"),
        ('<image href="data:image/svg+xml;base64,AAAA"/>', "<image></image>", "reference data:"),
        ('<image href="data:text/html,evil"/>', "<image></image>", "reference data:text"),
        ('<image href="#evil"/>', "<image></image>", "reference #evil"),
        ('<g style="fill:url(https://evil.example)"/>', "<g></g>", "reference style"),
        ('<g style="fill:URL(evil.png)"/>', "<g></g>", "reference style"),
        ('<g style="fill:url(#a),url(evil.png)"/>', "<g></g>", "reference style"),
        ('<g style="fill:rgb(url(evil.png))"/>', "<g></g>", "reference style"),
        (r'<g style="fill:u\72l(evil.png)"/>', "<g></g>", "reference style"),
        ("<g style='background:image-set(\"evil.png\" 1x)'/>", "<g></g>", "reference style"),
        ('<g style="width:expression(evil())"/>', "<g></g>", "reference style"),
        ('<g fill="url(evil.svg#a)"/>', "<g></g>", "reference fill"),
        ('<g fill="url(#a"/>', "<g></g>", "reference fill"),
        ('<g font-family="java  script:evil()"/>', "<g></g>", "reference font-family"),
        ('<style>@import "evil.css";</style>', "<style></style>", "style sheet"),
        ("<style>a{b:url(/evil)}</style>", "<style></style>", "style sheet"),
        ("<style>a{b:image-set<g/>('evil')}</style>", "<style></style>", "style sheet"),
        ("<metadata>evil</metadata>", "", "element metadata"),
        ('<h:script xmlns:h="http://www.w3.org/1999/xhtml"/>', "", "notes of http://www.w3.org"),
        ('<g xmlns:i="urn:program" i:evil="1" i:more="2"/>', "<g></g>", "notes of urn:program"),
        ('<g xml:base="https://evil.example"/>', "<g></g>", "notes of http://www.w3.org/XML"),
    ],
)
def test_what_acts_calls_or_hides_is_removed_and_named(inner, left, removed):
    result = sanitised(inner)

    assert drawing(inner) == left
    assert any(each.startswith(removed) for each in result.removed)
    assert not any(word in result.image for word in NEVER)


def test_of_two_addresses_the_one_of_svg_2_counts():
    assert drawing('<use xlink:href="#old" href="#new"/>') == '<use xlink:href="#new"></use>'


def test_comments_instructions_and_the_doctype_are_left_out():
    source = (
        '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://127.0.0.1:1/">'
        '<?xml-stylesheet href="evil.css"?>'
        f"{OPEN}<!-- evil --><g/> text that no viewer shows </svg><!-- evil -->"
    )

    result = sanitising.sanitise(source.encode())

    assert result.image.decode() == f"{OPEN}<g></g></svg>"


def test_a_badge_in_the_drawing_is_left_out():
    baked = svg.bake(f"{OPEN}<g/></svg>".encode(), '{"evil":1}')

    assert sanitising.sanitise(baked).image.decode() == f"{OPEN}<g></g></svg>"


def test_no_more_is_named_than_a_person_can_read():
    assert len(sanitised("".join(f"<x{n}/>" for n in range(50))).removed) == 20


def test_values_come_out_as_they_went_in():
    result = sanitised('<g id="&quot;&lt;&amp;&#10;&#9;\'"/><text>a&#13;b</text>')

    group, text = ElementTree.fromstring(result.image)
    assert group.attrib == {"id": "\"<&\n\t'"}
    assert text.text == "a\rb"


def element(name, attributes, children):
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{written}>{''.join(children)}</{name}>"


names = st.sampled_from(["g", "script", "style", "text", "use", "a", "image", "foreignObject", "x"])
keys = st.sampled_from(["id", "href", "xlink:href", "onload", "style", "fill", "xml:space"])
words = st.sampled_from(
    ["evil", "#a", "url(#a)", "url(evil)", "javascript:evil()", "a&amp;b", "&lt;x&gt;", " ", PIXEL]
)
attributes = st.dictionaries(keys, words, max_size=3)
trees = st.recursive(
    words,
    lambda inner: st.builds(element, names, attributes, st.lists(inner, max_size=3)),
    max_leaves=12,
)


@given(trees)
def test_whatever_goes_in_what_comes_out_is_on_the_list_and_stays_the_same(tree):
    try:
        once = sanitised(tree)
    except BakingError:  # it refers to itself
        return

    again = sanitising.sanitise(once.image)

    assert again == sanitising.Sanitised(once.image, ())
    for element in ElementTree.fromstring(once.image).iter():
        assert element.tag.partition("}")[2] not in {"script", "foreignObject", "a", "x"}
        for name, value in element.attrib.items():
            assert name in {"id", f"{{{sanitising.XLINK}}}href", "style", "fill"} | {
                "{http://www.w3.org/XML/1998/namespace}space"
            }
            assert name == "id" or value not in {"url(evil)", "javascript:evil()"}
            assert not name.endswith("href") or value in {"#a", PIXEL}


@pytest.mark.parametrize(
    ("image", "message"), [case for case in HOSTILE if b"shift" not in case[0]]
)
def test_a_hostile_or_broken_file_is_refused_with_a_reason(image, message):
    with pytest.raises(BakingError, match=message):
        sanitising.sanitise(image)


@pytest.mark.parametrize(
    "inner",
    [
        '<g id="a"><use href="#a"/></g>',
        '<g id="a"><use href="#b"/></g><g id="b"><g><use href="#a"/></g></g>',
        '<pattern id="a"><g fill="url(#a)"/></pattern>',
        "".join(f'<g id="a{n}"><use href="#a{n + 1}"/></g>' for n in range(99)) + '<g id="a99"/>',
    ],
)
def test_references_that_go_round_in_a_circle_are_refused(inner):
    with pytest.raises(BakingError, match="refers to itself"):
        sanitised(inner)


@pytest.mark.parametrize("reference", ['<use href="#a{}"/>', "<g mask=\"url('#a{}')\"/>"])
def test_references_that_multiply_are_refused_at_once(reference):
    inner = "".join(f'<g id="a{n}">{reference.format(n + 1) * 10}</g>' for n in range(20))
    started = time.perf_counter()

    with pytest.raises(BakingError, match="draws more than 50000"):
        sanitised(f'{inner}<g id="a20"/>')

    assert time.perf_counter() - started < 1


@pytest.mark.parametrize("word", ["a", "url", "((", "a(", "url(#a"])
def test_a_long_word_costs_no_more_than_its_length(word):
    started = time.perf_counter()

    sanitised(f'<g style="{word * (2_000_000 // len(word))}"/>')

    assert time.perf_counter() - started < 3


def test_a_file_that_grows_too_large_is_refused():
    with pytest.raises(BakingError, match="larger than 4 MB"):
        sanitised("<g id='" + '"' * 3_000_000 + "'/>")
