"""How the page of a badge stands on the page of somebody else.

Source: oEmbed 1.0 sections 2.3.4.3 (the link type) and 2.3.4.4 (the rich type).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils import translation
from django.utils.html import format_html

from credentials.serializers.card import HEIGHT as CARD_HEIGHT
from credentials.serializers.card import WIDTH as CARD_WIDTH
from credentials.serializers.sharing import title

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from credentials.serializers.presentation import Presentation

WIDTH, HEIGHT = 460, 200
# Below that nothing can be read in it, and a link stands there instead.
LEAST = 160
MAX_DIGITS = 6


def bound(text: str | None) -> int | None:
    """Read a greatest width or height; None where none is asked for.

    Raises:
        ValueError: it is no such number.
    """
    if not text:
        return None
    if len(text) > MAX_DIGITS or not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return int(text)


def frame(shown: Presentation, *, width: int = WIDTH, height: int = HEIGHT) -> SafeString:
    """Return the frame that shows a badge, in the active language, as HTML to paste elsewhere."""
    return format_html(
        '<iframe src="{}/embed?lang={}" title="{}" width="{}" height="{}" frameborder="0"'
        ' loading="lazy" referrerpolicy="no-referrer"></iframe>',
        shown.id,
        translation.get_language(),
        title(shown),
        width,
        height,
    )


def embedded(
    shown: Presentation, *, thumbnail: str, most: tuple[int | None, int | None], cache: int
) -> dict[str, Any]:
    """Return the answer: a frame, or a link where that would be too small to be read.

    Args:
        shown: the badge.
        thumbnail: the path of its card.
        most: the greatest width and height that were asked for.
        cache: for how many seconds whoever asks may keep the answer.
    """
    width, height = (
        own if asked is None else min(own, asked)
        for own, asked in zip((WIDTH, HEIGHT), most, strict=True)
    )
    found = {
        "version": "1.0",
        "type": "link",
        "title": title(shown),
        "provider_name": "Acquis",
        "provider_url": settings.PUBLIC_URL,
        "cache_age": cache,
    }
    if min(width, height) >= LEAST:
        html = str(frame(shown, width=width, height=height))
        found |= {"type": "rich", "width": width, "height": height, "html": html}
    # Its sides are bound as those of the frame are: a card that is too large is left out.
    sides = zip((CARD_WIDTH, CARD_HEIGHT), most, strict=True)
    if all(asked is None or asked >= own for own, asked in sides):
        found |= {
            "thumbnail_url": f"{settings.PUBLIC_URL}{thumbnail}?lang={translation.get_language()}",
            "thumbnail_width": CARD_WIDTH,
            "thumbnail_height": CARD_HEIGHT,
        }
    return found


def xml(found: dict[str, Any]) -> str:
    """Write an answer as XML; what XML cannot hold is left out."""
    lines = [
        f"<{name}>{escape(''.join(each for each in str(value) if each.isprintable()))}</{name}>"
        for name, value in found.items()
    ]
    head = '<?xml version="1.0" encoding="utf-8" standalone="yes"?>'
    return "\n".join([head, "<oembed>", *lines, "</oembed>", ""])
