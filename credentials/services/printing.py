"""Print the certificates of a list: ordered in the console, made by workers piece by piece.

    printing ──▶ ready ──▶ gone
        └─────▶ failed

A piece is a transaction: its files, and how far the order is. A worker that is killed leaves the
pieces before, and the next one goes on after them. What prints is given by the door (`Prints`).

Files name people, so they are sealed, are there for a few days, and go at once when anybody in them
is erased. Their keys are locked while they are printed: whoever is being erased at this moment is
not printed, or is erased after the file is there to be taken away.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

from django.db import IntegrityError, transaction

from credentials import models
from credentials.selectors import printings
from issuers import models as issuers
from issuers import scope
from issuers.services import KeyServiceUnavailable, enclosing
from learners import services as people

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

State, Kind = models.Printing.State, models.Printing.Kind
# How long the files are there, and how many orders of one organisation a day.
KEPT = timedelta(days=3)
MOST_A_DAY = 20
# What fits into a database for a few days: a file for each takes ten times what sheets take.
MOST = {Kind.SHEETS: 100_000, Kind.EACH: 5_000}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class File:
    """What was printed: a file, its name, and the keys of those whose certificates are in it."""

    name: str
    content: bytes
    learner_ids: Sequence[int]


# What makes files of some credentials, for an order.
Prints: TypeAlias = "Callable[[Sequence[models.Credential], models.Printing, datetime], list[File]]"


class NotNow(Exception):  # noqa: N818 - it says what is wrong
    """It is being printed already, too many were ordered today, or it is not there."""


class TooMany(Exception):  # noqa: N818 - it says what is wrong
    """There are more certificates than go into one order, or none."""


def order_printing(
    *,
    issuer: issuers.Issuer,
    intake: models.Intake,
    kind: str,
    language: str,
    actor: issuers.User,
    now: datetime,
) -> models.Printing:
    """Ask for the certificates of a list, of all that are signed and stand.

    Args:
        issuer: Whose.
        intake: The list.
        kind: One of `Printing.Kind`.
        language: Of the certificates.
        actor: Who asks.
        now: The instant.

    Raises:
        NotNow: it is being printed already, or too many were ordered today.
        TooMany: there are more than `MOST` of the kind, or none.
    """
    rows = models.Printing.objects.of(issuer)
    if rows.filter(ordered_at__gt=now - timedelta(days=1)).count() >= MOST_A_DAY:
        raise NotNow("too many orders")
    size = printings.number_standing(issuer=issuer, intake=intake)
    if not 0 < size <= MOST[Kind(kind)]:
        raise TooMany(f"{size} certificates")
    told = {"kind": kind, "language": language, "ordered_by": actor, "ordered_at": now}
    try:
        with transaction.atomic():
            return rows.create(issuer=issuer, intake=intake, size=size, **told)
    except IntegrityError as error:
        raise NotNow("it is being printed") from error


def print_some(*, now: datetime, limit: int, prints: Prints) -> int:
    """Print the next piece of the order that waits the longest; return how many certificates.

    For a worker; 0 where nothing is to be printed.

    Args:
        now: The instant.
        limit: How many certificates at most.
        prints: What makes files of them.
    """
    # Across issuers: a worker serves them all. A small order does not wait for a large one.
    waiting = (
        models.Printing.objects.across_issuers()
        .filter(state=State.PRINTING)
        .order_by("printed", "id")
        .values_list("pk", "issuer_id")
    )
    for pk, issuer_id in list(waiting[:100]):
        issuer = issuers.Issuer.objects.get(pk=issuer_id)
        with scope.inside(issuer):
            taken = _print_of(issuer, pk, now, limit, prints)
        if taken:
            return taken
    return 0


def _print_of(issuer: issuers.Issuer, pk: int, now: datetime, limit: int, prints: Prints) -> int:
    try:
        with transaction.atomic():
            found = (
                models.Printing.objects.of(issuer)
                .select_for_update(skip_locked=True, of=("self",))
                .filter(pk=pk, state=State.PRINTING)
                .first()
            )
            return _print(issuer, found, now, limit, prints) if found is not None else 0
    except KeyServiceUnavailable:
        log.warning("printing %d of %s waits for the key service", pk, issuer.slug)
        return 0
    except Exception:
        # Whatever it was, who waits is told; the log says what.
        log.exception("printing %d of %s failed", pk, issuer.slug)
        with transaction.atomic():
            _end(issuer, pk, State.FAILED)
        return 1


def _print(
    issuer: issuers.Issuer, printing: models.Printing, now: datetime, limit: int, prints: Prints
) -> int:
    found = printings.standing(
        issuer=issuer, intake_id=printing.intake_id, after=printing.after, limit=limit
    )
    held = people.hold_keys(issuer=issuer, learner_ids=[each.learner_id for each in found])
    there = [each for each in found if each.learner_id in held]
    files = prints(there, printing, now)
    models.PrintedFile.objects.of(issuer).bulk_create(
        models.PrintedFile(
            issuer=issuer,
            printing=printing,
            number=number,
            content=enclosing.enclose_file(
                f"{file.name}\n".encode() + file.content, about=printings.about(printing, number)
            ),
            learner_ids=list(file.learner_ids),
        )
        for number, file in enumerate(files, printing.files)
    )
    printing.files += len(files)
    printing.printed += len(there)
    printing.after = found[-1].pk if found else printing.after
    if len(found) < limit:
        printing.state, printing.ready_at = (State.READY if printing.files else State.GONE), now
    printing.save(update_fields=["files", "printed", "after", "state", "ready_at"])
    return len(found) or 1


def note_printing_fetched(
    *, issuer: issuers.Issuer, printing: models.Printing, now: datetime
) -> None:
    """Note that the file is being downloaded: the trail says by whom.

    Raises:
        NotNow: it is not there.
    """
    ready = models.Printing.objects.of(issuer).filter(pk=printing.pk, state=State.READY)
    if ready.update(fetched_at=now) != 1:
        raise NotNow("it is not there")


@transaction.atomic
def remove_printing(*, issuer: issuers.Issuer, printing: models.Printing) -> None:
    """Remove the files, and stop printing; idempotent."""
    _end(issuer, printing.pk, State.GONE)


def forget_printings(*, now: datetime) -> int:
    """Remove the files whose days are over; return of how many orders."""
    # Across issuers: a worker serves them all.
    over = models.Printing.objects.across_issuers().select_related("issuer").defer("issuer__logo")
    found = list(over.filter(state=State.READY, ready_at__lte=now - KEPT).order_by("id")[:100])
    for each in found:
        remove_printing(issuer=each.issuer, printing=each)
    return len(found)


def _end(issuer: issuers.Issuer, pk: int, state: str) -> None:
    rows = models.Printing.objects.of(issuer)
    rows.filter(pk=pk, state__in=[State.PRINTING, State.READY]).update(state=state)
    models.PrintedFile.objects.of(issuer).filter(printing=pk).delete()
