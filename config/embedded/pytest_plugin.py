"""PostgreSQL and Valkey for the tests, the same as `manage.py up` starts.

Named by `-p` in pyproject.toml, so that it is there before pytest-django reads the settings. One
server of each serves the whole session and every worker of pytest-xdist; they live in a folder of
their own and leave with the session, however it ends. A DATABASE_URL in the environment replaces
PostgreSQL, a REDIS_URL Valkey, and `-p no:django` does without both.
"""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.embedded import chain, postgres
from config.embedded.folder import EmbeddedError, Folder
from config.embedded.postgres import Postgres
from config.embedded.process import Guard, Program, tail
from config.embedded.valkey import DATABASES, Valkey

PATIENCE_SECONDS = 60.0
# What the tests may count on, whatever the person's own environment says.
SETTINGS = {
    "DEBUG": "0",
    "SECRET_KEY": "for-tests-" + "x" * 50,
    "LEARNER_KEK": f"{2:064x}",
    "SIGNING_KEK": f"{1:064x}",
    "SUBMITTER_KEY": f"{3:064x}",
    "PUBLIC_URL": "http://localhost:8000",
    # A chain in memory: no test reaches a node that it did not start.
    "CHAIN_RPC_URL": "memory:",
    # Tests ask as fast as they can; those of the limit set one.
    "VERIFY_LIMIT": "0",
}
# Some are files in a person's environment; here they are values.
UNSET = (
    *("SECRET_KEY_FILE", "LEARNER_KEK_FILE", "SIGNING_KEK_FILE", "SUBMITTER_KEY_FILE"),
    *("CHAIN_ID", "ALLOWED_HOSTS", "DATA_DIR", "MANIFEST_DIR", "FSCK_DATABASE_URL"),
)


class Servers:
    """What was started for this session."""

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="acquis-tests-"))
        self._folder = Folder(self.root)
        self._folder.create()
        self._guard = Guard()
        self._guard.remove_afterwards(self.root)
        self._processes: list[subprocess.Popen[bytes]] = []
        self.auditor_url = self.superuser_url = self.web_url = self.worker_url = ""
        self.server_pid = 0

    def start_postgres(self, *, with_roles: bool = True, durable: bool = False) -> str:
        """Start PostgreSQL and return its address, for the owner, who may create databases here."""
        passwords = {
            role: secrets.token_urlsafe(12) for role in ("superuser", *postgres.ROLE_OF.values())
        }
        database = Postgres(self._folder, passwords=passwords, durable=durable)
        self.superuser_password, self.sockets = passwords["superuser"], database.sockets
        if database.sockets.parent != self.root:
            self._guard.remove_afterwards(database.sockets)
        initdb = self._start(database.initialise())
        self._until(lambda: initdb.poll() is not None, initdb, "initdb")
        if initdb.returncode:
            raise EmbeddedError(tail(self._folder.logs / "initdb.log"))
        self._guard.ended(initdb)
        database.adopt()
        server = self._start(database.server())
        self.server_pid = server.pid
        ready = database.make_roles if with_roles else database.is_ready
        self._until(ready, server, "postgres")
        self.auditor_url = database.url(postgres.AUDITOR)
        self.web_url, self.worker_url = (
            database.url(role) for role in (postgres.APPLICATION, postgres.WORKER)
        )
        password = passwords["superuser"]
        self.superuser_url = f"postgres://postgres:{password}@/{database.sockets}/postgres"
        return database.url(postgres.OWNER)

    def start_valkey(self) -> str:
        """Start Valkey and return its address."""
        valkey = Valkey(self._folder, durable=False)
        server = self._start(valkey.server())
        self._until(valkey.is_ready, server, "valkey")
        return valkey.url()

    def _start(self, program: Program) -> subprocess.Popen[bytes]:
        process = self._guard.start(program, log=self._folder.logs / f"{program.name}.log")
        self._processes.append(process)
        return process

    def _until(
        self, condition: Callable[[], bool], process: subprocess.Popen[bytes], name: str
    ) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if process.poll() or time.monotonic() > deadline:
                log = tail(self._folder.logs / f"{name}.log")
                raise EmbeddedError(f"{name} does not start for the tests:\n{log}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop everything and remove the folder."""
        self._guard.stop(self._processes)
        self._guard.close()
        shutil.rmtree(self.root, ignore_errors=True)


_servers: Servers | None = None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Start what is missing; around pytest-django's hook of the same name, which reads settings."""
    if not early_config.pluginmanager.is_blocked("django"):
        _prepare(early_config)
    yield


def _prepare(config: pytest.Config) -> None:
    global _servers  # noqa: PLW0603 - one for the session, and hooks are functions
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker:
        # The address comes from the session's own process; the number of the database is ours.
        number = int(worker.removeprefix("gw")) % (DATABASES - 1) + 1
        os.environ["REDIS_URL"] = os.environ["REDIS_URL"].replace("?db=0", f"?db={number}")
        return
    for name in UNSET:
        os.environ.pop(name, None)
    os.environ.update(SETTINGS)
    asked = config.known_args_namespace
    if asked.help or asked.version or getattr(asked, "collectonly", False):
        return
    wanted = {name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)}
    if not wanted:
        return
    try:
        _servers = Servers()
        if "REDIS_URL" in wanted:
            os.environ["REDIS_URL"] = _servers.start_valkey()
        if "DATABASE_URL" in wanted:
            os.environ["DATABASE_URL"] = _servers.start_postgres()
            # Not FSCK_DATABASE_URL: most tests audit what their own transaction has not committed.
            # Set here and not above: a test may start servers of its own, and end them.
            os.environ["TESTS_AUDITOR_URL"] = _servers.auditor_url
            os.environ["TESTS_WEB_URL"] = _servers.web_url
            os.environ["TESTS_WORKER_URL"] = _servers.worker_url
            os.environ["TESTS_SUPERUSER_URL"] = _servers.superuser_url
    except EmbeddedError as error:
        _stop()
        raise pytest.UsageError(str(error)) from error
    except BaseException:
        _stop()
        raise


def pytest_unconfigure() -> None:
    """Stop what was started."""
    _stop()


def _stop() -> None:
    global _servers  # noqa: PLW0603 - as above
    if _servers is not None:
        _servers.stop()
        _servers = None


@pytest.fixture(scope="session")
def dev_chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a development chain of this worker's own, started at the first use."""
    folder = tmp_path_factory.mktemp("chain")
    port = chain.free_port()
    guard = Guard()
    process = guard.start(
        Program(
            name="chain",
            command=[
                *(sys.executable, "-m", "config.embedded.devchain"),
                *(folder / "chain.sqlite3", "--port", str(port)),
            ],
            environment=dict(os.environ),
        ),
        log=folder / "chain.log",
    )
    url = f"http://{chain.LOOPBACK}:{port}"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not chain.answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise EmbeddedError(f"The chain does not start:\n{tail(folder / 'chain.log')}")
        time.sleep(0.05)
    yield url
    guard.stop([process])
    guard.close()
