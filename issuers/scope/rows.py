"""Managers that are closed until an issuer is named, whichever way a query came about.

Django's own machinery (forward relations, `refresh_from_db`, reverse relations, prefetching) starts
from a row that somebody holds: it asks in the name of that row's issuer. `save` and `delete` of a
row that is there already, and cascades, start from nothing: they need a door (`scope.inside`).
"""

# ruff: noqa: SLF001 - `_meta` is Django's documented interface

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from django.db import connection, models

from issuers.scope import naming

M = TypeVar("M", bound=models.Model)


RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True, slots=True)
class Wall:
    """What the database must know of a table besides that its rows are an issuer's.

    Attributes:
        names: unguessable columns, by which a row may be found before its issuer is known.
        unguessable: further unique columns that nobody can guess, and nothing is found by.
        shared_with: a second foreign key to an issuer, who may read the row and answer to it.
        person: a foreign key to a person, who may read the rows about themselves.
        known_by: a column that a person can prove to be about them: their e-mail address. Which
            issuers have such a row may be asked (`issuers_knowing`), and nothing else of it.
        through: foreign key -> the column of the issuer whose row it points to, where that is not
            `issuer`.
        is_secret: only workers' role may read or write it.
        is_record: rows are added, and never changed or taken away, by whoever serves pages.
        is_issuing: no row is added while its issuer is suspended.
        operator: what a request of the operator's may do here: "" nothing, "reads" look at the rows
            of every issuer, "decides" write them as well, which no other page then may.
        counted_by: the instant of a row; an operator may learn how many rows each issuer has, and
            when the last one came, without seeing one.
        waits_since: the instant from which a row whose state is "due" waits; an operator may learn
            how many wait, and since when.
        web_may: what whoever serves pages may do with the rows, where workers do the rest.
    """

    names: tuple[str, ...] = ()
    unguessable: tuple[str, ...] = ()
    shared_with: str = ""
    person: str = ""
    known_by: str = ""
    through: Mapping[str, str] = field(default_factory=dict)
    is_secret: bool = False
    is_record: bool = False
    is_issuing: bool = False
    operator: Literal["", "reads", "decides"] = ""
    counted_by: str = ""
    waits_since: str = ""
    web_may: tuple[str, ...] = RIGHTS


class IssuerScopedQuerySet(models.QuerySet[M]):
    """A query that carries the name of its issuer in `query.named`."""

    def _add_hints(self, **hints: Any) -> None:
        super()._add_hints(**hints)  # type: ignore[misc]
        _name_by(self, hints.get("instance"))

    def _prefetch_related_objects(self) -> None:
        if isinstance(getattr(self.query, "named", None), naming.Everyone):
            raise naming.IssuerNotNamed(
                f"Rows of several issuers cannot be prefetched for ({self.model.__name__}): "
                "group them by issuer, and prefetch for objects.of(issuer)."
            )
        super()._prefetch_related_objects()  # type: ignore[misc]

    def delete(self) -> Any:
        """Delete the rows, and what cascades from them, in the name of their issuer."""
        with _door_of(self):
            return super().delete()

    def update_or_create(self, *args: Any, **kwargs: Any) -> tuple[M, bool]:
        """Update a row or create it, in the name of its issuer."""
        with _door_of(self):
            return super().update_or_create(*args, **kwargs)


class IssuerScopedManager(models.Manager[M]):
    """Closed until an issuer is named: `objects.of(issuer)`.

    Or `objects.named(token=...)`, by what nobody can guess; or `objects.across_issuers()`, for
    workers, with a reason beside it.
    """

    def __init__(self, wall: Wall | None = None) -> None:
        super().__init__()
        self.wall = wall or Wall()

    def contribute_to_class(self, model: type[models.Model], name: str) -> None:
        """Let Django's own machinery go through here, too."""
        super().contribute_to_class(model, name)
        model._meta.base_manager_name = name

    def get_queryset(self) -> models.QuerySet[M]:
        """Return a query that does not run, unless it starts from a row, and so from its issuer."""
        hints = self._hints  # type: ignore[attr-defined]
        rows: IssuerScopedQuerySet[M] = IssuerScopedQuerySet(
            self.model, using=self._db, hints=hints
        )
        rows.query.named = naming.CLOSED  # type: ignore[attr-defined]
        _name_by(rows, hints.get("instance"))
        return rows

    def using(self, alias: str | None) -> models.QuerySet[M]:
        """Return what Django saves, deletes and validates through: the rows behind the open door.

        It begins each of these so, and nobody else does.
        """
        rows, door = self.get_queryset(), naming.door()
        if isinstance(door, naming.One):
            rows = self.visible_to(door.issuer_id) if self.wall.shared_with else _of(rows, door)
        elif door is not None:
            rows.query.named = door  # type: ignore[attr-defined]
        return rows.using(alias)

    def of(self, issuer: Any) -> models.QuerySet[M]:
        """Return the rows of one issuer (an Issuer or its id)."""
        return _of(self.get_queryset(), naming.One(naming.pk_of(issuer)))

    def named(self, **name: Any) -> models.QuerySet[M]:
        """Return the row of an unguessable name, as in `named(token=token)`, whoever's it is.

        Raises:
            ValueError: the column is not among `Wall.names`.
        """
        rows = self.get_queryset().filter(**name)
        rows.query.named = self._found(name)  # type: ignore[attr-defined]
        return rows

    def finding(self, **name: Any) -> AbstractContextManager[None]:
        """Run statements of one's own, in the block, about whoever has the row of such a name.

        Raises:
            ValueError: the column is not among `Wall.names`.
        """
        return naming.through(self._found(name))

    def _found(self, name: Mapping[str, Any]) -> naming.Found:
        [(column, value)] = name.items()
        if column not in self.wall.names:
            raise ValueError(f"{self.model.__name__}.{column} is not in Wall.names.")
        return naming.Found(f"{self.model._meta.db_table}.{column}", str(value))

    def shared_with(self, issuer: Any) -> models.QuerySet[M]:
        """Return the rows of others that an issuer may read and answer to.

        Raises:
            ValueError: the table has no `Wall.shared_with`.
        """
        if not self.wall.shared_with:
            raise ValueError(f"{self.model.__name__} has no Wall.shared_with.")
        name = naming.One(naming.pk_of(issuer))
        rows = self.get_queryset().filter(**{self.wall.shared_with: name.issuer_id})
        rows.query.named = name  # type: ignore[attr-defined]
        return rows

    def visible_to(self, issuer: Any) -> models.QuerySet[M]:
        """Return the rows of an issuer, and those of others that are shared with it.

        Raises:
            ValueError: the table has no `Wall.shared_with`.
        """
        return self.of(issuer) | self.shared_with(issuer)

    def of_person(self, person: Any) -> models.QuerySet[M]:
        """Return the rows about a person (a User or its id), whoever's they are.

        Raises:
            ValueError: the table has no `Wall.person`.
        """
        if not self.wall.person:
            raise ValueError(f"{self.model.__name__} has no Wall.person.")
        pk = naming.pk_of(person)
        rows = self.get_queryset().filter(**{self.wall.person: pk})
        rows.query.named = naming.Own(pk)  # type: ignore[attr-defined]
        return rows

    def issuers_knowing(self, value: str) -> list[int]:
        """Return the keys of the issuers that have a row of what a person proved to be theirs.

        The database says whose they are, and shows no row; one query.

        Raises:
            ValueError: the table has no `Wall.known_by`.
        """
        if not self.wall.known_by:
            raise ValueError(f"{self.model.__name__} has no Wall.known_by.")
        place = f"{self.model._meta.db_table}.{self.wall.known_by}"
        with connection.cursor() as cursor:
            # The name of the table is a value here: no row of it is asked for.
            cursor.execute("SELECT acquis_issuers_knowing(%s, %s)", [place, value])
            return sorted(int(pk) for (pk,) in cursor.fetchall())

    def across_issuers(self) -> models.QuerySet[M]:
        """Return the rows of every issuer: for workers, whose role alone may look so far."""
        rows = self.get_queryset()
        rows.query.named = naming.Everyone()  # type: ignore[attr-defined]
        return rows


class CommonManager(models.Manager[M]):
    """Rows that are no issuer's, and that whoever serves pages may not do everything with."""

    def __init__(self, wall: Wall) -> None:
        super().__init__()
        self.wall = wall


def wall_of(model: type[models.Model]) -> Wall:
    """Return what a model says of its wall."""
    for each in model._meta.managers:
        if isinstance(each, IssuerScopedManager | CommonManager):
            return each.wall
    return Wall()


def _of(rows: models.QuerySet[M], name: naming.One) -> models.QuerySet[M]:
    rows = rows.filter(issuer=name.issuer_id)
    rows.query.named = name  # type: ignore[attr-defined]
    return rows


def _name_by(rows: models.QuerySet[M], instance: Any) -> None:
    """Ask in the name of the row that a query starts from: of its issuer.

    Or of whom it is shared with, behind that one's door.
    """
    if instance is None or getattr(rows.query, "named", None) is not naming.CLOSED:
        return
    if instance._meta.label == "issuers.Issuer":
        rows.query.named = naming.One(instance.pk)  # type: ignore[attr-defined]
        return
    shared = wall_of(type(instance)).shared_with
    door = naming.door()
    if shared and door == naming.One(getattr(instance, f"{shared}_id")):
        rows.query.named = door  # type: ignore[attr-defined]
    elif getattr(instance, "issuer_id", None) is not None:
        rows.query.named = naming.One(instance.issuer_id)  # type: ignore[attr-defined]


def _door_of(rows: models.QuerySet[M]) -> Any:
    name = getattr(rows.query, "named", None)
    return naming.through(name if isinstance(name, naming.One) else naming.door())
