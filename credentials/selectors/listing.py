"""Lists of an issuer's credentials, page after page, as quick with a million as with ten.

A page begins where the one before ended (by key, never by counting), and each way to look has its
index: what a page costs is what it shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, OuterRef, Subquery

from credentials import models
from credentials.selectors import corrections, recorded
from learners import selectors as learners

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from issuers import models as issuers

PAGE = 50
# A person looks for somebody: more that begin alike are no answer.
MAX_LEARNERS = 200
# States in which a credential is by the clock.
_BY_TIME = ("valid", "expired")
# What a program takes at once.
PIECE = 1_000
_SHOWN = (
    "uuid", "token", "reference", "state", "issued_at", "signed_at", "valid_from", "valid_until",
    "revoked_at", "suspended_at", "refusal", "issuer_id", "learner__uuid", "learner__name",
    "learner__email", "achievement__name", "achievement__slug", "achievement__language",
    "achievement__is_sample",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """What to look for; what is empty does not matter.

    Attributes:
        achievement_id: of the badge.
        state: of `Credential.State`, or one of what a signed one may be: "valid", "expired",
            "revoked" or "suspended".
        learner: how the e-mail address begins.
        words: how the name, the address or the reference begins.
        reference: how the reference begins.
        learner_id: of one learner.
        intake_id: of the list that it came with.
        intake_ids: of one of these lists, or the correction of one that was.
        since: issued then or later.
        until: issued before.
        now: by which "valid" and "expired" are told apart; without it, it is not known where what
            is old begins.
    """

    achievement_id: int | None = None
    state: str = ""
    learner: str = ""
    words: str = ""
    reference: str = ""
    learner_id: int | None = None
    intake_id: int | None = None
    intake_ids: Sequence[int] | None = None
    since: datetime | None = None
    until: datetime | None = None
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some credentials, the newest first.

    Attributes:
        rows: what there is.
        following: where the next page begins (`before`); None on the last one.
        preceding: where the page before begins (`after`); None on the first one.
        replaced: the keys of those that a correction replaced.
    """

    rows: list[models.Credential]
    following: int | None
    preceding: int | None = None
    replaced: frozenset[int] = frozenset()


def page(
    *,
    issuer: issuers.Issuer,
    look: Look,
    before: int | None = None,
    after: int | None = None,
    limit: int = PAGE,
) -> Page:
    """Return the issuer's credentials, the newest first.

    One query; one more where an address, three more where words are looked for.

    Args:
        issuer: Whose.
        look: What to look for.
        before: What the page before this named as `following`.
        after: What the page after this named as `preceding`; instead of `before`.
        limit: How many at most.
    """
    backwards = after is not None
    later = models.Credential.objects.of(issuer).filter(
        corrects=OuterRef("pk"), state=models.Credential.State.SIGNED
    )
    found: dict[int, models.Credential] = {}
    for way in _ways(issuer, look):
        rows = way.select_related("learner", "achievement").only(*_SHOWN)
        # A look into an index for each row that is shown: EXISTS may be answered by reading all.
        rows = rows.annotate(replaced_by=Subquery(later.values("pk")[:1]))
        if before is not None:
            rows = rows.filter(pk__lt=before)
        if after is not None:
            rows = rows.filter(pk__gt=after)
        ordered = rows.order_by("id" if backwards else "-id")
        found |= {row.pk: row for row in ordered[: limit + 1]}
    nearest = sorted(found, reverse=not backwards)
    more = len(nearest) > limit
    keys = sorted(nearest[:limit], reverse=True)
    is_last = not (backwards or more)
    is_first = (backwards and not more) or (before is None and after is None)
    return Page(
        [found[pk] for pk in keys],
        following=keys[-1] if keys and not is_last else None,
        preceding=keys[0] if keys and not is_first else None,
        replaced=frozenset(pk for pk in keys if getattr(found[pk], "replaced_by", None)),
    )


def walk(*, issuer: issuers.Issuer, look: Look, limit: int) -> Iterator[models.Credential]:
    """Yield what there is, the newest first, at most `limit`; a page of queries per thousand."""
    before: int | None = None
    while limit > 0:
        found = page(issuer=issuer, look=look, before=before, limit=min(PIECE, limit))
        yield from found.rows
        limit -= len(found.rows)
        before = found.following
        if before is None:
            return


def keys(*, issuer: issuers.Issuer, look: Look, limit: int) -> list[int]:
    """Return the keys of what there is, the newest first, at most `limit`; queries as of a page."""
    found: set[int] = set()
    for rows in _ways(issuer, look):
        found.update(rows.order_by("-id").values_list("pk", flat=True)[:limit])
    return sorted(found, reverse=True)[:limit]


def _ways(issuer: issuers.Issuer, look: Look) -> Iterator[QuerySet[models.Credential]]:
    """Yield one question, or one for each index that leads to what is looked for.

    The planner would rather walk through all credentials than begin with two people.
    """
    found = _found(models.Credential.objects.of(issuer), look)
    is_short = bool(look.words.strip() or look.learner or look.reference or look.learner_id)
    if not is_short:
        found = _where(found, issuer, look)
    for rows in _of_lists(found, issuer, look.intake_ids):
        yield from _told(issuer, rows, look)


def _where(
    rows: QuerySet[models.Credential], issuer: issuers.Issuer, look: Look
) -> QuerySet[models.Credential]:
    """Say between which keys to look for what else would be found after all that is newer only."""
    by_time = look.since is not None or look.until is not None or look.state in _BY_TIME
    if look.now is None or not by_time:
        return rows
    known = recorded.days(issuer=issuer, now=look.now)
    bounds = []
    if look.state == "expired":
        bounds.append(recorded.ended(known, look.now))
    if look.state == "valid":
        bounds.append(recorded.standing(known, look.now))
    if look.since is not None:
        bounds.append(recorded.since(known, look.since))
    if look.until is not None:
        bounds.append(recorded.until(known, look.until, look.now))
    for each in bounds:
        rows = rows.filter(pk__gte=each.first, pk__lte=each.last)
    return rows


def _of_lists(
    rows: QuerySet[models.Credential], issuer: issuers.Issuer, intake_ids: Sequence[int] | None
) -> Iterator[QuerySet[models.Credential]]:
    if intake_ids is None:
        yield rows
        return
    yield rows.filter(intake__in=intake_ids)
    # A correction came with no list; what it corrects did.
    corrected = corrections.of_lists(issuer=issuer, intake_ids=intake_ids)
    if corrected:
        yield rows.filter(pk__in=corrected)


def _told(
    issuer: issuers.Issuer, rows: QuerySet[models.Credential], look: Look
) -> Iterator[QuerySet[models.Credential]]:
    typed = look.words.strip()
    if look.learner:
        begins = look.learner.strip()
        yield rows.filter(learner__in=_learners(issuer, begins, by_address=True))
    elif typed:
        yield rows.filter(learner__in=_learners(issuer, typed, by_address="@" in typed))
        yield rows.filter(pk__in=_referred(issuer, typed))
    elif look.reference:
        yield rows.filter(pk__in=_referred(issuer, look.reference))
    else:
        yield rows


def _learners(issuer: issuers.Issuer, begins: str, *, by_address: bool) -> list[int]:
    return learners.beginning(
        issuer=issuer, words=begins, by_address=by_address, limit=MAX_LEARNERS
    )


def _referred(issuer: issuers.Issuer, begins: str) -> list[int]:
    rows = models.Credential.objects.of(issuer).filter(
        reference__gte=begins, reference__lt=begins + learners.LAST
    )
    return list(rows.order_by("reference").values_list("pk", flat=True)[:MAX_LEARNERS])


def _found(rows: QuerySet[models.Credential], look: Look) -> QuerySet[models.Credential]:
    wanted = {
        "achievement_id": look.achievement_id,
        "learner_id": look.learner_id,
        "intake_id": look.intake_id,
        "issued_at__gte": look.since,
        "issued_at__lt": look.until,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    signed = models.Credential.State.SIGNED
    match look.state:
        case "revoked":
            return rows.filter(revoked_at__isnull=False)
        case "suspended":
            return rows.filter(suspended_at__isnull=False, revoked_at=None)
        case "expired":
            return rows.filter(state=signed, valid_until__lte=look.now, revoked_at=None)
        case "valid":
            stand = rows.filter(state=signed, revoked_at=None, suspended_at=None)
            return stand.exclude(valid_until__lte=look.now)
        case "":
            return rows
    return rows.filter(state=look.state)


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
