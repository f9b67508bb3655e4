"""The auditor's role can do what `manage.py fsck` does, and nothing else at all."""

import io
import json
import os

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, connections
from django.db.utils import InternalError
from environ import Env

from credentials.selectors.audit import snapshot
from issuers import scope
from tests import roles
from tests.services.credentials.audit.conftest import AT

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "TESTS_AUDITOR_URL" not in os.environ, reason="this PostgreSQL was made by somebody else"
    ),
]


@pytest.fixture
def auditor():
    """Connect to the tests' database as FSCK_DATABASE_URL would."""
    given = Env.db_url_config(os.environ["TESTS_AUDITOR_URL"])
    reader = connection.copy(alias=snapshot.AUDITOR)
    reader.settings_dict |= {**given, "NAME": connection.settings_dict["NAME"]}
    reader.connect()  # before the alias is known: Django's tests close those that it was not told
    connections[snapshot.AUDITOR] = reader
    connections.settings[snapshot.AUDITOR] = reader.settings_dict
    yield reader
    reader.close()
    del connections[snapshot.AUDITOR]
    del connections.settings[snapshot.AUDITOR]


def fsck(*options):
    out = io.StringIO()
    with time_machine.travel(AT, tick=False), pytest.raises(SystemExit) as end:
        call_command("fsck", "--json", *options, stdout=out)
    return json.loads(out.getvalue()), end.value.code


def test_a_whole_audit_is_done_as_the_auditor(sound, auditor):
    told, status = fsck("--chain", "--deep")

    assert (status, told["findings"]) == (0, [])
    assert told["database"] == {"role": "acquis_auditor", "canWrite": False}


def test_the_applications_role_is_told_that_it_could_write(sound):
    told, _status = fsck()

    assert told["database"]["canWrite"]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM blockchain_commitment",
        "UPDATE credentials_credential SET revoked_at = NULL",
        "INSERT INTO blockchain_sender (chain) VALUES ('')",
        "TRUNCATE blockchain_attempt CASCADE",
        "CREATE TABLE mine (id int)",
        "GRANT SELECT ON issuers_user TO acquis_auditor",
    ],
)
def test_it_can_write_nothing_even_when_it_tries(auditor, statement):
    with scope.across_issuers(), auditor.cursor() as cursor:
        with pytest.raises(InternalError, match="read-only transaction"):
            cursor.execute(statement)
        cursor.execute("SET default_transaction_read_only = off")
        with pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT password FROM issuers_user",
        "SELECT sealed_private FROM issuers_privatekey",
        "SELECT wrapped_dek FROM issuers_privatekey",
        "SELECT email FROM learners_learner",
        "SELECT session_data FROM django_session",
    ],
)
def test_it_reads_nothing_that_an_audit_does_not_need(auditor, statement):
    with (
        scope.across_issuers(),
        auditor.cursor() as cursor,
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        cursor.execute(statement)


def test_a_role_without_the_right_to_read_is_no_clean_bill(auditor):
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("REVOKE SELECT ON credentials_statuslist FROM acquis_auditor")
    try:
        with pytest.raises(CommandError, match="permission denied") as refused:
            call_command("fsck")
    finally:
        with roles.as_owner(), connection.cursor() as cursor:
            cursor.execute("GRANT SELECT ON credentials_statuslist TO acquis_auditor")

    assert refused.value.returncode == 2
