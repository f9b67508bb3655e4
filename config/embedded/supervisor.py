"""Start every part in the right order, keep it running, stop it in order: `manage.py up`.

    at once    Valkey, the chain, PostgreSQL (initdb first, if need be), and `prepare`, which has
               Django to import meanwhile
    database   roles; then `prepare` migrates as the owner
    migrated   the web starts, as the application role
    chain      `prepare` deploys the registry
    registry   the worker and beat start
    ready      a page answers

A part that ends is started again. All of this happens in one thread, because Linux sends the signal
of a parent's death when the *thread* that started a child ends.
"""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from config.embedded import address, environment, keys, postgres, programs
from config.embedded.chain import Chain
from config.embedded.folder import EmbeddedError, Folder
from config.embedded.postgres import Postgres
from config.embedded.process import BASE, Conversation, Guard, Program, set_aside, tail
from config.embedded.valkey import Valkey

POLL_SECONDS = 0.02
TEND_SECONDS = 0.2
# How long after each failure in a row a part waits before it is tried again.
BACKOFF_SECONDS = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)
STEADY_SECONDS = 30.0
# While starting, a part that fails this often will not come: better to say why.
MOST_FAILURES = 4
# Generous: a slow disk, a cold cache, a machine with other work.
PATIENCE_SECONDS = 120.0
ANSWERED = 500


class Interrupted(SystemExit):
    """The person, or the machine, asks us to stop."""


@dataclass
class Part:
    """A program that should be running."""

    program: Program
    process: subprocess.Popen[bytes]
    started_at: float
    failures: int = 0
    due_at: float | None = field(default=None)


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
        self._began = time.monotonic()
        self._given = dict(os.environ if given is None else given)
        self._say_line = say or _print_line
        self.folder = Folder(Path(self._given.pop("DATA_DIR", "") or BASE / ".acquis"))
        self.folder.create()
        self._lock = self.folder.lock()
        try:
            self.address = address.choose(self.folder, environment=self._given, port=port)
            in_use = (self.folder.root / "postgres").exists() or (
                self.folder.root / "nobody"
            ).exists()
            keys.ensure(self.folder.keys, in_use=in_use)
        except BaseException:
            self.folder.unlock()
            raise
        self.registry = ""
        self._found = {"DATA_DIR": str(self.folder.root), "PUBLIC_URL": self.address.public_url}
        self._parts: dict[str, Part] = {}
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

    def pids(self) -> dict[str, int]:
        """Return the process of each part."""
        return {name: part.process.pid for name, part in self._parts.items()}

    # -- the supervising thread --------------------------------------------------------------------
    def _run(self) -> None:
        self._guard = Guard(inherit=[self._lock])
        try:
            self._boot()
            self._ready.set()
            while not self._asked.wait(TEND_SECONDS):
                self._tend()
        except _AskedToStop:
            pass
        except BaseException as error:  # noqa: BLE001 - it is raised again, in the thread that waits
            self._failure = error
        finally:
            self._shut_down()
            self._over.set()

    def _boot(self) -> None:
        database = self._choose_database()
        valkey = self._choose_valkey()
        chain = self._choose_chain()
        if valkey:
            self._keep(valkey.server())
        if chain:
            self._keep(chain.server())
        initdb = None
        if database and not database.is_initialised():
            initdb = self._launch(database.initialise())
        elif database:
            self._keep_database(database)
        preparation = Conversation(
            self._launch(programs.prepare(self.environment("owner")), pipes=True)
        )

        if database and initdb:
            self._until(lambda: initdb.poll() is not None, "initdb")
            if initdb.returncode:
                raise EmbeddedError(f"initdb failed:\n{tail(self.folder.logs / 'initdb.log')}")
            self._guard.ended(initdb)
            database.adopt()
            self._keep_database(database)
        if database:
            self._until(database.make_roles, "PostgreSQL")
            self._say(f"PostgreSQL {postgres.MAJOR} is ready")
        preparation.tell("database")
        self._until_said(preparation, "migrated")
        self._say("The tables are up to date")
        self._keep(programs.web(self.environment("web"), listen=self.address.listen))
        if valkey:
            self._until(valkey.is_ready, "Valkey")
        if chain:
            self._until(chain.is_ready, "the chain")
            self._say("Valkey and the chain are ready")
        preparation.tell("chain")
        self.registry = (
            self._until_said(preparation, "registry").removeprefix("registry").strip(" :")
        )
        self._until(lambda: preparation.process.poll() is not None, "the preparation")
        self._guard.ended(preparation.process)
        self._keep(programs.worker(self.environment("worker")))
        self._keep(programs.beat(self.environment("beat")))
        self._until(self._web_answers, "the web")
        environment.publish(self.folder.root, self.environment("worker"), self._given)
        self._say("The pages answer")

    # -- which parts are ours ----------------------------------------------------------------------
    def _choose_database(self) -> Postgres | None:
        if self._given.get("DATABASE_URL"):
            return None
        passwords = {
            role: keys.read(self.folder.keys, f"database_{role}")
            for role in ("superuser", "owner", "application")
        }
        database = Postgres(self.folder, passwords=passwords)
        self._found["DATABASE_URL"] = database.url(postgres.APPLICATION)
        self._found["MIGRATION_DATABASE_URL"] = database.url(postgres.OWNER)
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

    def _keep_database(self, database: Postgres) -> None:
        database.forget_the_dead()
        self._keep(database.server())

    # -- starting and restarting -------------------------------------------------------------------
    def _launch(self, program: Program, *, pipes: bool = False) -> subprocess.Popen[bytes]:
        return self._guard.start(program, log=self.folder.logs / f"{program.name}.log", pipes=pipes)

    def _keep(self, program: Program) -> None:
        self._parts[program.name] = Part(program, self._launch(program), time.monotonic())

    def _tend(self) -> None:
        """Start again what has ended."""
        self._guard.check()
        now = time.monotonic()
        for name, part in self._parts.items():
            code = part.process.poll()
            if code is None:
                continue
            if part.due_at is None:
                self._guard.ended(part.process)
                part.failures = 1 if now - part.started_at > STEADY_SECONDS else part.failures + 1
                if part.failures >= MOST_FAILURES and not self._ready.is_set():
                    log = self.folder.logs / f"{name}.log"
                    raise EmbeddedError(
                        f"{name} does not start; the end of {log} says:\n{tail(log)}"
                    )
                pause = BACKOFF_SECONDS[min(part.failures, len(BACKOFF_SECONDS)) - 1]
                part.due_at = now + pause
                self._say(
                    f"{name} ended ({_why(code)}): starting it again"
                    + (f" in {pause:g} s" if pause else "")
                )
            if now >= part.due_at:
                part.process, part.started_at, part.due_at = self._launch(part.program), now, None
            set_aside(self.folder.logs / f"{name}.log")

    def _until(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if self._asked.is_set():
                raise _AskedToStop
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"{what} did not answer in {PATIENCE_SECONDS:.0f} s; see {self.folder.logs}"
                )
            self._tend()
            time.sleep(POLL_SECONDS)

    def _until_said(self, conversation: Conversation, word: str) -> str:
        self._until(
            lambda: conversation.has_news() or conversation.process.poll() is not None, word
        )
        said = conversation.listen()
        if not said.startswith(word):
            conversation.process.wait()
            raise EmbeddedError(
                "The database or the chain could not be prepared:\n"
                + tail(self.folder.logs / "prepare.log")
            )
        return said

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

    # -- the end -----------------------------------------------------------------------------------
    def _shut_down(self) -> None:
        """Stop those who ask before those who are asked."""
        ours = [
            part.process for name, part in self._parts.items() if name in ("web", "worker", "beat")
        ]
        theirs = [
            part.process
            for name, part in self._parts.items()
            if name not in ("web", "worker", "beat")
        ]
        self._guard.stop(ours)
        self._guard.stop(theirs)
        self._guard.close()

    def _say(self, text: str) -> None:
        self._say_line(f"[{time.monotonic() - self._began:5.1f} s] {text}")


class _AskedToStop(Exception):  # noqa: N818 - nothing is wrong
    """Somebody called stop() while the stack was starting."""


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


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _why(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _print_line(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
