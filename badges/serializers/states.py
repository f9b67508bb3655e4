"""States and kinds of badges in the words of the page."""

from badges import models
from badges.serializers import words


def states() -> list[tuple[str, str]]:
    """Return the states that a badge may be in, with their words."""
    return [(value, str(label)) for value, label in models.Achievement.State.choices]


def kind(term: str) -> str:
    """Return the kind of a badge in the language of the page."""
    return words.word(words.ACHIEVEMENT_TYPES, term)


def kinds(kept: str) -> dict[str, str]:
    """Return the kinds that a badge may have, by their words, and the one that it has."""
    terms = {term: str(word) for term, word in words.ACHIEVEMENT_TYPES.items()}
    terms.setdefault(kept, kind(kept))
    return dict(sorted(terms.items(), key=lambda each: each[1]))
