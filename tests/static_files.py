"""The files that pages load, looked for once in a run.

Each browser of a test has middleware of its own, and WhiteNoise's walks through all static files:
that took as long as the rest of a page's test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session", autouse=True)
def files_found_once() -> Iterator[None]:
    from whitenoise.middleware import (  # type: ignore[import-untyped] # it has no types
        WhiteNoiseMiddleware,
    )

    found: dict[str, Any] = {}
    look = WhiteNoiseMiddleware.add_files_from_finders

    def remember(middleware: Any) -> None:
        if not found:
            look(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", remember)
        yield
