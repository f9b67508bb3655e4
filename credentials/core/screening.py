"""What may be signed or verified: nothing that is dropped, hidden, or written in two ways.

A signature covers the graph that JSON-LD makes of a document, not its bytes. Three gaps lie between
the two, and each is closed here by refusing.

Dropped     null, empty arrays, inline keywords: they leave no trace, so anybody may add them.
Hidden      `"https://www.w3.org/2018/credentials#validUntil"` states the same as `"validUntil"`,
            but a program that reads the JSON does not see it. Members and types are therefore
            written as terms and in no other way, as in the document's own compaction.
Two ways    numbers beyond 2^53 or below 10^-6, and control characters: implementations write them
            differently.

Sources: Data Integrity 1.0 section 4.6; JSON-LD 1.1 sections 4 and 9; RDF Dataset Canonicalization
1.0 section 5.
"""

import re
from collections.abc import Mapping
from typing import Any

from credentials.core import canonical
from credentials.core.contexts import Library
from credentials.core.refusals import Ambiguous, DataLoss, TooComplex, UnknownContext, UnsafeValue

# Smaller numbers are written 1e-7 by some and 1.0E-7 by others before they become text.
MIN_NUMBER = 1e-6

# C0 controls but tab and line ends, DEL, half surrogate pairs, and the 66 code points that are not
# characters.
_UNSAFE_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
    + "]"
)
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


def screen(document: Mapping[str, Any], *, library: Library) -> frozenset[str]:
    """Return every text of a document, if nothing in it escapes its signature.

    Args:
        document: a JSON object, from anybody.
        library: the contexts it may use.

    Raises:
        UnknownContext: a `@context` is missing, inline, or not an accepted sequence.
        DataLoss: null, an empty array, or a keyword that leaves no trace.
        Ambiguous: a member or a type written as an address where there is a term.
        UnsafeValue: a text or a number that is not written alike everywhere.
        TooComplex: nested too deep.
    """
    if "@context" not in document:
        raise UnknownContext("the document has no @context", pointer="")
    texts: set[str] = set()
    _screen_object(document, "", 1, library, texts)
    return frozenset(texts)


def is_safe(text: str) -> bool:
    """Say whether a text may be signed: every implementation writes it alike."""
    # What is printable is safe, as tabs and line ends are; and that is known ten times sooner.
    plain = text.replace("\n", "").replace("\r", "").replace("\t", "")
    return plain.isprintable() or _UNSAFE_TEXT.search(text) is None


def pointers_of(document: object, name: str) -> list[str]:
    """Return the JSON pointers of every member of that name, for an error message."""
    return list(_members(document, name, ""))


def pointer_of_text(document: object, text: str) -> str | None:
    """Return the JSON pointer of the first string that is this text, for an error message."""
    return next(iter(_texts(document, text, "")), None)


def _screen(value: object, pointer: str, depth: int, library: Library, texts: set[str]) -> None:
    if isinstance(value, str):
        _screen_text(value, pointer)
        texts.add(value)
    elif isinstance(value, dict):
        _screen_object(value, pointer, depth, library, texts)
    elif isinstance(value, list):
        if not value:
            raise DataLoss("an empty array leaves no trace: remove the member", pointer=pointer)
        if depth >= canonical.MAX_DEPTH:
            raise TooComplex(f"nested more than {canonical.MAX_DEPTH} levels deep", pointer=pointer)
        for index, item in enumerate(value):
            _screen(item, f"{pointer}/{index}", depth + 1, library, texts)
    elif value is None:
        raise DataLoss("null leaves no trace: remove the member", pointer=pointer)
    elif isinstance(value, int | float):
        _screen_number(value, pointer)
    else:
        raise UnsafeValue(f"a {type(value).__name__} is not JSON", pointer=pointer)


def _screen_object(
    value: Mapping[str, Any], pointer: str, depth: int, library: Library, texts: set[str]
) -> None:
    if depth >= canonical.MAX_DEPTH:
        raise TooComplex(f"nested more than {canonical.MAX_DEPTH} levels deep", pointer=pointer)
    if "@value" in value or "@language" in value:
        _screen_language_text(value, pointer)
        return
    for name, member in value.items():
        here = f"{pointer}/{_escape(name)}"
        if name == "@context":
            library.require_sequence(member, pointer=here)
            continue
        _screen_name(name, here)
        if name == "type":
            _screen_type(member, here, library)
        _screen(member, here, depth + 1, library, texts)


def _screen_language_text(value: Mapping[str, Any], pointer: str) -> None:
    """A text and its language, the only use of JSON-LD's own form that VC 2.0 knows."""
    text, language = value.get("@value"), value.get("@language")
    if (
        set(value) != {"@value", "@language"}
        or not isinstance(text, str)
        or not isinstance(language, str)
    ):
        raise DataLoss("a text with its language has exactly @value and @language", pointer=pointer)
    if not _LANGUAGE.fullmatch(language):
        raise UnsafeValue("@language is not a language tag such as fr-CA", pointer=pointer)
    _screen_text(text, f"{pointer}/@value")


def _screen_name(name: str, pointer: str) -> None:
    _screen_text(name, pointer)
    if name.startswith("@"):
        raise DataLoss(f"the keyword {name[:80]} is not used in credentials", pointer=pointer)
    if ":" in name:
        raise Ambiguous("a member is written as a term, not as an address", pointer=pointer)


def _screen_type(value: object, pointer: str, library: Library) -> None:
    for item in value if isinstance(value, list) else [value]:
        # A relative type is found later: this is about those that the contexts would abbreviate.
        if not isinstance(item, str) or ":" not in item:
            continue
        if item in library.iris or item.partition(":")[0] in library.prefixes:
            raise Ambiguous(
                f"the type {item[:200]} is written as a term, not as an address", pointer=pointer
            )


def _screen_text(text: str, pointer: str) -> None:
    found = _UNSAFE_TEXT.search(text)
    if found:
        code = f"U+{ord(found.group()):04X}"
        raise UnsafeValue(f"the text holds the character {code}: remove it", pointer=pointer)


def _screen_number(value: float, pointer: str) -> None:
    if isinstance(value, bool) or value == 0:
        return
    if not MIN_NUMBER <= abs(value) < canonical.MAX_NUMBER:
        raise UnsafeValue("a number is 0, or from 0.000001 to below 2^53 in size", pointer=pointer)
    # JSON-LD writes 16 digits: two numbers that differ in the 17th would have one signature.
    if float(f"{value:.15E}") != value:
        raise UnsafeValue("a number has at most 16 digits", pointer=pointer)


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _members(value: object, name: str, pointer: str) -> Any:
    if isinstance(value, Mapping):
        for key, member in value.items():
            here = f"{pointer}/{_escape(key)}"
            if key == name:
                yield here
            yield from _members(member, name, here)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _members(item, name, f"{pointer}/{index}")


def _texts(value: object, text: str, pointer: str) -> Any:
    if value == text:
        yield pointer
    elif isinstance(value, Mapping):
        for key, member in value.items():
            yield from _texts(member, text, f"{pointer}/{_escape(key)}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, text, f"{pointer}/{index}")
