"""The picture of a badge, from a few words: a shape, three colours, an icon, a ribbon.

The same words give the same bytes, on every machine. A drawing has no say in what a badge means.
"""

import re
from dataclasses import dataclass
from math import cos, pi, sin

from badges.core import icons, raster, scene
from badges.core.scene import SIDE, Area, Gradient, Item, Line, Path, Point, Text

SHAPES = ("hexagon", "circle", "shield", "rosette", "tile")
MIN_SIZE, MAX_SIZE = 16, 1024
MAX_MONOGRAM = 3
MAX_CAPTION = 32
MAX_RIBBON = 24

_COLOUR = re.compile(r"#[0-9a-f]{6}")
_WHITE, _BLACK, _INK, _SHADOW = "#ffffff", "#000000", "#14213d", "#101828"
_LIGHT = 0.45  # an accent lighter than this reads better under dark letters
_CENTRE = (256.0, 244.0)
# How wide a caption may be: a shield is already narrow where it stands.
_ROOM = {"hexagon": 250, "circle": 260, "shield": 196, "rosette": 240, "tile": 300}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    """How a line of text looks, where there is room for it."""

    size: float
    tracking: float = 0.0
    colour: str = _WHITE
    opacity: float = 1.0


_CAPTION = _Style(size=17, tracking=3, opacity=0.92)


class DrawingError(ValueError):
    """The drawing cannot be made from these words; the message names the one that is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What a badge looks like.

    Attributes:
        shape: one of SHAPES; "tile" is for logos.
        colours: deep, bright and accent, as #rrggbb: the face runs from deep to bright, the ribbon
            is of the accent.
        icon: a name of `icons.ICONS`, instead of the monogram.
        monogram: one to three letters, instead of the icon.
        caption: small words under it, such as who issues the badge.
        ribbon: the words on the ribbon; without any there is no ribbon.
    """

    shape: str
    colours: tuple[str, str, str]
    icon: str = ""
    monogram: str = ""
    caption: str = ""
    ribbon: str = ""


def svg(drawing: Drawing, *, title: str) -> str:
    """Return the drawing as an SVG document.

    Args:
        drawing: what it looks like.
        title: what it shows, for those who do not see it.

    Raises:
        DrawingError: it cannot be drawn.
    """
    return scene.svg(compose(drawing), title=title)


def png(drawing: Drawing, *, size: int = SIDE) -> bytes:
    """Return the drawing as a square PNG with a transparent background.

    Args:
        drawing: what it looks like.
        size: side in pixels, MIN_SIZE to MAX_SIZE.

    Raises:
        DrawingError: it cannot be drawn.
    """
    if not MIN_SIZE <= size <= MAX_SIZE:
        raise DrawingError(f"The size must be {MIN_SIZE} to {MAX_SIZE} pixels.")
    return raster.png(compose(drawing), size=size)


def compose(drawing: Drawing) -> scene.Scene:
    """Return the drawing as areas, lines and texts, from back to front.

    Raises:
        DrawingError: a word of it is wrong.
    """
    _check(drawing)
    deep, bright, accent = drawing.colours
    if drawing.shape == "tile":
        return (
            Area(_outline("tile", 236, (256, 256)), Gradient(deep, bright)),
            *_sign(drawing, (256, 256), 240),
        )
    inner = "circle" if drawing.shape == "rosette" else drawing.shape
    centre = _CENTRE if drawing.ribbon else (256.0, 256.0)
    rim = _outline(drawing.shape, 216, centre)
    items: list[Item] = [
        Area(tuple((x, y + 10) for x, y in rim), _SHADOW, opacity=0.24, blur=6),
        Area(rim, Gradient(_mix(bright, _WHITE, 0.55), _mix(deep, bright, 0.35))),
        Area(
            _outline(inner, 203, centre),
            Gradient(_mix(bright, _WHITE, 0.88), _mix(bright, _WHITE, 0.62)),
        ),
        Area(_outline(inner, 189, centre), _mix(deep, _BLACK, 0.12)),
        Area(_outline(inner, 182, centre), Gradient(bright, deep)),
        Line(_outline(inner, 170, centre), _WHITE, 2, opacity=0.35, is_closed=True),
    ]
    rise = 34 if drawing.ribbon or drawing.caption else 0
    items += _sign(drawing, (centre[0], centre[1] - rise), 150)
    if drawing.caption:
        room = _ROOM[drawing.shape]
        items.append(_text(drawing.caption, _CAPTION, (centre[0], centre[1] + 84), room))
    if drawing.ribbon:
        items += _ribbon(drawing.ribbon, accent)
    return tuple(items)


def _check(drawing: Drawing) -> None:
    if drawing.shape not in SHAPES:
        raise DrawingError(f"The shape {drawing.shape!r} is none of {', '.join(SHAPES)}.")
    for colour in drawing.colours:
        if not _COLOUR.fullmatch(colour):
            raise DrawingError(f"The colour {colour!r} is not written like #1f5eff.")
    if bool(drawing.icon) is bool(drawing.monogram):
        raise DrawingError("A drawing has an icon or a monogram: one of the two.")
    if drawing.icon and drawing.icon not in icons.ICONS:
        raise DrawingError(f"The icon {drawing.icon!r} is none of {', '.join(icons.ICONS)}.")
    for name, words, most in (
        ("monogram", drawing.monogram, MAX_MONOGRAM),
        ("caption", drawing.caption, MAX_CAPTION),
        ("ribbon", drawing.ribbon, MAX_RIBBON),
    ):
        if len(words) > most:
            raise DrawingError(f"The {name} is longer than {most} characters.")
        odd = unwritable(words)
        if odd:
            raise DrawingError(f"The {name} holds {odd!r}, which the font cannot write.")


def unwritable(words: str) -> str:
    """Return the first character, in capitals, that the font cannot write; none is empty."""
    return next((each for each in words.upper() if not raster.can_write(each)), "")


def _outline(shape: str, radius: float, centre: Point) -> Path:
    """Return the outline of a shape around `centre`."""
    x, y = centre
    if shape == "hexagon":
        corners = tuple(
            (x + radius * sin(pi / 3 * step), y - radius * cos(pi / 3 * step)) for step in range(6)
        )
        return scene.rounded(corners, radius * 0.17)
    if shape == "shield":
        return _shield(radius, centre)
    points = []
    for step in range(360):
        angle = pi / 180 * step
        reach = radius
        if shape == "rosette":
            reach = radius * (0.972 + 0.028 * cos(14 * angle))
        elif shape == "tile":
            reach = radius / (abs(cos(angle)) ** 5 + abs(sin(angle)) ** 5) ** (1 / 5)
        points.append((x + reach * cos(angle), y + reach * sin(angle)))
    return tuple(points)


def _shield(radius: float, centre: Point) -> Path:
    x, y = centre
    half, top = radius * 0.88, y - radius * 0.92
    brow, cheek = (x + half * 0.94, top + radius * 0.115), (x + half, top + radius * 0.18)
    right = (
        *scene.bezier((x, top), (x + half * 0.5, top + radius * 0.13), brow),
        *scene.bezier(brow, (x + half, top + radius * 0.11), cheek, steps=8),
        *scene.bezier(
            cheek,
            (x + half, y + radius * 0.32),
            (x + half * 0.72, y + radius * 0.74),
            (x, y + radius * 1.02),
        ),
    )
    left = tuple((2 * x - px, py) for px, py in reversed(right[:-1]))
    return right + left


def _sign(drawing: Drawing, centre: Point, size: float) -> list[Item]:
    """Draw the icon or the monogram in white, `size` units wide."""
    x, y = centre
    if drawing.monogram:
        style = _Style(size=size * 0.84)
        return [_text(drawing.monogram, style, (x, y + size * 0.30), size * 1.5)]
    unit = size / 24
    return [
        Line(
            tuple((x + (px - 12) * unit, y + (py - 12) * unit) for px, py in path),
            _WHITE,
            unit * 1.75,
        )
        for path in icons.ICONS[drawing.icon]
    ]


def _ribbon(words: str, accent: str) -> list[Item]:
    """Draw a band across the foot of the badge, with folded ends."""
    top, bottom, left, right = 360.0, 430.0, 66.0, 446.0
    hang, fold = 22.0, 44.0  # how far the ends hang below the band, and reach behind it
    items: list[Item] = []
    for edge, end, inwards in ((left, 14.0, 1), (right, 498.0, -1)):
        behind = edge + fold * inwards
        tail = (
            (behind, top + hang),
            (end, top + hang),
            (end + 24 * inwards, (top + bottom) / 2 + hang),
            (end, bottom + hang),
            (behind, bottom + hang),
        )
        crease = ((edge, bottom), (behind, bottom), (behind, bottom + hang))
        items += [
            Area(tail, _mix(accent, _BLACK, 0.34)),
            Area(crease, _mix(accent, _BLACK, 0.55)),
        ]
    band = ((left, top), (right, top), (right, bottom), (left, bottom))
    ink = _WHITE if _luminance(accent) < _LIGHT else _INK
    items += [
        Area(tuple((x, y + 5) for x, y in band), _SHADOW, opacity=0.22, blur=5),
        Area(band, accent),
        *(
            Line(((left + 10, y), (right - 10, y)), ink, 1.5, opacity=0.28)
            for y in (top + 7, bottom - 7)
        ),
        _text(words, _Style(size=34, tracking=4, colour=ink), (256, (top + bottom) / 2 + 12), 340),
    ]
    return items


def _text(words: str, style: _Style, at: Point, room: float) -> Text:
    """Set a line of capitals, smaller where there is less room than it takes."""
    capitals = words.upper()
    length = raster.text_length(capitals, style.size, style.tracking)
    share = min(1.0, room / length)
    return Text(
        content=capitals,
        x=at[0],
        baseline=at[1] - style.size * 0.36 * (1 - share),
        size=style.size * share,
        colour=style.colour,
        tracking=style.tracking * share,
        length=length * share,
        opacity=style.opacity,
    )


def _mix(colour: str, other: str, share: float) -> str:
    channels = (
        round(int(colour[at : at + 2], 16) * (1 - share) + int(other[at : at + 2], 16) * share)
        for at in (1, 3, 5)
    )
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def _luminance(colour: str) -> float:
    """Return how light a colour looks, 0 to 1 (weights of ITU-R BT.709, without its gamma)."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
