"""Questions about awards that wait for a second person."""

import uuid as uuids
from collections.abc import Sequence

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from credentials import models
from issuers import models as issuers

Preparation = models.Preparation
State = Preparation.State
# What was decided is history: the last ones are enough for a page.
DECIDED_SHOWN = 20


def waiting_preparations(*, issuer: issuers.Issuer) -> Sequence[models.Preparation]:
    """Return what waits, or was returned, oldest first, with how many awards (`held`); one query.

    With the badge and who prepared it.
    """
    held = (
        models.Credential.objects.of(issuer)
        .filter(preparation=OuterRef("pk"))
        .order_by()
        .values("preparation")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return list(
        models.Preparation.objects.of(issuer)
        .filter(state__in=[State.WAITING, State.RETURNED])
        .select_related("achievement", "prepared_by", "decided_by")
        .defer("achievement__image", "achievement__drawing", "achievement__document")
        .annotate(held=Coalesce(Subquery(held, output_field=IntegerField()), 0))
        .order_by("prepared_at", "id")
    )


def decided_preparations(*, issuer: issuers.Issuer) -> Sequence[models.Preparation]:
    """Return what was released or discarded of late, latest first; one query."""
    return list(
        models.Preparation.objects.of(issuer)
        .filter(state__in=[State.RELEASED, State.DISCARDED])
        .select_related("achievement", "prepared_by", "decided_by")
        .defer("achievement__image", "achievement__drawing", "achievement__document")
        .order_by("-decided_at", "-id")[:DECIDED_SHOWN]
    )


def find_preparation(*, issuer: issuers.Issuer, uuid: uuids.UUID) -> models.Preparation | None:
    """Return that preparation of the issuer, with its badge and its people; one query."""
    return (
        models.Preparation.objects.of(issuer)
        .select_related("achievement", "prepared_by", "decided_by")
        .filter(uuid=uuid)
        .first()
    )


def prepared_awards(
    *, issuer: issuers.Issuer, preparation: models.Preparation, after: int, limit: int
) -> Sequence[models.Credential]:
    """Return the awards of a preparation after a row, in order, with their learners; one query."""
    return list(
        models.Credential.objects.of(issuer)
        .filter(preparation=preparation, pk__gt=after)
        .select_related("learner")
        .order_by("pk")[:limit]
    )


def count_prepared(*, issuer: issuers.Issuer, preparation: models.Preparation) -> int:
    """Return how many awards a preparation has; one query."""
    return models.Credential.objects.of(issuer).filter(preparation=preparation).count()


def find_prepared(
    *, issuer: issuers.Issuer, preparation: models.Preparation, pk: int
) -> models.Credential | None:
    """Return one unsigned award of a preparation, with what it is about; one query."""
    return (
        models.Credential.objects.of(issuer)
        .filter(preparation=preparation, pk=pk, sealed=None)
        .select_related("issuer", "achievement", "learner")
        .first()
    )
