"""How tests are spread over workers."""

import os
import subprocess
import sys
from pathlib import Path

from tests import spreading

ROOT = Path(__file__).resolve().parent.parent


def test_what_it_names_is_there() -> None:
    groups = set(spreading.TOGETHER.values())
    named = {*spreading.TOGETHER, *spreading.LONGEST} - groups

    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []
    assert groups <= set(spreading.LONGEST)


def test_the_longest_is_begun_first_and_then_the_file_of_most_tests() -> None:
    waiting = spreading.Waiting()
    waiting["tests/few.py"] = {"a": False}
    waiting[spreading.LONGEST[1]] = {"b": False}
    waiting["tests/many.py"] = {"c": False, "d": False}
    waiting[spreading.LONGEST[0]] = {"e": False}

    begun = [waiting.popitem(last=False)[0] for _each in range(4)]

    assert begun == [*spreading.LONGEST[:2], "tests/many.py", "tests/few.py"]


def test_a_test_that_hangs_is_named_once_and_the_others_are_run(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        "from tests.spreading import pytest_xdist_make_scheduler  # noqa: F401\n"
    )
    for name in ("first", "hanging", "last"):
        (tmp_path / f"test_{name}.py").write_text(
            "import time\n"
            "def test_before(): pass\n"
            f"def test_it(): time.sleep({60 if name == 'hanging' else 0})\n"
            "def test_after(): pass\n"
        )
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\n"
        f"pythonpath = {ROOT}\n"
        "faulthandler_timeout = 2\n"
        "faulthandler_exit_on_timeout = true\n"
    )

    found = subprocess.run(  # noqa: S603 - our own interpreter
        [
            *(sys.executable, "-m", "pytest", "-p", "no:django", "-p", "no:randomly", "-rf"),
            *("-n", "2", "--dist", "loadfile", str(tmp_path)),
        ],
        env={name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"},
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip

    assert found.stdout.count("FAILED test_hanging.py::test_it") == 1, found.stdout
    assert "1 failed, 8 passed" in found.stdout
