"""The whole embedded stack: who runs as whom, what a kill of each part leaves, what stays."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg2
import pytest
from celery import Celery

from config.embedded import chain, folder
from config.embedded.process import BASE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.stack

PARTS = ("postgres", "valkey", "chain", "web", "worker", "beat")
# What a person may have set, and a stack of its own must not inherit from the tests.
NOT_OURS = (
    *("DATABASE_URL", "REDIS_URL", "CHAIN_RPC_URL", "PUBLIC_URL", "DEBUG", "SECRET_KEY"),
    *("LEARNER_KEK", "SIGNING_KEK", "SUBMITTER_KEY", "CHAIN_PORT", "DJANGO_SETTINGS_MODULE"),
)


class Up:
    """`manage.py up` on a data folder, as a person starts it."""

    arguments: tuple[str, ...] = ("up",)
    patience = 150.0

    def __init__(self, data: Path, port: int) -> None:
        self.data, self.port = data, port
        self.output = ""
        environment = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "manage.py", *self.arguments, "--port", str(port)],
            cwd=BASE,
            env=environment | {"DATA_DIR": str(data)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line

    def ready(self) -> Up:
        until(
            lambda: "Ctrl-C stops it" in self.output or self.process.poll() is not None,
            self.patience,
        )
        assert self.process.poll() is None, self.output
        return self

    def ended(self) -> int:
        code = self.process.wait(60)
        self._reader.join(5)
        return code

    @property
    def environment(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.data / "environment.json").read_text())
        return found

    def pid(self, part: str) -> int:
        """Find the first process of a part: it has the folder's lock, and its name or arguments."""
        marks = {
            "postgres": b"bin/postgres",
            "valkey": b"valkey-server",
            "chain": b"config.embedded.devchain",
            "web": b"gunicorn",
            "worker": b"\0worker\0",
            "beat": b"celery.beat:Scheduler",
        }
        return next(pid for pid in self.pids() if marks[part] in command_of(pid))

    def pids(self) -> list[int]:
        """Return every process that works for this stack."""
        return [pid for pid in everybody() if self._is_ours(pid)]

    def _is_ours(self, pid: int) -> bool:
        if pid == os.getpid():
            return False
        try:
            descriptors = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]
        except OSError:
            descriptors = []
        return str(self.data / "stack.lock") in descriptors or os.fsencode(self.data) in command_of(
            pid
        )

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}{path}", timeout=5
            ) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)


def everybody() -> list[int]:
    """Return the processes of this machine that live."""
    pids = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state = (entry / "stat").read_text(errors="replace").rpartition(") ")[2][0]
            except OSError:
                continue
            if state not in "ZX":
                pids.append(int(entry.name))
    return sorted(pids)


def command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)


def worker_answers(up: Up) -> bool:
    broker = up.environment["REDIS_URL"]
    application = Celery(
        broker=broker.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host="),
        set_as_current=False,  # or every task of this process would be sent to that broker
    )
    try:
        return bool(application.control.ping(timeout=1))
    except Exception:  # noqa: BLE001 - the broker may be away, in a dozen ways
        return False
    finally:
        application.close()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder whose path is too long for a socket, in one that others may not enter."""
    closed = tmp_path_factory.mktemp("closed")
    closed.chmod(0o700)
    return closed / ("a-long-name-" * 8) / "data"


@pytest.fixture(scope="module")
def up(data: Path) -> Iterator[Up]:
    up = Up(data, chain.free_port()).ready()
    yield up
    up.process.send_signal(signal.SIGINT)
    assert up.ended() == 0
    assert up.pids() == []


def connect(up: Up) -> psycopg2.extensions.connection:
    """Connect as workers do, who look across issuers."""
    parts = up.environment["DATABASE_URL"].removeprefix("postgres://").partition("@/")
    user, _, password = parts[0].partition(":")
    host, _, name = parts[2].rpartition("/")
    look = "-c acquis.across=on"
    return psycopg2.connect(host=host, user=user, password=password, dbname=name, options=look)


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

    until(lambda: former not in everybody())
    until(lambda: all(has(up, one) for one in PARTS))
    until(lambda: up.get("/readyz")[0] == 200)
    until(lambda: worker_answers(up), 40)
    until(lambda: chain.answers(up.environment["CHAIN_RPC_URL"]))
    assert chain.ask(up.environment["CHAIN_RPC_URL"], "eth_blockNumber") >= blocks
    assert f"{part} ended (killed by SIGKILL): starting it again" in up.output


def has(up: Up, part: str) -> bool:
    try:
        up.pid(part)
    except StopIteration:
        return False
    return True


def test_a_kill_of_the_supervisor_leaves_no_process_and_loses_nothing(tmp_path: Path) -> None:
    first = Up(tmp_path / "data", chain.free_port()).ready()
    url = first.environment["CHAIN_RPC_URL"]
    rich = chain.ask(url, "eth_accounts")[0]
    sent = chain.ask(url, "eth_sendTransaction", {"from": rich, "to": rich, "value": "0x1"})
    until(lambda: chain.ask(url, "eth_getTransactionReceipt", sent))
    with connect(first) as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_session VALUES ('kept', 'data', now() + interval '1 day')"
        )
    connection.close()
    assert len(first.pids()) > 10

    first.process.kill()
    until_gone(first)

    second = Up(tmp_path / "data", first.port).ready()
    with connect(second) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT session_data FROM django_session WHERE session_key = 'kept'")
        assert cursor.fetchone() == ("data",)
    connection.close()
    assert second.environment["CHAIN_RPC_URL"] == url
    assert chain.ask(url, "eth_getTransactionReceipt", sent)["status"] == "0x1"
    second.process.terminate()
    assert second.ended() == 0
    assert second.pids() == []
    assert folder.holders(tmp_path / "data" / "stack.lock") == []


def wait_for(path: Path) -> None:
    until(path.exists, 60)


def until_gone(up: Up) -> None:
    until(lambda: up.pids() == [], 15)


def test_a_kill_while_it_starts_is_recovered_from(tmp_path: Path) -> None:
    """Whatever was half done, initdb first of all."""
    data, port = tmp_path / "data", chain.free_port()
    for wanted in ("postgres.new", "postgres"):
        starting = Up(data, port)
        wait_for(data / wanted)
        starting.process.kill()
        until_gone(starting)
    # The lock file of a server that was killed names a process that lives: ours.
    (data / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{data / 'postgres'}\n")

    up = Up(data, port).ready()

    assert up.get("/readyz")[0] == 200
    up.process.terminate()
    assert up.ended() == 0
    assert up.pids() == []
