"""The world is whole: what it has no row of, the matrix would prove nothing about."""

import pytest
from django.apps import apps

from tests.isolation import damage
from tests.isolation.world import FORMED, drawn, models_of_issuers, text_columns

pytestmark = pytest.mark.django_db
OURS = ("badges", "blockchain", "credentials", "issuers", "learners")
# Of these, rows are made by others than the world, or by nobody.
NOBODYS = {
    "issuers_user_groups": "nobody is in a group",
    "issuers_user_user_permissions": "nobody has a permission of their own",
}


@pytest.mark.parametrize("model", models_of_issuers(), ids=lambda model: model._meta.label)
def test_both_organisations_have_a_row_of_every_model(world, model):
    table = model._meta.db_table
    counted = {
        school.letter: damage.ask(
            f'SELECT count(*) FROM "{table}" WHERE issuer_id = {school.issuer.pk}'
        )[0][0]
        for school in world.schools()
    }

    assert 0 not in counted.values(), (
        f"{model._meta.label}: {counted}; let tests/isolation/world.py make a row for both"
    )


def test_every_other_model_of_ours_has_rows(world):
    tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in OURS and model not in models_of_issuers()
    } - NOBODYS.keys()
    empty = [each for each in tables if not damage.ask(f'SELECT 1 FROM "{each}" LIMIT 1')]

    assert empty == [], "let tests/isolation/world.py make a row"


@pytest.mark.parametrize("model", models_of_issuers(), ids=lambda model: model._meta.label)
def test_every_text_has_a_canary(world, model):
    table, school = model._meta.db_table, world.b
    without = [
        column
        for column in text_columns(model)
        if not damage.ask(
            f'SELECT 1 FROM "{table}" WHERE issuer_id = {school.issuer.pk}'
            f" AND \"{column}\" LIKE '%{school.canaries.mark}%' LIMIT 1"
        )
    ]

    assert without == [], f"give these of {table} a word (world.py), or name them in FORMED"


def test_the_rows_of_the_world_are_not_mixed(world):
    assert damage.mixed(world) == []


def test_no_two_canaries_are_the_same(world):
    assert world.a.canaries.mark != world.b.canaries.mark
    assert FORMED.search("published_kid")
    assert len(list(drawn(world.b))) > 50
