"""The canonical text of a document, worked out once in a run.

It takes milliseconds, and tests of services and pages ask for those of the same rows again and
again: one audit for forty. That every document has the text that it must have is tested in
tests/core, which works each out anew.

And of the two processors of others that judge what is signed, the slow one judges each kind of
document once: those that differ in nothing but names, numbers and instants are of one kind.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pytest

from credentials.core import contexts, processors, rdf

if TYPE_CHECKING:
    from collections.abc import Iterator

# Some thirty megabytes.
KEPT = 4096
_work_out = rdf.canonicalise
_by_pyld = processors.by_pyld
# Identifiers, keys, hashes and signatures; instants and numbers.
_OWN = re.compile(r"[\w-]{20,}|\d+")
_judged: set[str] = set()


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


def _judge(document: Any, *, library: Any = None) -> str:
    kind = _OWN.sub("#", json.dumps(document))
    if kind in _judged:
        return rdf.canonicalise(document, library=library)
    text = _by_pyld(document, library=library)
    _judged.add(kind)
    return text


@pytest.fixture(scope="module", autouse=True)
def texts_worked_out_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(rdf, "canonicalise", _known)
        monkeypatch.setattr(processors, "by_pyld", _judge)
        yield
