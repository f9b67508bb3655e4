"""JSON in and out: what may enter, the bytes that are signed over, the canonical bytes of receipts.

The strict loader stands in front of everything that reads a document. It refuses what two readers
could understand differently (duplicate members, NaN, numbers beyond 2^53) and what costs more than
a document is worth.

Sources: RFC 8259 (JSON); RFC 7493 (I-JSON); RFC 8785 (JCS).
"""

import json
import math
import re
from typing import Any, NoReturn

import rfc8785

# A credential with an image in it takes about 40 kB; a status list 20 kB. Larger is not a document,
# it is a load.
MAX_BYTES = 256 * 1024
# An embedded endorsement of an issuer within an achievement goes 12 deep.
MAX_DEPTH = 32
# RFC 7493 section 2.2: beyond, readers that keep numbers as doubles disagree.
MAX_NUMBER = 2**53
# Sign, 17 digits, point, exponent. Also bounds the parsing of integers, which is quadratic.
MAX_NUMBER_DIGITS = 32

# Strings are consumed whole (possessively: no backtracking), so that brackets inside them do not
# count. An unfinished string runs to the end: the parser refuses it later.
_STRUCTURE = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class MalformedDocument(ValueError):  # noqa: N818 - it says what is wrong
    """The bytes are not a JSON document that every reader understands in the same way.

    Attributes:
        reason: stable code, for reports and translations.
    """

    def __init__(self, reason: str, message: str) -> None:
        """Keep the code beside the message."""
        super().__init__(message)
        self.reason = reason


def loads(data: bytes | str, *, limit: int = MAX_BYTES) -> dict[str, Any]:
    """Read a JSON object strictly.

    Args:
        data: UTF-8 bytes or text, 32 levels deep at most.
        limit: how many bytes it may take: 256 kB, unless it is no document.

    Raises:
        MalformedDocument: too large, too deep, not UTF-8, not JSON, not an object, a member given
            twice, NaN or Infinity, a number that is not below 2^53 in size, or half a surrogate
            pair.

    Source: RFC 7493 sections 2.1 to 2.3.
    """
    text = _text(data, limit)
    _require_shallow(text)
    try:
        document = json.loads(
            text,
            object_pairs_hook=_members,
            parse_int=_integer,
            parse_float=_real,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as error:
        raise MalformedDocument(
            "not-json", f"not JSON: {error.msg}, line {error.lineno} column {error.colno}"
        ) from None
    if not isinstance(document, dict):
        raise MalformedDocument("not-an-object", "the document is not a JSON object")
    # Only an escape can bring half a pair in: the bytes were UTF-8.
    if _ESCAPED_SURROGATE.search(text):
        _require_whole_characters(document)
    return document


def dumps(document: object) -> bytes:
    """Write compact UTF-8 JSON, members in their order: the bytes that are stored and served.

    Raises:
        MalformedDocument: NaN, Infinity, half a surrogate pair, or a value that is not JSON.

    Source: RFC 8259.
    """
    try:
        return json.dumps(
            document, ensure_ascii=False, allow_nan=False, separators=(",", ":")
        ).encode()
    except (ValueError, TypeError, RecursionError) as error:
        raise MalformedDocument(
            "not-json", f"the value cannot be written as JSON: {error}"
        ) from None


def jcs(value: object) -> bytes:
    """Write canonical JSON: sorted members, one way to write each number and string.

    Raises:
        MalformedDocument: a number beyond 2^53, NaN, half a surrogate pair, or a value that is not
            JSON.

    Source: RFC 8785.
    """
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type] # it checks by itself
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        # rfc8785 0.1.4 lets half a pair in a member's name escape as UnicodeEncodeError.
        raise MalformedDocument("not-json", f"the value has no canonical JSON: {error}") from None


def _text(data: bytes | str, limit: int) -> str:
    # A character takes at least one byte: a text that is too long is refused before it is encoded.
    if len(data) > limit:
        raise MalformedDocument("too-large", f"the document takes more than {limit // 1024} kB")
    try:
        encoded = data.encode() if isinstance(data, str) else data
        text = encoded.decode()
    except UnicodeError:
        raise MalformedDocument("not-utf-8", "the document is not UTF-8") from None
    if len(encoded) > limit:
        raise MalformedDocument("too-large", f"the document takes more than {limit // 1024} kB")
    return text


def _require_shallow(text: str) -> None:
    """Refuse deep nesting before the parser, which recurses, sees it."""
    depth = 0
    for token in _STRUCTURE.finditer(text):
        mark = token.group()
        if mark in {"[", "{"}:
            depth += 1
            if depth > MAX_DEPTH:
                raise MalformedDocument(
                    "too-deep", f"the document is nested more than {MAX_DEPTH} levels deep"
                )
        elif mark in {"]", "}"}:
            depth -= 1


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise MalformedDocument(
            "duplicate-member", f"the member {twice[:80]!r} is given twice in one object"
        )
    return members


def _integer(digits: str) -> int:
    if len(digits) > MAX_NUMBER_DIGITS or abs(value := int(digits)) >= MAX_NUMBER:
        raise MalformedDocument(
            "number", f"the number {digits[:20]} is not below 2^53, or too long"
        )
    return value


def _real(digits: str) -> float:
    if (
        len(digits) > MAX_NUMBER_DIGITS
        or not math.isfinite(value := float(digits))
        or abs(value) >= MAX_NUMBER
    ):
        raise MalformedDocument(
            "number", f"the number {digits[:20]} is not below 2^53, or too long"
        )
    return value


def _constant(name: str) -> NoReturn:
    raise MalformedDocument("number", f"{name} is not a JSON number")


def _require_whole_characters(value: object) -> None:
    if isinstance(value, str):
        if _SURROGATE.search(value):
            raise MalformedDocument("surrogate", "a string holds half a surrogate pair")
    elif isinstance(value, dict):
        for name, member in value.items():
            _require_whole_characters(name)
            _require_whole_characters(member)
    elif isinstance(value, list):
        for item in value:
            _require_whole_characters(item)
