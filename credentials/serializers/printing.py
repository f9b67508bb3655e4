"""Many certificates as files, and files as one download."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.text import slugify

from credentials import selectors
from credentials.serializers.certificate import made
from credentials.serializers.press import press
from credentials.services.printing import File

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from credentials import models


def printed(
    credentials: Sequence[models.Credential], printing: models.Printing, now: datetime
) -> list[File]:
    """Print certificates: a file for each, or all on the sheets of one.

    Args:
        credentials: What stands, with issuer, achievement and learner.
        printing: The order: its kind, its language, and how many were printed before.
        now: The instant.

    Raises:
        NoPress: the libraries are missing that it prints with.
    """
    printer, before = press(), printing.printed
    found = []
    with translation.override(printing.language):
        for credential in credentials:
            try:
                found.append((credential, made(credential, now)[1]))
            except selectors.Erased:
                continue
        if printing.kind == printing.Kind.EACH:
            return [
                File(
                    f"{number:05}-{slugify(credential.learner.name) or credential.token}.pdf",
                    printer.certificate(certificate),
                    [credential.learner_id],
                )
                for number, (credential, certificate) in enumerate(found, before + 1)
            ]
        if not found:
            return []
        return [
            File(
                f"{found[0][0].achievement.slug}-{before + 1:05}-{before + len(found):05}.pdf",
                printer.sheets([certificate for _credential, certificate in found]),
                [credential.learner_id for credential, _certificate in found],
            )
        ]


def zipped(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """Yield a ZIP archive of files, a file at a time; PDF is compressed as it is."""
    passing = _Passing()
    with zipfile.ZipFile(passing, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files:
            archive.writestr(name, content)
            yield passing.taken()
    yield passing.taken()


class _Passing(io.RawIOBase):
    """A file that can only be written, and whose content goes on at once."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        """Return so."""
        return True

    def write(self, data: object) -> int:
        """Take a part."""
        part = bytes(data)  # type: ignore[call-overload] # whatever has bytes
        self._parts.append(part)
        return len(part)

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        parts, self._parts = self._parts, []
        return b"".join(parts)
