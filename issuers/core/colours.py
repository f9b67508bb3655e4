"""The colours of an organisation, and whether people can read what stands on them.

Source: W3C Web Content Accessibility Guidelines 2.2, sections 1.4.3 and 1.4.11, and their
definitions of "contrast ratio" and "relative luminance".
"""

import re

# Text of any size on a background (1.4.3), and shapes beside one (1.4.11).
TEXT = 4.5
SHAPE = 3.0
WHITE = "#ffffff"
_HEX = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", re.ASCII)


class ColourError(ValueError):
    """The text names no colour."""


def colour(text: str) -> str:
    """Return a colour as #rrggbb in small letters.

    Args:
        text: three or six hexadecimal digits, perhaps behind a #.

    Raises:
        ColourError: it is anything else.

    Source: W3C CSS Color Module Level 4, section 5.2.
    """
    found = _HEX.fullmatch(text.strip()[:20])
    if found is None:
        raise ColourError("a colour is written with six hexadecimal digits, such as #1d4f91")
    digits = found[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits))  # noqa: PLR2004 - rrggbb


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21.

    Args:
        one: #rrggbb.
        other: #rrggbb.

    Source: W3C WCAG 2.2, definition of contrast ratio.
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB
