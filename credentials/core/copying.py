"""Rows as PostgreSQL takes them in bulk: COPY ... FROM STDIN (FORMAT binary).

In text, the bytes of a signed document are written in hexadecimal, doubled in length, and read
again: that is most of the cost of handing them over.

Source: PostgreSQL documentation, COPY, section "Binary Format".
"""

import struct
from collections.abc import Iterable, Sequence

_HEADER = b"PGCOPY\n\xff\r\n\x00" + struct.pack(">ii", 0, 0)
_TRAILER = struct.pack(">h", -1)
_COUNT = struct.Struct(">h").pack
_LENGTH = struct.Struct(">i").pack
_BIGINT = struct.Struct(">q").pack
_NULL = _LENGTH(-1)


def rows(given: Iterable[Sequence[bytes | None]]) -> bytes:
    """Write rows of as many fields each as the table has columns.

    Args:
        given: fields in binary: a bytea as it is, numbers as written below; None is NULL.
    """
    parts = [_HEADER]
    for fields in given:
        parts.append(_COUNT(len(fields)))
        for field in fields:
            if field is None:
                parts.append(_NULL)
            else:
                parts += (_LENGTH(len(field)), field)
    parts.append(_TRAILER)
    return b"".join(parts)


def bigint(number: int | None) -> bytes | None:
    """Write a bigint."""
    return None if number is None else _BIGINT(number)


def integer(number: int | None) -> bytes | None:
    """Write an integer."""
    return None if number is None else _LENGTH(number)
