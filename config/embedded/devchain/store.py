"""Bytes under keys, in SQLite. What is written for a block is written whole or not at all."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eth.db.backends.base import BaseDB


class StoreInUseError(Exception):
    """Another process has this chain open."""


class Store(BaseDB):
    """A key-value store for py-evm that can be written only inside `block()`.

    py-evm writes trie nodes, receipts, the body, the header and the canonical head one after the
    other. In one transaction of SQLite's write-ahead log, a SIGKILL at any moment leaves the former
    head with everything below it.
    """

    def __init__(self, path: Path) -> None:
        """Open the store, or make it.

        Raises:
            StoreInUseError: another process has it open.
        """
        self._connection = sqlite3.connect(
            path, check_same_thread=False, isolation_level=None, timeout=0
        )
        try:
            # Before the first read: SQLite then keeps the file locked for this process until it
            # ends, however it ends.
            self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS entry"
                " (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
            )
        except sqlite3.OperationalError as error:
            self._connection.close()
            raise StoreInUseError(f"{path} cannot be opened: {error}") from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def block(self) -> Iterator[None]:
        """Write everything inside, or nothing if it raises."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise

    def __getitem__(self, key: bytes) -> bytes:
        row = self._connection.execute(
            "SELECT value FROM entry WHERE key = ?", (bytes(key),)
        ).fetchone()
        if row is None:
            raise KeyError(key)
        value: bytes = row[0]
        return value

    def _exists(self, key: bytes) -> bool:
        row = self._connection.execute(
            "SELECT 1 FROM entry WHERE key = ?", (bytes(key),)
        ).fetchone()
        return row is not None

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._must_be_inside()
        self._connection.execute(
            "INSERT OR REPLACE INTO entry VALUES (?, ?)", (bytes(key), bytes(value))
        )

    def __delitem__(self, key: bytes) -> None:
        self._must_be_inside()
        if not self._connection.execute("DELETE FROM entry WHERE key = ?", (bytes(key),)).rowcount:
            raise KeyError(key)

    def _must_be_inside(self) -> None:
        if not self._connection.in_transaction:
            raise RuntimeError("The chain is written block by block: enter Store.block() first.")
