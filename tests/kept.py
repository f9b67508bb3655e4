"""Rows that several tests begin with are made once, and given to each as if they were its own.

    @kept.fixture
    def credential(ecole_a):
        return factories.signed(issuer=ecole_a)

What such a fixture makes stays in a transaction that is open around the tests which ask for it;
each test works in a savepoint of its own, so none sees what another did. What Python holds of it
(rows, the chain in memory, the folder of manifests) each test gets as a copy. Fixtures that build
on one another are levels, each in the savepoint of the one below; tests of a module that ask for
the same ones run after one another, in whatever order that is, and what the next test did not ask
for is undone before it.

Such a fixture takes nothing but others of its kind, and sends no e-mail. A test that really
commits, or asks for one by name while it runs, has it made anew.
"""

from __future__ import annotations

import inspect
import pickle
import shutil
import weakref
from contextlib import ExitStack, contextmanager, suppress
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from blockchain.chains.memory import MemoryChain

Maker = Any
Key = tuple[str, Maker]
# Whoever asks for one of these commits, or has rows that stay, in a transaction of their own.
OTHERS = {"made", "transactional_db", "live_server", "django_db_reset_sequences"}
UNASKED = {"db", "arranged"}
_keys: pytest.StashKey[tuple[Key, ...]] = pytest.StashKey()


# -- What modules say ------------------------------------------------------------------------------
def fixture(make: Callable[..., Any]) -> Any:
    """Let a fixture be made once for all tests in a row that ask for it."""
    name = make.__name__

    def given(arranged: dict[Key, Any], **others: Any) -> Any:
        return arranged[name, make] if (name, make) in arranged else make(**others)

    parameters = inspect.signature(make).parameters.values()
    first = inspect.Parameter("arranged", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    given.__signature__ = inspect.Signature([first, *parameters])  # type: ignore[attr-defined]
    given.__doc__ = make.__doc__
    given.makes_once = make  # type: ignore[attr-defined]
    return pytest.fixture(name=name)(given)


def surrounding(enter: Callable[[], Iterator[None]]) -> Any:
    """Let something hold for every test of a folder or module, and while rows are made for it."""

    def given() -> Iterator[None]:
        yield from enter()

    given.surrounds = enter  # type: ignore[attr-defined]
    return pytest.fixture(autouse=True, name=enter.__name__)(given)


# -- Which rows a test begins with -----------------------------------------------------------------
def keys_of(item: pytest.Item) -> tuple[Key, ...]:
    """Return what surrounds a test, and the levels that it stands on, the lowest first."""
    if _keys not in item.stash:
        item.stash[_keys] = _keys_of(item)
    return item.stash[_keys]


def _keys_of(item: pytest.Item) -> tuple[Key, ...]:
    found = getattr(item, "_fixtureinfo", None)
    marker = item.get_closest_marker("django_db")
    if found is None or OTHERS & set(found.names_closure) or (marker and marker.kwargs):
        return ()
    functions = {name: given[-1].func for name, given in found.name2fixturedefs.items()}
    levels: dict[str, Maker | None] = {}

    def visit(name: str) -> bool:
        if name not in levels:
            make = getattr(functions.get(name), "makes_once", None)
            below = inspect.signature(make).parameters if make else ()
            can_be = all(visit(each) for each in below if each not in UNASKED)
            levels[name] = make if can_be else None
        return levels[name] is not None

    for name in sorted(found.names_closure):
        visit(name)
    makers = [(name, make) for name, make in levels.items() if make is not None]
    around = sorted(
        (name, function.surrounds)
        for name, function in functions.items()
        if hasattr(function, "surrounds")
    )
    return (*around, *makers) if makers else ()


def in_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """Let tests of a module that begin with the same rows follow one another."""
    modules: dict[Path, dict[tuple[Key, ...], list[pytest.Item]]] = {}
    for item in items:
        modules.setdefault(item.path, {}).setdefault(keys_of(item), []).append(item)
    return [
        item
        for groups in modules.values()
        for keys in sorted(groups, key=lambda keys: [name for name, _make in keys])
        for item in groups[keys]
    ]


@contextmanager
def no_cursor_left() -> Iterator[None]:
    """Close the server's cursors that a test did not read to the end, while they are there.

    Whoever closes them after the savepoint that they were in, be it the garbage collector, spoils
    the transaction around it.
    """
    from django.db import DEFAULT_DB_ALIAS, Error, connections

    connection = connections[DEFAULT_DB_ALIAS]
    opened: weakref.WeakSet[Any] = weakref.WeakSet()

    def noted() -> Any:
        cursor = type(connection).chunked_cursor(connection)
        opened.add(cursor)
        return cursor

    connection.chunked_cursor = noted  # type: ignore[method-assign]
    try:
        yield
    finally:
        del connection.chunked_cursor
        for cursor in opened:
            with suppress(Error):
                cursor.close()


# -- Levels ----------------------------------------------------------------------------------------
@dataclass
class Level:
    """What one fixture made, on top of those before it."""

    key: Key
    transaction: Any
    pickled: bytes
    chain: dict[str, Any]
    manifests: Path

    def values(self) -> dict[str, Any]:
        """Return by name what this level and those below it gave, as a copy."""
        found: dict[str, Any] = pickle.loads(self.pickled)  # noqa: S301 - our own
        return found


@dataclass
class Kept:
    """The levels that stand, in the transaction that is open around the tests."""

    folder: Path
    blocker: Any
    around: tuple[Key, ...] = ()
    levels: list[Level] = field(default_factory=list)
    _count: int = 0

    def arrange(self, keys: tuple[Key, ...]) -> dict[Key, Any]:
        """Make what does not stand yet, and return a copy of everything asked for."""
        if not keys:
            return {}
        self.keep_only(keys)
        self.around = tuple(key for key in keys if not _is_level(key))
        with self.blocker.unblock(), ExitStack() as stack:
            missing = keys[len(self.around) + len(self.levels) :]
            for _name, enter in self.around if missing else ():
                stack.enter_context(contextmanager(enter)())
            for key in missing:
                self._make(key)
            self._as_nobody_asked()
        values = self.levels[-1].values()
        return {level.key: values[level.key[0]] for level in self.levels}

    def keep_only(self, keys: tuple[Key, ...]) -> None:
        """Undo the levels that do not stand below those that are asked for."""
        asked = [key for key in keys if _is_level(key)]
        if not self.levels:
            return
        kept = 0
        if self._stands() and self.around == keys[: len(keys) - len(asked)]:
            for level, key in zip(self.levels, asked, strict=False):
                if level.key != key:
                    break
                kept += 1
        with self.blocker.unblock():
            while len(self.levels) > kept:
                self._undo(self.levels.pop())

    def restore_chain(self) -> None:
        """Let the chain in memory be as it was when the levels were made."""
        if self.levels:
            vars(_chain()).update(_copied(self.levels[-1].chain))

    def restore_manifests(self, folder: Path) -> None:
        """Copy the manifests that were written when the levels were made."""
        if self.levels and self.levels[-1].manifests.exists():
            shutil.copytree(self.levels[-1].manifests, folder)

    def _stands(self) -> bool:
        from django.db import connection

        return (
            connection.connection is not None
            and not connection.connection.closed
            and not connection.closed_in_transaction
            and len(connection.atomic_blocks) == len(self.levels)
        )

    def _make(self, key: Key) -> None:
        from django.conf import settings as live
        from django.core import mail
        from django.db import connection, transaction

        from tests import roles

        before = self.levels[-1] if self.levels else None
        values = before.values() if before else {}
        self._count += 1
        name, make = key
        level = Level(key, transaction.atomic(), b"", {}, self.folder / str(self._count))
        level.transaction._from_testcase = True  # as Django's own test cases
        _chain_anew()
        self.restore_chain()
        self.restore_manifests(level.manifests)
        known, live.MANIFEST_DIR = live.MANIFEST_DIR, level.manifests
        sent = len(getattr(mail, "outbox", ()))
        level.transaction.__enter__()
        self.levels.append(level)
        try:
            if not before and roles.are_there():
                roles.become(roles.WORKER)
            taken = inspect.signature(make).parameters
            values[name] = make(**{each: values.get(each) for each in taken})
            connection.check_constraints()  # what waits until the end would wait in every test
            assert len(getattr(mail, "outbox", ())) == sent, f"{name} sends e-mails: keep it not"
            level.pickled, level.chain = pickle.dumps(values), _copied(vars(_chain()))
        except BaseException:
            self._undo(self.levels.pop())
            raise
        finally:
            live.MANIFEST_DIR = known

    def _undo(self, level: Level) -> None:
        from django.db import connection

        if connection.in_atomic_block:
            connection.needs_rollback = True
        level.transaction.__exit__(None, None, None)
        self._as_nobody_asked()

    def _as_nobody_asked(self) -> None:
        """Forget what the process knows of rows: in another test, the same keys mean other rows."""
        from django.core.cache import cache

        from config import hosts, keeping
        from credentials.selectors import serving

        cache.clear()
        hosts.live.forget()
        serving._shared.clear()  # as a process begins
        keeping.keeper._kept.clear()


def _is_level(key: Key) -> bool:
    return not inspect.isgeneratorfunction(key[1])


def _chain() -> MemoryChain:
    from tests import factories

    return factories.memory_chain()


def _chain_anew() -> None:
    from django.conf import settings as live

    from blockchain import chains

    live.CHAIN_RPC_URLS = [chains.MEMORY]
    chains.get_chain.cache_clear()


def _copied(state: dict[str, Any]) -> dict[str, Any]:
    """Copy the lists and tables of a chain; what is in them never changes."""
    return {name: copy(value) for name, value in state.items()}
