"""Every way to ask for rows of a model, whichever model it is: what it told, and what it wrote.

A way returns the ids of the issuers whose rows it told of, and whatever else it learned as text.
"""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, F, Max, Min, Q

from issuers.scope.rows import wall_of

if TYPE_CHECKING:
    from collections.abc import Callable

Rows = models.QuerySet[Any]
W = "issuer_id"


def _same(found: Rows) -> int:
    """Write every row as it is: what lies elsewhere afterwards was written."""
    return found.update(issuer_id=F(W))


def _bulk(found: Rows) -> Any:
    held = list(found)
    return found.bulk_update(held, [W]), held


def _taken(found: Rows, method: str) -> Any:
    """Ask for a row of the other organisation by its key, to have it or to make it."""
    return getattr(found, method)(pk=found.model.others.pk, defaults={})


# Those that write, or want to.
WRITING = {
    "bulk_create", "bulk_update", "create", "delete", "get_or_create", "select_for_update",
    "update", "update_or_create",
}  # fmt: skip
# Public method of a query -> how to let it ask.
WAYS: dict[str, Callable[[Rows], Any]] = {
    "aggregate": lambda found: found.aggregate(Min(W), Max(W)),
    "alias": lambda found: list(found.alias(n=F(W))),
    "all": lambda found: list(found.all()),
    "annotate": lambda found: list(found.annotate(n=F(W))),
    "bulk_create": lambda found: found.bulk_create([found.model.others], ignore_conflicts=True),
    "bulk_update": _bulk,
    "complex_filter": lambda found: list(found.complex_filter(Q(pk__isnull=False))),
    "contains": lambda found: found.contains(found.model.others) and found.model.others,
    "count": lambda found: (
        found.filter(issuer_id=found.model.others.issuer_id).count() and found.model.others
    ),
    "create": lambda found: found.create(
        **{each.attname: getattr(found.model.others, each.attname) for each in _columns(found)}
    ),
    "dates": lambda found: [
        list(found.filter(issuer_id=found.model.others.issuer_id).dates(each.name, "day"))
        and found.model.others
        for each in _columns(found)
        if isinstance(each, models.DateField)
    ],
    "datetimes": lambda found: [
        list(found.filter(issuer_id=found.model.others.issuer_id).datetimes(each.name, "second"))
        and found.model.others
        for each in _columns(found)
        if isinstance(each, models.DateTimeField)
    ],
    "defer": lambda found: list(found.defer(*_texts(found))),
    "delete": lambda found: found.delete(),
    "difference": lambda found: list(found.difference(found.filter(pk__isnull=True))),
    "distinct": lambda found: list(found.order_by("pk").distinct("pk")),
    "earliest": lambda found: [found.earliest("issuer_id"), found.earliest("-issuer_id")],
    "exclude": lambda found: list(found.exclude(pk__isnull=True)),
    "exists": lambda found: found.filter(pk=found.model.others.pk).exists() and found.model.others,
    "explain": lambda found: found.explain(analyze=False),
    "extra": lambda found: list(found.extra(where=["true OR true"])),
    "filter": lambda found: list(found.filter(pk__isnull=False)),
    "first": lambda found: [found.order_by("issuer_id").first(), found.order_by("-issuer_id")[:1]],
    "get": lambda found: found.get(pk=found.model.others.pk),
    "get_or_create": lambda found: _taken(found, "get_or_create"),
    "in_bulk": lambda found: found.in_bulk(),
    "intersection": lambda found: list(found.intersection(found.filter(pk__isnull=False))),
    "iterator": lambda found: list(found.iterator(chunk_size=2)),
    "last": lambda found: [found.order_by("issuer_id").last(), found.order_by("-issuer_id").last()],
    "latest": lambda found: [found.latest("issuer_id"), found.latest("-issuer_id")],
    "only": lambda found: list(found.only("pk", W)),
    "order_by": lambda found: list(found.order_by("-issuer_id")),
    "prefetch_related": lambda found: list(found.prefetch_related(*_backwards(found))),
    "reverse": lambda found: list(found.reverse()),
    "select_for_update": lambda found: list(found.select_for_update()),
    "select_related": lambda found: list(found.select_related(*_forwards(found))),
    "union": lambda found: list(found.union(found.filter(pk__isnull=False))),
    "update": _same,
    "update_or_create": lambda found: _taken(found, "update_or_create"),
    "using": lambda found: list(found.using("default")),
    "values": lambda found: list(found.values(W).annotate(n=Count("pk"))),
    "values_list": lambda found: [{W: each} for each in found.values_list(W, flat=True)],
    # What is no method of its own.
    "__and__": lambda found: list(found & found.filter(pk__isnull=False)),
    "__or__": lambda found: list(found.filter(pk__isnull=True) | found),
    "__xor__": lambda found: list(found.filter(pk__isnull=True) ^ found),
    "__getitem__": lambda found: found.order_by("-issuer_id")[:10][0],
    "__getstate__": lambda found: list(pickle.loads(pickle.dumps(found.all()))),  # noqa: S301
}
# These ask nothing; and SQL of one's own takes a door (test_sql_of_ones_own).
SILENT = {"none", "as_manager", "resolve_expression", "db", "query", "ordered", "raw"}


def issuers_in(answer: Any) -> set[int]:
    """Return the ids of the issuers that an answer tells of."""
    if isinstance(answer, models.Model):
        related = [
            each for each in answer._state.fields_cache.values() if isinstance(each, models.Model)
        ]
        told = {getattr(each, W) for each in [answer, *related] if hasattr(each, W)}
        return told | _prefetched(answer)
    if isinstance(answer, models.QuerySet | list | tuple):
        return set().union(*map(issuers_in, answer))
    if isinstance(answer, dict):
        told = {value for key, value in answer.items() if str(key).startswith(W) and value}
        return told | issuers_in([each for each in answer.values() if not isinstance(each, int)])
    return set()


def _prefetched(row: models.Model) -> set[int]:
    held = getattr(row, "_prefetched_objects_cache", {})
    return set().union(*(issuers_in(list(each)) for each in held.values()), set())


def _columns(found: Rows) -> list[models.Field[Any, Any]]:
    return list(found.model._meta.local_concrete_fields)


def _texts(found: Rows) -> list[str]:
    return [each.name for each in _columns(found) if isinstance(each, models.TextField)]


def _forwards(found: Rows) -> list[str]:
    """Return the foreign keys to rows of the same issuer's."""
    through = wall_of(found.model).through  # lead to another's, who shares them
    return [
        each.name
        for each in _columns(found)
        if each.is_relation and hasattr(each.related_model, W) and each.name not in through
    ]


def _backwards(found: Rows) -> list[str]:
    """Return the accessors of rows that point to these."""
    return [
        each.get_accessor_name()
        for each in found.model._meta.related_objects
        if not each.hidden and each.get_accessor_name()
    ]
