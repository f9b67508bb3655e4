"""Take in the image of a badge: what is kept of an upload, and what to say where it is none."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from badges.core import pictures, sanitising
from badges.core.baking import BakingError


def picture(image: bytes) -> bytes:
    """Return what is kept of an uploaded PNG.

    Args:
        image: Anybody's.

    Raises:
        ValidationError: it is refused; names the field and the remedy.
    """
    try:
        return pictures.png(image)
    except pictures.PictureError as error:
        wanted = _("The image must be a PNG of at most 2 MB and 4 million pixels.")
        raise ValidationError({"image": f"{wanted} ({error})"}) from error


def drawing(image: bytes | None) -> bytes | None:
    """Return what is kept of an uploaded SVG; None for none.

    Args:
        image: Anybody's.

    Raises:
        ValidationError: it is refused; names the field and the remedy.
    """
    if image is None:
        return None
    try:
        return sanitising.sanitise(image).image
    except BakingError as error:
        wanted = _("The drawing must be an SVG of at most 4 MB, without entities.")
        raise ValidationError({"drawing": f"{wanted} ({error})"}) from error
