"""What a picture was drawn from, as plain JSON values: kept beside it, so that it can be redrawn.

Reading is strict, as of everything that is kept as JSON; what it says is judged by `drawing`.

Source: RFC 8259 (JSON) for the values; the picture itself is PNG and SVG.
"""

from collections.abc import Mapping
from typing import Any

from badges.core.drawing import Drawing, DrawingError

WORDS = ("icon", "monogram", "caption", "ribbon")
COLOURS = 3


def values(drawing: Drawing) -> dict[str, Any]:
    """Return a drawing as JSON values.

    Source: RFC 8259.
    """
    said = {name: getattr(drawing, name) for name in WORDS}
    return {"shape": drawing.shape, "colours": list(drawing.colours), **said}


def read(look: object) -> Drawing:
    """Return the drawing of JSON values.

    Args:
        look: shape, colours (three), and perhaps icon, monogram, caption, ribbon.

    Raises:
        DrawingError: they say none.

    Source: RFC 8259.
    """
    if not isinstance(look, Mapping):
        raise DrawingError("A look is an object.")
    colours = look.get("colours")
    if not isinstance(colours, list) or len(colours) != COLOURS:
        raise DrawingError("A look has three colours.")
    texts = {name: look.get(name, "") for name in ("shape", *WORDS)}
    if not all(isinstance(each, str) for each in (*texts.values(), *colours)):
        raise DrawingError("A look is made of texts.")
    deep, bright, accent = colours
    return Drawing(colours=(deep, bright, accent), **texts)
