"""No way to ask for rows of one organisation tells of the other's, or writes them."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import MultipleObjectsReturned, ObjectDoesNotExist
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.db.models import ProtectedError, RestrictedError

from issuers import scope
from issuers.scope import rows as scoped
from issuers.scope.walls import walls as walls_of_models
from tests import roles
from tests.isolation import damage, walls
from tests.isolation.probes import SILENT, WAYS, WRITING, issuers_in
from tests.isolation.world import models_of_issuers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.isolation.world import School, World

pytestmark = pytest.mark.django_db
MODELS = pytest.mark.parametrize("model", models_of_issuers(), ids=lambda model: model._meta.label)
REFUSED = (
    DatabaseError, ProtectedError, RestrictedError, ObjectDoesNotExist, MultipleObjectsReturned,
    scope.IssuerNotNamed, scope.OtherIssuer,
)  # fmt: skip


@pytest.fixture(scope="module", params=[walls.BOTH, walls.DATABASE, walls.CODE])
def wall(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def rows_of(model: Any, school: School) -> list[Any]:
    """Return the rows of an organisation, as whoever has the database in their hands."""
    with roles.as_owner():
        found: Any = scoped.IssuerScopedQuerySet(model).filter(issuer_id=school.issuer.pk)
        return list(found.order_by("pk"))


def stranger_of(model: Any, world: World) -> Any:
    """Return a row of École B that it does not share with École A."""
    shared = scoped.wall_of(model).shared_with
    found = rows_of(model, world.b)
    return next(
        each for each in found if not shared or getattr(each, f"{shared}_id") != world.a.issuer.pk
    )


def role_for(model: Any) -> str:
    return roles.WORKER if scoped.wall_of(model).is_secret else roles.WEB


def asked(way: str, found: models.QuerySet[Any], ours: School) -> set[int]:
    """Ask in a way; return whose rows were told of."""
    if way not in WRITING:
        return issuers_in(WAYS[way](found))
    with scope.inside(ours.issuer):
        return issuers_in(WAYS[way](found))


def leaks(world: World, watch: damage.Watch, model: Any) -> Iterator[str]:
    """Ask for École A's rows of a model in every way; yield the ways that told or wrote of B's."""
    ours, others = world.a, world.b
    model.others = stranger_of(model, world)
    shared = scoped.wall_of(model).shared_with
    with roles.working_as(role_for(model)):
        for way in sorted(WAYS):
            told: set[int] = set()
            with transaction.atomic():
                try:
                    told = asked(way, model.objects.of(ours.issuer), ours)
                except REFUSED:
                    pass  # it did nothing, and the transaction is over
                else:
                    if (touched := watch.touched()) and watch.written(others, touched):
                        yield f"{way} writes"
                transaction.set_rollback(True)
            if others.issuer.pk in told and not shared:
                yield f"{way} tells"


def test_every_public_method_is_tried():
    public = {name for name in dir(models.QuerySet) if name[0] != "_"}
    awaited = {name for name in public if name[0] == "a" and hasattr(models.QuerySet, name[1:])}

    assert public - awaited - SILENT - WAYS.keys() == set(), "say in WAYS how these ask"


@MODELS
def test_what_names_one_organisation_tells_and_writes_nothing_of_the_other(world, unshared, model):
    assert list(leaks(world, unshared, model)) == []


@pytest.mark.parametrize(
    "model",
    [each for each in models_of_issuers() if scoped.wall_of(each).shared_with],
    ids=lambda model: model._meta.label,
)
def test_what_is_shared_is_all_that_is_told(world, model):
    """With the filters gone, what another says of us is read; what it says of a third is not."""
    shared = scoped.wall_of(model).shared_with
    with roles.working_as(role_for(model)):
        found = list(model.objects.of(world.a.issuer))
    mine = {world.a.issuer.pk}

    assert {each.pk for each in found} >= {each.pk for each in rows_of(model, world.a)}
    assert all(mine & {each.issuer_id, getattr(each, f"{shared}_id")} for each in found)


@MODELS
def test_relations_of_a_row_lead_to_rows_of_its_organisation(world, model):
    ours = world.a
    for row in rows_of(model, ours):
        through = scoped.wall_of(model).through
        with roles.working_as(role_for(model)), transaction.atomic():
            row = type(row).objects.of(ours.issuer).get(pk=row.pk)  # noqa: PLW2901
            row.refresh_from_db()
            for accessor in backwards(model):
                assert issuers_in(list(getattr(row, accessor).all())) <= {ours.issuer.pk}, accessor
            for each in model._meta.local_concrete_fields:
                if is_walled(each) and each.name not in through and not is_secret(each):
                    assert issuers_in(getattr(row, each.name)) <= {ours.issuer.pk}, each.name


@MODELS
def test_a_row_of_the_other_that_came_into_our_hands_is_dead(world, watch, model):
    """Behind the door of A, what starts from a row of B is refused, or finds nothing of B's."""
    ours, others = world.a, world.b
    stolen = stranger_of(model, world)
    refused: dict[str, Any] = {
        "refresh": lambda row: row.refresh_from_db(),
        "save": lambda row: row.save(force_update=True),
        "write": lambda row: row.save(),
    }
    ways: dict[str, Any] = {**refused, "delete": lambda row: row.delete()} | {
        each: lambda row, each=each: list(getattr(row, each).all()) for each in backwards(model)
    }

    for name, way in ways.items():
        with roles.working_as(role_for(model)), scope.inside(ours.issuer), transaction.atomic():
            told = tried(way, copy(stolen))
            assert told is None or name not in refused, name
            assert others.issuer.pk not in issuers_in(told or []), name
            assert watch.written(others, watch.touched()) == set(), name
            transaction.set_rollback(True)


def tried(way: Any, row: Any) -> Any:
    """Return what a way returns of a row; None where it is refused."""
    try:
        with transaction.atomic():
            return way(row) or []
    except REFUSED:
        return None


@MODELS
def test_no_row_of_ours_can_point_to_a_row_of_the_other(world, model):
    """Nor by saying of nobody whose it is, where the issuer of a key is a column of its own."""
    ours, others = world.a, world.b
    [row, *_more] = rows_of(model, ours)
    through = walls_of_models()[model._meta.db_table].through
    for each in model._meta.local_concrete_fields:
        if is_walled(each):
            [target, *_more] = rows_of(each.related_model, others)
            whose = f"{through[each.name]}_id" if each.name in through else ""
            with roles.as_owner(), pytest.raises(IntegrityError), transaction.atomic():
                point(row, each, target, unsaid=whose)


def test_sql_of_ones_own_sees_what_its_door_is_for(world, wall):
    if wall == walls.CODE:
        pytest.skip("there is no filter in SQL of one's own: the database alone keeps it")
    for model in models_of_issuers():
        statement = f'SELECT DISTINCT issuer_id FROM "{model._meta.db_table}"'
        shared = scoped.wall_of(model).shared_with
        with (
            roles.working_as(role_for(model)),
            scope.inside(world.a.issuer),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
            assert shared or cursor.fetchall() == [(world.a.issuer.pk,)], model


def point(row: Any, field: Any, target: Any, *, unsaid: str = "") -> None:
    """Let a column of a row lead to another row, and have the database look at once."""
    table, key = row._meta.db_table, row._meta.pk.column
    silence = f', "{unsaid}" = NULL' if unsaid else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{table}" SET "{field.column}" = %s{silence} WHERE "{key}" = %s',
            [target.pk, row.pk],
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def is_walled(field: Any) -> bool:
    return field.is_relation and field.related_model in models_of_issuers()


def is_secret(field: Any) -> bool:
    return scoped.wall_of(field.related_model).is_secret


def backwards(model: Any) -> list[str]:
    """Return the managers of rows that point to a row of this model."""
    return [
        each.get_accessor_name()
        for each in model._meta.related_objects
        if not each.hidden and not each.one_to_one
    ]
