"""Hold what a row brings against what the doors of this installation would have let in.

A form is not enough for what is drawn, asked for or served: pictures are nothing but pictures,
drawings do nothing, names that are looked up are public names, and a file is served as one of the
kinds that are kept. Each was so when it came in over there; whoever changed the archive since has
not asked anybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from badges.core import parts, pictures, sanitising
from badges.core.baking import BakingError
from badges.core.document import DocumentError
from credentials.services import attaching
from issuers import services as parties
from issuers.core import colours

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from credentials.services.leaving.rows import Line

MAX_TEXTS, MAX_TEXT = 200, 500
# Addresses in a badge are written around those of its own, which are worked out from its uuid.
ADDRESS = "https://badges.example/"


def require_contents(line: Line, instance: Any) -> None:
    """Refuse a row whose pictures, names or free members are not as they were let in.

    Raises:
        ArchiveRefused: names the column.
    """
    for column, is_kept in KEPT.get(line.table.label, {}).items():
        value = getattr(instance, column)
        if value in (None, ""):
            continue
        if not _holds(is_kept, bytes(value) if isinstance(value, memoryview) else value):
            line.refuse(f"{column} is not as it would be let in here")


def _holds(is_kept: Callable[[Any], bool], value: Any) -> bool:
    try:
        return is_kept(value)
    except (BakingError, DocumentError, TypeError, ValidationError, ValueError):
        return False


def _texts(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= MAX_TEXTS
        and all(isinstance(each, str) and len(each) <= MAX_TEXT for each in value)
    )


def _reads(read: Callable[[Any], Any]) -> Callable[[Any], bool]:
    def holds(value: Any) -> bool:
        read(value)
        return True

    return holds


def _is_picture(value: bytes) -> bool:
    return pictures.png(value) == value


def _is_drawing(value: bytes) -> bool:
    return sanitising.sanitise(value).image == value


def _is_public_name(value: str) -> bool:
    return parties.read_name(value) == value


KEPT: Mapping[str, Mapping[str, Callable[[Any], bool]]] = {
    "issuers.Issuer": {
        "logo": _is_picture,
        "colour": lambda value: colours.colour(value) == value,
        "languages": _texts,
        "qualiopi": _texts,
    },
    "issuers.Domain": {"name": _is_public_name},
    "issuers.Host": {"name": _is_public_name},
    "issuers.SigningKey": {"public_jwk": lambda value: _texts(list(value.values()))},
    "badges.Achievement": {
        "image": _is_picture,
        "drawing": _is_drawing,
        "tags": _texts,
        "result_descriptions": _reads(
            lambda value: parts.result_descriptions(value, address=ADDRESS)
        ),
        "identifiers": _reads(parts.identifiers),
        "creator": _reads(parts.profile),
    },
    "credentials.EvidenceFile": {"media_type": lambda value: value in attaching.MEDIA_TYPES},
}
