"""The canonical text of a document, worked out once in a run.

It takes milliseconds, and tests of services and pages ask for those of the same rows again and
again: one audit for forty. That every document has the text that it must have is tested in
tests/core, which works each out anew.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pytest

from credentials.core import contexts, rdf

if TYPE_CHECKING:
    from collections.abc import Iterator

# Some thirty megabytes.
KEPT = 4096
_work_out = rdf.canonicalise


@lru_cache(KEPT)
def _worked_out(written: str) -> str:
    return _work_out(json.loads(written))


def _known(document: Any, *, library: Any = None) -> str:
    try:
        written = json.dumps(document)
        is_json = json.loads(written) == document
    except (TypeError, ValueError, RecursionError):
        is_json = False
    if is_json and library in (None, contexts.pinned()):
        return _worked_out(written)
    return _work_out(document, library=library)


@pytest.fixture(scope="module", autouse=True)
def texts_worked_out_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(rdf, "canonicalise", _known)
        yield
