"""What is wrong on purpose is found: by the matrix, by the catalogue, or by both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from badges import models as badges
from issuers import models as issuers
from issuers import scope
from issuers.scope import catalogue
from learners import models as learners
from tests import roles
from tests.isolation import asking, damage, identities, probes, routes, test_models, walls
from tests.services.issuers.test_catalogue import Asking

if TYPE_CHECKING:
    from tests.isolation.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("zone", "nobody_outside")]
PLANTED = "tests.isolation.planted"
# What is planted in a view -> what the matrix says of it.
WRONG = {
    "/planted/door/{slug}": "shows of B: address of a learner",
    "/console/{slug}/planted/across": "500: a fault of ours OtherIssuer",
    "/console/{slug}/planted/out": "shows of B: address of a learner",
    "/planted/name": "500: a fault of ours IssuerNotNamed",
    "/planted/serializer/{slug}": "shows of B: address of the viewer",
    "/planted/write/{slug}": "writes to issuers_unit of B",
    "/planted/send/{slug}": "shows of B: name of a learner",
    "/console/{slug}/planted/forbidden": "403 where 404 is due",
    "/planted/header/{slug}": "shows of B: learners_learner.uuid",
    "/planted/fault/{slug}": "500: a fault of ours ValueError",
}
EVERYONE = "SELECT email FROM public.learners_learner"
# What is planted in the database -> the statement, what the catalogue says, the address that shows.
HOLES = {
    "a view of its owner's": (
        f"CREATE VIEW everyone AS {EVERYONE}; GRANT SELECT ON everyone TO acquis",
        "view everyone: it shows what its owner sees",
        "/planted/view/{slug}",
    ),
    "a materialized view": (
        f"CREATE MATERIALIZED VIEW everyone AS {EVERYONE}; GRANT SELECT ON everyone TO acquis",
        "a materialized view has no row-level security",
        "/planted/view/{slug}",
    ),
    "a function of its owner's": (
        (
            "CREATE FUNCTION everyone() RETURNS SETOF varchar LANGUAGE sql SECURITY DEFINER"
            f" AS '{EVERYONE}'"
        ),
        "function everyone()",
        "/planted/function/{slug}",
    ),
    "a copy that nobody walled": (
        (
            "CREATE TABLE everyone AS SELECT email, issuer_id FROM learners_learner;"
            "GRANT SELECT ON everyone TO acquis"
        ),
        'ALTER TABLE "everyone" ENABLE ROW LEVEL SECURITY',
        "/planted/view/{slug}",
    ),
    "a copy of which nobody said whose it is": (
        f"CREATE TABLE everyone AS {EVERYONE}; GRANT SELECT ON everyone TO acquis",
        "table everyone: it has no issuer_id, and nobody said why",
        "/planted/view/{slug}",
    ),
}
# What is planted in the database and shows where a filter is forgotten as well.
LOOSE = {
    "a table without row-level security": (
        "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        "ENABLE ROW LEVEL SECURITY",
    ),
    "a policy that was loosened": (
        "ALTER POLICY wall_issuer ON {table} USING (true)",
        'DROP POLICY "wall_issuer"',
    ),
    "a policy that somebody added": (
        "CREATE POLICY mine ON {table} TO acquis, acquis_worker USING (true)",
        'DROP POLICY "mine"',
    ),
}
PAGES = {
    "/console/{slug}/people": "issuers_invitation",
    "/console/{slug}/sign-in-settings": "issuers_identityprovider",
}


@pytest.fixture
def planted(settings: Any) -> dict[str, routes.Route]:
    """Return the addresses of views that are wrong, which are served now."""
    settings.ROOT_URLCONF = PLANTED
    return {each.template: each for each in routes.routes(PLANTED) if "planted" in each.template}


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every filter by organisation be forgotten."""
    walls.take_filters_away(monkeypatch)


def plant(statement: str) -> None:
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


def told_by_the_catalogue() -> str:
    with roles.as_owner():
        found = catalogue.problems(connection)
        return "\n".join(f"{each.subject}: {each.problem}" for each in found)


def found_by_the_matrix(
    world: World, watch: damage.Watch, route: routes.Route, *, until: str = ""
) -> str:
    """Return what is found; as soon as something is that has these words in it, no more."""
    found = ""
    for identity in identities.of(world):
        problems = asking.asked(route, identity, world, watch).problems
        found += "".join(f"{each}\n" for each in problems)
        if until and until in found:
            break
    return found


def test_every_view_that_is_wrong_is_tried(planted):
    in_the_database = {address for _statement, _seen, address in HOLES.values()}

    assert planted.keys() == WRONG.keys() | in_the_database


@pytest.mark.parametrize("template", WRONG)
def test_a_view_that_is_wrong_is_found(world, watch, planted, template):
    found = found_by_the_matrix(world, watch, planted[template], until=WRONG[template])

    assert WRONG[template] in found, found


@pytest.mark.parametrize("hole", HOLES)
def test_a_relation_that_shows_everybody_is_found_and_named(world, watch, planted, hole):
    statement, seen, template = HOLES[hole]
    plant(statement)

    assert seen in told_by_the_catalogue()
    shown = "shows of B: address of a learner"
    assert shown in found_by_the_matrix(world, watch, planted[template], until=shown)


@pytest.mark.parametrize("template", PAGES)
def test_a_policy_that_holds_is_enough_where_a_filter_is_forgotten(
    world, watch, forgetful, template
):
    [route] = [each for each in routes.routes() if each.template == template]

    assert found_by_the_matrix(world, watch, route) == ""


@pytest.mark.parametrize("hole", LOOSE)
@pytest.mark.parametrize("template", PAGES)
def test_a_policy_that_does_not_hold_is_found_where_a_filter_is_forgotten(
    world, watch, forgetful, template, hole
):
    statement, seen = LOOSE[hole]
    [route] = [each for each in routes.routes() if each.template == template]

    plant(statement.format(table=PAGES[template]))

    assert seen in told_by_the_catalogue()
    assert "shows of B" in found_by_the_matrix(world, watch, route, until="shows of B")


@pytest.mark.parametrize("hole", LOOSE)
@pytest.mark.parametrize("model", [learners.Learner, issuers.Domain, badges.Alignment])
def test_a_policy_that_does_not_hold_is_found_by_every_way_to_ask(
    world, unshared, forgetful, model, hole
):
    statement, _seen = LOOSE[hole]
    plant(statement.format(table=model._meta.db_table))

    leaking = {each.partition(" ")[0] for each in test_models.leaks(world, unshared, model)}

    assert leaking >= {"all", "count", "exists", "first", "get", "iterator", "values_list"}


def test_a_policy_that_does_not_hold_the_owner_is_named(world):
    plant("ALTER TABLE learners_learner NO FORCE ROW LEVEL SECURITY")

    assert "FORCE ROW LEVEL SECURITY" in told_by_the_catalogue()


def test_a_bare_foreign_key_is_named_and_lets_a_row_lead_astray(world):
    table = "learners_learnerkey"
    plant(
        f"ALTER TABLE {table} DROP CONSTRAINT wall_{table}_learner_id;"
        f"ALTER TABLE {table} ADD CONSTRAINT bare FOREIGN KEY (learner_id)"
        " REFERENCES learners_learner (id)"
    )
    [ours, *_more] = test_models.rows_of(badges.Alignment, world.a)
    [theirs, *_more] = test_models.rows_of(badges.Achievement, world.b)

    assert 'DROP CONSTRAINT "bare"' in told_by_the_catalogue()

    plant(
        "ALTER TABLE badges_alignment DROP CONSTRAINT wall_badges_alignment_achievement_id;"
        "ALTER TABLE badges_alignment ADD CONSTRAINT bare_too FOREIGN KEY (achievement_id)"
        " REFERENCES badges_achievement (id)"
    )
    with roles.as_owner():
        field = badges.Alignment._meta.get_field("achievement")
        test_models.point(ours, field, theirs)

    assert "badges_alignment.achievement_id leads astray" in damage.mixed(world)


def test_a_superusers_view_is_named_and_shows_everybody(world):
    """Rows of its own: what this test's transaction wrote, nobody else sees."""
    with roles.session("SUPERUSER") as opened, opened.cursor() as cursor:
        cursor.execute(
            "CREATE VIEW everyone AS SELECT * FROM issuers_unit;"
            "GRANT SELECT ON everyone TO acquis;"
            "SET CONSTRAINTS ALL DEFERRED;"
            "INSERT INTO issuers_unit (uuid, issuer_id, kind, name, place, created_at)"
            " SELECT gen_random_uuid(), -n, 'campus', 'x', '', now() FROM"
            " generate_series(1, 2) AS n"
        )
        told = [f"{each.subject}: {each.problem}" for each in catalogue.problems(Asking(cursor))]
        cursor.execute("SET LOCAL ROLE acquis; SELECT set_config('acquis.issuer', '-1', true)")
        cursor.execute("SELECT count(*) FROM issuers_unit")
        behind = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM everyone")
        everyone = cursor.fetchone()

    assert (behind, everyone) == ((1,), (2,))
    assert "view everyone: it shows what its owner sees" in told


def test_without_any_wall_every_way_to_ask_tells(world, unshared, forgetful):
    """So that it is the walls that keep them, and not the questions."""
    walls.take_policies_away()
    told: dict[str, set[str]] = {"tells": set(), "writes": set()}
    for model in test_models.models_of_issuers():
        for each in test_models.leaks(world, unshared, model):
            way, _space, what = each.partition(" ")
            told[what].add(way)

    asking_only = {"explain", "bulk_create", "create"}
    assert probes.WAYS.keys() - told["tells"] - told["writes"] - asking_only == set()
    assert told["writes"] >= {"delete", "update", "bulk_update"}


def test_an_award_is_mixed_if_it_holds_a_word_of_the_other(world):
    with roles.as_owner(), scope.across_issuers():
        unit = issuers.Unit.objects.of(world.a.issuer)
        unit.update(place=world.b.at["learner"].name)

    assert damage.mixed(world) == ["issuers_unit.place of A"]
