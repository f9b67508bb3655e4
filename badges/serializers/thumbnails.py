"""Small pictures of what the generator can draw, inside the page that offers them."""

from base64 import b64encode
from functools import cache, lru_cache

from badges import services
from badges.core import drawing, icons

SIDE = 48


@cache
def thumbnail(kind: str, value: str) -> str:
    """Return a picture of one choice as an address; empty where there is nothing to see.

    Args:
        kind: shape, palette or icon.
        value: Of that choice.
    """
    shape, palette, icon = "hexagon", "slate", "check"
    if kind == "shape" and value in drawing.SHAPES:
        shape = value
    elif kind == "palette" and value in services.PALETTES:
        palette = value
    elif kind == "icon" and value in icons.ICONS:
        shape, icon = "tile", value
    else:
        return ""
    ribbon = "-" if kind == "palette" else ""  # to show its colour
    made = drawing.Drawing(
        shape=shape, colours=services.PALETTES[palette], icon=icon, ribbon=ribbon
    )
    return picture(made, side=SIDE)


@lru_cache(maxsize=64)
def picture(look: drawing.Drawing, *, side: int = 160) -> str:
    """Return what the generator draws, as an address."""
    return "data:image/png;base64," + b64encode(drawing.png(look, size=side)).decode("ascii")
