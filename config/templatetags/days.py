"""A day as people write it, in the language of the page: 1 September 2026, 1er septembre 2026."""

from datetime import UTC, datetime

from django import template
from django.utils import dateformat, translation

register = template.Library()


@register.filter
def day(instant: datetime) -> str:
    """Return the day of an instant (UTC)."""
    words = dateformat.format(instant.astimezone(UTC), "j F Y")
    if translation.get_language() == "fr" and words.startswith("1 "):
        return words.replace("1 ", "1er ", 1)
    return words
