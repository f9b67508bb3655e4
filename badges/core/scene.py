"""A picture as data: filled areas, lines and text on a square of 512 units, and its SVG.

Every curve is already a polygon, so that the SVG and the PNG of one scene are one picture.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi, sin
from xml.sax.saxutils import escape, quoteattr

SIDE = 512

Point = tuple[float, float]
Path = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Gradient:
    """Two colours, and the points between which one becomes the other."""

    start: str
    end: str
    origin: Point = (96.0, 48.0)
    target: Point = (416.0, 464.0)


@dataclass(frozen=True, slots=True)
class Area:
    """A filled polygon; `blur` softens its edge, for a shadow."""

    path: Path
    paint: str | Gradient
    opacity: float = 1.0
    blur: float = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """A polyline with round ends and joints."""

    path: Path
    colour: str
    width: float
    opacity: float = 1.0
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text centred on `x`, standing on `baseline`; `length` counts its tracking."""

    content: str
    x: float
    baseline: float
    size: float
    colour: str
    tracking: float
    length: float
    opacity: float = 1.0


Item = Area | Line | Text
Scene = tuple[Item, ...]


def arc(centre: Point, radius: float, start: float, end: float, *, steps: int = 24) -> Path:
    """Return points on an arc; angles in degrees, clockwise on the screen, 0 to the right."""
    return tuple(
        (
            centre[0] + radius * cos(pi / 180 * (start + (end - start) * step / steps)),
            centre[1] + radius * sin(pi / 180 * (start + (end - start) * step / steps)),
        )
        for step in range(steps + 1)
    )


def bezier(first: Point, *controls: Point, steps: int = 24) -> Path:
    """Return points on a quadratic or cubic Bézier curve (de Casteljau)."""
    points = []
    for step in range(steps + 1):
        t, level = step / steps, [first, *controls]
        while len(level) > 1:
            level = [
                (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for a, b in pairwise(level)
            ]
        points.append(level[0])
    return tuple(points)


def rounded(corners: Path, radius: float) -> Path:
    """Return the closed polygon with its corners rounded."""
    points: list[Point] = []
    for index, corner in enumerate(corners):
        before, after = corners[index - 1], corners[(index + 1) % len(corners)]
        points += bezier(_towards(corner, before, radius), corner, _towards(corner, after, radius))
    return tuple(points)


def _towards(origin: Point, target: Point, distance: float) -> Point:
    dx, dy = target[0] - origin[0], target[1] - origin[1]
    share = min(0.5, distance / ((dx * dx + dy * dy) ** 0.5 or 1.0))
    return origin[0] + dx * share, origin[1] + dy * share


def svg(scene: Scene, *, title: str) -> str:
    """Return the scene as a standalone SVG document.

    Args:
        scene: what to draw, from back to front.
        title: what it shows, for those who do not see it.
    """
    gradients = [
        item.paint for item in scene if isinstance(item, Area) and not isinstance(item.paint, str)
    ]
    names = {gradient: f"g{index}" for index, gradient in enumerate(dict.fromkeys(gradients))}
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" role="img"'
        f" aria-label={quoteattr(title)}><title>{escape(title)}</title><defs>"
    )
    return "".join(
        (
            opening,
            *(_gradient(gradient, name) for gradient, name in names.items()),
            *(
                f'<filter id="b{index}"><feGaussianBlur stdDeviation="{_n(item.blur)}"/></filter>'
                for index, item in enumerate(scene)
                if isinstance(item, Area) and item.blur
            ),
            "</defs>",
            *(_element(item, index, names) for index, item in enumerate(scene)),
            "</svg>\n",
        )
    )


def _gradient(gradient: Gradient, name: str) -> str:
    (x1, y1), (x2, y2) = gradient.origin, gradient.target
    return (
        f'<linearGradient id="{name}" gradientUnits="userSpaceOnUse" x1="{_n(x1)}" y1="{_n(y1)}"'
        f' x2="{_n(x2)}" y2="{_n(y2)}"><stop stop-color="{gradient.start}"/>'
        f'<stop offset="1" stop-color="{gradient.end}"/></linearGradient>'
    )


def _element(item: Item, index: int, names: dict[Gradient, str]) -> str:
    opacity = "" if item.opacity == 1 else f' opacity="{_n(item.opacity)}"'
    if isinstance(item, Text):
        return (
            f'<text x="{_n(item.x)}" y="{_n(item.baseline)}" font-size="{_n(item.size)}"'
            f' fill="{item.colour}" letter-spacing="{_n(item.tracking)}" text-anchor="middle"'
            f' textLength="{_n(item.length)}" font-weight="700"'
            f' font-family="Manrope, Helvetica, Arial, sans-serif"{opacity}>'
            f"{escape(item.content)}</text>"
        )
    if isinstance(item, Line):
        kind = "polygon" if item.is_closed else "polyline"
        return (
            f'<{kind} points="{_points(item.path)}" fill="none" stroke="{item.colour}"'
            f' stroke-width="{_n(item.width)}" stroke-linecap="round"'
            f' stroke-linejoin="round"{opacity}/>'
        )
    paint = item.paint if isinstance(item.paint, str) else f"url(#{names[item.paint]})"
    blur = f' filter="url(#b{index})"' if item.blur else ""
    return f'<polygon points="{_points(item.path)}" fill="{paint}"{opacity}{blur}/>'


def _points(path: Iterable[Point]) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in path)


def _n(value: float) -> str:
    """Write a coordinate, to a tenth of a unit where that is all there is to say."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
