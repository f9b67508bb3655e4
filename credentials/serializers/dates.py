"""Days as people write them, in the active language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import dateformat
from django.utils.translation import get_language

from issuers.core import days

if TYPE_CHECKING:
    from datetime import date


def written(day: date, form: str) -> str:
    """Write a day in one of Django's date formats, such as "j F Y"."""
    return days.said(dateformat.format(day, form), language=get_language() or "")
