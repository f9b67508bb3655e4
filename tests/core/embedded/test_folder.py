"""The data folder: private, one stack at a time, sockets at a path that fits."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from config.embedded import folder as folders
from config.embedded.folder import EmbeddedError, Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "data")
    folder.create()
    return folder


def test_the_folder_is_for_us_alone(folder: Folder) -> None:
    for path in (folder.root, folder.logs, folder.keys):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(EmbeddedError, match=r"cannot be used: .* DATA_DIR="):
        Folder(tmp_path / "file" / "data").create()


def test_a_second_stack_is_told_who_has_the_folder(folder: Folder) -> None:
    folder.lock()

    with pytest.raises(EmbeddedError, match=f"process {os.getpid()}"):
        Folder(folder.root).lock()

    folder.unlock()
    again = Folder(folder.root)
    again.lock()
    again.unlock()


def test_what_is_left_of_a_killed_stack_is_waited_for(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = folder.lock()
    orphan = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], pass_fds=[shared]
    )
    folder.unlock()

    monkeypatch.setattr(folders, "STOPPING_SECONDS", 0.3)
    with pytest.raises(EmbeddedError, match=f"former start .*processes {orphan.pid}"):
        Folder(folder.root).lock()

    orphan.kill()
    orphan.wait()
    Folder(folder.root).lock()


def test_sockets_stand_in_the_folder_when_they_fit(tmp_path: Path) -> None:
    folder = Folder(Path("/tmp") / f"acquis-test-{os.getpid()}")  # noqa: S108 - a short path
    folder.create()

    try:
        assert folder.sockets() == folder.root / "run"
    finally:
        (folder.root / "run").rmdir()
        folder.logs.rmdir()
        folder.keys.rmdir()
        folder.root.rmdir()


@pytest.mark.parametrize("name", ["long" * 40, "with a space", "per%cent", "quot'ed", "é"])
def test_sockets_move_to_a_short_private_folder_of_their_own(tmp_path: Path, name: str) -> None:
    folder = Folder(tmp_path / name)
    folder.create()

    path = folder.sockets()

    assert path == folder.sockets()
    assert folders.PLAIN_PATH.match(str(path))
    assert len(str(path / ".s.PGSQL.5432")) < 108
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    path.rmdir()


def test_a_socket_folder_that_somebody_else_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "open").mkdir(mode=0o777)
    (tmp_path / "open").chmod(0o777)

    for name in ("link", "open"):
        with pytest.raises(EmbeddedError, match="not a private folder"):
            folders.private(tmp_path / name)


def test_a_value_is_remembered_whole(folder: Folder) -> None:
    assert folder.recall("port") == ""

    folder.remember("port", "8123")
    folder.remember("port", "8124")

    assert folder.recall("port") == "8124"
    assert stat.S_IMODE((folder.root / "port").stat().st_mode) == 0o600
    assert not list(folder.root.glob(".port*"))
