"""What the roles of the database may do with keys and the audit trail, whatever SQL they run."""

import psycopg2
import pytest
from django.db import Error, connection, transaction

from issuers import models, scope, selectors, services
from tests import roles
from tests.conftest import NOW

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not roles.are_there(), reason="this PostgreSQL was made by somebody else"),
]
WRITES = (
    "INSERT INTO {table} SELECT * FROM {table} WHERE false",
    "UPDATE {table} SET issuer_id = issuer_id",
    "DELETE FROM {table}",
    "TRUNCATE {table}",
)


def run(role, statement):
    """Run any SQL as another role, as code that was broken into would."""
    with (
        roles.working_as(role),
        scope.across_issuers(),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


# -- Keys ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT sealed_private FROM issuers_privatekey",
        "SELECT wrapped_dek FROM issuers_privatekey",
        "SELECT count(*) FROM issuers_privatekey",
        "COPY issuers_privatekey TO STDOUT",
        "SELECT p FROM issuers_signingkey k JOIN issuers_privatekey p ON p.key_id = k.id",
        "CREATE TEMPORARY TABLE mine AS SELECT * FROM issuers_privatekey",
        "CREATE TEMPORARY VIEW mine AS SELECT * FROM issuers_privatekey; SELECT * FROM mine",
        "DO $$ BEGIN PERFORM sealed_private FROM issuers_privatekey; END $$",
        "SELECT query_to_xml('SELECT * FROM issuers_privatekey', true, true, '')",
        "SET ROLE acquis_owner",
        "SELECT pg_read_file('PG_VERSION')",
        "GRANT SELECT ON issuers_privatekey TO acquis",
        *(statement.format(table="issuers_privatekey") for statement in WRITES),
    ],
)
def test_a_web_process_with_any_code_cannot_read_nor_write_a_private_key(ecole_a, statement):
    # SET ROLE here asks for what a session of that role may: the session of the tests is another.
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role('acquis', 'acquis_owner', 'MEMBER')")
        assert cursor.fetchone() == (False,)
    if statement.startswith("SET ROLE"):
        return

    with pytest.raises(Error, match=r"permission denied|must be owner"):
        run(roles.WEB, statement)


ANY_CODE = (
    "SELECT sealed_private FROM issuers_privatekey",
    "SET ROLE acquis_owner",
    "SET ROLE acquis_worker",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION acquis_worker",
    "ALTER ROLE acquis SUPERUSER",
    "GRANT acquis_worker TO acquis",
    "GRANT pg_read_all_data TO acquis",
    "ALTER TABLE issuers_privatekey OWNER TO acquis",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "SELECT pg_read_binary_file(pg_relation_filepath('issuers_privatekey'))",
    "SELECT lo_import('/etc/hostname')",
    "CREATE FUNCTION mine() RETURNS bigint LANGUAGE sql AS 'SELECT 1'",
)


@pytest.mark.parametrize("statement", ANY_CODE)
def test_a_session_of_who_serves_comes_to_no_private_key(db, statement):
    """A session of its own, as a web process opens it: not the owner's that goes on as the web."""
    with (
        roles.session("WEB") as opened,
        opened.cursor() as cursor,
        pytest.raises(psycopg2.Error, match=r"permission denied|must be"),
    ):
        cursor.execute(statement)


def test_who_works_opens_a_key_and_who_serves_sees_the_public_half(ecole_a):
    method, _seed = selectors.signing_key(issuer=ecole_a, now=NOW)

    with roles.working_as(roles.WEB):
        shown = selectors.keys_of(issuer=ecole_a)
        with pytest.raises(Error, match="permission denied"), transaction.atomic():
            selectors.signing_key(issuer=ecole_a, now=NOW)

    assert method.endswith(shown[-1].kid)


# -- The audit trail -------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [roles.WEB, roles.WORKER])
@pytest.mark.parametrize("statement", WRITES)
def test_who_serves_and_who_works_writes_no_entry(ecole_a, role, statement):
    with pytest.raises(Error, match="permission denied"):
        run(role, statement.format(table="issuers_trailentry"))


@pytest.mark.parametrize("statement", WRITES)
def test_who_serves_writes_no_seal(ecole_a, statement):
    with pytest.raises(Error, match="permission denied"):
        run(roles.WEB, statement.format(table="issuers_trailseal"))


@pytest.mark.parametrize("statement", WRITES[1:])
def test_who_works_changes_no_seal(ecole_a, statement):
    with pytest.raises(Error, match="permission denied"):
        run(roles.WORKER, statement.format(table="issuers_trailseal"))


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT trail_added_issuers_membership()",
        "ALTER TABLE issuers_membership DISABLE TRIGGER trail_changed_issuers_membership",
        "DROP TRIGGER trail_changed_issuers_membership ON issuers_membership",
        "SET LOCAL session_replication_role = replica",
        (
            "CREATE OR REPLACE FUNCTION trail_added_issuers_membership() RETURNS trigger"
            " LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
        ),
        "TRUNCATE issuers_membership",
    ],
)
def test_the_trail_cannot_be_gone_round(ecole_a, statement):
    with pytest.raises(Error, match=r"permission denied|must be owner|can only be called"):
        run(roles.WEB, statement)


def test_a_change_is_written_down_with_the_role_that_made_it(ecole_a, bob):
    with roles.working_as(roles.WEB), scope.inside(ecole_a), connection.cursor() as cursor:
        cursor.execute("SET LOCAL pgtrigger.ignore = '{trail_changed_issuers_membership}'")
        cursor.execute("UPDATE issuers_membership SET role = 'viewer'")

    entry = models.TrailEntry.objects.of(ecole_a).filter(subject="issuers.membership").latest("pk")
    assert (entry.role, entry.after) == (roles.WEB, {"role": "viewer"})


def test_nobody_tells_a_trigger_to_look_away(ecole_a):
    name = models.OPERATORS_WORD.get_pgid(models.Issuer)
    suspend = "UPDATE issuers_issuer SET suspended_at = now(), suspended_for = 'x'"

    with roles.working_as(roles.WEB), scope.inside(ecole_a), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL pgtrigger.ignore = '{{{name}}}'")
        with pytest.raises(Error, match="only an operator suspends"), transaction.atomic():
            cursor.execute(suspend)


def test_an_organisation_reads_its_own_trail_and_no_other(ecole_a, ecole_b):
    count = "SELECT count(*) FROM issuers_trailentry WHERE issuer_id = {}"
    with roles.working_as(roles.WEB), scope.inside(ecole_a), connection.cursor() as cursor:
        cursor.execute(count.format(ecole_a.pk))
        own = cursor.fetchone()[0]
        cursor.execute(count.format(ecole_b.pk))
        others = cursor.fetchone()[0]

    assert own > 0
    assert others == 0


def test_the_trail_is_sealed_by_who_works(ecole_a):
    assert services.seal_trails(now=NOW) == 1
