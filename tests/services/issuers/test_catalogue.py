"""The wall stands in a fresh database, and every hole that is made in it is seen."""

import os
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction

from credentials import services
from issuers import scope
from issuers.scope import catalogue, walls
from tests import factories, roles
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

HOLES = {
    "a table without row-level security": (
        "ALTER TABLE learners_learner DISABLE ROW LEVEL SECURITY",
        "ENABLE ROW LEVEL SECURITY",
    ),
    "an audit trail without row-level security": (
        "ALTER TABLE issuers_trailentry DISABLE ROW LEVEL SECURITY",
        "ENABLE ROW LEVEL SECURITY",
    ),
    "seals of trails that everybody reads": (
        "ALTER POLICY wall_issuer ON issuers_trailseal USING (true)",
        "DROP POLICY",
    ),
    "a history of rows that nobody walled": (
        (
            "CREATE TABLE learners_learnerevent (LIKE learners_learner INCLUDING ALL);"
            "GRANT SELECT ON learners_learnerevent TO acquis"
        ),
        'ALTER TABLE "learners_learnerevent" ENABLE ROW LEVEL SECURITY',
    ),
    "a table whose owner is not held": (
        "ALTER TABLE learners_learner NO FORCE ROW LEVEL SECURITY",
        "FORCE ROW LEVEL SECURITY",
    ),
    "a policy that is gone": (
        "DROP POLICY wall_issuer ON learners_learner",
        "CREATE POLICY wall_issuer",
    ),
    "a policy that was loosened": (
        "ALTER POLICY wall_issuer ON learners_learner USING (true)",
        "DROP POLICY",
    ),
    "a policy that somebody added": (
        "CREATE POLICY mine ON learners_learner TO acquis USING (true)",
        'DROP POLICY "mine"',
    ),
    "a bare foreign key": (
        (
            "ALTER TABLE learners_learnerkey ADD CONSTRAINT bare FOREIGN KEY (learner_id)"
            " REFERENCES learners_learner (id)"
        ),
        'DROP CONSTRAINT "bare"',
    ),
    "a foreign key that is gone": (
        "ALTER TABLE learners_learnerkey DROP CONSTRAINT wall_learners_learnerkey_learner_id",
        'ADD CONSTRAINT "wall_learners_learnerkey_learner_id"',
    ),
    "a key whose issuer may be empty": (
        (
            "ALTER TABLE credentials_endorsement"
            " DROP CONSTRAINT wall_credentials_endorsement_achievement_id_whose"
        ),
        "wall_credentials_endorsement_achievement_id_whose",
    ),
    "a check that was loosened": (
        (
            "ALTER TABLE credentials_endorsement"
            " DROP CONSTRAINT wall_credentials_endorsement_credential_id_whose,"
            " ADD CONSTRAINT wall_credentials_endorsement_credential_id_whose CHECK (true)"
        ),
        "wall_credentials_endorsement_credential_id_whose",
    ),
    "a new table with issuers' rows": (
        "CREATE TABLE issuers_new (id bigint PRIMARY KEY, issuer_id bigint NOT NULL)",
        "issuers_new",
    ),
    "a new table of which nobody said anything": (
        "CREATE TABLE learners_note (id bigint PRIMARY KEY)",
        "table learners_note: it has no issuer_id",
    ),
    "a table outside that points inside": (
        (
            "CREATE TABLE blockchain_note (id bigint PRIMARY KEY,"
            " learner_id bigint CONSTRAINT leak REFERENCES learners_learner (id))"
        ),
        "leak points from outside the wall",
    ),
    "rows that may be nobody's": (
        "ALTER TABLE learners_learner ALTER issuer_id DROP NOT NULL",
        "may be empty",
    ),
    "a view of its owner's": (
        "CREATE VIEW everyone AS SELECT * FROM learners_learner",
        "view everyone: it shows what its owner sees",
    ),
    "a materialized view": (
        "CREATE MATERIALIZED VIEW everyone AS SELECT * FROM learners_learner",
        "a materialized view has no row-level security",
    ),
    "a function that sees more": (
        (
            "CREATE FUNCTION everyone() RETURNS bigint LANGUAGE sql SECURITY DEFINER"
            " AS 'SELECT count(*) FROM public.learners_learner'"
        ),
        "function everyone()",
    ),
    "a finder that finds more": (
        (
            "CREATE OR REPLACE FUNCTION acquis_issuer_of(place_asked text, name_asked text)"
            " RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::bigint'"
        ),
        "acquis_issuer_of",
    ),
    "a secret that the web may read": (
        "GRANT SELECT ON issuers_privatekey TO acquis",
        'REVOKE SELECT ON "issuers_privatekey"',
    ),
    "a secret column that the web may read": (
        "GRANT SELECT (sealed_private) ON issuers_privatekey TO acquis",
        'REVOKE SELECT ON "issuers_privatekey"',
    ),
    "a record of which a word may be changed": (
        "GRANT UPDATE (reason) ON issuers_breakglass TO acquis_worker",
        'REVOKE UPDATE ON "issuers_breakglass"',
    ),
    "a right that no policy is asked about": (
        "GRANT TRUNCATE ON learners_learner TO acquis",
        'REVOKE TRUNCATE ON "learners_learner" FROM acquis',
    ),
    "a rule that acts as its owner": (
        (
            "CREATE RULE telling AS ON UPDATE TO learners_learner"
            " DO ALSO UPDATE learners_learnerkey SET learner_id = learner_id"
        ),
        "table learners_learner: its rule telling does what its owner may do",
    ),
    "a copy in a schema of its own": (
        (
            "CREATE SCHEMA reports; GRANT USAGE ON SCHEMA reports TO acquis;"
            "CREATE TABLE reports.everyone AS SELECT * FROM learners_learner"
        ),
        "reports.everyone: it is in a schema that the wall does not know",
    ),
    "a function in a schema of its own": (
        (
            "CREATE SCHEMA reports; GRANT USAGE ON SCHEMA reports TO PUBLIC;"
            "CREATE FUNCTION reports.everyone() RETURNS bigint LANGUAGE sql SECURITY DEFINER"
            " AS 'SELECT count(*) FROM public.learners_learner'"
        ),
        "reports.everyone(): it is in a schema that the wall does not know",
    ),
    "a right of everybody's": (
        "GRANT SELECT ON learners_learner TO PUBLIC",
        "everybody has the right to SELECT",
    ),
    "a unique column that tells": (
        "CREATE UNIQUE INDEX telling ON learners_learner (email)",
        "index telling on learners_learner",
    ),
    "a partial index that tells": (
        "CREATE UNIQUE INDEX telling ON learners_learner (lower(email)) WHERE name <> ''",
        "index telling on learners_learner",
    ),
}


class Asking:
    """A connection that is a cursor, for questions to the catalogue."""

    def __init__(self, cursor):
        self._cursor = cursor

    @contextmanager
    def cursor(self):
        yield self._cursor


@pytest.fixture
def superuser():
    """Connect as who stands above all roles; whatever is done is undone."""
    if "TESTS_SUPERUSER_URL" not in os.environ:
        pytest.skip("this PostgreSQL was made by somebody else: its superuser is not ours")
    with roles.session("SUPERUSER") as opened:
        yield opened


def found() -> list[str]:
    with roles.as_owner():
        return [f"{each.subject}: {each.problem}" for each in catalogue.problems(connection)]


def test_the_wall_stands():
    with roles.as_owner():
        told = list(catalogue.problems(connection))

    assert [f"{each.subject}: {each.problem}; {each.remedy}" for each in told] == []


@pytest.mark.parametrize("hole", HOLES)
def test_a_hole_is_seen_and_migrating_again_mends_what_it_can(hole):
    statement, seen = HOLES[hole]
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert any(seen in each for each in found()), found()

    with roles.as_owner():
        walls.raise_walls(connection)

    assert [each for each in found() if each.startswith("the wall")] == []


@pytest.mark.parametrize(
    ("statement", "seen"),
    [
        ("ALTER ROLE acquis BYPASSRLS", "role acquis: it bypasses"),
        ("ALTER ROLE acquis_worker SUPERUSER", "role acquis_worker: it is a superuser"),
        ("GRANT postgres TO acquis", "role acquis: it may become postgres"),
        ("ALTER TABLE learners_learner OWNER TO acquis", "acquis owns it"),
    ],
)
def test_a_role_that_is_above_the_wall_is_seen(superuser, statement, seen):
    with superuser.cursor() as cursor:
        cursor.execute(statement)
        told = [f"{each.subject}: {each.problem}" for each in catalogue.problems(Asking(cursor))]

    assert any(seen in each for each in told), told


def test_every_model_with_an_issuer_is_behind_the_wall_in_code():
    bare = [
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        if any(field.attname == "issuer_id" for field in model._meta.local_concrete_fields)
        and not (
            isinstance(model._default_manager, scope.IssuerScopedManager)
            and isinstance(model._base_manager, scope.IssuerScopedManager)
        )
    ]

    assert bare == [], "give these `objects = scope.IssuerScopedManager()`"


def test_no_relation_leads_back_into_the_wall_from_outside():
    """What can be joined from a person or an issuer could be joined without naming anybody."""
    joined = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        if any(each.attname == "issuer_id" for each in model._meta.local_concrete_fields)
        for field in model._meta.local_fields
        if field.is_relation
        and not any(
            each.attname == "issuer_id" for each in field.related_model._meta.local_concrete_fields
        )
        and not field.remote_field.hidden
    ]

    assert joined == [], 'give these related_name="+"'


def test_a_row_cannot_point_to_another_issuers(ecole_a, ecole_b):
    ours, others = factories.signed(issuer=ecole_a), factories.signed(issuer=ecole_b)

    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE credentials_credential SET learner_id = %s WHERE id = %s",
            [others.learner_id, ours.pk],
        )
        with (
            pytest.raises(IntegrityError, match="wall_credentials_credential_learner_id"),
            transaction.atomic(),
        ):
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "UPDATE credentials_credential SET learner_id = %s WHERE id = %s",
            [ours.learner_id, ours.pk],
        )


@pytest.mark.parametrize("column", ["achievement_id", "credential_id"])
def test_a_row_cannot_point_to_another_issuers_by_saying_of_nobody_whose_it_is(
    ecole_a, ecole_b, column
):
    ours = factories.signed(issuer=ecole_a)
    said = services.endorse(issuer=ecole_b, subject=ecole_a, comment="Bien.", now=NOW)
    pointed_to = {"achievement_id": ours.achievement_id, "credential_id": ours.pk}[column]

    with (
        roles.as_owner(),
        pytest.raises(IntegrityError, match="whose"),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"UPDATE credentials_endorsement SET endorsed_id = NULL, {column} = %s"  # noqa: S608
            " WHERE id = %s",
            [pointed_to, said.pk],
        )


@pytest.mark.parametrize("role", [roles.WEB, roles.WORKER])
def test_who_serves_cannot_take_the_wall_away(ecole_a, role):
    for statement in (
        "ALTER TABLE learners_learner DISABLE ROW LEVEL SECURITY",
        "DROP POLICY wall_issuer ON learners_learner",
        "SET SESSION AUTHORIZATION postgres",
        "SET row_security = off; SELECT * FROM learners_learner",
        "CREATE FUNCTION mine() RETURNS void LANGUAGE sql AS ''",
    ):
        with (
            roles.working_as(role),
            scope.inside(ecole_a),
            pytest.raises(ProgrammingError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_process_that_serves_pages_reads_no_private_key(ecole_a):
    with (
        roles.working_as(roles.WEB),
        scope.inside(ecole_a),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT * FROM issuers_privatekey")


def test_raising_the_wall_again_does_nothing():
    with roles.as_owner():
        assert list(walls.missing(connection)) == []
