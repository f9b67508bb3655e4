"""Criteria as their author meant them: paragraphs, and lists whose lines begin with a dash.

Open Badges allows Markdown in a narrative. Dashes are what people use of it; the rest is shown as
it was written, because a renderer of Markdown is a way in for HTML.
"""

import re

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_ITEM = re.compile(r"\s{0,3}[-*•]\s+(?=\S)")


@register.filter
def narrative(text: str) -> SafeString:
    """Return the text as HTML of our own making; what is in it is escaped."""
    parts = []
    for part in filter(None, re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())):
        lines = part.split("\n")
        start = next((at for at, line in enumerate(lines) if _ITEM.match(line)), len(lines))
        if start:
            parts.append(_paragraph(lines[:start]))
        if start < len(lines):
            parts.append(_list(lines[start:]))
    return format_html_join("\n", "{}", ((part,) for part in parts))


def _paragraph(lines: list[str]) -> SafeString:
    inner = mark_safe("<br>".join(escape(line) for line in lines))  # noqa: S308 - escaped
    return format_html("<p>{}</p>", inner)


def _list(lines: list[str]) -> SafeString:
    """Return a list; a line without a dash goes on with the item before it."""
    items: list[str] = []
    for line in lines:
        dash = _ITEM.match(line)
        if dash:
            items.append(line[dash.end() :].strip())
        else:
            items[-1] = f"{items[-1]} {line.strip()}"
    inner = format_html_join("", "<li>{}</li>", ((item,) for item in items))
    return format_html('<ul class="points">{}</ul>', inner)
