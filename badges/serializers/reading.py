"""Reading a document for a page: it may be anybody's and hold anything.

Each reading accepts any JSON and returns text, bounded, or nothing.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.formats import number_format

# Longer than any honest criteria; what is beyond is in the document itself.
MAX_TEXT = 20_000
MAX_ITEMS = 50


def text(value: object) -> str:
    """Return a text; nothing where it is none."""
    return value[:MAX_TEXT] if isinstance(value, str) else ""


def link(value: object) -> str:
    """Return an address that a reader may follow, or nothing: a script is not one."""
    found = text(value)
    return found if found.startswith(("https://", "http://")) else ""


def items(value: object) -> list[Any]:
    """Return the values of a set, whether it is written as an array or as its one value."""
    found = value if isinstance(value, list) else [value]
    return found[:MAX_ITEMS]


def objects(value: object) -> list[dict[str, Any]]:
    """Return those values of a set that are objects."""
    return [each for each in items(value) if isinstance(each, dict)]


def number(value: object) -> str:
    """Return a number as people write it in the active language; nothing where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    if not abs(value) < 1e15:  # noqa: PLR2004 - beyond it is a joke, and NaN is nothing
        return ""
    return number_format(Decimal(f"{value:g}"))
