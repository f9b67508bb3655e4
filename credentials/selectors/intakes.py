"""Questions about lists of learners: which there are, and how far one got."""

import uuid as uuids
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q

from credentials import models
from issuers import models as issuers

Intake = models.Intake
PAGE = 50
# What was recorded longer ago, and is not signed, waits for a person, and not on a first page.
LATELY = timedelta(days=7)
_SEALED = ("file", "table", "checked")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a list got.

    Attributes:
        size: How many awards it has.
        recorded: How many of its rows were taken.
        held: How many wait for a second person.
        due: How many wait to be signed.
        signed: How many are.
        refused: How many could not be.
        per_minute: How many were signed in a minute, since the first could be; None before.
        seconds: How long the others take at that rate; None where nobody knows.
    """

    size: int
    recorded: int
    held: int
    due: int
    signed: int
    refused: int
    per_minute: float | None = None
    seconds: float | None = None

    @property
    def waiting(self) -> int:
        """Return how many are still to be signed."""
        return self.size - self.recorded + self.held + self.due

    @property
    def percent(self) -> int:
        """Return how much of it is settled, in hundredths."""
        whole = max(self.waiting + self.signed + self.refused, 1)
        return (self.signed + self.refused) * 100 // whole


def intakes(
    *, issuer: issuers.Issuer, before: int | None = None, limit: int = PAGE
) -> Sequence[models.Intake]:
    """Return the issuer's lists, the newest first, without what is on them; one query."""
    rows = models.Intake.objects.of(issuer).defer(*_SEALED)
    rows = rows.select_related("achievement", "created_by").order_by("-id")
    return list(rows.filter(pk__lt=before)[:limit] if before else rows[:limit])


def called(*, issuer: issuers.Issuer, words: str, limit: int) -> Sequence[models.Intake]:
    """Return the lists with these words in their names, the newest first; one query."""
    rows = models.Intake.objects.of(issuer).filter(name__icontains=words).defer(*_SEALED)
    return list(rows.exclude(state=Intake.State.DRAFT).order_by("-id")[:limit])


def find_intake(*, issuer: issuers.Issuer, uuid: uuids.UUID) -> models.Intake | None:
    """Return that list of the issuer, with its badge and its people; one query."""
    return (
        models.Intake.objects.of(issuer)
        .select_related("achievement", "cohort", "created_by", "confirmed_by", "preparation")
        .filter(uuid=uuid)
        .first()
    )


def under_way(
    *, issuer: issuers.Issuer, now: datetime, limit: int = 5
) -> Sequence[tuple[models.Intake, Progress]]:
    """Return the newest lists that are not at their end, and how far each got; two queries."""
    states = models.Intake.State
    due = models.Credential.objects.of(issuer).filter(
        intake=OuterRef("pk"), state__in=[models.Credential.State.DUE, models.Credential.State.HELD]
    )
    rows = models.Intake.objects.of(issuer).defer(*_SEALED).select_related("achievement")
    found = list(
        rows.filter(
            Q(state__in=[states.RECORDING, states.STOPPED])
            | Q(state=states.RECORDED, recorded_at__gt=now - LATELY) & Exists(due)
            # Or for an hour that was chosen.
            | Q(state=states.RECORDED, sign_after__gt=now) & Exists(due)
        ).order_by("-id")[:limit]
    )
    counted = _counted(issuer, found)
    return [(each, _progress(each, counted.get(each.pk, {}), now)) for each in found]


def progress(*, issuer: issuers.Issuer, intake: models.Intake, now: datetime) -> Progress:
    """Return how far a list got; one query."""
    return _progress(intake, _counted(issuer, [intake]).get(intake.pk, {}), now)


def _counted(issuer: issuers.Issuer, intakes: Sequence[models.Intake]) -> dict[int, dict[str, int]]:
    """Return how many awards of each list are in which state; one query, none for no list."""
    found: dict[int, dict[str, int]] = {}
    if not intakes:
        return found
    rows = (
        models.Credential.objects.of(issuer)
        .filter(intake__in=[each.pk for each in intakes])
        .order_by("intake", "state")
        .values_list("intake", "state")
        .annotate(Count("id"))
    )
    for pk, state, number in rows:
        found.setdefault(pk, {})[state] = number
    return found


def _progress(intake: models.Intake, counted: Mapping[str, int], now: datetime) -> Progress:
    found = Progress(
        size=intake.size,
        recorded=intake.position,
        **{state: counted.get(state, 0) for state in ("held", "due", "signed", "refused")},
    )
    began = max(filter(None, (intake.confirmed_at, intake.sign_after)), default=now)
    passed = (now - began).total_seconds()
    if not found.signed or passed <= 0 or not found.waiting or intake.paused_at:
        return found
    rate = found.signed / passed
    return Progress(
        found.size, found.recorded, found.held, found.due, found.signed, found.refused,
        per_minute=rate * 60, seconds=found.waiting / rate,
    )  # fmt: skip


def unsigned_reasons(
    *, issuer: issuers.Issuer, intake: models.Intake, limit: int = 10
) -> Sequence[tuple[str, int]]:
    """Return why credentials of a list could not be signed, the most frequent first; one query."""
    return list(
        models.Credential.objects.of(issuer)
        .filter(intake=intake, state=models.Credential.State.REFUSED)
        .values_list("refusal")
        .annotate(number=Count("id"))
        .order_by("-number", "refusal")[:limit]
    )
