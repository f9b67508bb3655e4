"""How much organisations issued, for whoever runs the installation."""

# ruff: noqa: SLF001 - `_meta` is Django's documented interface

from collections.abc import Mapping
from datetime import datetime

from credentials import models
from issuers import scope

Figures = scope.Figures


def issued(*, since: datetime) -> Mapping[int, scope.Figures]:
    """Return how many credentials each issuer recorded, in all and since then; one query.

    Inside `scope.operating` only: the database counts, and shows none of them.
    """
    return scope.figures(models.Credential, since=since)


def waiting() -> Mapping[str, tuple[int, datetime | None]]:
    """Return how much waits to be signed, of which kind, and since when; four queries.

    What waits for the end of its correction window is among it. Inside `scope.operating` only.
    """
    kinds = (models.Credential, models.Transcript, models.Endorsement, models.Edition)
    return {str(kind._meta.verbose_name_plural): scope.waiting(kind) for kind in kinds}
