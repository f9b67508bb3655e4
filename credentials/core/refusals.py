"""Why a document has no canonical form here: one tree of exceptions, one base.

Each carries a stable `reason`, for reports and translations, and where it can the JSON pointer of
the place.
"""

# ruff: noqa: N818 - a refusal is named after what is wrong; `reason` says the same to machines

from collections.abc import Iterable


class CanonicalisationError(ValueError):
    """The document cannot be canonicalised, so it can be neither signed nor verified.

    Attributes:
        reason: stable code.
        pointer: JSON pointer of the place (RFC 6901), or None where it has none.
    """

    reason = "not-canonical"

    def __init__(self, message: str, *, pointer: str | None = None) -> None:
        """Keep the place; the message begins with it."""
        super().__init__(f"{pointer or '/'}: {message}" if pointer is not None else message)
        self.pointer = pointer


class UnknownContext(CanonicalisationError):
    """The document refers to a context, or to a sequence of contexts, that is not shipped."""

    reason = "unknown-context"


class NotJsonLd(CanonicalisationError):
    """The contexts do not allow the document."""

    reason = "not-json-ld"


class DataLoss(CanonicalisationError):
    """Something in the document would not be covered by the signature."""

    reason = "data-loss"


class UndefinedTerms(DataLoss):
    """Members that no context defines. JSON-LD leaves them out without a word.

    Attributes:
        terms: their names, as far as they are known.
    """

    def __init__(self, terms: Iterable[str], *, pointer: str | None = None) -> None:
        """Keep the names; the message lists the first five."""
        self.terms = tuple(terms)
        names = ", ".join(term[:80] for term in self.terms[:5])
        super().__init__(
            f"no context defines {names}: remove it, or name the context that does", pointer=pointer
        )


class Ambiguous(CanonicalisationError):
    """The document hides what it states from those who read it as plain JSON."""

    reason = "ambiguous"


class UnsafeValue(CanonicalisationError):
    """A text or a number that implementations do not all write alike."""

    reason = "unsafe-value"


class TooComplex(CanonicalisationError):
    """The graph of the document would take too long to canonicalise."""

    reason = "too-complex"
