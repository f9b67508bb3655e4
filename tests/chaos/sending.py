"""What is looked at in the instant when bytes are sent: are they stored, and is their root?"""

import contextlib
import threading
from pathlib import Path
from typing import Any

import psycopg2
from eth_utils.crypto import keccak

from blockchain.chains import raw as raw_bytes
from blockchain.core import manifest

ANCHOR_BYTES = 32


class Watch:
    """Keeps what was sent, and what should not have been."""

    def __init__(self) -> None:
        self.looks = True
        self.sent: dict[str, str] = {}
        self.wrong: list[str] = []
        self.seen = 0
        self._lock = threading.Lock()
        self._database: dict[str, str] = {}
        self._connection: Any = None
        self._folder = Path()
        self._roots: dict[str, bytes] = {}

    def begin(self, database: dict[str, str], folder: str) -> None:
        """Begin again with another database and another folder of manifests."""
        with self._lock:
            self.looks, self.seen = True, 0
            self.sent, self.wrong, self._roots = {}, [], {}
            self._database, self._folder = database, Path(folder)
            self._close()

    def look(self, hexadecimal: str) -> None:
        """Look at bytes before any chain has them."""
        data = bytes.fromhex(hexadecimal.removeprefix("0x"))
        name = "0x" + keccak(data).hex()
        with self._lock:
            self.sent[name] = hexadecimal
            if not self.looks:
                return
            stored = self._is_stored(name)
            if stored is None:
                return  # the database is down: nothing can be told
            self.seen += 1
            if not stored:
                self.wrong.append(f"{name} was sent and is not stored")
            unsigned = raw_bytes.read(data)
            if len(unsigned.data) == ANCHOR_BYTES and not self._is_kept(unsigned.data):
                self.wrong.append(f"{name} was sent and its root is in no manifest")

    def _is_stored(self, name: str) -> bool | None:
        for _try in range(2):
            try:
                if self._connection is None:
                    self._connection = psycopg2.connect(**self._database)
                    self._connection.autocommit = True
                with self._connection.cursor() as cursor:
                    cursor.execute(
                        "SELECT 1 FROM blockchain_attempt WHERE transaction = %s", [name]
                    )
                    return cursor.fetchone() is not None
            except psycopg2.Error:
                self._close()
        return None

    def _is_kept(self, root: bytes) -> bool:
        if root not in self._roots.values():
            for path in self._folder.glob("*/*.manifest"):
                if path.name not in self._roots:
                    self._roots[path.name] = manifest.read(path.read_bytes()).root
        return root in self._roots.values()

    def _close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(psycopg2.Error):
                self._connection.close()
            self._connection = None
