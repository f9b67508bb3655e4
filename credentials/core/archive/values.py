"""How a value of a row is written in a table of an archive, and read again.

    bytes     base64                            instant   2026-03-02T09:00:00.000000Z
    decimal   its digits, as text               uuid      as RFC 9562 writes it
    row       the number of a row of another table of the archive; name: the uuid of a row elsewhere
    json      as it is                          text, number, truth: as they are

Sources: RFC 4648 section 4 (base64); RFC 3339 (instants); RFC 8259 (JSON); RFC 9562 (UUID).
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DECIMAL = re.compile(r"-?\d{1,40}(\.\d{1,40})?")


class ValueRefused(ValueError):  # noqa: N818 - it says what happened
    """A value is not in the form of its column."""


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    NUMBER = "number"
    TRUTH = "truth"
    BYTES = "bytes"
    INSTANT = "instant"
    DAY = "day"
    DECIMAL = "decimal"
    UUID = "uuid"
    JSON = "json"
    ROW = "row"
    NAME = "name"


def encode(kind: Kind, value: Any) -> Any:
    """Return a value of a row as JSON has it; None stays None."""
    if value is None:
        return None
    match kind:
        case Kind.BYTES:
            return b64encode(bytes(value)).decode()
        case Kind.INSTANT:
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case Kind.DAY:
            return value.isoformat()
        case Kind.DECIMAL | Kind.UUID | Kind.NAME:
            return str(value)
        case _:
            return value


def decode(kind: Kind, value: object) -> Any:
    """Read what `encode` wrote; None stays None.

    Raises:
        ValueRefused: it is not in the form of the column.
    """
    if value is None or kind is Kind.JSON:
        return value
    if kind is Kind.TRUTH:
        if isinstance(value, bool):
            return value
    elif kind in (Kind.NUMBER, Kind.ROW):
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    elif isinstance(value, str):
        return _from_text(kind, value)
    raise ValueRefused(f"it must be {_FORMS[kind]}")


def _from_text(kind: Kind, text: str) -> Any:
    try:
        if kind is Kind.TEXT:
            # PostgreSQL keeps no NUL in a text.
            if "\0" not in text:
                return text
        elif kind is Kind.BYTES:
            return b64decode(text, validate=True)
        elif kind is Kind.INSTANT and _INSTANT.fullmatch(text):
            return datetime.fromisoformat(text)
        elif kind is Kind.DAY and _DAY.fullmatch(text):
            return date.fromisoformat(text)
        elif kind is Kind.DECIMAL and _DECIMAL.fullmatch(text):
            return Decimal(text)
        elif kind in (Kind.UUID, Kind.NAME) and _UUID.fullmatch(text):
            return text
    except (ValueError, InvalidOperation):
        pass  # said below
    raise ValueRefused(f"it must be {_FORMS[kind]}")


def schema(kind: Kind, *, nullable: bool) -> dict[str, Any]:
    """Return the JSON Schema of a column (draft 2020-12)."""
    found = dict(_SCHEMAS[kind])
    if nullable and "type" in found:
        found["type"] = [found["type"], "null"]
    return found


_FORMS: Mapping[Kind, str] = {
    Kind.TEXT: "a text without NUL",
    Kind.NUMBER: "a whole number",
    Kind.TRUTH: "true or false",
    Kind.BYTES: "base64",
    Kind.INSTANT: "an instant, as in 2026-03-02T09:00:00.000000Z",
    Kind.DAY: "a day, as in 2026-03-02",
    Kind.DECIMAL: "a decimal number in a text",
    Kind.UUID: "a UUID in small letters",
    Kind.JSON: "JSON",
    Kind.ROW: "the number of a row",
    Kind.NAME: "the UUID of a row",
}
_SCHEMAS: Mapping[Kind, Mapping[str, Any]] = {
    Kind.TEXT: {"type": "string"},
    Kind.NUMBER: {"type": "integer"},
    Kind.TRUTH: {"type": "boolean"},
    Kind.BYTES: {"type": "string", "contentEncoding": "base64"},
    Kind.INSTANT: {"type": "string", "format": "date-time"},
    Kind.DAY: {"type": "string", "format": "date"},
    Kind.DECIMAL: {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
    Kind.UUID: {"type": "string", "format": "uuid"},
    Kind.JSON: {},
    Kind.ROW: {"type": "integer"},
    Kind.NAME: {"type": "string", "format": "uuid"},
}
