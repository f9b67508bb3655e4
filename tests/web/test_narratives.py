"""Criteria as HTML of our own making."""

import pytest

from config.templatetags.narratives import narrative


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("One.", "<p>One.</p>"),
        ("One.\nTwo.", "<p>One.<br>Two.</p>"),
        ("One.\r\n\r\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("- a\n- b", '<ul class="points"><li>a</li><li>b</li></ul>'),
        ("Do:\n* a\n  more\n* b", '<p>Do:</p>\n<ul class="points"><li>a more</li><li>b</li></ul>'),
        ("-5 degrees", "<p>-5 degrees</p>"),
        ("- ", "<p>-</p>"),
    ],
)
def test_paragraphs_and_lists_are_what_they_look_like(text, html):
    assert narrative(text) == html


@pytest.mark.parametrize("text", ["<b>x</b>", "- <b>x</b>", "a\n<b>x</b>"])
def test_no_html_comes_through(text):
    assert "<b>" not in narrative(text)
    assert "&lt;b&gt;" in narrative(text)
