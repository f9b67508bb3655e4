"""Days in words: in French, a month begins with its *premier*."""


def said(words: str, *, language: str) -> str:
    """Return a day as people write it.

    Args:
        words: The day, its number first: "1 septembre 2026".
        language: Of the words: a tag of RFC 5646.
    """
    if language.startswith("fr") and words.startswith("1 "):
        return f"1er {words.removeprefix('1 ')}"
    return words
