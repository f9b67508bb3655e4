"""What organisations write in e-mails: placeholders, one link, and nothing that becomes markup."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.core import letters

VALUES = {
    "learner.name": "Léa <b>Roy</b>",
    "badge.name": "Soudure & brasure",
    "organisation.name": "École A",
    "date": "30 juin 2026",
}
ONE = [letters.Link("See my badge", "https://acquis.example/credentials/x?a=1&b=2")]
TWO = [*ONE, letters.Link("Another", "https://acquis.example/credentials/y")]
BODY = "Bonjour [learner.name],\nvoici [badge.name].\n\n[link]\n\n[organisation.name], [date]"


def html(letter, values=VALUES, links=ONE):
    return letters.html_of(letter, values, links, button="color:red")


def test_both_parts_say_the_same():
    letter = letters.read("Votre badge : [badge.name]", BODY)

    assert letters.subject_of(letter, VALUES) == "Votre badge : Soudure & brasure"
    assert letters.text_of(letter, VALUES, ONE) == (
        "Bonjour Léa <b>Roy</b>,\nvoici Soudure & brasure.\n\n"
        "https://acquis.example/credentials/x?a=1&b=2\n\nÉcole A, 30 juin 2026\n"
    )
    assert html(letter) == (
        '<p style="margin:0 0 16px">Bonjour Léa &lt;b&gt;Roy&lt;/b&gt;,<br>'
        "voici Soudure &amp; brasure.</p>"
        '<p style="margin:24px 0"><a href="https://acquis.example/credentials/x?a=1&amp;b=2" '
        'style="color:red">See my badge</a></p>'
        '<p style="margin:0 0 16px">École A, 30 juin 2026</p>'
    )


def test_several_badges_have_a_link_each():
    letter = letters.read("x", "[link]")

    assert html(letter, links=TWO).count("<a ") == 2
    assert letters.text_of(letter, {}, TWO).count("https://") == 2


@pytest.mark.parametrize(
    ("subject", "body", "reason", "found"),
    [
        ("x", "[learner.nom]\n[link]", "unknown", "[learner.nom]"),
        ("[Nom]", "[link]", "unknown", "[Nom]"),
        ("x", "[]\n[link]", "unknown", "[]"),
        ("x", "[link]\n[", "bracket", ""),
        ("x", "[[link]]", "bracket", ""),
        ("x", "Bonjour", "no_link", ""),
        ("x", "[link]\n[link]", "two_links", ""),
        ("x", "here: [link]", "link_in_line", ""),
        ("[link]", "[link]", "link_in_subject", ""),
        ("", "[link]", "empty", ""),
        ("x", "  \n ", "empty", ""),
        ("a\nb", "[link]", "two_lines", ""),
        ("x" * 151, "[link]", "too_long", "150"),
        ("x", "[link]\n" + "x" * 5000, "too_long", "5000"),
    ],
)
def test_what_cannot_be_used_says_why(subject, body, reason, found):
    with pytest.raises(letters.LetterError) as refused:
        letters.read(subject, body)

    assert (refused.value.reason, refused.value.found) == (reason, found)


def test_what_is_put_in_is_not_looked_at_again():
    letter = letters.read("x", "[learner.name]\n\n[link]")

    text = letters.text_of(letter, {"learner.name": "[link] [badge.name]"}, ONE)

    assert text.startswith("[link] [badge.name]\n")


@given(st.text(max_size=200), st.text(max_size=60))
def test_nothing_becomes_markup_or_another_header(value, written):
    written = written.replace("[", "").replace("]", "").strip() or "x"
    letter = letters.read("[badge.name]", f"{written}\n\n[learner.name]\n\n[link]")
    values = {"learner.name": value, "badge.name": value}

    made = html(letter, values)

    assert re.sub(r"</?(p|a|br)( [^<>]*)?>", "", made).count("<") == 0
    assert made.count("<a ") == 1
    assert len(letters.subject_of(letter, values).splitlines()) <= 1
