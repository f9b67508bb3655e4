"""What one value of a document may be, and the bounded walk that notes where it is something else.

What each class of Open Badges 3.0 holds is told in `classes`, in terms of these rules.

Source: Open Badges 3.0 appendix B ("Derived Types"); W3C Verifiable Credentials 2.0 section 4.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from badges.core import vocabulary

# A person corrects a few problems at a time, and a hostile document must not make us write a book.
MAX_PROBLEMS = 50
# A document of 256 kB, the most that is read elsewhere, holds fewer values than this.
MAX_VALUES = 200_000
# A profile holds its parent organisation, an endorsement its issuer: deeper than this is a trap.
MAX_DEPTH = 40
# A pointer into a hostile document may be as long as the document.
MAX_POINTER = 200

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x1f\x7f]+")
_TIMESTAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?"
    r"(Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"
)
_COMPACT_JWS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+")
_STATUS_INDEX = re.compile(r"[0-9]{1,20}")
# An instant as anybody writes it.
SHORT = 35
# What JSON-LD processors write differently, or not at all, in canonical N-Quads.
_UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Numbers that JavaScript and Python write alike.
_SMALLEST, _LARGEST = 1e-6, 2**53


@dataclass(frozen=True, slots=True)
class Problem:
    """One departure from the standard.

    Attributes:
        pointer: where, as a JSON pointer (RFC 6901); the empty string is the whole document.
        message: what is wrong and what would be right, in plain English.
        code: which rule, for a program or a translation.
    """

    pointer: str
    message: str
    code: str

    def __str__(self) -> str:
        """Write it on one line."""
        return f"{self.pointer or 'the document'} {self.message}"


class EnoughError(Exception):
    """The walk has found, or has visited, as much as it may."""


class Walk:
    """One reading of one document: how strictly, what was found, and how far it may still go."""

    def __init__(self, *, strict: bool) -> None:
        """Start with nothing found."""
        self.strict = strict
        self.found: list[Problem] = []
        self._values = 0

    def refuse(self, pointer: str, code: str, message: str) -> None:
        """Note a problem.

        Raises:
            EnoughError: that makes MAX_PROBLEMS.
        """
        if len(pointer) > MAX_POINTER:
            pointer = pointer[:MAX_POINTER] + "…"
        self.found.append(Problem(pointer, message, code))
        if len(self.found) >= MAX_PROBLEMS:
            raise EnoughError

    def visit(self, pointer: str) -> None:
        """Count one value.

        Raises:
            EnoughError: the document is larger than any credential.
        """
        self._values += 1
        if self._values > MAX_VALUES:
            self.refuse(pointer, "too_large", "is more than a credential can hold")
            raise EnoughError


Rule = Callable[[object, str, Walk], None]


def child(pointer: str, name: str | int) -> str:
    """Point at a member or an item of what `pointer` points at (RFC 6901 section 3)."""
    return f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}"


def text(value: object, pointer: str, walk: Walk) -> None:
    """Accept text; strictly, text that says something and that every processor writes alike."""
    if not isinstance(value, str):
        walk.refuse(pointer, "not_text", "must be text")
    elif walk.strict and (not value or value.isspace()):
        walk.refuse(pointer, "blank", "must not be blank")
    elif walk.strict and _UNSPEAKABLE.search(value):
        walk.refuse(pointer, "unspeakable", "holds a control character or half a character")


def uri(value: object, pointer: str, walk: Walk) -> None:
    """Accept a whole URI (or IRI): a relative one is lost when the document is canonicalised."""
    if not isinstance(value, str) or not _URI.fullmatch(value):
        walk.refuse(pointer, "not_a_uri", "must be a whole address, such as https://… or urn:…")


def timestamp(value: object, pointer: str, walk: Walk) -> None:
    """Accept an instant with its zone (xsd:dateTimeStamp)."""
    if read_timestamp(value) is None:
        example = "2026-01-31T12:00:00Z"
        walk.refuse(
            pointer, "not_a_timestamp", f"must be a date and time with its zone, such as {example}"
        )


def read_timestamp(value: object) -> datetime | None:
    """Read an xsd:dateTimeStamp, to the second; None when it is not one."""
    if not isinstance(value, str):
        return None
    return _read_short(value) if len(value) <= SHORT else _read(value)


def _read(value: str) -> datetime | None:
    match = _TIMESTAMP.fullmatch(value)
    if match is None:
        return None
    try:
        return datetime.fromisoformat(f"{match[1]}{match[2]}")
    except ValueError:
        return None


# The documents of a list have few instants; a hostile one must not make us keep what is long.
_read_short = lru_cache(maxsize=1024)(_read)


def number(value: object, pointer: str, walk: Walk) -> None:
    """Accept a number; strictly, one that every processor writes alike."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        walk.refuse(pointer, "not_a_number", "must be a number")
    elif walk.strict and value != 0 and not _SMALLEST <= abs(value) < _LARGEST:
        walk.refuse(pointer, "number_range", "must be 0, or lie between 0.000001 and 2^53")


def boolean(value: object, pointer: str, walk: Walk) -> None:
    """Accept true or false."""
    if not isinstance(value, bool):
        walk.refuse(pointer, "not_a_boolean", "must be true or false")


def language(value: object, pointer: str, walk: Walk) -> None:
    """Accept a language code such as fr or fr-CA."""
    if not isinstance(value, str) or not vocabulary.LANGUAGE.fullmatch(value):
        walk.refuse(pointer, "not_a_language", "must be a language code, such as fr or fr-CA")


def compact_jws(value: object, pointer: str, walk: Walk) -> None:
    """Accept a JWS in its compact form."""
    if not isinstance(value, str) or not _COMPACT_JWS.fullmatch(value):
        walk.refuse(pointer, "not_a_jws", "must be a compact JWS")


def status_index(value: object, pointer: str, walk: Walk) -> None:
    """Accept a place in a status list: decimal digits, as text."""
    if not isinstance(value, str) or not _STATUS_INDEX.fullmatch(value):
        walk.refuse(pointer, "not_an_index", "must be decimal digits written as text")


def choice(words: tuple[str, ...], *, extensible: bool = True) -> Rule:
    """Make the rule that accepts one of `words` or, when extensible, a term of one's own."""
    own = ", or a term of your own such as ext:Example" if extensible else ""

    def rule(value: object, pointer: str, walk: Walk) -> None:
        known = isinstance(value, str) and (
            value in words or (extensible and _is_extension(value, strict=walk.strict))
        )
        if not known:
            walk.refuse(pointer, "not_a_choice", f"must be one of {', '.join(words)}{own}")

    return rule


def _is_extension(value: str, *, strict: bool) -> bool:
    """Recognise `ext:…`. The standard's pattern has no end, so others may go on as they like."""
    match = vocabulary.EXTENSION.fullmatch if strict else vocabulary.EXTENSION.match
    return match(value) is not None


def refuse_nothing(document: object, walk: Walk) -> None:
    """Refuse nulls and empty arrays wherever they are: the standard has neither.

    A context is the exception: there, null has a meaning of its own.

    Raises:
        EnoughError: the walk ends here.

    Source: Open Badges 3.0 appendix A.
    """
    waiting: list[tuple[object, str, int]] = [(document, "", 0)]
    while waiting:
        value, pointer, depth = waiting.pop()
        walk.visit(pointer)
        if value is None:
            walk.refuse(pointer, "null", "must be left out rather than null")
        elif value == []:
            walk.refuse(pointer, "empty", "must be left out rather than an empty array")
        elif depth >= MAX_DEPTH:
            walk.refuse(pointer, "too_deep", "is nested too deeply")
        elif isinstance(value, Mapping):
            items: Iterable[tuple[str | int, object]] = value.items()
            waiting.extend(
                (item, child(pointer, name), depth + 1)
                for name, item in items
                if name != "@context"
            )
        elif isinstance(value, list):
            waiting.extend(
                (item, child(pointer, index), depth + 1) for index, item in enumerate(value)
            )
