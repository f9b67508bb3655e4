"""One installation for all these tests, and one browser for all of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser import driving, sites

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with driving.browser() as started:
        yield started


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sites.Site]:
    """Run what `make demo` runs, once for all; before it was done, it was killed three times."""
    site = sites.Site(tmp_path_factory.mktemp("demonstration") / "data")
    try:
        site.survive()
        yield site.ready()
    finally:
        site.stop()
