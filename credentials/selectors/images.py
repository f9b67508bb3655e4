"""The images of a badge with the signed document inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from badges import selectors as catalogue
from badges.core import svg
from credentials import selectors

if TYPE_CHECKING:
    from credentials import models


def baked_drawing(*, credential: models.Credential) -> bytes:
    """Return the badge image with the signed document inside (OB 3.0 baking, SVG); one query.

    Raises:
        NotSigned, Erased: there is no document to put inside.
        BakingError: the image cannot hold it.
    """
    document = selectors.opened(credential=credential).document
    return svg.bake(catalogue.drawing(achievement=credential.achievement), document.decode())
