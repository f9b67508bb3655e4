"""Run a script of this folder under Node.js: a question on its input, the answer on its output."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from credentials.core import contexts

HERE = Path(__file__).resolve().parent
NODE = shutil.which("node")


def installed(package: str) -> list[pytest.MarkDecorator]:
    """Mark a module that needs a package of npm, and say how to get it where it is not there."""
    command = "npm ci --prefix tests/interop --ignore-scripts"
    return [
        pytest.mark.interop,
        pytest.mark.skipif(NODE is None, reason="Node.js is not installed"),
        pytest.mark.skipif(
            not (HERE / "node_modules" / package).is_dir(),
            reason=f"{package} is not installed: {command}",
        ),
    ]


def known_contexts() -> dict[str, str]:
    """Return the file of every context that is shipped, by its address."""
    folder = Path(contexts.__file__).parent / "contexts"
    return {address: str(folder / file) for address, (file, _) in contexts.PINNED.items()}


def ask(script: str, question: dict[str, Any]) -> dict[str, Any]:
    """Return what a script answers; what it complains of is the failure's message."""
    run = subprocess.run(  # noqa: S603 - our own script, on our own question
        [str(NODE), str(HERE / script)],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    answers: dict[str, Any] = json.loads(run.stdout)
    return answers
