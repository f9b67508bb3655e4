"""The tests' own PostgreSQL and Valkey: there when wanted, gone afterwards, however it ends."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from config.embedded.process import BASE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LOOK = """
import os, time
from pathlib import Path

def test_look():
    names = ("DATABASE_URL", "REDIS_URL", "CHAIN_RPC_URL")
    Path(os.environ["SEEN"]).write_text("\\n".join(os.environ.get(name, "") for name in names))
    time.sleep(float(os.environ["PAUSE"]))
"""


class Session:
    """pytest on one test that writes down what it was given."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        pause: int = 0,
        given: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        (folder / "test_look.py").write_text(LOOK)
        self.seen = folder / "seen"
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTEST", "COV_")) and name not in ("DATABASE_URL", "REDIS_URL")
        }
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            [
                *(sys.executable, "-m", "pytest", "-q", "-c", str(BASE / "pyproject.toml")),
                *(
                    "--rootdir",
                    str(BASE),
                    "-p",
                    "no:cacheprovider",
                    "-p",
                    "no:randomly",
                    *arguments,
                ),
                str(folder / "test_look.py"),
            ],
            cwd=BASE,
            env=kept | {"SEEN": str(self.seen), "PAUSE": str(pause), **given},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def end(self) -> str:
        output: str = self.process.communicate(timeout=120)[0]
        return output

    def addresses(self) -> list[str]:
        return self.seen.read_text().split("\n")


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)


def folder_of(redis_url: str) -> Path:
    """Return where the servers of a session live."""
    return Path(redis_url.removeprefix("unix://").partition("?")[0]).parent.parent


def users_of(folder: Path) -> list[str]:
    """Return the processes that were started on a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if os.fsencode(folder) in command:
                found.append(entry.name)
    return found


def test_a_session_has_servers_of_its_own_and_leaves_nothing(tmp_path: Path) -> None:
    session = Session(tmp_path)

    output = session.end()

    assert session.process.returncode == 0, output
    database, redis, chain = session.addresses()
    assert database.startswith("postgres://acquis_owner:")
    assert chain == "memory:"
    assert not folder_of(redis).exists()
    assert users_of(folder_of(redis)) == []


def test_a_session_that_is_killed_leaves_nothing_either(tmp_path: Path) -> None:
    session = Session(tmp_path, pause=120)
    until(lambda: session.seen.exists() and len(session.addresses()) == 3)
    folder = folder_of(session.addresses()[1])
    assert len(users_of(folder)) >= 2

    session.process.kill()

    until(lambda: users_of(folder) == [] and not folder.exists(), 15)


def test_servers_of_ones_own_are_used_instead(tmp_path: Path) -> None:
    given = {
        "DATABASE_URL": "postgres://me@elsewhere/mine",
        "REDIS_URL": "redis://elsewhere:6379/3",
    }

    session = Session(tmp_path, given=given)
    output = session.end()

    assert session.process.returncode == 0, output
    assert session.addresses()[:2] == list(given.values())


def test_workers_share_the_database_server_and_have_a_cache_each(tmp_path: Path) -> None:
    session = Session(tmp_path, "-n", "1")

    output = session.end()

    assert session.process.returncode == 0, output
    assert session.addresses()[1].endswith("?db=1")


@pytest.mark.parametrize("argument", ["--collect-only", "--version"])
def test_nothing_is_started_to_look_at_tests(tmp_path: Path, argument: str) -> None:
    session = Session(tmp_path, argument, given={"TMPDIR": str(tmp_path)})

    output = session.end()

    assert session.process.returncode == 0, output
    assert list(tmp_path.glob("acquis-tests-*")) == []


def test_the_core_does_without(tmp_path: Path) -> None:
    result = subprocess.run(  # noqa: S603 - our own program
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:django", "-p", "no:cacheprovider"),
            "tests/core/embedded/test_keys.py",
        ],
        cwd=BASE,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stdout
    assert list(tmp_path.glob("acquis-tests-*")) == []
