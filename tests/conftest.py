"""The cast: Alice owns École A, Bob issues for her.

Charlie works for École B. Every endpoint has its Charlie test.
"""

from __future__ import annotations

import gc
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests import kept
from tests.hosts import hosts, shared_hosts  # noqa: F401 - fixtures
from tests.nameserver import zone  # noqa: F401 - likewise
from tests.spreading import pytest_xdist_make_scheduler  # noqa: F401 - a hook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from issuers import models as issuers

# A fixed instant: tests say what time it is.
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STANDING: pytest.StashKey[kept.Kept] = pytest.StashKey()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests that begin with the same rows follow one another."""
    items[:] = kept.in_order(items)


def pytest_collection_finish() -> None:
    """Let Python look for garbage in what tests make alone, and less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Undo the rows that the last test began with and this one does not."""
    if (rows := item.config.stash.get(STANDING, None)) is not None:
        # A browser's loop has connections of its own, which would wait for the rows of this one.
        has_browser = "browser" in getattr(item, "fixturenames", ())
        rows.keep_only(() if has_browser else kept.keys_of(item))


@pytest.fixture(scope="session")
def kept_rows(
    pytestconfig: pytest.Config,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: Any,
) -> Iterator[kept.Kept]:
    """Return the rows that stay from test to test."""
    found = kept.Kept(tmp_path_factory.mktemp("kept"), django_db_blocker)
    pytestconfig.stash[STANDING] = found
    yield found
    found.keep_only(())
    del pytestconfig.stash[STANDING]


@pytest.fixture
def arranged(request: pytest.FixtureRequest) -> dict[kept.Key, Any]:
    """Return what this test begins with, by who makes it; see tests/kept.py."""
    keys = kept.keys_of(request.node)
    return request.getfixturevalue("kept_rows").arrange(keys) if keys else {}


@pytest.fixture
def _django_db_helper(arranged: Any, _django_db_helper: None) -> Iterator[None]:
    """Open the test's own transaction inside of the one that holds what it begins with."""
    with kept.no_cursor_left() if arranged else nullcontext():
        yield


@pytest.fixture(autouse=True)
def chain_in_memory(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give each test of services and pages a fresh chain in memory."""
    if "db" not in request.fixturenames and "transactional_db" not in request.fixturenames:
        yield
        return
    from django.conf import settings as live

    from blockchain import chains

    before, live.CHAIN_RPC_URLS = live.CHAIN_RPC_URLS, [chains.MEMORY]
    chains.get_chain.cache_clear()
    if request.getfixturevalue("arranged"):
        request.getfixturevalue("kept_rows").restore_chain()
    yield
    live.CHAIN_RPC_URLS = before
    chains.get_chain.cache_clear()


@pytest.fixture(autouse=True)
def roles(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let each test work as the role of workers, and let it be served by the role of the web."""
    marked = request.node.get_closest_marker("django_db") is not None
    if not marked and not {"db", "transactional_db"} & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("_django_db_helper")  # the database first, so that it goes last
    from django.core.handlers.base import BaseHandler
    from psycopg2 import InternalError

    from tests import roles

    if not roles.are_there():
        yield
        return
    answer = BaseHandler.get_response

    def served(handler: BaseHandler, asked: HttpRequest) -> HttpResponseBase:
        with roles.working_as(roles.WEB):
            return answer(handler, asked)

    monkeypatch.setattr(BaseHandler, "get_response", served)
    roles.become(roles.WORKER)
    yield
    with suppress(InternalError):  # a transaction that failed takes the role back by itself
        roles.become(roles.OWNER)


@pytest.fixture(autouse=True)
def manifests_apart(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let each test that has batches write them to a folder of its own."""
    marked = request.node.get_closest_marker("django_db") is not None
    if not marked and not {"db", "transactional_db"} & set(request.fixturenames):
        yield
        return
    from django.conf import settings as live

    before = live.MANIFEST_DIR
    folder: Path = request.getfixturevalue("tmp_path") / "manifests"
    live.MANIFEST_DIR = folder
    if request.getfixturevalue("arranged"):
        request.getfixturevalue("kept_rows").restore_manifests(folder)
    yield
    live.MANIFEST_DIR = before


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    """Forget the language of the last request: in a test, nothing else ends a thread."""
    yield
    from django.utils import translation

    translation.deactivate()


@pytest.fixture(autouse=True)
def patience(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a stranger's document take its time on a machine that runs other tests as well."""
    if "db" in request.fixturenames and not request.node.get_closest_marker("deadline"):
        from credentials.services import isolation

        monkeypatch.setattr(isolation, "SECONDS", 30.0)


@pytest.fixture
def now() -> datetime:
    return NOW


@kept.fixture
def ecole_a(db: None) -> issuers.Issuer:
    from tests import factories

    return factories.issuer(slug="ecole-a", name="École A", language="fr", country="FR")


@kept.fixture
def ecole_b(db: None) -> issuers.Issuer:
    from tests import factories

    return factories.issuer(slug="ecole-b", name="École B", language="fr", country="CA")


@kept.fixture
def alice(ecole_a: issuers.Issuer) -> issuers.User:
    from tests import factories

    return factories.member(issuer=ecole_a, name="Alice", role="administrator")


@kept.fixture
def bob(ecole_a: issuers.Issuer) -> issuers.User:
    from tests import factories

    return factories.member(issuer=ecole_a, name="Bob", role="issuer")


@kept.fixture
def charlie(ecole_b: issuers.Issuer) -> issuers.User:
    from tests import factories

    return factories.member(issuer=ecole_b, name="Charlie", role="administrator")
