"""Many clients of two organisations share few connections, and nobody sees what is another's.

PgBouncer in transaction mode hands a connection to somebody else after each transaction: whatever
is left on it, the next one has.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import psycopg2
import pytest
from django.db import connection, connections, transaction
from environ import Env

from config.embedded import chain, postgres
from config.embedded.process import Guard, Program, tail
from credentials import selectors
from credentials.models import Credential, CredentialEvent
from credentials.tasks import sign_due
from issuers import scope
from issuers.models import AcceptedSubmitter, Membership, TrailEntry
from tests import factories
from tests.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLIENTS, TRANSACTIONS, CONNECTIONS = 40, 150, 4
WORKERS, AWARDS = 6, 20
# Each thread has a connection of its own under this alias: those of clients lead to PgBouncer.
POOLED = "default"
# Where `make setup` may install it, the test must run: a wall that nobody tries is none.
BOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        BOUNCER is None and not os.environ.get("CI"),
        reason="pgbouncer is not here: on Debian, apt-get install pgbouncer",
    ),
    pytest.mark.skipif(
        "TESTS_WEB_URL" not in os.environ, reason="this PostgreSQL was made by somebody else"
    ),
]
CONFIGURATION = """
[databases]
* = host={sockets}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = plain
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 200
logfile = {folder}/log
pidfile = {folder}/pid
ignore_startup_parameters = extra_float_digits,options
"""


@pytest.fixture
def pooler(tmp_path: Path) -> Iterator[int]:
    """Run PgBouncer before the tests' PostgreSQL, as whom that runs; return its port."""
    assert BOUNCER is not None, "pgbouncer is not here, and this is CI: see config/setup.sh"
    given = [Env.db_url_config(os.environ[f"TESTS_{who}_URL"]) for who in ("WEB", "WORKER")]
    port, found = chain.free_port(), postgres.installation()
    assert found is not None
    users = (f'"{each["USER"]}" "{each["PASSWORD"]}"\n' for each in given)
    (tmp_path / "users").write_text("".join(users))
    (tmp_path / "ini").write_text(
        CONFIGURATION.format(sockets=given[0]["HOST"], port=port, folder=tmp_path, size=CONNECTIONS)
    )
    guard = Guard()
    process = guard.start(
        Program(
            name="pgbouncer",
            command=[BOUNCER, tmp_path / "ini"],
            environment={"PATH": os.defpath},
            user=postgres.choose_user(found / "bin"),
        ),
        log=tmp_path / "out",
    )
    deadline = time.monotonic() + 20
    while chain.is_free(port):
        assert process.poll() is None, tail(tmp_path / "out") + tail(tmp_path / "log")
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield port
    guard.stop([process])
    guard.close()


def lead(monkeypatch: pytest.MonkeyPatch, port: int, who: str) -> None:
    """Let new threads reach the tests' database through PgBouncer, as WEB or as WORKER."""
    given = Env.db_url_config(os.environ[f"TESTS_{who}_URL"])
    settings = connection.settings_dict | {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "USER": given["USER"],
        "PASSWORD": given["PASSWORD"],
    }
    monkeypatch.setitem(connections.settings, POOLED, settings)


@pytest.fixture
def pooled(pooler: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let new threads reach the tests' database as the web does, through PgBouncer."""
    lead(monkeypatch, pooler, "WEB")


def accepts(issuer, count):
    AcceptedSubmitter.objects.of(issuer).bulk_create(
        AcceptedSubmitter(issuer=issuer, account=f"eip155:{issuer.pk}:{n}", accepted_at=NOW)
        for n in range(count)
    )


def rows_of(issuer_id):
    """Ask as a forgotten filter would, so that the database's wall alone is between."""
    with scope.inside(issuer_id), connections[POOLED].cursor() as cursor:
        cursor.execute("SELECT issuer_id FROM issuers_acceptedsubmitter")
        return [found for (found,) in cursor.fetchall()]


def one(issuer_id, draw):
    """Do one transaction, in one of the ways in which the program does them."""
    rows = AcceptedSubmitter.objects.of(issuer_id).using(POOLED)
    match draw.randrange(5):
        case 0:
            return [row.issuer_id for row in rows]
        case 1:
            return rows_of(issuer_id)
        case 2:
            with transaction.atomic(using=POOLED):
                return rows_of(issuer_id) + [row.issuer_id for row in rows.iterator(chunk_size=3)]
        case 3:
            with transaction.atomic(using=POOLED):
                rows.filter(account__endswith=":0").update(accepted_at=NOW)
                return rows_of(issuer_id)
        case _:
            with transaction.atomic(using=POOLED):
                list(Membership.objects.of_person(1).using(POOLED))
                return rows_of(issuer_id)


def client(issuers, seed):
    """Work for one organisation after the other; return how often, and what was seen of others."""
    draw, foreign, empty = random.Random(seed), 0, 0  # noqa: S311 - no secret
    for _transaction in range(TRANSACTIONS):
        issuer_id = draw.choice(issuers)
        seen = one(issuer_id, draw)
        foreign += sum(found != issuer_id for found in seen)
        empty += not seen
    connections[POOLED].close()
    return TRANSACTIONS, foreign, empty


def rogue(port, over):
    """Ask again and again on the same connections without naming anybody; return what was seen."""
    given = Env.db_url_config(os.environ["TESTS_WEB_URL"])
    opened = psycopg2.connect(
        host="127.0.0.1", port=port, user=given["USER"], password=given["PASSWORD"],
        dbname=connection.settings_dict["NAME"],
    )  # fmt: skip
    opened.autocommit = True
    asked = seen = 0
    with opened.cursor() as cursor:
        while not over.is_set():
            cursor.execute("SELECT count(*) FROM issuers_acceptedsubmitter")
            [count] = cursor.fetchone()
            asked, seen = asked + 1, seen + count
    opened.close()
    return asked, seen


def test_forty_clients_of_two_organisations_see_no_row_of_the_other(pooled, pooler):
    issuers = [factories.issuer(slug=f"ecole-{n}", name=f"École {n}") for n in range(2)]
    for issuer in issuers:
        accepts(issuer, 5)
    keys, over = [issuer.pk for issuer in issuers], threading.Event()

    with ThreadPoolExecutor(CLIENTS + 1) as crowd:
        lurking = crowd.submit(rogue, pooler, over)
        try:
            clients = [crowd.submit(client, keys, seed) for seed in range(CLIENTS)]
            done = [each.result() for each in clients]
        finally:
            over.set()
        asked, seen = lurking.result()

    assert sum(transactions for transactions, _foreign, _empty in done) == 6_000
    assert sum(foreign for _transactions, foreign, _empty in done) == 0
    assert sum(empty for _transactions, _foreign, empty in done) == 0
    assert asked > 0
    assert seen == 0


def works():
    """Sign what is due, as Celery's workers do."""
    try:
        sign_due()
    finally:
        connections[POOLED].close()


def test_workers_that_share_connections_sign_for_each_organisation_its_own(
    pooler, monkeypatch, settings
):
    """What is signed goes through a table of the connection, which the next worker finds there."""
    issuers = [factories.issuer(slug=f"ecole-{n}", name=f"École {n}") for n in range(2)]
    for issuer in issuers:
        factories.due(issuer=issuer, count=AWARDS)
    settings.SIGN_CHUNK_SIZE = 5
    lead(monkeypatch, pooler, "WORKER")

    with ThreadPoolExecutor(WORKERS) as crowd:
        for each in [crowd.submit(works) for _worker in range(WORKERS)]:
            each.result()

    for issuer in issuers:
        rows = Credential.objects.of(issuer).select_related("learner__key", "issuer")
        documents = [json.loads(selectors.opened(credential=row).document) for row in rows]
        assert [each["issuer"]["id"] for each in documents] == [issuer.did] * AWARDS
        told = CredentialEvent.objects.of(issuer).filter(kind="signed", credential__issuer=issuer)
        assert told.count() == AWARDS
        entries = TrailEntry.objects.of(issuer).filter(door="task credentials.tasks.sign_due")
        assert entries.exists()


def test_a_sessions_setting_is_what_would_leak(pooled, pooler):
    """The trial itself is tried: with a session's SET, the next client has it."""
    issuer = factories.issuer(slug="ecole-0", name="École 0")
    accepts(issuer, 5)
    over = threading.Event()

    def careless():
        with connections[POOLED].cursor() as cursor:
            cursor.execute("SET acquis.issuer = %s", [str(issuer.pk)])
        connections[POOLED].close()

    with ThreadPoolExecutor(1) as crowd:
        crowd.submit(careless).result()
        lurking = crowd.submit(rogue, pooler, over)
        time.sleep(0.5)
        over.set()
        asked, seen = lurking.result()

    assert asked > 0
    assert seen > 0
