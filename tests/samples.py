"""Samples, schemas and shapes of others, which may not be part of this repository.

They lie in a folder that `SHARED_DATA` names, or in `shared/data` beside the checkout or further
up. Tests that read them are skipped where they are not.
"""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def folder(name: str) -> Path:
    """Return a folder of samples, or skip the test that asks for it."""
    named = os.environ.get("SHARED_DATA")
    places = [Path(named)] if named else [parent / "shared/data" for parent in ROOT.parents]
    for place in places:
        if (place / name).is_dir():
            return place / name
    pytest.skip(f"the samples {name} are not here: set SHARED_DATA")
