"""Questions about e-mails to learners: what became of them, who may be reminded, how they read."""

import uuid as uuids
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from credentials import models
from credentials.selectors import counted as counting
from issuers import models as issuers
from issuers import scope
from learners import models as learners

State = models.Message.State
Kind = models.Message.Kind
Message = models.Message
Wording = models.Wording
PAGE = 50
# Nobody reads more from a number than that it is large.
MOST = 5_000
# A part for each state, so that the database knows of each how rare it is. Our own text.
_COUNTS = " UNION ALL ".join(
    f"SELECT '{state}', count(*) FROM (SELECT FROM credentials_message"  # noqa: S608
    f" WHERE issuer_id = %(issuer)s AND state = '{state}' AND NOT is_replaced"
    " LIMIT %(most)s) few"
    for state in State.values
)


@dataclass(frozen=True, slots=True)
class Remindable:
    """A badge, and how many of those who were told of it may be reminded."""

    uuid: str
    name: str
    number: int


def counts(*, issuer: issuers.Issuer) -> dict[str, int]:
    """Count messages by state, but for those that were sent again; one query.

    More than MOST of a state are told as one more than that.
    """
    with scope.inside(issuer), connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"issuer": issuer.pk, "most": MOST + 1})
        return {state: number for state, number in cursor.fetchall() if number}


def number_of(*, issuer: issuers.Issuer, state: str) -> int:
    """Count the messages of one state, but for those that were sent again; one query."""
    return _standing(issuer).filter(state=state).count()


def messages(
    *, issuer: issuers.Issuer, state: str = "", before: int | None = None, limit: int
) -> list[models.Message]:
    """Return messages, the newest first, with learner and badge; one query.

    Args:
        issuer: Whose they are.
        state: Only those of this state.
        before: Only those with smaller numbers.
        limit: How many at most.
    """
    rows = _standing(issuer).select_related("learner", "credential__achievement")
    rows = rows.defer("credential__sealed", "credential__achievement__image")
    if state:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-id")[:limit])


def find_message(*, issuer: issuers.Issuer, pk: int) -> models.Message | None:
    """Return one message with its learner; None where there is none; one query."""
    return (
        models.Message.objects.of(issuer)
        .select_related("learner", "credential__achievement")
        .filter(pk=pk)
        .first()
    )


def undelivered(*, issuer: issuers.Issuer, learner: learners.Learner, states: Iterable[str]) -> int:
    """Count what did not arrive of what a learner was sent, by these states; one query."""
    return _standing(issuer).filter(learner=learner, state__in=list(states)).count()


def messages_of(*, credential: models.Credential) -> list[models.Message]:
    """Return what a learner was told of one credential, the newest first; one query."""
    rows = models.Message.objects.of(credential.issuer_id)
    mine = rows.filter(learner_id=credential.learner_id, credential_id=credential.pk)
    return list(mine.select_related("asked_by").order_by("-id"))


def remindable(
    *, issuer: issuers.Issuer, before: datetime, now: datetime, ahead: bool = False
) -> list[Remindable]:
    """Return the badges of which somebody may be reminded; one query, or none where it is kept.

    Args:
        issuer: Whose they are.
        before: They were told by then.
        now: Of what is still valid then.
        ahead: Count it and keep it for pages.
    """
    return counting.counted(
        _remindable_key(issuer),
        count=lambda: _remindable(issuer, before, now),
        is_much=lambda _found: ahead,
        ahead=ahead,
    )


def remindable_of(
    *, issuer: issuers.Issuer, badge: uuids.UUID, before: datetime, now: datetime
) -> Remindable | None:
    """Return how many of one badge may be reminded, whatever is kept; None for nobody."""
    return next(iter(_remindable(issuer, before, now, badge=badge)), None)


def forget_remindable(*, issuer: issuers.Issuer) -> None:
    """Let it be counted anew who may be reminded: some were."""
    counting.forget(_remindable_key(issuer))


def _remindable_key(issuer: issuers.Issuer) -> str:
    return f"remindable:{issuer.pk}"


def unopened(
    *, issuer: issuers.Issuer, badge: uuids.UUID, before: datetime, now: datetime, limit: int
) -> list[models.Message]:
    """Return the e-mails of one badge whose learners may be reminded, oldest first; one query."""
    rows = _unopened(issuer, before, now).filter(credential__achievement__uuid=badge)
    rows = rows.select_related("learner", "credential").defer("credential__sealed")
    return list(rows.order_by("pk")[:limit])


def _remindable(
    issuer: issuers.Issuer, before: datetime, now: datetime, badge: uuids.UUID | None = None
) -> list[Remindable]:
    rows = (
        _unopened(issuer, before, now)
        .order_by("credential__achievement__name", "credential__achievement__uuid")
        .values_list("credential__achievement__uuid", "credential__achievement__name")
        .annotate(number=Count("pk"))
    )
    if badge is not None:
        rows = rows.filter(credential__achievement__uuid=badge)
    return [Remindable(str(uuid), name, number) for uuid, name, number in rows]


def _unopened(issuer: issuers.Issuer, before: datetime, now: datetime) -> QuerySet[models.Message]:
    return (
        _standing(issuer)
        .filter(
            kind__in=[Kind.ISSUED, Kind.CORRECTED],
            state__in=[State.SENT, State.DELIVERED],
            settled_at__lte=before,
        )
        .filter(credential__revoked_at=None, credential__suspended_at=None)
        .filter(Q(credential__valid_until=None) | Q(credential__valid_until__gt=now))
        .filter(Exists(learners.LearnerKey.objects.of(issuer).filter(pk=OuterRef("learner_id"))))
        # Whoever has claimed it knows of it.
        .exclude(
            Exists(models.Holding.objects.of(issuer).filter(credential=OuterRef("credential_id")))
        )
        .exclude(
            Exists(
                models.Message.objects.of(issuer).filter(
                    learner_id=OuterRef("learner_id"),
                    credential_id=OuterRef("credential_id"),
                    kind=Kind.REMINDER,
                )
            )
        )
        .exclude(
            # Whose page was opened needs no reminder; a file may be verified without its page.
            Exists(
                models.Tally.objects.of(issuer)
                .filter(credential_id=OuterRef("credential_id"))
                .exclude(act=models.Tally.Act.VERIFIED)
            )
        )
    )


def wordings(*, issuer: issuers.Issuer) -> dict[tuple[str, str], models.Wording]:
    """Return how an organisation writes, by kind and language, where it says so; one query."""
    rows = models.Wording.objects.of(issuer).order_by("kind", "language")
    return {(row.kind, row.language): row for row in rows}


def _standing(issuer: issuers.Issuer) -> QuerySet[models.Message]:
    return models.Message.objects.of(issuer).filter(is_replaced=False)
