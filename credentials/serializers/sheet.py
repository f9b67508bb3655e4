"""A certificate as a page of the browser: the sheet that the press prints, before it is printed."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import segno

from credentials.serializers.press import MASK

if TYPE_CHECKING:
    from credentials.serializers.certificate import Certificate

# What a name of one line takes, at 30 points (static/certificate.css).
LINE = "36pt"


def seen(shown: Certificate) -> dict[str, object]:
    """Return what `credentials/certificate_seen.html` shows of a certificate.

    Args:
        shown: Of a learner whose name takes one line.
    """
    code = segno.make(shown.address, error="m", micro=False, mask=MASK)
    return {
        "shown": shown,
        "image": _inline(shown.image),
        "logo": _inline(shown.logo) if shown.logo is not None else "",
        "code": code.svg_data_uri(border=0, omitsize=True),
        "height": LINE,
    }


def _inline(picture: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(picture).decode('ascii')}"
