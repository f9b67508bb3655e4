"""Verify many at once: handed over by anybody, looked at by workers one by one, then signed for.

    given ──▶ begun ──▶ done ──▶ … ──▶ ended: the receipt is signed, what was given is gone

An entry is begun before it is looked at, and done after: a worker that dies over one leaves it
begun, and after a while it counts as stopped, so that no file can kill one worker after the other.
Each entry is verified as it would be alone: by the same bounded resolver, in the same process that
can be killed.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import secrets
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from credentials import models
from credentials.core import verified_receipt
from credentials.core.piles import Entry
from credentials.selectors import piles
from credentials.services.verified import Unverifiable, Verification
from credentials.services.verifying import verify_address, verify_document
from issuers import selectors as issuers
from issuers.core.envelope import EnvelopeError
from issuers.services import (
    KeyEncryptionKeyMissing,
    KeyServiceUnavailable,
    enclosing,
    installation,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

log = logging.getLogger(__name__)
# How long what came of it can be read; how long an entry may take before its worker counts as dead.
KEPT = timedelta(days=7)
STOPPED_AFTER = timedelta(minutes=2)
# Of all installations' visitors together: above, people are told to come back.
MOST_WAITING = 100
# Of one of them: whoever hands over more leaves room for others.
MOST_OF_ONE = 10
# An entry waits for other sites, and what it asks of them anybody may choose: of all workers, one
# may be at it, whatever waits, so that there is one left for everything else.
MOST_AT_ONCE = 1
_LIST = "entries.json"
_STOPPED = {"verdict": "unreadable", "state": "stopped"}

# What a door says of a verification: texts by name.
Tells: TypeAlias = "Callable[[Verification], Mapping[str, str]]"


class TooManyWaiting(Exception):  # noqa: N818 - it says what is wrong
    """Workers have enough to do: try again later."""


def hand_over(*, entries: Sequence[Entry], now: datetime, asker: str = "") -> models.Pile:
    """Keep what is to be verified together until a worker looks at it.

    Args:
        entries: At least one, as `core.piles.entries` bounds them.
        now: The instant.
        asker: Under which name whoever gives them is counted (`limiting.name_of`).

    Raises:
        TooManyWaiting: too much waits already, of everybody or of them.
    """
    waiting = list(models.Pile.objects.filter(ended_at=None).values_list("asker", flat=True))
    if len(waiting) >= MOST_WAITING or (asker and waiting.count(asker) >= MOST_OF_ONE):
        raise TooManyWaiting
    token = secrets.token_urlsafe(16)
    pile = models.Pile(token=token, asked_at=now, size=len(entries), asker=asker)
    pile.content = enclosing.enclose_file(_packed(entries), about=piles.about(pile, "content"))
    pile.save()
    return pile


def verify_next(*, now: datetime, tells: Tells) -> bool:
    """Verify one entry of the pile that has the fewest done; return whether there was one.

    Nothing is begun while as many as may be are being looked at by other workers.

    Args:
        now: The instant.
        tells: What is kept of a verification.
    """
    # What was given may be ten megabytes: it is read of the one whose turn it is.
    waiting = _light().filter(ended_at=None)
    is_stopped = Q(begun_at__lte=now - STOPPED_AFTER)
    if waiting.filter(begun__gt=F("done")).exclude(is_stopped).count() >= MOST_AT_ONCE:
        return False
    due = waiting.filter(Q(begun=F("done")) | is_stopped)
    return any(_verify_one(pile, now, tells) for pile in due.order_by("done", "id")[:20])


def forget_piles(*, now: datetime) -> int:
    """Remove the piles whose days are over, looked at or not; return how many."""
    removed, _each = models.Pile.objects.filter(asked_at__lte=now - KEPT).delete()
    return removed


def check_receipt(*, data: bytes) -> tuple[Mapping[str, Any], bool]:
    """Return what a receipt says, and whether a key of this installation signed it; one query.

    Args:
        data: As it was downloaded.

    Raises:
        ReceiptError: it is no receipt, or its signature does not hold.
    """
    said = verified_receipt.verify(data)
    return said, said["key"] in {each.kid for each in issuers.installation_keys()}


def _verify_one(pile: models.Pile, now: datetime, tells: Tells) -> bool:
    """Begin an entry, look at it, and note what came of it; the two writes are two transactions.

    What lies between may take seconds and ask other sites: no row is locked meanwhile.
    """
    if pile.begun > pile.done:
        # Whoever began it has died over it, or is so late that nobody waits for it.
        return _note(pile, _STOPPED | {"name": _name(pile)}, now)
    rows = _as_it_is(pile)
    if rows.update(begun=F("begun") + 1, begun_at=now) != 1:
        return False
    pile.begun += 1
    try:
        entry = _entry(pile)
    except EnvelopeError:
        return _note(pile, _STOPPED, now)
    return _note(pile, _looked_at(entry, now, tells), now)


def _looked_at(entry: Entry, now: datetime, tells: Tells) -> dict[str, str]:
    line = {"name": entry.name, "digest": entry.digest}
    try:
        if entry.address:
            found = verify_address(url=entry.address, now=now)
            line["digest"] = hashlib.sha256(found.text.encode()).hexdigest()
        else:
            found = verify_document(data=entry.content, now=now)
        return line | dict(tells(found))
    except Unverifiable as error:
        return line | {"verdict": "unreadable", "state": error.reason}
    except Exception:
        # Whatever it was, the others are looked at; the log says what.
        log.exception("an entry could not be verified")
        return line | _STOPPED


@transaction.atomic
def _note(pile: models.Pile, line: Mapping[str, str], now: datetime) -> bool:
    """Note what came of an entry; after the last one, sign, and forget what was given."""
    kept = _as_it_is(pile).defer("content").select_for_update().first()
    if kept is None:
        return False
    noted = {"name": "?", "digest": "0" * 64, "checked": verified_receipt.instant(now)}
    lines = [*piles.lines_of(pile=kept), noted | dict(line)]
    kept.found = enclosing.enclose_file(
        json.dumps(lines).encode(), about=piles.about(kept, "found")
    )
    kept.done += 1
    kept.begun = kept.done
    changed = ["found", "done", "begun"]
    if kept.done >= kept.size:
        kept.content, kept.asker, kept.ended_at = None, "", now
        kept.receipt = _receipt(kept, lines, now)
        changed += ["content", "asker", "ended_at", "receipt"]
    # Not what was given: it would be written anew for each entry.
    kept.save(update_fields=changed)
    return True


def _receipt(pile: models.Pile, lines: Sequence[Mapping[str, str]], now: datetime) -> bytes | None:
    """Return the receipt, sealed; None where nobody can sign: what came of it is there anyway."""
    try:
        seed = installation.installation_seed(now=now)
    except (KeyEncryptionKeyMissing, KeyServiceUnavailable):
        log.warning("%s gets no receipt: no key can be opened", pile)
        return None
    told = ("name", "digest", "verdict", "state", "checked")
    signed = verified_receipt.sign(
        [{name: line[name] for name in told} for line in lines],
        installation=settings.PUBLIC_URL,
        verifier=verified_receipt.VERIFIER,
        issued=now,
        seed=seed,
    )
    return enclosing.enclose_file(signed, about=piles.about(pile, "receipt"))


def _light() -> QuerySet[models.Pile]:
    return models.Pile.objects.defer("content", "found", "receipt")


def _as_it_is(pile: models.Pile) -> QuerySet[models.Pile]:
    return models.Pile.objects.filter(pk=pile.pk, done=pile.done, begun=pile.begun, ended_at=None)


def _packed(entries: Sequence[Entry]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_LIST, json.dumps([[each.name, each.address] for each in entries]))
        for at, each in enumerate(entries):
            if each.content:
                archive.writestr(str(at), each.content)
    return stream.getvalue()


def _entry(pile: models.Pile) -> Entry:
    """Return the entry whose turn it is.

    Raises:
        EnvelopeError: SECRET_KEY is another than when it was kept.
    """
    kept = enclosing.disclose_file(bytes(pile.content or b""), about=piles.about(pile, "content"))
    with zipfile.ZipFile(io.BytesIO(kept)) as archive:
        name, address = json.loads(archive.read(_LIST))[pile.done]
        return Entry(name, b"" if address else archive.read(str(pile.done)), address)


def _name(pile: models.Pile) -> str:
    try:
        return _entry(pile).name
    except EnvelopeError:
        return "?"
