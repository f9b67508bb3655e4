"""issuers/core/lookalikes: what passes for what, and honest neighbours."""

# ruff: noqa: RUF001 - letters that look alike are what it is about

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuers.core import lookalikes
from issuers.core.lookalikes import Likeness

LYON = "Université de Lyon"


def likeness(one: str, other: str) -> Likeness | None:
    return lookalikes.likeness(lookalikes.read(one), lookalikes.read(other))


@pytest.mark.parametrize(
    "name",
    [
        "Université de Lyon",
        "UNIVERSITE DE LYON",
        "universite  de\tlyon",
        "Université de\u00a0Lyon",
        "Univer\u00adsité de Lyon",
        "Université\u200b de Lyon\u202e",
        "L’Université de Lyon",
        "𝐔𝐧𝐢𝐯𝐞𝐫𝐬𝐢𝐭é 𝐝𝐞 𝐋𝐲𝐨𝐧",
        "Ｕｎｉｖｅｒｓｉｔé ｄｅ Ｌｙｏｎ",
        "Université de Lyon SAS",
        "Université-de-Lyon",
    ],
)
def test_what_differs_only_in_dress_is_the_same_name(name):
    assert likeness(name, LYON) is Likeness.SAME


@pytest.mark.parametrize(
    "name",
    [
        "Univеrsité de Lyon",
        "Universіté de Lyоn",
        "Université de Lуon",
        "Universıté de Lyοn",
        "Universite de Ly0n",
        "Un1versité de Lyon",
        "Unlversité de Lyon",
        "Université de £yon",
        "Universit€ de Lyon",
        "Lyon Université",
        "Univ ersité de Lyon",
        "Uni\u200bversité de Ly on",
    ],
)
def test_letters_that_look_alike_are_seen(name):
    assert likeness(name, LYON) is Likeness.CONFUSABLE


def test_pairs_of_letters_pass_for_one():
    assert likeness("Modem Institute", "Modern Institute") is Likeness.CONFUSABLE
    assert likeness("Vvebforce", "Webforce") is Likeness.CONFUSABLE


@pytest.mark.parametrize(
    "name",
    [
        "Univresité de Lyon",  # two letters swapped
        "Universté de Lyon",
        "Universsité de Lyon",
        "Uniwersite de Lyon",
        "Universitée de Lyon",
        "Universitédelyonn",
    ],
)
def test_a_letter_more_less_or_swapped_is_seen(name):
    assert likeness(name, LYON) is Likeness.SPELLING


@pytest.mark.parametrize(
    "name",
    [
        "Université de Lyon officiel",
        "Université de Lyon – Diplômes",
        "Official Université de Lyon",
        "Université de Lyon France Certification",
    ],
)
def test_words_that_anybody_may_add_do_not_tell_apart(name):
    assert likeness(name, LYON) is Likeness.EMBELLISHED
    assert likeness(LYON, name) is Likeness.EMBELLISHED


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("École A", "École B"),
        ("Lycée 12", "Lycée 13"),
        ("Lycée Victor Hugo", "Lycée Victor Duruy"),
        ("Université de Lyon", "Université de Dijon"),
        ("Université Lyon 1", "Université Lyon 2"),
        ("Institut Ardoise", "Institut des Deux Rives"),
        ("AFPA", "AFPI"),
        ("IUT", "IAE"),
        ("École des métiers", "École des mines"),
        ("", ""),
        ("!!!", "???"),
    ],
)
def test_honest_neighbours_are_told_apart(one, other):
    assert likeness(one, other) is None


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_has_no_direction_and_takes_any_text(one, other):
    assert likeness(one, other) == likeness(other, one)


@given(st.text(max_size=60))
def test_a_name_passes_for_itself_or_says_nothing(name):
    read = lookalikes.read(name)

    assert lookalikes.likeness(read, read) in {Likeness.SAME, None}
    assert (lookalikes.likeness(read, read) is None) == (not read.plain)


def test_a_long_name_is_not_read_to_its_end():
    assert len(lookalikes.read("a" * 10_000_000).run) <= lookalikes.MAX_NAME * 2


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("abc", "xbc", 1), ("abc", "cab", 2),
     ("abc", "xyz", 3), ("", "abcd", 3)],
)  # fmt: skip
def test_the_distance_is_counted_in_letters(one, other, apart):
    assert lookalikes.distance(one, other, 2) == min(apart, 3)
