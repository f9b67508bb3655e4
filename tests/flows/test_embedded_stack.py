"""The whole embedded stack: who runs as whom, what a kill of each part leaves, what stays."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg2
import pytest

from config.embedded import chain, folder
from config.embedded.process import BASE
from tests.flows.stacks import NOT_OURS, PARTS, Up, connect, lives, until, worker_answers

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder whose path is too long for a socket, in one that others may not enter."""
    closed = tmp_path_factory.mktemp("closed")
    closed.chmod(0o700)
    return closed / ("a-long-name-" * 8) / "data"


@pytest.fixture(scope="module")
def up(data: Path) -> Iterator[Up]:
    """Run it on a folder where it was killed twice while it was made, by initdb first of all."""
    up = Up(data, chain.free_port())
    for wanted in ("postgres.new", "postgres"):
        until((data / wanted).exists)
        up.kill()
        up.start()
    yield up.ready()
    up.process.send_signal(signal.SIGINT)
    assert up.ended() == 0
    assert up.pids() == []
    assert folder.holders(data / "stack.lock") == []


def test_everything_answers(up: Up) -> None:
    assert up.get("/healthz") == (200, "ok\n")
    assert up.get("/readyz") == (200, '{"database": "ok", "migrations": "ok"}')
    assert int(chain.ask(up.environment["CHAIN_RPC_URL"], "eth_chainId"), 16) == 131277322940537
    until(lambda: worker_answers(up))


def test_who_works_owns_nothing_and_is_no_superuser(up: Up) -> None:
    with connect(up) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles"
            " WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("acquis_worker", False, False, False, False)
        cursor.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
        assert cursor.fetchall() == [("acquis_owner",)]
        cursor.execute("SELECT count(*) > 0 FROM django_migrations")
        assert cursor.fetchone() == (True,)
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("CREATE TABLE mine (id int)")
    connection.close()


def test_postgres_asks_for_a_password_and_listens_to_this_machine_alone(up: Up) -> None:
    url = up.environment["DATABASE_URL"]
    host = url.partition("@/")[2].rpartition("/")[0]

    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(host=host, user="acquis", password="wrong", dbname="acquis")  # noqa: S106
    with connect(up) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW listen_addresses")
        assert cursor.fetchone() == ("",)
        cursor.execute("SHOW fsync")
        assert cursor.fetchone() == ("on",)
    connection.close()


def test_the_web_has_neither_the_signing_nor_the_submitting_key(up: Up) -> None:
    def names(part: str) -> set[str]:
        text = Path(f"/proc/{up.pid(part)}/environ").read_bytes().decode()
        return {entry.partition("=")[0] for entry in text.split("\0")}

    secret = {"SIGNING_KEK", "SIGNING_KEK_FILE", "SUBMITTER_KEY", "SUBMITTER_KEY_FILE"}

    assert names("web") & secret == set()
    assert names("beat") & secret == set()
    assert names("worker") & secret == {"SIGNING_KEK_FILE", "SUBMITTER_KEY_FILE"}
    assert "MIGRATION_DATABASE_URL" not in names("web") | names("worker")


def test_a_second_start_on_the_same_folder_is_refused(up: Up) -> None:
    second = Up(up.data, chain.free_port())

    assert second.ended() == 1
    assert f"already running on {up.data} (process {up.process.pid})" in second.output
    assert "Traceback" not in second.output


def test_a_port_that_is_taken_is_named(up: Up, tmp_path: Path) -> None:
    second = Up(tmp_path / "data", up.port)

    assert second.ended() == 1
    assert f"Port {up.port} is taken by another program" in second.output
    assert f"--port {up.port + 1}" in second.output
    assert "Traceback" not in second.output


def test_the_doctor_finds_everything_in_order(up: Up) -> None:
    until(lambda: worker_answers(up))
    given = {name: value for name, value in os.environ.items() if name not in NOT_OURS}

    result = subprocess.run(
        [sys.executable, "manage.py", "doctor"],
        cwd=BASE,
        env=given | {"DATA_DIR": str(up.data)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stdout + result.stderr
    for part in ("stack", "database", "role", "migrations", "registry", "worker", "submitter"):
        assert re.search(rf"^ok +{part} ", result.stdout, re.MULTILINE), result.stdout


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_killed_comes_back_and_work_goes_on(up: Up, part: str) -> None:
    until(lambda: worker_answers(up))
    former = up.pid(part)
    blocks = chain.ask(up.environment["CHAIN_RPC_URL"], "eth_blockNumber")

    os.kill(former, signal.SIGKILL)

    until(lambda: not lives(former))
    until(lambda: up.parts().keys() == set(PARTS))
    until(lambda: up.get("/readyz")[0] == 200)
    until(lambda: worker_answers(up), 40)
    until(lambda: chain.answers(up.environment["CHAIN_RPC_URL"]))
    assert chain.ask(up.environment["CHAIN_RPC_URL"], "eth_blockNumber") >= blocks
    assert f"{part} ended (killed by SIGKILL): starting it again" in up.output


def test_a_kill_of_the_supervisor_leaves_no_process_and_loses_nothing(up: Up) -> None:
    url = up.environment["CHAIN_RPC_URL"]
    rich = chain.ask(url, "eth_accounts")[0]
    sent = chain.ask(url, "eth_sendTransaction", {"from": rich, "to": rich, "value": "0x1"})
    until(lambda: chain.ask(url, "eth_getTransactionReceipt", sent))
    with connect(up) as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_session VALUES ('kept', 'data', now() + interval '1 day')"
        )
    connection.close()
    assert len(up.pids()) > 10

    up.kill()
    # The lock file of a server that was killed may name a process that lives: ours.
    lock = up.data / "postgres" / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{up.data / 'postgres'}\n")
    up.start()
    up.ready()

    with connect(up) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT session_data FROM django_session WHERE session_key = 'kept'")
        assert cursor.fetchone() == ("data",)
    connection.close()
    assert up.environment["CHAIN_RPC_URL"] == url
    assert chain.ask(url, "eth_getTransactionReceipt", sent)["status"] == "0x1"
    assert up.get("/readyz")[0] == 200
