"""What a verification answers with, and how what a stranger handed over is judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from blockchain.core import anchor
from credentials import models
from credentials.core import canonical, given, verification
from credentials.core.given import Address, Given
from credentials.services import isolation


class Unverifiable(Exception):  # noqa: N818 - it says what is wrong
    """What was given is no credential that can be read; `reason` is a stable code.

    The message says what was found.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Verification:
    """A report and what it is about.

    Attributes:
        report: The seven checks.
        document: The credential that was checked; of an Assertion (2.0), what it says in the words
            of a credential.
        receipt: The anchor receipt that was used; None where there is none.
        credential: Our own row where the document is, byte for byte of meaning, the one that we
            signed.
        given: What was handed over, taken apart.
        is_newer: Whether the document is a later one than what was handed over.
        parts: Of a transcript, each badge within it, verified by itself.
        learner: Whom it names, where it is ours: as they were called when it was signed.
        correction: The address of what replaced it; empty where nothing did.
        others: What else leads from our own credential to chains, and was not asked.
        transcript: Our own row of it, as `credential` is of a badge.
        is_part: Whether its holder keeps back some of it: what is told is no document to hand over.
    """

    report: verification.Report
    document: Mapping[str, Any]
    receipt: anchor.AnchorProof | None
    credential: models.Credential | None
    given: Given
    is_newer: bool = False
    parts: tuple["Verification", ...] = ()
    transcript: models.Transcript | None = None
    others: tuple[anchor.AnchorProof, ...] = ()
    learner: str = ""
    correction: str = ""
    is_part: bool = False

    @property
    def text(self) -> str:
        """What was checked, as it can be handed over again."""
        if self.given.token:
            return self.given.token
        return canonical.dumps(self.given.document).decode()


def take_apart(*, data: bytes) -> Given | Address:
    """Tell what somebody hands over.

    Args:
        data: As `given.detect` takes it. A PDF is opened in a process that can be killed.

    Raises:
        Unverifiable: it is no credential that can be read.
    """
    try:
        return isolation.badge_in(pdf=data) if given.is_pdf(data) else given.detect(data)
    except given.Unreadable as error:
        raise Unverifiable(error.reason, str(error)) from error
    except isolation.Busy as error:
        raise _busy() from error


def guarded(held: Given, material: verification.Material, now: datetime) -> verification.Report:
    try:
        return isolation.verify(document=held.document, material=material, now=now)
    except isolation.Busy as error:
        raise _busy() from error


def guarded_all(
    several: Sequence[tuple[Given, verification.Material]], now: datetime
) -> tuple[verification.Report, ...]:
    try:
        return isolation.verify_several(
            several=[(held.document, material) for held, material in several], now=now
        )
    except isolation.Busy as error:
        raise _busy() from error


def _busy() -> Unverifiable:
    return Unverifiable(
        "busy", _("Too many checks are running at this moment. Try again in a minute.")
    )
