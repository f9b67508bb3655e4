"""Status indexes: which bit of which list speaks for a credential or a transcript."""

import secrets
import uuid as uuids
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from badges import models as badges
from credentials import models
from credentials.core import status_list as lists
from credentials.services import failpoints
from issuers import models as issuers
from issuers import scope

# A list is closed to new credentials before it is full, so that a draw stays random and cheap.
FULL = lists.SIZE * 3 // 4


def final_badges(issuer: issuers.Issuer) -> QuerySet[badges.Achievement]:
    """Return the issuer's badges whose credentials stand for good, and have no index."""
    rows = badges.Achievement.objects.of(issuer)
    return rows.filter(standing=badges.Achievement.Standing.FINAL)


def give_indexes(*, issuer: issuers.Issuer, now: datetime, limit: int) -> int:
    """Give at most `limit` due credentials of an issuer that have none an index of its status list.

    Drawn at random; one of a second list where the badge can be suspended, none where it stands for
    good.

    A transaction of its own, and a short one: the lists' rows are locked here and not while
    documents are signed. A worker that dies afterwards wastes nothing: the credential keeps its
    index.

    Returns:
        How many credentials got one.

    Source: Bitstring Status List section 5.2 (indexes are drawn at random so that they do not
        correlate).
    """
    purposes = models.StatusList.Purpose
    with transaction.atomic():
        waiting = list(
            models.Credential.objects.of(issuer)
            .select_for_update(skip_locked=True)
            .filter(
                state=models.Credential.State.DUE, sign_after__lte=now, status_list__isnull=True
            )
            .exclude(achievement__in=final_badges(issuer))
            .order_by("sign_after", "id")
            .values_list("id", "achievement_id")[:limit]
        )
        if not waiting:
            return 0
        suspendable = set(
            badges.Achievement.objects.of(issuer)
            .filter(standing=badges.Achievement.Standing.SUSPENDABLE)
            .values_list("id", flat=True)
        )
        ids = [pk for pk, _badge in waiting]
        _give(ids, "status", places(
            issuer=issuer, purpose=purposes.REVOCATION, count=len(ids), now=now
        ))  # fmt: skip
        ids = [pk for pk, badge in waiting if badge in suspendable]
        _give(ids, "suspension", places(
            issuer=issuer, purpose=purposes.SUSPENSION, count=len(ids), now=now
        ))  # fmt: skip
        failpoints.reach("index: given")
    return len(waiting)


def _give(ids: Sequence[int], kind: str, drawn: Sequence[tuple[models.StatusList, int]]) -> None:
    """Write a place on each row, in one statement."""
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE credentials_credential SET {kind}_list_id = place.list,"  # noqa: S608 - one of two words of ours
            f" {kind}_index = place.index FROM unnest(%s::bigint[], %s::bigint[], %s::int[])"
            " AS place (id, list, index) WHERE credentials_credential.id = place.id",
            [list(ids), [found.pk for found, _ in drawn], [index for _, index in drawn]],
        )


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


def set_bit(
    *,
    issuer: issuers.Issuer,
    status_list_id: int,
    index: int,
    value: bool,
) -> None:
    """Set or clear the bit of a credential; the signed list follows when a worker publishes it.

    Within the caller's transaction: the list's row stays locked until its end.

    Source: Bitstring Status List section 3.2.
    """
    status_list = (
        models.StatusList.objects.of(issuer)
        .select_for_update()
        .only("bits", "version")
        .get(pk=status_list_id)
    )
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
    while len(indexes) < count:
        index = secrets.randbelow(len(bitmap) * 8)
        byte, mask = index // 8, 0x80 >> index % 8  # index 0 is the leftmost bit, as in the lists
        if not bitmap[byte] & mask:
            bitmap[byte] |= mask
            indexes.append(index)
    return bytes(bitmap), indexes
