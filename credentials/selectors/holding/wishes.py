"""Questions about what learners ask of an organisation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from credentials import models
from issuers.core import envelope
from learners import selectors as people

if TYPE_CHECKING:
    import uuid as uuids

    from django.db.models import QuerySet

    from issuers import models as issuers

Wish = models.Wish
# One is answered within a month (GDPR article 12, paragraph 3).
MONTH = timedelta(days=30)
MOST = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish in words.

    Attributes:
        row: With its learner, and its badge if it is about one.
        said: What was asked for.
        answer: What was answered; empty where nothing was.
        until: When it has to be answered.
    """

    row: models.Wish
    said: str
    answer: str
    until: datetime


def context_of(*, uuid: uuids.UUID, what: str) -> bytes:
    """Return what a sealed text is bound to: moved elsewhere, it does not open."""
    return f"acquis/wish/{what}/1|".encode() + uuid.bytes


def open_wishes(*, issuer: issuers.Issuer) -> list[Asked]:
    """Return what waits for an answer, the oldest first, at most MOST; two queries."""
    rows = models.Wish.objects.of(issuer).filter(state=Wish.State.OPEN)
    return _read(issuer.pk, list(_with_its_badge(rows).order_by("asked_at", "id")[:MOST]))


def find(*, issuer: issuers.Issuer, uuid: uuids.UUID) -> Asked | None:
    """Return a wish that waits for an answer; None where there is none; two queries."""
    rows = models.Wish.objects.of(issuer).filter(state=Wish.State.OPEN, uuid=uuid)
    return next(iter(_read(issuer.pk, list(_with_its_badge(rows)))), None)


def wishes_of(*, credential: models.Credential) -> list[Asked]:
    """Return what the learner of a badge asked of its organisation, the newest first."""
    rows = models.Wish.objects.of(credential.issuer_id).filter(learner_id=credential.learner_id)
    return _read(credential.issuer_id, list(_with_its_badge(rows).order_by("-id")[:MOST]))


def _with_its_badge(rows: QuerySet[models.Wish]) -> QuerySet[models.Wish]:
    return rows.select_related("learner", "credential__achievement").defer(
        "credential__sealed", "credential__achievement__image"
    )


def _read(issuer_id: int, rows: list[models.Wish]) -> list[Asked]:
    keys = people.data_keys(issuer_id=issuer_id, learner_ids={each.learner_id for each in rows})
    found = []
    for row in rows:
        key = keys.get(row.learner_id)
        if key is not None:
            said = _opened(row, "said", bytes(row.said), key)
            answer = _opened(row, "answer", bytes(row.answer), key) if row.answer else ""
            found.append(Asked(row, said, answer, row.asked_at + MONTH))
    return found


def _opened(row: models.Wish, what: str, sealed: bytes, key: bytes) -> str:
    associated = context_of(uuid=row.uuid, what=what)
    return envelope.decrypt(sealed, dek=key, associated=associated).decode()
