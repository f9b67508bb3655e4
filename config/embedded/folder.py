"""The data folder: one directory that holds everything the embedded stack must not lose."""

import fcntl
import hashlib
import os
import re
import stat
import tempfile
import time
from pathlib import Path

# A unix socket's path has 107 usable bytes on Linux, and PostgreSQL adds "/.s.PGSQL.5432" to its
# directory's.
LONGEST_SOCKET_FOLDER = 90
# What may stand unescaped in a PostgreSQL option, a Redis URL and a Celery URL alike.
PLAIN_PATH = re.compile(r"^/[A-Za-z0-9._/-]*$")
# How long the parts of a stack that was killed may take to end before a new one complains.
STOPPING_SECONDS = 20.0


class EmbeddedError(Exception):
    """The stack cannot go on; the message tells the person at the terminal why and what to do."""


class Folder:
    """The data folder, its subfolders, its two locks and the small values it remembers.

    `up.lock` is held by the supervisor alone: whoever fails to take it knows at once that a stack
    is running. `stack.lock` is inherited by every process of the stack: whoever takes it knows that
    none of a former stack is left, even one whose supervisor was killed.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.logs = self.root / "log"
        self.keys = self.root / "keys"
        self._locks: list[int] = []

    def create(self) -> None:
        """Make the folder, for us alone.

        Raises:
            EmbeddedError: it cannot be made or written.
        """
        try:
            for path in (self.root, self.logs, self.keys):
                path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.keys.chmod(0o700)
            probe = self.root / ".writable"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise EmbeddedError(
                f"The data folder {self.root} cannot be used: {error.strerror}. "
                "Choose another with DATA_DIR=/some/folder."
            ) from error

    # -- one stack at a time -----------------------------------------------------------------------
    def lock(self) -> int:
        """Take the folder for this process and return the lock that every child must inherit.

        Raises:
            EmbeddedError: another stack runs on this folder, or what is left of one does not end.
        """
        own = self._open("up.lock")
        try:
            fcntl.flock(own, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = os.read(own, 20).decode(errors="replace").strip()
            os.close(own)
            raise EmbeddedError(
                f"Acquis is already running on {self.root} (process {pid or 'unknown'}). "
                "Stop it first, or start another one on its own folder and port: "
                "DATA_DIR=/some/other/folder manage.py up --port 8001"
            ) from None
        self._locks.append(own)
        os.ftruncate(own, 0)
        os.pwrite(own, f"{os.getpid()}\n".encode(), 0)

        shared = self._open("stack.lock")
        self._locks.append(shared)
        deadline = time.monotonic() + STOPPING_SECONDS
        while True:
            try:
                fcntl.flock(shared, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    pids = ", ".join(map(str, holders(self.root / "stack.lock"))) or "unknown"
                    self.unlock()
                    raise EmbeddedError(
                        f"Parts of a former start still use {self.root} (processes {pids}). "
                        "End them and try again."
                    ) from None
                time.sleep(0.1)
            else:
                return shared

    def unlock(self) -> None:
        """Give the folder back."""
        for descriptor in self._locks:
            os.close(descriptor)
        self._locks.clear()

    def is_running(self) -> bool:
        """Say whether a stack has the folder."""
        try:
            descriptor = os.open(self.root / "up.lock", os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def _open(self, name: str) -> int:
        return os.open(self.root / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    # -- sockets -----------------------------------------------------------------------------------
    def sockets(self) -> Path:
        """Return the folder of the unix sockets, in /tmp when our own path is too long or strange.

        Raises:
            EmbeddedError: somebody else made our folder in /tmp.
        """
        path = self.root / "run"
        if not fits_sockets(path):
            path = Path(tempfile.gettempdir()) / f"acquis-{os.geteuid()}-{self.short_name}"
        private(path)
        return path

    @property
    def short_name(self) -> str:
        """Return a name of twelve letters for this folder, the same at every start."""
        return hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]

    # -- small values ------------------------------------------------------------------------------
    def recall(self, name: str) -> str:
        """Return what was remembered under this name, or an empty text."""
        try:
            return (self.root / name).read_text("utf-8").strip()
        except FileNotFoundError:
            return ""

    def remember(self, name: str, value: str) -> None:
        """Keep a small value; a kill in between leaves the former one."""
        write_whole(self.root / name, value + "\n")


def fits_sockets(path: Path) -> bool:
    """Say whether sockets may stand in this folder."""
    is_short = len(os.fsencode(path)) <= LONGEST_SOCKET_FOLDER
    return is_short and PLAIN_PATH.match(str(path)) is not None


def private(path: Path) -> None:
    """Make a folder that only we may enter, and make sure that it is ours.

    Raises:
        EmbeddedError: it is a link, another user's, or open to others: /tmp is everybody's.
    """
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise EmbeddedError(
            f"{path} is not a private folder of this user: remove it, then start again."
        )


def write_whole(path: Path, text: str) -> None:
    """Write a private file completely or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def holders(path: Path) -> list[int]:
    """Return the processes that have this file open, as far as we may look."""
    target = str(path)
    pids = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                links = [str(link.readlink()) for link in (entry / "fd").iterdir()]
            except OSError:
                continue
            if target in links:
                pids.append(int(entry.name))
    return sorted(pids)
