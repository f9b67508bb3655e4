"""Does one name pass for another? Names are compared as a hurried reader reads them.

1. What cannot be seen is dropped; accents, case and typography are dropped (NFKC, case folding).
2. Letters that look alike become one: Cyrillic and Greek ones, digits and signs in place of
   letters, i and l and 1, rn and m, vv and w.
3. What does not tell organisations apart is dropped: articles, legal forms.
4. What is left is compared as words: equal in any order, or a letter or two apart, or equal but for
   words that anybody may add ("official", "France", "diplomas").

It errs on the side of showing too much, because a person judges what it finds; but names that
differ by a number or by a short word ("Lycée 12", "École B") are those of honest neighbours.

Source: Unicode UTS #39 section 4 (confusable detection); UAX #15 (normalisation forms).
"""

# ruff: noqa: RUF001 - letters that look alike are what it is about

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

MAX_NAME = 200

# Small letters that look like a Latin one; capitals are folded before. Not the whole table of UTS
# #39, which is for identifiers: those that a keyboard or a phishing kit offers.
_LETTERS = str.maketrans({
    # Cyrillic
    "а": "a", "в": "b", "г": "r", "ԁ": "d", "е": "e", "ѐ": "e", "ё": "e", "є": "e", "һ": "h",
    "н": "h", "і": "i", "ї": "i", "ј": "j", "к": "k", "ӏ": "l", "м": "m", "п": "n", "о": "o",
    "ө": "o", "р": "p", "ԛ": "q", "ѕ": "s", "т": "t", "ц": "u", "ѵ": "v", "ԝ": "w", "ш": "w",
    "х": "x", "у": "y", "ү": "y", "ь": "b", "з": "3", "б": "6",
    # Greek
    "α": "a", "β": "b", "ε": "e", "γ": "y", "η": "n", "ι": "i", "κ": "k", "μ": "u", "ν": "v",
    "ο": "o", "σ": "o", "ρ": "p", "τ": "t", "υ": "u", "χ": "x", "ω": "w", "ζ": "z",
    # Armenian, and Latin letters that no accent separates from another
    "օ": "o", "ս": "u", "հ": "h", "ո": "n", "ց": "g", "ı": "i", "ɩ": "i", "ł": "l", "ø": "o",
    "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ƒ": "f", "ɑ": "a", "ɡ": "g", "ɪ": "i", "ʀ": "r",
    "ᴏ": "o", "ꜱ": "s", "ᴍ": "m", "ᴀ": "a", "ᴇ": "e", "ɴ": "n", "ᴛ": "t", "ᴜ": "u", "ʟ": "l",
    "æ": "ae", "œ": "oe", "þ": "p",
    # Signs for letters
    "@": "a", "$": "s", "€": "e", "£": "l", "!": "i", "|": "l",
})  # fmt: skip
# Digits stand for letters only inside a word: "Universite 1" is not "Universite I".
_DIGITS = str.maketrans({"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "6": "b", "8": "b"})

_LINKS = frozenset(
    {
        "and", "at", "au", "aux", "de", "des", "du", "en", "et", "for", "in", "la", "le", "les",
        "of", "pour", "sur", "the",
        "asbl", "cie", "co", "corp", "eurl", "gie", "gmbh", "inc", "llc", "ltd", "ltee", "osbl",
        "sa", "sarl", "sas", "sasu", "scop",
    }
)  # fmt: skip
_EMBELLISHMENTS = frozenset(
    {
        "academy", "badge", "badges", "campus", "canada", "certificat", "certificats",
        "certification", "certifications", "certifie", "credentials", "degree", "degrees",
        "diploma", "diplomas", "diplome", "diplomes", "enligne", "europe", "formation",
        "formations", "france", "group", "groupe", "international", "ligne", "national",
        "nationale", "official", "officiel", "officielle", "online", "ontario", "portail",
        "portal", "quebec", "secure", "securise", "service", "services", "verified", "verifie",
    }
)  # fmt: skip
# A shorter word is another word when a letter changes, and so is what is left of a short name.
_ONE_LETTER, _TWO_LETTERS = 5, 9
_MIN_NAME = 4
# At most so many words of a name are misspelt at once.
_MISSPELT = 2
_ELISION = re.compile(r"\b[ld]['\u2019\u02bc](?=\w)")


class Likeness(StrEnum):
    """How one name passes for another."""

    SAME = "same"
    CONFUSABLE = "confusable"
    SPELLING = "spelling"
    EMBELLISHED = "embellished"


@dataclass(frozen=True, slots=True)
class Reading:
    """A name as a hurried reader reads it.

    Attributes:
        plain: without case, accents, links and what cannot be seen, in the letters it has.
        words: the same in the letters that it seems to have, in alphabetical order.
        run: all of it without spaces, in the order of the name.
    """

    plain: str
    words: tuple[str, ...]
    run: str


def read(name: str) -> Reading:
    """Read a name; what is beyond MAX_NAME characters is not read.

    Source: Unicode UTS #39 section 4 (skeleton); UAX #15.
    """
    # Cf: joiners, marks of direction, soft hyphens.
    shown = "".join(each for each in name[:MAX_NAME] if unicodedata.category(each) != "Cf")
    folded = _ELISION.sub("", unicodedata.normalize("NFKC", shown).casefold())
    split = unicodedata.normalize("NFKD", folded)
    bare = "".join(each for each in split if not unicodedata.combining(each))
    plain = [word for word in _words(bare) if word not in _LINKS]
    seen = _words(bare.translate(_LETTERS))
    words = sorted(_seeming(word) for word in seen if word not in _LINKS)
    return Reading(" ".join(plain), tuple(words), "".join(map(_seeming, seen)))


def likeness(one: Reading, other: Reading) -> Likeness | None:
    """Say how two names pass for each other; None where a reader tells them apart.

    Args:
        one: a name.
        other: another one.

    Source: Unicode UTS #39 section 4.
    """
    if one.plain and one.plain == other.plain:
        return Likeness.SAME
    if min(len(one.run), len(other.run)) < _MIN_NAME or _numbers(one) != _numbers(other):
        return None
    if one.words == other.words or one.run == other.run:
        return Likeness.CONFUSABLE
    if _is_misspelt(one, other):
        return Likeness.SPELLING
    if _is_embellished(one, other) or _is_embellished(other, one):
        return Likeness.EMBELLISHED
    return None


def distance(one: str, other: str, most: int) -> int:
    """Return how many letters to change, add, drop or swap; `most` + 1 where it is more.

    Args:
        one: a word.
        other: another one.
        most: where counting stops.

    Source: optimal string alignment (Damerau 1964, Levenshtein 1965).
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    two_above: list[int] = []
    above = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, against in enumerate(other, start=1):
            best = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != against))
            if two_above and j > 1 and letter == other[j - 2] and against == one[i - 2]:
                best = min(best, two_above[j - 2] + 1)
            row.append(best)
        if min(row) > most:
            return most + 1
        two_above, above = above, row
    return min(above[-1], most + 1)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


def _seeming(word: str) -> str:
    """Return a word in the letters that it seems to have; a number stays what it is."""
    if not word.isdecimal():
        word = word.translate(_DIGITS)
    return word.replace("rn", "m").replace("vv", "w").replace("i", "l")


def _numbers(name: Reading) -> list[str]:
    return [word for word in name.words if word.isdecimal()]


def _apart(one: tuple[str, ...], other: tuple[str, ...]) -> list[str]:
    """Return the words of one that the other has not, each as often as it is too many."""
    left = list(other)
    apart = []
    for word in one:
        if word in left:
            left.remove(word)
        else:
            apart.append(word)
    return apart


def _is_near(one: str, other: str) -> bool:
    shorter = min(len(one), len(other))
    most = 0 if shorter < _ONE_LETTER else 1 if shorter < _TWO_LETTERS else 2
    return distance(one, other, most) <= most


def _is_misspelt(one: Reading, other: Reading) -> bool:
    if len(one.words) != len(other.words):
        # A space more or less, and a letter beside it.
        return min(len(one.run), len(other.run)) >= _TWO_LETTERS and (
            distance(one.run, other.run, 1) <= 1
        )
    here, there = _apart(one.words, other.words), _apart(other.words, one.words)
    return len(here) <= _MISSPELT and any(
        all(map(_is_near, here, order)) for order in (there, there[::-1])
    )


def _is_embellished(plain: Reading, more: Reading) -> bool:
    """Say whether the second name is the first, with words that anybody may add."""
    return not _apart(plain.words, more.words) and all(
        word in _ADDED for word in _apart(more.words, plain.words)
    )


# The words of the list, as `read` gives them.
_ADDED = frozenset(map(_seeming, _EMBELLISHMENTS))
