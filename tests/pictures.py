"""The pictures of badges, each drawn once in a run.

A picture takes a tenth of a second, and tests of pages and services ask for the same few again and
again. That the same words give the same bytes is tested in tests/core, which draws each anew.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from badges.core import drawing

if TYPE_CHECKING:
    from collections.abc import Iterator

_drawn_once = cache(drawing.png)


@pytest.fixture(scope="module", autouse=True)
def pictures_drawn_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(drawing, "png", _drawn_once)
        yield
