"""Questions about sessions of trainings."""

from __future__ import annotations

import uuid as uuids
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count

from credentials import models

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from issuers import models as issuers

Cohort = models.Cohort
PAGE = 50
# What a form offers: the newest; an older one is found on its page.
OFFERED = 200


def cohorts(
    *, issuer: issuers.Issuer, before: int | None = None, limit: int = PAGE
) -> Sequence[models.Cohort]:
    """Return the sessions of an organisation, the newest first; one query."""
    rows = models.Cohort.objects.of(issuer).order_by("-id")
    return list(rows.filter(pk__lt=before)[:limit] if before else rows[:limit])


def find_cohort(*, issuer: issuers.Issuer, uuid: uuids.UUID) -> models.Cohort | None:
    """Return that session of the organisation; one query."""
    return models.Cohort.objects.of(issuer).filter(uuid=uuid).first()


def find_named(*, issuer: issuers.Issuer, name: str) -> models.Cohort | None:
    """Return the session whose uuid stands in an address; one query, none for what is no uuid."""
    try:
        uuid = uuids.UUID(name)
    except ValueError:
        return None
    return find_cohort(issuer=issuer, uuid=uuid)


def offered(
    *, issuer: issuers.Issuer, also: models.Cohort | None = None
) -> Sequence[models.Cohort]:
    """Return the newest sessions, and one more that may be older; one query."""
    found = list(cohorts(issuer=issuer, limit=OFFERED))
    return [*found, also] if also is not None and also not in found else found


def called(*, issuer: issuers.Issuer, keys: Collection[int]) -> Mapping[int, str]:
    """Return what these sessions are called; one query, none for none."""
    if not keys:
        return {}
    rows = models.Cohort.objects.of(issuer).filter(pk__in=keys).order_by("pk")
    return dict(rows.values_list("pk", "name"))


def signed_of(*, issuer: issuers.Issuer, cohorts: Sequence[models.Cohort]) -> Mapping[int, int]:
    """Return how many badges were signed for each session, where there are any; one query."""
    if not cohorts:
        return {}
    rows = (
        models.Credential.objects.of(issuer)
        .filter(
            intake__cohort__in=[each.pk for each in cohorts], state=models.Credential.State.SIGNED
        )
        .values_list("intake__cohort")
        .annotate(many=Count("pk"))
        .order_by("intake__cohort")
    )
    return dict(rows)


@dataclass(frozen=True, slots=True)
class Placed:
    """A session with its lists: what it is called, and their keys; empty where there is none."""

    name: str
    lists: Sequence[int]


def placed(*, issuer: issuers.Issuer, uuid: uuids.UUID | None) -> Placed:
    """Return the lists of a session; one query, none for no uuid."""
    if uuid is None:
        return Placed("", ())
    rows = models.Intake.objects.of(issuer).filter(cohort__uuid=uuid).order_by("id")
    found = list(rows.values_list("cohort__name", "pk"))
    return Placed(found[0][0] if found else "", [pk for _name, pk in found])
