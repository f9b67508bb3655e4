"""What an export needs that the document does not hold: see European Learning Model 3."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class NotExpressible(ValueError):  # noqa: N818 - it says what is wrong
    """The model asks for something that is not known.

    Attributes:
        reason: stable code: no_country, unknown_language.
    """

    def __init__(self, reason: str, message: str) -> None:
        """Keep the code beside the message."""
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Who awards.

    Attributes:
        id: its DID.
        legal_name: as registered.
        country: ISO 3166-1 alpha-2.
        registration: its number in the register of that country, such as a SIRET.
    """

    id: str
    legal_name: str
    country: str
    registration: str = ""
    homepage: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certification:
    """The certification that the badge counts towards.

    Attributes:
        level: of the European Qualifications Framework, where it has one; a block has none.
    """

    code: str
    title: str
    level: int | None = None
    url: str = ""
    block_code: str = ""
    block_title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the document does not hold.

    Attributes:
        uuid: of the credential, as text.
        organisation: who awards.
        image: the badge, a PNG: Europass shows it as the only page.
        learner: the name that the page shows; empty: none is written.
        certification: what the badge counts towards.
        translations: the Achievement in other languages, by language.
    """

    uuid: str
    organisation: Organisation
    image: bytes
    learner: str = ""
    certification: Certification | None = None
    translations: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
