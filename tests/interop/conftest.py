"""Verifiers written by others: what is made here must satisfy them, what is spoilt must not."""

import pytest

from tests.interop import matrix


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of this folder, before -k and the like choose among them."""
    config.stash[matrix.ITEMS] = [item for item in items if item.path.parent == matrix.HERE]


@pytest.fixture(autouse=True)
def _offline(socket_disabled: None) -> None:
    """No verifier may reach a network: what it needs is given to it."""
