"""Start Blockcerts cert-issuer, in an environment of its own (benchmarks/blockcerts.py).

It names files by glob2 0.6, which does not import under Python 3.11 or later (a flag stands in the
middle of its pattern). The one function of it that is called is here instead; nothing else of
cert-issuer is changed.
"""

import glob
import runpy
import sys
import types
from collections.abc import Iterator
from pathlib import Path


def iglob(pattern: str, *, with_matches: bool) -> Iterator[tuple[str, tuple[str]]]:
    """Yield the files of a pattern with one star, and what stands for the star."""
    if not with_matches:
        raise NotImplementedError
    for name in glob.iglob(pattern):  # noqa: PTH207 - as texts, as it asks for
        yield name, (Path(name).stem,)


if __name__ == "__main__":
    stand_in = types.ModuleType("glob2")
    stand_in.iglob = iglob  # type: ignore[attr-defined] # it is made here
    sys.modules["glob2"] = stand_in
    runpy.run_module("cert_issuer", run_name="__main__")
