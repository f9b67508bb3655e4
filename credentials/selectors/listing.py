"""Lists of an issuer's credentials, page after page, as quick with a million as with ten.

A page begins where the one before ended (by key, never by counting), and each way to look has its
index: what a page costs is what it shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count

from credentials import models
from learners import models as learners

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

    from issuers import models as issuers

PAGE = 50
# A person looks for somebody: more that begin alike are no answer.
MAX_LEARNERS = 200


@dataclass(frozen=True, slots=True)
class Look:
    """What to look for; what is empty does not matter.

    Attributes:
        achievement_id: of the badge.
        state: of `Credential.State`, or "revoked" or "suspended".
        learner: how the e-mail address begins.
    """

    achievement_id: int | None = None
    state: str = ""
    learner: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Some credentials, the newest first, and where the next page begins; None on the last."""

    rows: list[models.Credential]
    following: int | None


def page(
    *, issuer: issuers.Issuer, look: Look, before: int | None = None, limit: int = PAGE
) -> Page:
    """Return the issuer's credentials, the newest first; one query, two where a person is named.

    Args:
        issuer: Whose.
        look: What to look for.
        before: What the page before named as `following`.
        limit: How many at most.
    """
    rows = _found(models.Credential.objects.of(issuer), look)
    if look.learner:
        # The planner would rather walk through all credentials than begin with two people.
        begins = learners.Learner.objects.of(issuer).filter(
            email__startswith=look.learner.strip().lower()
        )
        ids = list(begins.order_by("email").values_list("pk", flat=True)[:MAX_LEARNERS])
        rows = rows.filter(learner__in=ids)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(
        rows.select_related("learner", "achievement")
        .only(
            "uuid", "token", "reference", "state", "issued_at", "signed_at", "valid_until",
            "revoked_at", "suspended_at", "refusal", "issuer_id", "learner__name",
            "learner__email", "achievement__name", "achievement__slug",
        )
        .order_by("-id")[: limit + 1]
    )  # fmt: skip
    return Page(found[:limit], found[limit - 1].pk if len(found) > limit else None)


def _found(rows: QuerySet[models.Credential], look: Look) -> QuerySet[models.Credential]:
    if look.achievement_id is not None:
        rows = rows.filter(achievement_id=look.achievement_id)
    if look.state == "revoked":
        return rows.filter(revoked_at__isnull=False)
    if look.state == "suspended":
        return rows.filter(suspended_at__isnull=False)
    return rows.filter(state=look.state) if look.state else rows


def standing(
    *, issuer: issuers.Issuer, slug: str, after: int, limit: int
) -> list[models.Credential]:
    """Return the signed credentials of a badge that stand, the oldest first; one query.

    Args:
        issuer: Whose.
        slug: Of the badge, in all its versions.
        after: The key of the last one of the page before; 0 for the first.
        limit: How many at most.
    """
    return list(
        models.Credential.objects.of(issuer)
        .select_related("issuer", "achievement__block__certification", "learner")
        .filter(
            achievement__slug=slug,
            state=models.Credential.State.SIGNED,
            revoked_at=None,
            suspended_at=None,
            pk__gt=after,
        )
        .order_by("pk")[:limit]
    )


def issued(*, issuer: issuers.Issuer, achievement_ids: Iterable[int]) -> Mapping[int, int]:
    """Return how many credentials were signed of each badge, where there are any; one query."""
    rows = (
        models.Credential.objects.of(issuer)
        .filter(achievement__in=set(achievement_ids), state=models.Credential.State.SIGNED)
        .values_list("achievement")
        .annotate(many=Count("pk"))
        .order_by("achievement")
    )
    return dict(rows)
