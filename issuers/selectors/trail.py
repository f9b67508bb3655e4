"""Questions about the audit trail: its entries and seals, as they are hashed."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import CharField, Exists, F, Model, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from issuers import models, scope
from issuers.core import trail
from issuers.trail import kept

# Entries held in memory at once.
PIECE = 500


@dataclass(frozen=True, slots=True)
class Search:
    """Which entries somebody wants to see; None and "" leave a question open.

    Attributes:
        subject: The kind of row, "issuers.membership".
        row: The key of a row of that kind, or of any.
        act: "added", "changed" or "removed".
        user_id: Who acted; 0 for programs.
        since: From when on.
        until: Before when.
    """

    subject: str = ""
    row: int | None = None
    act: str = ""
    user_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def search_trail(
    *, issuer: models.Issuer, search: Search, before: int | None = None, limit: int
) -> list[models.TrailEntry]:
    """Return entries, newest first; one query.

    Args:
        issuer: Whose.
        search: Which.
        before: Only those with a lower number, for the next page.
        limit: How many at most.
    """
    rows = _found(issuer, search)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-pk")[:limit])


def walk_trail(*, issuer: models.Issuer, search: Search) -> Iterator[models.TrailEntry]:
    """Return every entry, oldest first; a query and a piece in memory at a time."""
    after = 0
    while piece := list(_found(issuer, search).filter(pk__gt=after).order_by("pk")[:PIECE]):
        yield from piece
        after = piece[-1].pk


def export_trail(*, issuer: models.Issuer) -> Iterator[dict[str, Any]]:
    """Return the whole trail as it is hashed, each seal after what it covers.

    A piece in memory at a time. A seal is made anew from the entries that are there, and holds the
    digest of the one before as it was kept: what does not belong together shows.
    """
    seals = _seals(issuer)
    seal, previous, covered = next(seals, None), None, trail.Covered()
    for row in walk_trail(issuer=issuer, search=Search()):
        while seal is not None and row.pk > seal.last:
            yield covered.document(issuer=issuer.did, sequence=seal.sequence, previous=previous)
            previous, covered, seal = bytes(seal.digest), trail.Covered(), next(seals, None)
        entry = as_hashed(row)
        covered.add(entry)
        yield trail.entry_document(entry)
    if seal is not None:
        yield covered.document(issuer=issuer.did, sequence=seal.sequence, previous=previous)


def _seals(issuer: models.Issuer) -> Iterator[models.TrailSeal]:
    after = 0
    rows = models.TrailSeal.objects.of(issuer).order_by("sequence")
    while piece := list(rows.filter(sequence__gt=after)[:PIECE]):
        yield from piece
        after = piece[-1].sequence


def people_of_trail(*, issuer: models.Issuer) -> dict[int, str]:
    """Return what everybody is called who ever changed something here, by name; one query.

    Also those who work here no longer.
    """
    acted = models.TrailEntry.objects.of(issuer).filter(user_id=OuterRef("pk"))
    rows = models.User.objects.filter(Exists(acted)).order_by("name", "email", "pk")
    return {pk: name or email for pk, name, email in rows.values_list("pk", "name", "email")}


def people_named(*, ids: Collection[int]) -> dict[int, str]:
    """Return what people are called, by their numbers; one query."""
    rows = models.User.objects.filter(pk__in=set(ids))
    return {pk: name or email for pk, name, email in rows.values_list("pk", "name", "email")}


def rows_named(
    *, issuer: models.Issuer, rows: Mapping[str, Collection[int]]
) -> dict[tuple[str, int], str]:
    """Return what rows are called that are there, by their kind and number; one query a kind.

    Args:
        issuer: Whose.
        rows: The keys of rows, by their kind: "issuers.unit".
    """
    found: dict[tuple[str, int], str] = {}
    for subject, keys in rows.items():
        try:
            model = apps.get_model(subject)
        except (LookupError, ValueError):
            continue  # a kind that this release knows no more
        by = kept.called_by(model)
        if by and (there := _rows_of(model, issuer)) is not None:
            named = there.filter(pk__in=set(keys)).order_by("pk")
            pairs = named.values_list("pk", _called(model, by))
            found |= {(subject, pk): name for pk, name in pairs if name}
    return found


def _rows_of(model: type[Model], issuer: models.Issuer) -> QuerySet[Any] | None:
    """Return the rows of a kind among which names are looked for; None if they are no issuer's."""
    manager: Any = model._default_manager  # noqa: SLF001 - Django's documented interface
    if model is models.Issuer:
        return models.Issuer.objects.all()  # a partner's key leads there, and its name is public
    return manager.of(issuer) if isinstance(manager, scope.IssuerScopedManager) else None


def _called(model: type[Model], by: str) -> Any:
    field = model._meta.get_field(by) if "__" not in by else None  # noqa: SLF001 - likewise
    if field is not None and field.related_model is models.User:
        name = NullIf(F(f"{by}__name"), Value(""))
        return Coalesce(name, F(f"{by}__email"), output_field=CharField())
    return F(by)


def _found(issuer: models.Issuer, search: Search) -> QuerySet[models.TrailEntry]:
    rows = models.TrailEntry.objects.of(issuer)
    if search.subject:
        rows = rows.filter(subject=search.subject)
    if search.row is not None:
        rows = rows.filter(rows__contains=[search.row])
    if search.act:
        rows = rows.filter(act=search.act)
    if search.user_id is not None:
        rows = rows.filter(user_id=search.user_id or None)
    if search.since is not None:
        rows = rows.filter(at__gte=search.since)
    if search.until is not None:
        rows = rows.filter(at__lt=search.until)
    return rows


def trail_entries(
    *, issuer: models.Issuer, after: int, until: int, limit: int
) -> Iterator[trail.Entry]:
    """Return entries by number, a piece at a time in memory; one query.

    Args:
        issuer: Whose.
        after: The number before the first.
        until: The number of the last, if it is there.
        limit: How many at most.
    """
    rows = models.TrailEntry.objects.of(issuer).filter(pk__gt=after, pk__lte=until).order_by("pk")
    for row in rows[:limit].iterator(chunk_size=PIECE):
        yield as_hashed(row)


def as_hashed(row: models.TrailEntry) -> trail.Entry:
    """Return an entry as it is hashed and exported; no query."""
    return trail.Entry(
        number=row.pk,
        at=row.at,
        user=row.user_id,
        door=row.door,
        role=row.role,
        subject=row.subject,
        act=row.act,
        rows=row.rows,
        before=row.before,
        after=row.after,
        noted=row.noted,
    )


def trail_head(*, issuer: models.Issuer) -> models.TrailSeal | None:
    """Return the last seal of the issuer's trail; one query."""
    return models.TrailSeal.objects.of(issuer).order_by("-sequence").first()


def trail_heads() -> dict[int, models.TrailSeal]:
    """Return the last seal of every organisation that has one, by its row; one query."""
    # Across issuers: a worker serves them all.
    rows = models.TrailSeal.objects.across_issuers().order_by("issuer_id", "-sequence")
    return {row.issuer_id: row for row in rows.distinct("issuer_id")}
