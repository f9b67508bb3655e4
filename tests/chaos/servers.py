"""The real parts: PostgreSQL and Valkey from the wheels, once; a database and a chain per seed."""

import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg2

from config.embedded import postgres
from config.embedded.chain import LOOPBACK, answers
from config.embedded.folder import EmbeddedError, Folder
from config.embedded.postgres import Postgres
from config.embedded.process import Guard, Program, tail
from config.embedded.valkey import Valkey
from tests import anvil

PATIENCE_SECONDS = 60.0
TEMPLATE = postgres.DATABASE
LIVE, COPY = "chaos", "chaos_copy"


class Servers:
    """What serves all seeds, in a folder that goes with this process however it ends."""

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="acquis-chaos-"))
        self.folder = Folder(self.root)
        self.folder.create()
        self.guard = Guard(grace=3.0)
        self.guard.remove_afterwards(self.root)
        self.logs = self.folder.logs
        self._passwords = {
            role: secrets.token_urlsafe(12) for role in ("superuser", *postgres.ROLE_OF.values())
        }
        self._postgres = Postgres(self.folder, passwords=self._passwords, durable=False)
        if self._postgres.sockets.parent != self.root:
            self.guard.remove_afterwards(self._postgres.sockets)
        self._valkey = Valkey(self.folder, durable=False)
        self._database: subprocess.Popen[bytes] | None = None
        self._others: list[subprocess.Popen[bytes]] = []
        self._chain: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start what serves all seeds."""
        initdb = self.guard.start(self._postgres.initialise(), log=self.logs / "initdb.log")
        self._until(lambda: initdb.poll() is not None, initdb, "initdb")
        self.guard.ended(initdb)
        self._postgres.adopt()
        self._start_database(self._postgres.make_roles)
        valkey = self.guard.start(self._valkey.server(), log=self.logs / "valkey.log")
        self._others.append(valkey)
        self._until(self._valkey.is_ready, valkey, "valkey")

    def stop(self) -> None:
        """Stop everything and remove the folder."""
        everything = [self._chain, self._database, *self._others]
        self.guard.stop([process for process in everything if process is not None])
        self.guard.close()
        shutil.rmtree(self.root, ignore_errors=True)

    # -- PostgreSQL --------------------------------------------------------------------------------
    def url(self, role: str = postgres.APPLICATION, name: str = LIVE) -> str:
        """Return the address of a database for a role."""
        return self._postgres.url(role).removesuffix(TEMPLATE) + name

    def redis_url(self) -> str:
        return self._valkey.url()

    def _program(self) -> Program:
        """Return the server. Processes die here and the machine does not, so the disk may be lazy.

        But what was committed must have left the server: it is shut down at once, too.
        """
        server = self._postgres.server()
        more = ("-c", "synchronous_commit=on", "-c", "max_connections=60")
        return replace(server, command=[*server.command, *more])

    def _start_database(self, ready: Callable[[], bool]) -> None:
        self._database = self.guard.start(self._program(), log=self.logs / "postgres.log")
        self._until(ready, self._database, "postgres")

    def crash_database(self) -> None:
        """Do what `pg_ctl stop -m immediate` does, and start again: it recovers by itself."""
        crashed = self._database
        if crashed is None:
            raise RuntimeError("PostgreSQL was not started")
        crashed.send_signal(signal.SIGQUIT)
        crashed.wait()
        self.guard.ended(crashed)
        self._postgres.forget_the_dead()
        self._start_database(self._postgres.is_ready)

    def execute(self, statement: str, *, name: str = "postgres") -> None:
        """Run a statement as the superuser, outside any transaction."""
        with closing(self.connect(name)) as connection, connection.cursor() as cursor:
            cursor.execute(statement)

    def connect(self, name: str = LIVE) -> "psycopg2.extensions.connection":
        """Return a connection of the superuser's, who sees every row."""
        connection = psycopg2.connect(
            host=str(self._postgres.sockets),
            user="postgres",
            password=self._passwords["superuser"],
            dbname=name,
        )
        connection.autocommit = True
        return connection

    def copy_database(self, source: str, target: str) -> None:
        """Replace `target` by a copy of `source`, which nobody may be using."""
        self.execute(f"DROP DATABASE IF EXISTS {target} WITH (FORCE)")
        self._end_sessions(source)
        self.execute(f"CREATE DATABASE {target} TEMPLATE {source} OWNER {postgres.OWNER}")
        # A sequence of a copy writes nothing to the journal for its next thirty values, unless a
        # checkpoint lies between: a server that is stopped at once would count them out again.
        self.execute("CHECKPOINT")

    def _end_sessions(self, name: str) -> None:
        """A session of a killed process lives on until its server notices."""
        self.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"  # noqa: S608 - ours
            f" WHERE datname = '{name}' AND pid <> pg_backend_pid()"
        )

    # -- the chain ---------------------------------------------------------------------------------
    def start_chain(self, port: int, *options: str) -> anvil.Anvil:
        """Start a fresh chain in the place of the last one."""
        self.stop_chain()
        self._chain = self.guard.start(anvil.program(port, *options), log=self.logs / "anvil.log")
        started = anvil.Anvil(f"http://{LOOPBACK}:{port}")
        self._until(lambda: answers(started.url), self._chain, "anvil")
        return started

    def stop_chain(self) -> None:
        """Stop the chain; it remembers nothing."""
        if self._chain is not None:
            self.guard.stop([self._chain])
            self._chain = None

    # -- Valkey ------------------------------------------------------------------------------------
    @property
    def broker_socket(self) -> Path:
        return self._valkey.socket

    def _until(
        self, condition: Callable[[], bool], process: subprocess.Popen[bytes], name: str
    ) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if process.poll() or time.monotonic() > deadline:
                raise EmbeddedError(f"{name} does not start:\n{tail(self.logs / f'{name}.log')}")
            time.sleep(0.01)
