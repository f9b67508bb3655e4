"""Whether anything of an organisation was written, and whether rows of two were mixed.

Asked as the owner, who sees every row, and beneath Django, so that no wall answers for us.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import connection, models

from issuers import models as issuers
from issuers.scope import walls
from tests import roles
from tests.isolation.world import models_of_issuers, text_columns

if TYPE_CHECKING:
    from collections.abc import Collection

    from tests.isolation.world import School, World

# Rows that belong to an organisation without having its issuer_id: table -> how they do.
BESIDES = {
    "issuers_issuer": "id = {issuer}",
    "issuers_livehost": "owner_id = {issuer}",
    "issuers_user": "id IN ({staff})",
    "account_emailaddress": "user_id IN ({staff})",
    "mfa_authenticator": "user_id IN ({staff})",
    "socialaccount_socialaccount": "user_id IN ({staff})",
    "django_session": "session_key IN ({sessions})",
}
# Columns that hold words of another organisation on purpose, and why.
MIXED = {
    "issuers_lookalike.other_name": "which name is passed for",
    "badges_achievement.document": "says who certifies, and what was habilitated",
    "credentials_endorsement.subject": "the address of what is endorsed",
    "issuers_trailentry.before": "repeats the rows of which this is said",
    "issuers_trailentry.after": "likewise",
}


def ask(statement: str) -> list[Any]:
    """Ask as the owner."""
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        [before] = cursor.fetchone()
        cursor.execute(f"SET ROLE {roles.OWNER}; {statement}")
        found = list(cursor.fetchall())
        cursor.execute(f"SET ROLE {before}")
    return found


@cache
def _walled() -> tuple[str, ...]:
    return tuple(walls.Catalogue(connection).walled)


def writes() -> list[int]:
    """Return how many rows of each table this connection wrote, undone or not; quick to ask."""
    with connection.connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(pg_stat_get_xact_tuples_inserted(each)"
            " + pg_stat_get_xact_tuples_updated(each) + pg_stat_get_xact_tuples_deleted(each)"
            " ORDER BY place) FROM unnest(%s::oid[]) WITH ORDINALITY AS tables (each, place)",
            [list(_tables().values())],
        )
        [counts] = cursor.fetchone()
    return list(counts)


@cache
def _tables() -> dict[str, int]:
    """Return every table that can be written to; what the view of the same figures joins."""
    return dict(
        ask(
            "SELECT relname, oid::bigint FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
    )


def rows_of(
    world: World, school: School, among: Collection[str], *, to_nobody: bool = False
) -> dict[str, str]:
    """Return, by table, where the rows of an organisation lie; or those that it does not share.

    A row that is written lies elsewhere afterwards, even if it says the same.
    """
    staff = ", ".join(str(each.pk) for each in school.staff.values())
    sessions = ", ".join(f"'{world.sessions[each.pk]}'" for each in school.staff.values())
    where = dict.fromkeys(_walled(), f"issuer_id = {school.issuer.pk}") | {
        table: condition.format(issuer=school.issuer.pk, staff=staff, sessions=sessions)
        for table, condition in BESIDES.items()
    }
    for table, wall in walls.walls().items() if to_nobody else ():
        if wall.shared_with:
            where[table] += f" AND {wall.shared_with}_id <> {world.other(school).issuer.pk}"
    parts = [
        f"SELECT '{table}', coalesce(string_agg(ctid::text, '' ORDER BY ctid), '')"
        f' FROM "{table}" WHERE {condition}'
        for table, condition in where.items()
        if table in among
    ]
    return dict(ask(" UNION ALL ".join(parts))) if parts else {}


@dataclass
class Watch:
    """Watches over the rows of both organisations, from when it is made.

    Attributes:
        world: Whose rows.
        to_nobody: Leave out what one shares with the other, who may answer it.
    """

    world: World
    to_nobody: bool = False

    def __post_init__(self) -> None:
        self._rows = {each.letter: self._now(each, _tables()) for each in self.world.schools()}
        self._writes = writes()

    def _now(self, school: School, among: Collection[str]) -> dict[str, str]:
        return rows_of(self.world, school, among, to_nobody=self.to_nobody)

    def touched(self) -> set[str]:
        """Return the tables of which any row was written since this was asked last."""
        before, self._writes = self._writes, writes()
        counted = zip(_tables(), before, self._writes, strict=True)
        return {table for table, then, now in counted if then != now}

    def written(self, school: School, among: Collection[str]) -> set[str]:
        """Return the tables, among those that were touched, where an organisation's rows were."""
        before = self._rows[school.letter]
        return {table for table, rows in self._now(school, among).items() if before[table] != rows}


def mixed(world: World, among: Collection[str] | None = None) -> list[str]:
    """Return where a row of one organisation holds a word, or points to a row, of the other.

    Args:
        world: Whose rows.
        among: The tables that were touched since that was asked; None for all.
    """
    among = _tables() if among is None else among
    looked = []
    everything: list[Any] = [*models_of_issuers(), issuers.Issuer]
    for model in everything:
        table = model._meta.db_table
        if table not in among:
            continue
        key = "id" if model is issuers.Issuer else "issuer_id"
        for column in [*text_columns(model), *_structured(model)]:
            if f"{table}.{column}" in MIXED:
                continue
            for school in world.schools():
                mark = world.other(school).canaries.mark
                looked.append(
                    f"SELECT '{table}.{column} of {school.letter}' WHERE EXISTS"
                    f' (SELECT FROM "{table}" WHERE {key} = {school.issuer.pk}'
                    f" AND \"{column}\"::text LIKE '%{mark}%')"
                )
    astray = [asked for tables, asked in _astray() if not tables.isdisjoint(among)]
    return _found(looked) + _found(astray)


def _found(looked: list[str]) -> list[str]:
    return [str(name) for (name,) in ask(" UNION ALL ".join(looked))] if looked else []


def _structured(model: Any) -> list[str]:
    """Return the columns of a model that hold JSON."""
    return [
        str(each.column)
        for each in model._meta.local_concrete_fields
        if isinstance(each, models.JSONField)
    ]


@cache
def _astray() -> list[tuple[set[str], str]]:
    """Return what finds foreign keys from a row of one organisation to a row of another.

    And which two tables each is about.
    """
    catalogue = walls.Catalogue(connection)
    looked = []
    for model in models_of_issuers():
        table = model._meta.db_table
        through = catalogue.walls[table].through
        for each in model._meta.local_concrete_fields:
            if not each.is_relation or each.related_model._meta.db_table not in catalogue.walled:
                continue
            target = each.related_model._meta
            whose = f"{through.get(each.name, 'issuer')}_id"
            asked = (
                f"SELECT '{table}.{each.column} leads astray' WHERE EXISTS"
                f' (SELECT FROM "{table}" AS here'
                f' JOIN "{target.db_table}" AS there ON there."{target.pk.column}" ='
                f' here."{each.column}" WHERE there.issuer_id <> here."{whose}")'
            )
            looked.append(({table, target.db_table}, asked))
    return looked
