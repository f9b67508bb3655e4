"""PostgreSQL from its wheel: as every kind of user, after a kill, and with its two roles."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import stat
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg2
import pytest

from config.embedded import launch, postgres
from config.embedded.folder import EmbeddedError, Folder
from config.embedded.postgres import Postgres
from config.embedded.process import Guard, User, tail

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

PASSWORDS = {"superuser": "s", "owner": "o", "application": "a", "worker": "w", "auditor": "r"}


def binaries() -> Path:
    found = postgres.installation()
    assert found is not None
    return found / "bin"


class Cluster:
    """A cluster of its own, started as the supervisor starts it."""

    def __init__(self, root: Path, user: User) -> None:
        self.folder = Folder(root)
        self.folder.create()
        self.guard = Guard(grace=5)
        self.database = Postgres(self.folder, passwords=PASSWORDS, durable=False, user=user)
        self.server: subprocess.Popen[bytes] | None = None

    def start(self) -> Cluster:
        if not self.database.is_initialised():
            initdb = self.guard.start(self.database.initialise(), log=self.folder.logs / "initdb")
            assert initdb.wait(60) == 0, tail(self.folder.logs / "initdb")
            self.guard.ended(initdb)
            self.database.adopt()
        self.database.forget_the_dead()
        self.server = self.guard.start(self.database.server(), log=self.folder.logs / "postgres")
        deadline = time.monotonic() + 60
        while not self.database.make_roles():
            assert time.monotonic() < deadline, tail(self.folder.logs / "postgres")
            time.sleep(0.05)
        return self

    def connect(self, role: str, password: str) -> psycopg2.extensions.connection:
        return psycopg2.connect(
            host=str(self.database.sockets), user=role, password=password, dbname="acquis"
        )

    def stop(self) -> None:
        if self.server is not None:
            self.guard.stop([self.server])
        self.guard.close()
        if self.folder.root not in self.database.sockets.parents:
            shutil.rmtree(self.database.sockets)


@pytest.fixture(params=["same", "namespace", "nobody"])
def cluster(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cluster]:
    # Root has two ways down; everybody else is who they are.
    if (request.param == "same") == (os.geteuid() == 0) or not postgres.may_run(
        request.param, binaries()
    ):
        pytest.skip("not as this user here")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    cluster = Cluster(closed / ("long-name-" * 12), request.param)
    yield cluster
    cluster.stop()
    if request.param == "nobody":
        # Our own folder is out of its reach, so it lives elsewhere.
        home = postgres.home_of_nobody(cluster.folder)
        shutil.rmtree(home)
        with contextlib.suppress(OSError):  # somebody else's is there, too
            home.parent.rmdir()


def test_the_owner_makes_tables_that_the_application_uses_and_cannot_change(
    cluster: Cluster,
) -> None:
    cluster.start()

    with cluster.connect("acquis_owner", "o") as owner, owner.cursor() as cursor:
        cursor.execute("CREATE TABLE thing (id bigserial PRIMARY KEY, name text)")
    with cluster.connect("acquis", "a") as application, application.cursor() as cursor:
        cursor.execute("INSERT INTO thing (name) VALUES ('one') RETURNING id")
        assert cursor.fetchone() == (1,)
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("ALTER TABLE thing ADD COLUMN more text")


def test_a_killed_server_starts_again_with_what_was_committed(cluster: Cluster) -> None:
    cluster.start()
    with cluster.connect("acquis_owner", "o") as owner, owner.cursor() as cursor:
        # As `manage.py up` has it; for the tests' own speed it is off.
        cursor.execute("SET synchronous_commit = on")
        cursor.execute("CREATE TABLE kept AS SELECT 7 AS value")
    owner.close()

    assert cluster.server is not None
    os.kill(cluster.server.pid, signal.SIGKILL)
    cluster.server.wait()
    cluster.guard.ended(cluster.server)
    time.sleep(0.5)  # its children notice
    # The pid in its lock file now belongs to a process that lives.
    lock = cluster.database.data / "postmaster.pid"
    lock.write_text("\n".join([str(os.getpid()), *lock.read_text().splitlines()[1:]]))

    cluster.start()
    with cluster.connect("acquis", "a") as application, application.cursor() as cursor:
        cursor.execute("SELECT value FROM kept")
        assert cursor.fetchone() == (7,)


def test_a_half_made_cluster_is_made_again(cluster: Cluster) -> None:
    program = cluster.database.initialise()
    initdb = cluster.guard.start(program, log=cluster.folder.logs / "initdb")
    time.sleep(0.1)
    os.killpg(initdb.pid, signal.SIGKILL)
    initdb.wait()
    cluster.guard.ended(initdb)

    assert not cluster.database.is_initialised()
    cluster.start()


def test_a_server_that_is_not_ours_is_left_alone(cluster: Cluster) -> None:
    cluster.start()

    with pytest.raises(EmbeddedError, match="that this stack did not start works on"):
        cluster.database.forget_the_dead()

    cluster.connect("acquis", "a").close()


def test_a_cluster_of_another_version_is_not_touched(cluster: Cluster) -> None:
    cluster.start()
    version = cluster.database.data / "PG_VERSION"
    version.write_text("17\n")

    with pytest.raises(EmbeddedError, match="is of PostgreSQL 17"):
        cluster.database.forget_the_dead()

    version.write_text("18\n")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes `nobody`")
def test_nobody_lives_in_the_data_folder_where_it_can_reach_it() -> None:
    root = Path(tempfile.mkdtemp(prefix="acquis-"))
    folder = Folder(root)
    folder.create()
    try:
        assert postgres.home_of_nobody(folder) == root / "nobody"
        assert stat.S_IMODE(root.stat().st_mode) == 0o711
        assert stat.S_IMODE(folder.keys.stat().st_mode) == 0o700
    finally:
        shutil.rmtree(root)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root copies the binaries for `nobody`")
def test_binaries_out_of_reach_are_copied_with_their_libraries(tmp_path: Path) -> None:
    closed, home = tmp_path / "closed", tmp_path / "home"
    closed.mkdir(mode=0o700)
    home.mkdir()
    open_up(home)
    found = postgres.installation()
    assert found is not None
    package = found.parent
    libraries = package.with_name(f"{package.name}.libs")
    for name in ("bin/postgres", "bin/psql"):
        (closed / package.name / found.name / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(found / name, closed / package.name / found.name / name)
    shutil.copytree(libraries, closed / libraries.name, symlinks=True)

    copy = postgres.binaries_for_nobody(closed / package.name / found.name, home)

    assert home in copy.parents
    assert postgres.may_run("nobody", copy / "bin")
    assert (copy / "bin" / "postgres").stat().st_uid != launch.NOBODY


def open_up(folder: Path) -> None:
    """Let others pass: pytest's own folders are closed."""
    for parent in (folder, *folder.parents):
        if parent.stat().st_uid == os.geteuid() and "pytest" in str(parent):
            parent.chmod(0o755)
