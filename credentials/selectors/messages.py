"""Questions about e-mails to learners: what became of them, who may be reminded, how they read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from credentials import models
from issuers import models as issuers
from learners import models as learners

State = models.Message.State
Kind = models.Message.Kind
Message = models.Message
Wording = models.Wording
PAGE = 50


@dataclass(frozen=True, slots=True)
class Remindable:
    """A badge, and how many of those who were told of it may be reminded."""

    uuid: str
    name: str
    number: int


def counts(*, issuer: issuers.Issuer) -> dict[str, int]:
    """Count messages by state, but for those that were sent again; one query."""
    rows = _standing(issuer).order_by("state").values_list("state")
    return dict(rows.annotate(number=Count("pk")))


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


def remindable(*, issuer: issuers.Issuer, before: datetime, now: datetime) -> list[Remindable]:
    """Return the badges of which somebody may be reminded; one query.

    Args:
        issuer: Whose they are.
        before: They were told by then.
        now: Of what is still valid then.
    """
    rows = (
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
        .order_by("credential__achievement__name", "credential__achievement__uuid")
        .values_list("credential__achievement__uuid", "credential__achievement__name")
        .annotate(number=Count("pk"))
    )
    return [Remindable(str(uuid), name, number) for uuid, name, number in rows]


def wordings(*, issuer: issuers.Issuer) -> dict[tuple[str, str], models.Wording]:
    """Return how an organisation writes, by kind and language, where it says so; one query."""
    rows = models.Wording.objects.of(issuer).order_by("kind", "language")
    return {(row.kind, row.language): row for row in rows}


def _standing(issuer: issuers.Issuer) -> QuerySet[models.Message]:
    return models.Message.objects.of(issuer).filter(is_replaced=False)
