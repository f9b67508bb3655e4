"""Questions of the operator: which organisations there are, and how they do; never about whom.

They are asked inside `scope.operating`, where the database shows what is open to operators.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from issuers import models
from issuers.core import domains, roles

# The journal of one organisation is short; a page of it is enough.
MOST_LOOKS = 200
# Names alike that the page of one organisation shows.
MOST_ALIKE = 20
QUOTAS = models.Quota.Kind.choices
JUDGEMENTS = models.LookAlike.Judgement.choices


@dataclass(frozen=True, slots=True)
class Facts:
    """What an operator sees of an organisation besides its own row.

    Attributes:
        domains: Those that are proven and stand.
        members: How many people work there.
    """

    domains: Sequence[str] = field(default_factory=list)
    members: int = 0


def every_issuer() -> QuerySet[models.Issuer]:
    """Return every organisation, without its logo."""
    return models.Issuer.objects.defer("logo")


def facts_of(*, issuers: Sequence[int], now: datetime) -> Mapping[int, Facts]:
    """Return what an operator sees of these organisations besides their rows; two queries."""
    # Across issuers: it is the operator's list.
    proven: dict[int, list[str]] = {}
    rows = models.Domain.objects.across_issuers().filter(
        issuer__in=issuers, verified_at__isnull=False, lapsed_at=None
    )
    for issuer_id, name, confirmed_at in rows.order_by("name").values_list(
        "issuer_id", "name", "confirmed_at"
    ):
        if confirmed_at is not None and domains.is_standing(confirmed_at, now):
            proven.setdefault(issuer_id, []).append(name)
    members = dict(
        models.Membership.objects.across_issuers()
        .filter(issuer__in=issuers)
        .order_by("issuer_id")
        .values_list("issuer_id")
        .annotate(Count("id"))
    )
    return {pk: Facts(proven.get(pk, []), members.get(pk, 0)) for pk in issuers}


def administrators(*, issuer: models.Issuer) -> Sequence[models.User]:
    """Return the people whom an operator writes to about an organisation; one query."""
    rows = models.Membership.objects.of(issuer).filter(
        role=roles.Role.ADMINISTRATOR, user__is_active=True
    )
    return [row.user for row in rows.select_related("user").order_by("user__email")]


def operators() -> QuerySet[Any]:
    """Return who operates this installation, each with `is_armed`: whether a second factor is set.

    Recovery codes alone are none.
    """
    factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type="recovery_codes")
    return models.User.objects.filter(is_staff=True).annotate(is_armed=Exists(factors))


def every_look_alike() -> QuerySet[models.LookAlike]:
    """Return the names that pass for others', with the organisations that they are about."""
    # Across issuers: it is the operator's, and about two of them.
    return (
        models.LookAlike.objects.across_issuers()
        .select_related("issuer", "resembles", "judged_by")
        .defer("issuer__logo", "resembles__logo")
    )


def number_of_names_to_judge() -> int:
    """Return how many names pass for others' and were not judged yet; one query."""
    return every_look_alike().filter(judgement=models.LookAlike.Judgement.OPEN).count()


def look_alikes_of(*, issuer: models.Issuer) -> Sequence[models.LookAlike]:
    """Return the names that pass for others' of an organisation, or others' for its own; one query.

    The latest first.
    """
    rows = every_look_alike().filter(Q(issuer=issuer) | Q(resembles=issuer))
    return list(rows.order_by("-found_at", "-id")[:MOST_ALIKE])


def every_look_inside() -> QuerySet[models.BreakGlass]:
    """Return when operators read what organisations have, and why."""
    # Across issuers: it is the operators' journal.
    return (
        models.BreakGlass.objects.across_issuers()
        .select_related("issuer", "operator", "end")
        .defer("issuer__logo")
    )


def looks_inside(*, issuer: models.Issuer) -> Sequence[models.BreakGlass]:
    """Return when operators read what an organisation has, the latest first; one query."""
    rows = models.BreakGlass.objects.of(issuer).select_related("operator", "end")
    return list(rows.order_by("-id")[:MOST_LOOKS])


def open_glass(*, issuer: models.Issuer, operator_id: int) -> models.BreakGlass | None:
    """Return by what an operator may read what an organisation has now; one query.

    By the clock of the database, as its policies do.
    """
    rows = models.BreakGlass.objects.of(issuer).filter(
        operator=operator_id, until__gt=Now(), end__isnull=True
    )
    return rows.order_by("-until").first()


def quotas(*, issuer: models.Issuer) -> Mapping[str, int]:
    """Return the quotas that an organisation has, by their kind; one query."""
    return dict(models.Quota.objects.of(issuer).order_by("kind").values_list("kind", "most"))
