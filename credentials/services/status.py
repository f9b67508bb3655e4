"""Status indexes: which bit of which list speaks for a credential or a transcript."""

import secrets
import uuid as uuids
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter, itemgetter

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from badges import models as badges
from credentials import models
from credentials.core import status_list as lists
from credentials.services import failpoints, writing
from issuers import models as issuers
from issuers import scope

# A list is closed to new credentials before it is full, so that a draw stays random and cheap.
FULL = lists.SIZE * 3 // 4
THROWS = 512


def final_badges(issuer: issuers.Issuer) -> QuerySet[badges.Achievement]:
    """Return the issuer's badges whose credentials stand for good, and have no index."""
    rows = badges.Achievement.objects.of(issuer)
    return rows.filter(standing=badges.Achievement.Standing.FINAL)


@dataclass(frozen=True, slots=True)
class Reserve:
    """Places of an issuer's lists that are given to nobody yet, and to nobody else.

    Attributes:
        revocation: For every credential that can be revoked.
        suspension: For those that can be suspended as well.
        suspendable: The badges whose credentials can.
    """

    revocation: list[tuple[models.StatusList, int]]
    suspension: list[tuple[models.StatusList, int]]
    suspendable: frozenset[int]

    def take(self, due: writing.Due) -> writing.Due | None:
        """Return what is due with its places; None where nothing is left for it."""
        if not self.revocation:
            return None
        if due.achievement_id in self.suspendable:
            if not self.suspension:
                return None
            found, index = self.suspension.pop()
            due = due._replace(suspension_list_id=found.pk, suspension_index=index)
        found, index = self.revocation.pop()
        return due._replace(status_list_id=found.pk, status_index=index)


def reserve(*, issuer: issuers.Issuer, now: datetime, limit: int) -> Reserve:
    """Reserve places for at most `limit` due credentials of an issuer, in its status lists.

    Drawn at random; one of a second list where the badge can be suspended, none where it stands for
    good.

    A transaction of its own, and a short one: the lists' rows are locked here and not while
    documents are signed. What is reserved and not used stays empty for ever, when a worker dies or
    another one was faster: a list has 131,072 places, and to write each on its row first would cost
    more than the signature.

    Source: Bitstring Status List section 5.2 (indexes are drawn at random so that they do not
        correlate).
    """
    purposes, standing = models.StatusList.Purpose, badges.Achievement.Standing
    rows = badges.Achievement.objects.of(issuer).filter(standing=standing.SUSPENDABLE)
    suspendable = frozenset(rows.values_list("id", flat=True))
    waiting = list(
        models.Credential.objects.of(issuer)
        .filter(state=models.Credential.State.DUE, sign_after__lte=now, status_list__isnull=True)
        .exclude(achievement__in=final_badges(issuer))
        .order_by("sign_after", "id")
        .values_list("achievement_id", flat=True)[:limit]
    )
    more = sum(badge in suspendable for badge in waiting)
    with transaction.atomic():
        found = Reserve(
            places(issuer=issuer, purpose=purposes.REVOCATION, count=len(waiting), now=now),
            places(issuer=issuer, purpose=purposes.SUSPENSION, count=more, now=now),
            suspendable,
        )
        failpoints.reach("index: given")
    return found


def give_indexes_to_transcripts(*, now: datetime, limit: int) -> int:
    """Give every transcript that is due and has none an index, from the same lists.

    Returns:
        How many got one.
    """
    purpose = models.StatusList.Purpose.REVOCATION
    with transaction.atomic():
        waiting = list(
            # Across issuers: a worker serves them all.
            models.Transcript.objects.across_issuers()
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("issuer")
            .only("id", "issuer_id", "status_list_id", "status_index", "issuer__slug")
            .filter(state=models.Transcript.State.DUE, status_list__isnull=True)
            .order_by("requested_at", "id")[:limit]
        )
        waiting.sort(key=attrgetter("issuer_id"))
        for _issuer_id, group in groupby(waiting, key=attrgetter("issuer_id")):
            due = list(group)
            drawn = places(issuer=due[0].issuer, purpose=purpose, count=len(due), now=now)
            for transcript, (status_list, index) in zip(due, drawn, strict=True):
                transcript.status_list, transcript.status_index = status_list, index
            models.Transcript.objects.of(due[0].issuer).bulk_update(
                due, ["status_list", "status_index"]
            )
    return len(waiting)


def set_bits(
    *, issuer: issuers.Issuer, places: Iterable[tuple[int | None, int | None]], value: bool
) -> None:
    """Set or clear the bits of credentials; the signed lists follow when a worker publishes them.

    Within the caller's transaction: the lists' rows stay locked until its end, taken in the order
    of their keys.

    Args:
        issuer: Whose lists they are.
        places: The key of a list and an index in it, for each bit; never None, though a column
            might be.
        value: What the bits are from now on.

    Source: Bitstring Status List section 3.2.
    """
    found = sorted((pk or 0, index or 0) for pk, index in places)
    for pk, group in groupby(found, key=itemgetter(0)):
        status_list = (
            models.StatusList.objects.of(issuer)
            .select_for_update()
            .only("bits", "version")
            .get(pk=pk)
        )
        for _pk, index in group:
            status_list.bits = lists.set_bit(bytes(status_list.bits), index, value)
        status_list.version += 1
        with scope.inside(issuer):
            status_list.save(update_fields=["bits", "version"])


def places(
    *, issuer: issuers.Issuer, purpose: models.StatusList.Purpose, count: int, now: datetime
) -> list[tuple[models.StatusList, int]]:
    """Draw places in the issuer's open list, and in as many new ones as it takes.

    Within the caller's transaction: the lists' rows stay locked until its end.
    """
    drawn: list[tuple[models.StatusList, int]] = []
    while len(drawn) < count:
        status_list = _open_list(issuer, purpose, now)
        room = min(FULL - status_list.taken_count, count - len(drawn))
        taken, indexes = draw(bytes(status_list.taken), room)
        models.StatusList.objects.of(issuer).filter(pk=status_list.pk).update(
            taken=taken, taken_count=status_list.taken_count + room
        )
        drawn += [(status_list, index) for index in indexes]
    return drawn


def _open_list(
    issuer: issuers.Issuer, purpose: models.StatusList.Purpose, now: datetime
) -> models.StatusList:
    """Return the issuer's list that has room, locked; a new one where there is none."""
    found = (
        models.StatusList.objects.of(issuer)
        .select_for_update()
        .defer("bits", "published")
        .filter(purpose=purpose, taken_count__lt=FULL)
        .order_by("id")
        .first()
    )
    if found is not None:
        return found
    name = uuids.uuid4()
    return models.StatusList.objects.of(issuer).create(
        uuid=name,
        issuer=issuer,
        purpose=purpose,
        url=f"{settings.PUBLIC_URL}/status/{name}",
        taken=bytes(lists.SIZE // 8),
        bits=bytes(lists.SIZE // 8),
        created_at=now,
    )


def draw(taken: bytes, count: int) -> tuple[bytes, list[int]]:
    """Draw `count` free indexes at random; return the new bitmap and the indexes.

    A list is never more than three quarters full, so a free index is found in four throws on
    average at worst.
    """
    bitmap = bytearray(taken)
    indexes: list[int] = []
    throws = _throws(len(bitmap) * 8)
    while len(indexes) < count:
        index = next(throws)
        byte, mask = index // 8, 0x80 >> index % 8  # index 0 is the leftmost bit, as in the lists
        if not bitmap[byte] & mask:
            bitmap[byte] |= mask
            indexes.append(index)
    return bytes(bitmap), indexes


def _throws(size: int) -> Iterator[int]:
    """Yield numbers below `size` at random, each as likely as any other; many for one question.

    A size that is no power of two has a last, shorter round of 32 bits: what falls there is thrown
    away.
    """
    most = 2**32 - 2**32 % size
    while True:
        yield from (
            number % size for number in array("I", secrets.token_bytes(THROWS * 4)) if number < most
        )
