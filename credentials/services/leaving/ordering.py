"""Order: an administrator asks for the archive, a worker makes it, and it is gone after a day.

    waiting ──▶ working ──▶ ready ──▶ gone
                  │  └────▶ failed
                  └─ a worker that was killed leaves it; another takes it in hand

It may take hours: an archive is of one instant, so it is read in one transaction, which nobody can
take up again where another left it. While it is being made its worker says every few seconds that
it lives; one that is silent has lost it. Of all that were ordered one is made at a time, because
whoever makes it does nothing else.

The passphrase is shown once, to who ordered. What it comes from stays wrapped until the file is
made, and is then forgotten: whoever reads the database later cannot open the file. Signing keys
never leave this way: nobody who gets hold of the web process gets hold of them.
"""

from __future__ import annotations

import logging
import secrets
import time
from base64 import b32encode
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import TYPE_CHECKING

from django.db import DatabaseError, IntegrityError, connection, transaction

from credentials import models
from credentials.services.leaving.packing import pack
from issuers.core.envelope import EnvelopeError
from issuers.resolvers import keyrings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models import QuerySet

    from issuers import models as issuers

State = models.Export.State
PIECE = 1024 * 1024
# How long the file is there, and how long a worker may be silent before another takes over.
KEPT = timedelta(hours=24)
SILENT = timedelta(minutes=2)
TRIES = 3
# Orders of one organisation within a day: each reads everything it has.
MOST_A_DAY = 5
TELL_SECONDS = 2.0
# Of the 32 bytes that are kept: 160 bits, in 32 letters and digits.
_PHRASE_BYTES = 20

log = logging.getLogger(__name__)


class NotNow(Exception):  # noqa: N818 - it says what is wrong
    """One is being made already, or too many were ordered today."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order, and the passphrase that nobody will see again."""

    export: models.Export
    passphrase: str


def order_export(*, issuer: issuers.Issuer, actor: issuers.User, now: datetime) -> Ordered:
    """Ask for everything that the organisation has here; a worker makes it.

    Args:
        issuer: Whose.
        actor: The administrator who asks.
        now: The instant.

    Raises:
        NotNow: one is being made already, or too many were ordered today.
        KeyServiceUnavailable: the service that wraps keys does not answer.
    """
    rows = models.Export.objects.of(issuer)
    if rows.filter(ordered_at__gt=now - timedelta(days=1)).count() >= MOST_A_DAY:
        raise NotNow("too many")
    secret = secrets.token_bytes(32)
    [wrapped] = keyrings.learner().wrap([secret])
    try:
        with transaction.atomic():
            export = rows.create(issuer=issuer, ordered_by=actor, ordered_at=now, secret=wrapped)
    except IntegrityError as error:
        raise NotNow("one is being made") from error
    return Ordered(export, _passphrase(secret))


def note_fetched(*, issuer: issuers.Issuer, export: models.Export, now: datetime) -> None:
    """Note that the file is being downloaded: the trail says by whom.

    Raises:
        NotNow: it is not there.
    """
    ready = models.Export.objects.of(issuer).filter(pk=export.pk, state=State.READY)
    if ready.update(fetched_at=now) != 1:
        raise NotNow("it is not there")


@transaction.atomic
def remove_export(*, issuer: issuers.Issuer, export: models.Export) -> None:
    """Remove the file before its day is over; idempotent.

    Raises:
        NotNow: it is still being made.
    """
    ready = models.Export.objects.of(issuer).filter(pk=export.pk, state__in=[State.READY])
    if ready.update(state=State.GONE):
        _drop_pieces(issuer, export)
    elif not models.Export.objects.of(issuer).filter(pk=export.pk, secret=None).exists():
        raise NotNow("it is being made")


def make_exports(*, now: datetime) -> int:
    """Remove files whose day is over, and make the one that waits the longest; return how many.

    For a worker. What it is at stays in the row, so that whoever looks on sees it.

    Args:
        now: The instant.
    """
    for each in _orders().filter(state=State.READY, ready_at__lte=now - KEPT)[:100]:
        remove_export(issuer=each.issuer, export=each)
    for each in _orders().filter(state=State.WORKING, heard_at__lte=now - SILENT)[:100]:
        _give_up_or_again(each)
    taken = _take(now)
    if taken is None:
        return 0
    try:
        _make(taken, now)
    except Exception:
        # Whatever it was, who waits is told; the log says what.
        log.exception("export %s of %s could not be made", taken.uuid, taken.issuer.slug)
        with suppress(NotNow):
            _end(taken, state=State.FAILED)
    return 1


def _orders() -> QuerySet[models.Export]:
    # Across issuers: a worker serves them all.
    rows = models.Export.objects.across_issuers().select_related("issuer")
    return rows.defer("issuer__logo").order_by("ordered_at", "id")


def _take(now: datetime) -> models.Export | None:
    found = _orders().filter(state=State.WAITING).first()
    if found is None or _orders().filter(state=State.WORKING).exists():
        return None
    mine = models.Export.objects.of(found.issuer).filter(pk=found.pk, state=State.WAITING)
    taken = {"began_at": now, "heard_at": now, "tries": found.tries + 1, "percent": 0}
    if mine.update(state=State.WORKING, **taken) != 1:
        return None  # another worker was faster
    found.began_at = now
    return found


def _give_up_or_again(export: models.Export) -> None:
    """Let another worker try, unless too many were killed over it."""
    silent = _in_hand(export).filter(heard_at=export.heard_at)
    if export.tries < TRIES:
        silent.update(state=State.WAITING)
    elif silent.update(state=State.FAILED, secret=None):
        log.error("export %s of %s killed %d workers", export.uuid, export.issuer.slug, TRIES)


def _make(export: models.Export, now: datetime) -> None:
    if export.secret is None:
        raise EnvelopeError("its passphrase is gone")
    [secret] = keyrings.learner().unwrap([bytes(export.secret)])
    with (
        TemporaryDirectory(prefix="acquis-export-") as folder,
        _telling(Progress(export, now)) as progress,
    ):
        path = Path(folder) / "archive.zip"
        packed = pack(
            issuer=export.issuer,
            path=path,
            passphrase=_passphrase(secret),
            now=now,
            report=progress,
        )
        with transaction.atomic():
            _keep_pieces(export, path)
            _end(
                export,
                state=State.READY,
                ready_at=progress.now(),
                percent=100,
                size=path.stat().st_size,
                waiting=packed.waiting,
            )


def _keep_pieces(export: models.Export, path: Path) -> None:
    pieces = models.ExportPiece.objects.of(export.issuer)
    _drop_pieces(export.issuer, export)
    with path.open("rb") as file:
        number = 0
        while content := file.read(PIECE):
            pieces.create(issuer=export.issuer, export=export, number=number, content=content)
            number += 1


def _drop_pieces(issuer: issuers.Issuer, export: models.Export) -> None:
    models.ExportPiece.objects.of(issuer).filter(export=export).delete()


def _end(export: models.Export, *, state: str, **told: object) -> None:
    """Move on an order that is ours still; its secret is forgotten."""
    if _in_hand(export).update(state=state, secret=None, **told) != 1:
        raise NotNow("another worker has it")


def _in_hand(export: models.Export) -> QuerySet[models.Export]:
    """Return the order as long as no other worker has taken it: none, afterwards."""
    rows = models.Export.objects.of(export.issuer)
    return rows.filter(pk=export.pk, state=State.WORKING, began_at=export.began_at)


class Progress:
    """How far a file is, in percent of its rows, and what its worker says of itself meanwhile."""

    def __init__(self, export: models.Export, began_at: datetime) -> None:
        self.percent, self.ended = 0, Event()
        self._export, self._began_at, self._since = export, began_at, time.monotonic()

    def __call__(self, done: int, of: int) -> None:
        """Note that so many rows are written."""
        self.percent = min(99, done * 100 // max(of, 1))

    def now(self) -> datetime:
        """Return the instant: that of the beginning, and what went by since then."""
        return self._began_at + timedelta(seconds=time.monotonic() - self._since)

    def tell(self) -> None:
        """Write how far it is and that we live, until it ends."""
        try:
            while not self.ended.wait(TELL_SECONDS):
                try:
                    _in_hand(self._export).update(heard_at=self.now(), percent=self.percent)
                except DatabaseError:  # it may be back before we were silent for too long
                    log.warning("export %s: it could not be told how far it is", self._export.uuid)
                    connection.close()
        finally:
            connection.close()  # this thread's own


@contextmanager
def _telling(progress: Progress) -> Iterator[Progress]:
    """Tell beside the transaction that reads: from there nobody would see it."""
    teller = Thread(target=progress.tell, daemon=True)
    teller.start()
    try:
        yield progress
    finally:
        progress.ended.set()
        teller.join()


def _passphrase(secret: bytes) -> str:
    text = b32encode(secret[:_PHRASE_BYTES]).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))
