"""A scene as a PNG image, drawn large and reduced, the same bytes every time."""

import io
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from math import ceil, floor, hypot

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from badges.core.scene import SIDE, Area, Gradient, Item, Line, Path, Point, Scene, Text, arc

_SCALE = 4  # drawn this many times larger: edges get 16 shades
# Every other shade of a colour, every fifth of transparency: nobody sees it, and the image is a
# quarter smaller.
_COLOURS = [*(shade & 0xFE for shade in range(255)), 255]
_OPACITIES = [round(shade / 5) * 5 for shade in range(256)]
_FONT = "manrope-latin-700-normal.woff"


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    source = resources.files("badges.core") / "fonts" / _FONT
    # The basic layout is part of Pillow itself: the same on every machine.
    return ImageFont.truetype(
        io.BytesIO(source.read_bytes()), size, layout_engine=ImageFont.Layout.BASIC
    )


def text_length(content: str, size: float, tracking: float) -> float:
    """Return the width of a line of text, in units of the scene.

    Args:
        content: the text.
        size: of the font, in units of the scene.
        tracking: space added between letters, in the same units.
    """
    # Measured at one large size, so that widths grow evenly.
    width = _font(256).getlength(content) * size / 256
    return width + tracking * max(0, len(content) - 1)


def can_write(character: str) -> bool:
    """Tell whether the font has this character."""
    if character.isspace():
        return character == " "
    font = _font(64)
    missing, drawn = font.getmask("\U0010ffff"), font.getmask(character)
    return drawn.size != missing.size or bytes(drawn) != bytes(missing)


def png(scene: Scene, *, size: int = SIDE) -> bytes:
    """Return the scene as a PNG with transparency.

    Args:
        scene: what to draw, from back to front.
        size: side of the image, in pixels.
    """
    canvas = Image.new("RGBA", (size * _SCALE, size * _SCALE))
    for item in scene:
        _lay(canvas, item)
    *colours, opacity = canvas.reduce(_SCALE).split()
    bands = [*(band.point(_COLOURS) for band in colours), opacity.point(_OPACITIES)]
    stream = io.BytesIO()
    Image.merge("RGBA", bands).save(stream, "PNG", optimize=True)
    return stream.getvalue()


@dataclass(frozen=True, slots=True)
class _Window:
    """The part of the canvas that an item touches, in pixels, and how units become pixels."""

    left: int
    top: int
    right: int
    bottom: int
    factor: float

    @property
    def size(self) -> tuple[int, int]:
        return self.right - self.left, self.bottom - self.top

    def at(self, point: Point) -> Point:
        return point[0] * self.factor - self.left, point[1] * self.factor - self.top

    def path(self, path: Path) -> Path:
        return tuple(self.at(point) for point in path)


def _window(item: Item, side: int) -> _Window:
    if isinstance(item, Text):
        corners: Path = (
            (item.x - item.length / 2, item.baseline - item.size * 1.2),
            (item.x + item.length / 2, item.baseline + item.size * 0.4),
        )
        margin = item.size / 4
    else:
        corners = item.path
        margin = item.width if isinstance(item, Line) else item.blur * 4 + 1
    factor = side / SIDE
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return _Window(
        max(0, floor((min(xs) - margin) * factor)),
        max(0, floor((min(ys) - margin) * factor)),
        min(side, ceil((max(xs) + margin) * factor)),
        min(side, ceil((max(ys) + margin) * factor)),
        factor,
    )


def _lay(canvas: Image.Image, item: Item) -> None:
    """Lay one item over what is already there."""
    window = _window(item, canvas.width)
    mask = Image.new("L", window.size)
    draw = ImageDraw.Draw(mask)
    if isinstance(item, Text):
        _write(draw, item, window)
    elif isinstance(item, Line):
        _stroke(draw, item, window)
    else:
        draw.polygon(window.path(item.path), fill=255)
        if item.blur:
            mask = _blurred(mask, item.blur * window.factor)
    if item.opacity < 1:
        mask = mask.point([round(shade * item.opacity) for shade in range(256)])
    paint = item.paint if isinstance(item, Area) else item.colour
    if isinstance(paint, Gradient):
        colours = _ramp(paint, window)
    else:
        colours = Image.new("RGB", window.size, paint)
    colours.putalpha(mask)
    canvas.alpha_composite(colours, (window.left, window.top))


def _blurred(mask: Image.Image, radius: float) -> Image.Image:
    """Blur at an eighth of the size: it looks the same and is sixty times less work."""
    small = mask.reduce(8).filter(ImageFilter.GaussianBlur(radius / 8))
    return small.resize(mask.size, Image.Resampling.BICUBIC)


def _stroke(draw: ImageDraw.ImageDraw, line: Line, window: _Window) -> None:
    """Draw a line as what it is made of: a bar along each segment, a disc at each point.

    Pillow's own lines and discs snap to whole pixels, which shows on a curve; its polygons do not.
    """
    points = window.path(line.path + (line.path[:1] if line.is_closed else ()))
    radius = line.width * window.factor / 2
    for (x1, y1), (x2, y2) in pairwise(points):
        length = hypot(x2 - x1, y2 - y1) or 1.0
        across, along = (y2 - y1) / length * radius, (x2 - x1) / length * radius
        bar = (
            (x1 + across, y1 - along),
            (x2 + across, y2 - along),
            (x2 - across, y2 + along),
            (x1 - across, y1 + along),
        )
        draw.polygon(bar, fill=255)
    for point in points:
        draw.polygon(arc(point, radius, 0, 360), fill=255)


def _write(draw: ImageDraw.ImageDraw, text: Text, window: _Window) -> None:
    font = _font(round(text.size * window.factor))
    x, y = window.at((text.x - text.length / 2, text.baseline))
    for index, character in enumerate(text.content):
        draw.text((x, y), character, fill=255, font=font, anchor="ls")
        pair = text.content[index : index + 2]
        x += font.getlength(pair) - font.getlength(pair[1:]) + text.tracking * window.factor


def _ramp(gradient: Gradient, window: _Window) -> Image.Image:
    """Return the colours of a gradient; beyond its ends, the end colours."""
    (x1, y1), (x2, y2) = window.path((gradient.origin, gradient.target))
    dx, dy = x2 - x1, y2 - y1
    step = 255 / (dx * dx + dy * dy)
    # One column of shades, with as much again of each end colour before and after it.
    shades = Image.new("L", (1, 768), 255)
    shades.paste(0, (0, 0, 1, 256))
    shades.paste(Image.linear_gradient("L").crop((0, 0, 1, 256)), (0, 256))
    ramp = shades.resize((3, 768)).transform(
        window.size,
        Image.Transform.AFFINE,
        (0, 0, 1.5, dx * step, dy * step, 256 - (x1 * dx + y1 * dy) * step),
        Image.Resampling.BILINEAR,
    )
    return Image.merge(
        "RGB",
        [
            ramp.point([round(a + (b - a) * shade / 255) for shade in range(256)])
            for a, b in zip(_rgb(gradient.start), _rgb(gradient.end), strict=True)
        ],
    )


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
