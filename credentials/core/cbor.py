"""CBOR, as far as proofs need it: written in one way, and read only when it was written so.

Unsigned numbers, byte strings, texts, arrays, and maps whose keys are numbers. What is read comes
from anybody: it is bounded in depth and in items, and must be in its shortest form.

Source: RFC 8949 sections 3 and 4.2.1 (core deterministic encoding).
"""

from collections.abc import Mapping
from typing import Any

_UNSIGNED, _BYTES, _TEXT, _ARRAY, _MAP = 0, 2, 3, 4, 5
_IMMEDIATE = 24
_LENGTHS = {24: 1, 25: 2, 26: 4, 27: 8}
_MAX_DEPTH = 5
MAX_ITEMS = 512


class CborError(ValueError):
    """The bytes are not the one encoding of a value that a proof may hold."""


def write(value: object) -> bytes:
    """Write a value; the keys of a map in their order.

    Args:
        value: made of int (not negative), bytes, str, list, and dict from int to any of them.

    Raises:
        TypeError: made of something else.

    Source: RFC 8949 section 4.2.1.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return _head(_UNSIGNED, value)
    if isinstance(value, bytes):
        return _head(_BYTES, len(value)) + value
    if isinstance(value, str):
        encoded = value.encode()
        return _head(_TEXT, len(encoded)) + encoded
    if isinstance(value, list):
        return _head(_ARRAY, len(value)) + b"".join(write(item) for item in value)
    if isinstance(value, Mapping):
        pairs = (write(key) + write(value[key]) for key in sorted(value))
        return _head(_MAP, len(value)) + b"".join(pairs)
    raise TypeError(f"a {type(value).__name__} is not written as CBOR here")


def read(data: bytes, *, max_items: int = MAX_ITEMS) -> Any:
    """Return the one value that the bytes are.

    Args:
        data: from anybody; the caller bounds its length.
        max_items: how many values there may be, those within others included.

    Raises:
        CborError: too deep, too many, cut, going on after its end, not in its shortest form, or
            holding a value that `write` does not write.

    Source: RFC 8949 sections 3 and 4.2.1.
    """
    reader = _Reader(data, max_items)
    value = reader.value(0)
    if not reader.at_end:
        raise CborError("the CBOR goes on after its end")
    return value


def _head(kind: int, number: int) -> bytes:
    if number < _IMMEDIATE:
        return bytes([kind << 5 | number])
    code = next(code for code, length in _LENGTHS.items() if number < 1 << 8 * length)
    return bytes([kind << 5 | code]) + number.to_bytes(_LENGTHS[code])


class _Reader:
    """Never reads further than the bytes go."""

    def __init__(self, data: bytes, max_items: int) -> None:
        self._data = data
        self._at = 0
        self._left = max_items

    @property
    def at_end(self) -> bool:
        return self._at == len(self._data)

    def value(self, depth: int) -> object:
        self._left -= 1
        if depth > _MAX_DEPTH or self._left < 0:
            raise CborError("the CBOR is nested too deep, or has too many items")
        first = self._take(1)[0]
        kind, number = first >> 5, self._number(first & 0x1F)
        if kind == _UNSIGNED:
            return number
        if kind == _BYTES:
            return self._take(number)
        if kind == _TEXT:
            return self._text(number)
        # Each item takes one of those that are left, so a length that lies ends there.
        if kind == _ARRAY and number <= self._left:
            return [self.value(depth + 1) for _ in range(number)]
        if kind == _MAP and number <= self._left:
            return self._map(number, depth)
        raise CborError("the CBOR holds a value that no proof has")

    def _map(self, number: int, depth: int) -> dict[int, object]:
        found: dict[int, object] = {}
        last = -1
        for _ in range(number):
            key = self.value(depth + 1)
            if not isinstance(key, int) or key <= last:
                raise CborError("the keys of the CBOR map are not numbers in their order")
            found[key] = self.value(depth + 1)
            last = key
        return found

    def _text(self, length: int) -> str:
        try:
            return self._take(length).decode()
        except UnicodeDecodeError:
            raise CborError("the CBOR holds a text that is not UTF-8") from None

    def _number(self, code: int) -> int:
        if code < _IMMEDIATE:
            return code
        if code not in _LENGTHS:
            raise CborError("the CBOR holds a value that no proof has")
        number = int.from_bytes(self._take(_LENGTHS[code]))
        # The shortest form is the only one.
        if _head(_UNSIGNED, number)[0] != code:
            raise CborError("the CBOR is not in its shortest form")
        return number

    def _take(self, length: int) -> bytes:
        taken = self._data[self._at : self._at + length]
        if len(taken) != length:
            raise CborError("the CBOR ends too early")
        self._at += length
        return taken
