"""Questions of the operator: which organisations there are, and how they do; never about whom.

They are asked inside `scope.operating`, where the database shows what is open to operators.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Count, Exists, OuterRef, QuerySet

from issuers import models
from issuers.core import domains, roles


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
