"""The cast: Alice owns École A, Bob issues for her.

Charlie works for École B. Every endpoint has its Charlie test.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.hosts import hosts, shared_hosts  # noqa: F401 - fixtures
from tests.nameserver import zone  # noqa: F401 - likewise
from tests.spreading import pytest_xdist_make_scheduler  # noqa: F401 - a hook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from issuers import models as issuers

# A fixed instant: tests say what time it is.
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


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
    live.MANIFEST_DIR = request.getfixturevalue("tmp_path") / "manifests"
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


@pytest.fixture
def ecole_a(db: None) -> issuers.Issuer:
    from tests import factories

    return factories.issuer(slug="ecole-a", name="École A", language="fr", country="FR")


@pytest.fixture
def ecole_b(db: None) -> issuers.Issuer:
    from tests import factories

    return factories.issuer(slug="ecole-b", name="École B", language="fr", country="CA")


@pytest.fixture
def alice(ecole_a: issuers.Issuer) -> issuers.User:
    from tests import factories

    return factories.member(issuer=ecole_a, name="Alice", role="administrator")


@pytest.fixture
def bob(ecole_a: issuers.Issuer) -> issuers.User:
    from tests import factories

    return factories.member(issuer=ecole_a, name="Bob", role="issuer")


@pytest.fixture
def charlie(ecole_b: issuers.Issuer) -> issuers.User:
    from tests import factories

    return factories.member(issuer=ecole_b, name="Charlie", role="administrator")
