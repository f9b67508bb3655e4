"""Migrations that make the tables of an app at once make what the replaced ones came to."""

import pytest
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader


def loaded(*, at_once: bool) -> MigrationLoader:
    """Return the migrations as they are for an empty database, or for one that has a few tables."""
    loader = MigrationLoader(None, replace_migrations=at_once)
    if not at_once:
        for key, migration in loader.replacements.items():
            loader.graph.remove_replacement_node(key, migration.replaces)
    return loader


def test_tables_made_at_once_are_those_that_came_one_after_another():
    at_once, one_by_one = (loaded(at_once=each).project_state() for each in (True, False))

    assert MigrationAutodetector(one_by_one, at_once)._detect_changes() == {}
    assert {key: each.options for key, each in at_once.models.items()} == {
        key: each.options for key, each in one_by_one.models.items()
    }


@pytest.mark.parametrize("app", ["badges", "credentials", "issuers", "learners"])
def test_an_empty_database_takes_the_short_way_and_another_the_long_one(app):
    short, long = (loaded(at_once=each).graph.nodes for each in (True, False))

    assert (app, "0001_initial") not in short
    assert (app, "0001_initial") in long
    assert [name for owner, name in short if owner == app and "squashed" in name]
    assert not [name for owner, name in long if owner == app and "squashed" in name]
