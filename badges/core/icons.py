"""Line icons of badges, on a grid of 24 units: each is a few polylines with round ends."""

from badges.core.scene import Path, Point, arc, bezier

_CIRCLE = arc((12, 12), 9.5, 0, 360, steps=72)


def _person(x: float, y: float, size: float) -> tuple[Path, ...]:
    """Draw a head and shoulders, the shoulders standing on `y`."""
    head = arc((x, y - 10.4 * size), 3.5 * size, 0, 360, steps=48)
    wide, tall = 6.2 * size, 5.6 * size
    shoulders = bezier(
        (x - wide, y), (x - wide, y - tall), (x + wide, y - tall), (x + wide, y), steps=36
    )
    return (head, shoulders)


def _bubble(left: float, top: float, right: float, bottom: float, tail: float) -> Path:
    corner = 2.2
    return (
        *arc((left + corner, top + corner), corner, 180, 270, steps=8),
        *arc((right - corner, top + corner), corner, 270, 360, steps=8),
        *arc((right - corner, bottom - corner), corner, 0, 90, steps=8),
        (tail + 3.2, bottom),
        (tail, bottom + 3.2),
        (tail, bottom),
        *arc((left + corner, bottom - corner), corner, 90, 180, steps=8),
        (left, top + corner),
    )


def _box(left: float, top: float, right: float, bottom: float, corner: float) -> Path:
    return (
        *arc((left + corner, top + corner), corner, 180, 270, steps=8),
        *arc((right - corner, top + corner), corner, 270, 360, steps=8),
        *arc((right - corner, bottom - corner), corner, 0, 90, steps=8),
        *arc((left + corner, bottom - corner), corner, 90, 180, steps=8),
        (left, top + corner),
    )


def _half_heart(mirror: int) -> Path:
    def at(x: float, y: float) -> Point:
        return 12 + mirror * x, y

    return (
        *bezier(at(0, 7.2), at(2.0, 3.2), at(9.0, 3.2), at(9.2, 9.4)),
        *bezier(at(9.2, 9.4), at(9.2, 14.2), at(3.2, 17.6), at(0, 20.8)),
    )


ICONS: dict[str, tuple[Path, ...]] = {
    "book": (
        ((12, 6.6), (12, 20.4)),
        (
            *bezier((12, 6.6), (9.6, 4.4), (5.4, 4.0), (2.6, 4.6)),
            (2.6, 18.2),
            *bezier((2.6, 18.2), (5.4, 17.6), (9.6, 18.0), (12, 20.4)),
        ),
        (
            *bezier((12, 6.6), (14.4, 4.4), (18.6, 4.0), (21.4, 4.6)),
            (21.4, 18.2),
            *bezier((21.4, 18.2), (18.6, 17.6), (14.4, 18.0), (12, 20.4)),
        ),
    ),
    "chart": (
        ((3, 3), (3, 20.8), (21.4, 20.8)),
        ((7.4, 16.8), (7.4, 13.6)),
        ((12.2, 16.8), (12.2, 9.2)),
        ((17.0, 16.8), (17.0, 5.4)),
    ),
    "check": (((4.4, 12.8), (9.6, 18), (19.8, 6.6)),),
    "code": (
        ((7.6, 6.4), (2.4, 12), (7.6, 17.6)),
        ((16.4, 6.4), (21.6, 12), (16.4, 17.6)),
        ((13.6, 4.2), (10.4, 19.8)),
    ),
    "compass": (
        _CIRCLE,
        ((16.4, 7.6), (13.9, 13.9), (7.6, 16.4), (10.1, 10.1), (16.4, 7.6)),
    ),
    "heart": (
        _half_heart(1),
        _half_heart(-1),
        ((12, 10.2), (12, 15.4)),
        ((9.4, 12.8), (14.6, 12.8)),
    ),
    "leaf": (
        (
            *bezier((4.6, 18.4), (1.4, 9.6), (8.8, 3.4), (20.8, 3.2)),
            *bezier((20.8, 3.2), (21.6, 15.2), (14.2, 22.2), (4.6, 18.4)),
        ),
        bezier((3.0, 21.2), (6.2, 15.8), (9.8, 12.4), (14.8, 9.6)),
    ),
    "people": (
        *_person(8.6, 20.0, 1.0),
        arc((15.2, 9.6), 3.5, -72, 72),
        bezier((17.6, 15.5), (20.4, 16.2), (22.0, 17.8), (22.2, 20.0)),
    ),
    "screen": (
        _box(2.4, 3.6, 21.6, 16.8, 1.8),
        ((12, 16.8), (12, 20.6)),
        ((7.8, 20.6), (16.2, 20.6)),
        ((8.0, 10.2), (10.8, 13.0), (16.0, 7.4)),
    ),
    "speech": (
        _bubble(2.4, 3.0, 17.0, 13.2, 5.6),
        (
            (20.0, 8.2),
            *arc((19.6, 10.0), 2.0, 270, 360, steps=8),
            *arc((19.6, 15.4), 2.0, 0, 90, steps=8),
            (18.6, 17.4),
            (18.6, 20.6),
            (15.4, 17.4),
            (10.6, 17.4),
        ),
    ),
    "star": (
        tuple(
            arc((12, 12.6), 10.2 if index % 2 == 0 else 4.5, 36 * index - 90, 0, steps=1)[0]
            for index in range(11)
        ),
    ),
}
