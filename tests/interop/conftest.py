"""Verifiers written by others: what is made here must satisfy them, what is spoilt must not."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from pytest_django import DjangoDbBlocker
from pytest_socket import disable_socket, enable_socket

from tests.interop import matrix
from tests.interop import site as site_of_pages


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of this folder, before -k and the like choose among them."""
    config.stash[matrix.ITEMS] = [item for item in items if item.path.parent == matrix.HERE]


@pytest.fixture(autouse=True)
def _offline(socket_disabled: None) -> None:
    """No verifier may reach a network: what it needs is given to it."""


@pytest.fixture(scope="session")
def site(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[site_of_pages.Site]:
    """Return what the pages serve; only its chain still runs."""
    with ExitStack() as stack:
        # The site asks its own chain; after that, nobody asks anything.
        enable_socket()
        with django_db_blocker.unblock():
            built = stack.enter_context(site_of_pages.served(tmp_path_factory.mktemp("site")))
        disable_socket()
        yield built
