"""A day as people write it, in the language of the page: 1 September 2026, 1er septembre 2026."""

from datetime import UTC, date, datetime

from django import template
from django.utils import dateformat, translation

from issuers.core import days

register = template.Library()


@register.filter
def day(instant: date) -> str:
    """Return the day of an instant (UTC), or a day as it is."""
    moment = instant.astimezone(UTC) if isinstance(instant, datetime) else instant
    words = dateformat.format(moment, "j F Y")
    return days.said(words, language=translation.get_language() or "")
