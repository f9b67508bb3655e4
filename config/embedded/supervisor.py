"""Start every part in the right order, keep it running, stop it in order: `manage.py up`.

    at once    Valkey, the chain, PostgreSQL (initdb first, if need be), and `prepare`, which has
               Django to import meanwhile
    database   roles; then `prepare` migrates as the owner
    migrated   the web starts, as the application role
    chain      `prepare` deploys the registry
    answered   a page does; the worker and beat start, who would only have slowed it down

A part that ends is started again. All of this happens in one thread, because Linux sends the signal
of a parent's death when the *thread* that started a child ends.
"""

import http.client
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from config.embedded import address, environment, keys, postgres, programs
from config.embedded.chain import Chain
from config.embedded.folder import EmbeddedError, Folder
from config.embedded.keeper import AskedToStop, Keeper
from config.embedded.postgres import Postgres
from config.embedded.process import BASE, Conversation
from config.embedded.valkey import Valkey

TEND_SECONDS = 0.2
ANSWERED = 500
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Those of our own code: they ask the others, so they stop first.
OURS = ("web", "worker", "beat")


class Interrupted(SystemExit):
    """The person, or the machine, asks us to stop."""


class Stack:
    """The embedded stack of one data folder."""

    def __init__(
        self,
        *,
        port: int | None = None,
        given: Mapping[str, str] | None = None,
        say: Callable[[str], None] | None = None,
    ) -> None:
        """Take the folder and choose the addresses; nothing is started yet.

        Args:
            port: Of the web pages; None for the one remembered, or 8000.
            given: The person's environment; a DATABASE_URL, REDIS_URL or CHAIN_RPC_URL replaces
                that part.
            say: Where lines for the person go.

        Raises:
            EmbeddedError: the folder is in use or cannot be used, a port is taken, a key is gone.
        """
        if sys.platform != "linux":
            raise EmbeddedError("The embedded stack runs on Linux; elsewhere, use docker compose.")
        self._began = time.monotonic()
        self._given = dict(os.environ if given is None else given)
        self._say_line = say or _print_line
        self.folder = Folder(Path(self._given.pop("DATA_DIR", "") or BASE / ".acquis"))
        self.folder.create()
        self._lock = self.folder.lock()
        try:
            self.address = address.choose(self.folder, environment=self._given, port=port)
            in_use = any((self.folder.root / name).exists() for name in ("postgres", "nobody"))
            keys.ensure(self.folder.keys, in_use=in_use)
            self._sockets = self.folder.sockets()
        except BaseException:
            self.folder.unlock()
            raise
        self.registry = ""
        self._found = {
            "DATA_DIR": str(self.folder.root),
            "PUBLIC_URL": self.address.public_url,
            # Nothing here may write to strangers: e-mails are files, to be read by whoever tries.
            "EMAIL_URL": f"filemail://{self.folder.root / 'mail'}",
            "MAILBOX": "1",
            # Whoever tries it out begins as a new organisation does.
            "OPEN_TO_ORGANISATIONS": self._given.pop("OPEN_TO_ORGANISATIONS", "1"),
        }
        self._asked = threading.Event()
        self._ready = threading.Event()
        self._over = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="supervisor")

    # -- for the thread that wants a stack ---------------------------------------------------------
    def start(self) -> None:
        """Start everything and return when a page answers.

        Raises:
            EmbeddedError: a part does not start; everything is stopped again.
        """
        self._thread.start()
        while not self._ready.wait(0.05):
            if self._over.is_set():
                raise self._failure or EmbeddedError("The stack was stopped while it started.")

    def wait(self) -> None:
        """Return when somebody asks us to stop.

        Raises:
            EmbeddedError: the supervisor itself failed.
        """
        try:
            while not self._over.wait(0.5):
                pass
        except Interrupted:
            return
        if self._failure:
            raise self._failure

    def stop(self) -> None:
        """Stop every part in order; it may be called again, and when nothing was started."""
        self._asked.set()
        if self._thread.ident is not None:
            self._thread.join()
        self.folder.unlock()

    def environment(self, role: environment.Role) -> dict[str, str]:
        """Return the environment for a process of this stack."""
        return environment.for_role(
            role, given=self._given, keys=self.folder.keys, found=self._found
        )

    def summary(self) -> str:
        """Return what to open and where things are, for a person."""
        lines = ["", "Acquis is running. Open:", "", f"    {self.address.public_url}", ""]
        if self.address.warning:
            lines = ["", self.address.warning, *lines]
        facts = {
            "chain": self.environment("web")["CHAIN_RPC_URL"],
            "registry": self.registry,
            "data": str(self.folder.root),
            "logs": str(self.folder.logs),
        }
        lines += [f"    {name:<10}{value}" for name, value in facts.items()]
        return "\n".join([*lines, "", "Ctrl-C stops it; nothing is lost."])

    # -- the supervising thread --------------------------------------------------------------------
    def _run(self) -> None:
        keeper = Keeper(lock=self._lock, logs=self.folder.logs, say=self._say, asked=self._asked)
        try:
            self._boot(keeper)
            keeper.all_are_up()
            self._ready.set()
            while not self._asked.wait(TEND_SECONDS):
                keeper.tend()
                keeper.trim_logs()
        except AskedToStop:
            pass
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            self._failure = error
        finally:
            try:
                self._shut_down(keeper)
            finally:
                self._over.set()

    def _boot(self, keeper: Keeper) -> None:
        if self._sockets.parent != self.folder.root:
            keeper.guard.remove_afterwards(self._sockets)
        database = self._choose_database()
        valkey = self._choose_valkey()
        chain = self._choose_chain()
        if valkey:
            keeper.keep(valkey.server())
        if chain:
            keeper.keep(chain.server())
        preparation = Conversation(
            keeper.launch(programs.prepare(self.environment("owner")), pipes=True)
        )
        if database:
            self._start_database(keeper, database)
        preparation.tell("database")
        keeper.until_said(preparation, "migrated", "prepare")
        self._say("The tables are up to date")
        keeper.keep(programs.web(self.environment("web"), listen=self.address.listen))
        if valkey:
            keeper.until(valkey.is_ready, "Valkey")
        if chain:
            keeper.until(chain.is_ready, "the chain")
            self._say("The chain is ready")
        preparation.tell("chain")
        said = keeper.until_said(preparation, "registry", "prepare")
        self.registry = said.removeprefix("registry").strip(" :")
        keeper.until_ended(preparation.process, "prepare")
        keeper.until(self._web_answers, "the web")
        keeper.keep(programs.worker(self.environment("worker")))
        keeper.keep(programs.beat(self.environment("beat")))
        environment.publish(self.folder, self.environment("person"), self._given)
        self._say("The pages answer")

    def _shut_down(self, keeper: Keeper) -> None:
        keeper.stop(OURS)
        (self.folder.root / environment.FILE).unlink(missing_ok=True)
        if self._sockets.parent != self.folder.root:
            shutil.rmtree(self._sockets, ignore_errors=True)
        keeper.guard.close()

    def _start_database(self, keeper: Keeper, database: Postgres) -> None:
        if not database.is_initialised():
            keeper.until_ended(keeper.launch(database.initialise()), "initdb")
            database.adopt()
        database.forget_the_dead()
        keeper.keep(database.server())
        keeper.until(database.make_roles, "PostgreSQL")
        self._say(f"PostgreSQL {postgres.MAJOR} is ready")

    # -- which parts are ours ----------------------------------------------------------------------
    def _choose_database(self) -> Postgres | None:
        if self._given.get("DATABASE_URL"):
            return None
        passwords = {
            role: keys.read(self.folder.keys, f"database_{role}")
            for role in ("superuser", *postgres.ROLE_OF.values())
        }
        database = Postgres(self.folder, passwords=passwords)
        self._found["DATABASE_URL"] = database.url(postgres.APPLICATION)
        self._found["MIGRATION_DATABASE_URL"] = database.url(postgres.OWNER)
        self._found["WORKER_DATABASE_URL"] = database.url(postgres.WORKER)
        self._found["FSCK_DATABASE_URL"] = database.url(postgres.AUDITOR)
        return database

    def _choose_valkey(self) -> Valkey | None:
        if self._given.get("REDIS_URL"):
            return None
        valkey = Valkey(self.folder)
        self._found["REDIS_URL"] = valkey.url()
        return valkey

    def _choose_chain(self) -> Chain | None:
        if self._given.get("CHAIN_RPC_URL"):
            return None
        chain = Chain(self.folder, environment=self._given)
        self._found["CHAIN_RPC_URL"] = chain.url
        return chain

    def _web_answers(self) -> bool:
        host = self.address.listen[0].rpartition(":")[0]
        connection = http.client.HTTPConnection(host, self.address.port, timeout=2)
        try:
            connection.request(
                "GET", "/healthz", headers={"Host": urlsplit(self.address.public_url).netloc}
            )
            return connection.getresponse().status < ANSWERED
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _say(self, text: str) -> None:
        self._say_line(f"[{time.monotonic() - self._began:5.1f} s] {text}")


@contextmanager
def running(*, port: int | None = None) -> Iterator[Stack]:
    """Run the stack while the block runs; SIGINT, SIGTERM and SIGHUP leave the block.

    Raises:
        EmbeddedError: it does not start.
        Interrupted: a signal came while the block ran (`Stack.wait` returns instead).
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        for one in SIGNALS:  # once is enough: what follows is the stopping
            signal.signal(one, signal.SIG_IGN)
        raise Interrupted(128 + number)

    stack = Stack(port=port)
    former = {number: signal.signal(number, interrupt) for number in SIGNALS}
    try:
        stack.start()
        yield stack
    finally:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        stack.stop()
        for number, handler in former.items():
            signal.signal(number, handler)


def _print_line(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
