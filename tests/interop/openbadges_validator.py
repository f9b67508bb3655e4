"""Run 1EdTech's `openbadges` in the environment of its own: a question in, its answers out."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
PYTHON = HERE.parent.parent / "build/openbadges/bin/python"

needed = pytest.mark.skipif(
    not (PYTHON.parent.parent / ".installed").exists(),
    reason="openbadges is not installed: sh tests/interop/openbadges2.sh",
)


def ask(question: dict[str, Any]) -> dict[str, Any]:
    """Return what it answers; what it complains of is the failure's message."""
    run = subprocess.run(  # noqa: S603 - our own script, on our own question
        [str(PYTHON), "-W", "ignore", str(HERE / "openbadges2.py")],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found
