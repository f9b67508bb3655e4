"""Take the badge out of an image of anybody's, whatever its format and its edition.

An image that holds both editions gives the later one, which says more.

Source: Open Badges 3.0 section 5.3; Open Badges Baking Specification 2.0.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from badges.core import baking, baking2, svg
from badges.core.baking import BakingError, NoBadge

Edition = Literal["3.0", "2.0"]


@dataclass(frozen=True, slots=True)
class Unbaked:
    """What an image held.

    Attributes:
        edition: of Open Badges, by the place where it was found.
        text: JSON, a compact JWS or, in the edition 2.0, an address; not yet known to be any.
    """

    edition: Edition
    text: str


def unbake(image: bytes) -> Unbaked:
    """Return the badge in a PNG or an SVG.

    Args:
        image: at most `baking.MAX_IMAGE_BYTES`, or `markup.MAX_SVG_BYTES`.

    Raises:
        BakingError: the image is neither, cannot be read, or holds no badge.

    Source: Open Badges 3.0 sections 5.3.1.2 and 5.3.2.2.
    """
    is_png = image.startswith(b"\x89PNG")
    if not is_png and b"<" not in image[:512]:
        raise BakingError("The image is neither a PNG nor an SVG.")
    with suppress(NoBadge):
        return Unbaked("3.0", baking.unbake_png(image) if is_png else svg.unbake(image))
    try:
        return Unbaked("2.0", baking2.unbake(image))
    except NoBadge:
        raise NoBadge(f"The {'PNG' if is_png else 'SVG'} holds no badge.") from None
