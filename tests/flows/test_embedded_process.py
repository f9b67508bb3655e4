"""No process outlives the one that started it, whatever happens to that one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.embedded import launch, postgres, watchdog
from config.embedded.process import BASE, Guard, Program, set_aside, tail

# Deaf to SIGTERM, and so is its child, as a worker in the middle of its work would be.
DEAF = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork():
    open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
else:
    open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
time.sleep(120)
"""
# Starts it under a guard, removes nothing itself, and waits to be killed.
STARTER = """
import os, sys, time
from pathlib import Path
from config.embedded.process import Guard, Program
folder, deaf = Path(sys.argv[1]), sys.argv[2]
guard = Guard(grace=0.5)
(folder / "scratch").mkdir()
guard.remove_afterwards(folder / "scratch")
program = Program("deaf", [sys.executable, "-c", deaf, folder / "pids"], dict(os.environ))
guard.start(program, log=folder / "log")
time.sleep(120)
"""


def is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(") ")[2][0] not in "ZX"


def until(condition: object, seconds: float = 10) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def pids_in(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def test_a_kill_of_the_starter_ends_children_and_grandchildren(tmp_path: Path) -> None:
    starter = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", STARTER, tmp_path, DEAF], cwd=BASE
    )
    until(lambda: len(pids_in(tmp_path / "pids")) == 2)
    assert all(is_alive(pid) for pid in pids_in(tmp_path / "pids"))

    starter.kill()
    starter.wait()

    until(lambda: not any(is_alive(pid) for pid in pids_in(tmp_path / "pids")), 5)
    until(lambda: not (tmp_path / "scratch").exists(), 5)


@pytest.fixture
def guard() -> Guard:
    return Guard(grace=0.5)


def program(*command: str | Path) -> Program:
    return Program("test", command, dict(os.environ))


def test_stopping_kills_what_is_deaf(tmp_path: Path, guard: Guard) -> None:
    process = guard.start(
        program(sys.executable, "-c", DEAF, tmp_path / "pids"), log=tmp_path / "log"
    )
    until(lambda: len(pids_in(tmp_path / "pids")) == 2)

    guard.stop([process])
    guard.close()

    assert process.returncode == -signal.SIGKILL
    until(lambda: not any(is_alive(pid) for pid in pids_in(tmp_path / "pids")))


def test_the_end_of_a_leader_ends_its_workers(tmp_path: Path, guard: Guard) -> None:
    process = guard.start(
        program(sys.executable, "-c", DEAF, tmp_path / "pids"), log=tmp_path / "log"
    )
    until(lambda: len(pids_in(tmp_path / "pids")) == 2)

    process.kill()
    process.wait()
    guard.ended(process)

    until(lambda: not any(is_alive(pid) for pid in pids_in(tmp_path / "pids")))
    guard.close()


def test_a_watchdog_that_was_killed_is_replaced_and_told_everything(
    tmp_path: Path, guard: Guard
) -> None:
    process = guard.start(program("sleep", "120"), log=tmp_path / "log")
    former = guard._watchdog
    former.kill()
    former.wait()

    guard.check()
    pipe = guard._watchdog.stdin
    assert pipe is not None
    pipe.close()  # as if we had died

    assert process.wait(5) == -signal.SIGTERM
    guard._watchdog.wait(5)


def test_a_program_whose_starter_is_gone_is_not_started(tmp_path: Path) -> None:
    result = subprocess.run(  # noqa: S603 - as above
        [sys.executable, "-I", "-S", launch.__file__, "1", "15", "same", "touch", tmp_path / "x"],
        check=False,
    )

    assert result.returncode == 0
    assert not (tmp_path / "x").exists()


def postgres_binaries() -> Path:
    found = postgres.installation()
    assert found is not None
    return found / "bin"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to step down")
@pytest.mark.parametrize("user", ["namespace", "nobody"])
def test_root_steps_down(tmp_path: Path, guard: Guard, user: str) -> None:
    if user == "namespace" and not postgres.may_run("namespace", postgres_binaries()):
        pytest.skip("user namespaces are forbidden here")
    asked = Program("id", ["id", "-u"], dict(os.environ), user=user)  # type: ignore[arg-type]

    process = guard.start(asked, log=tmp_path / "log", pipes=True)
    said, _ = process.communicate(timeout=10)

    assert said.decode().strip() == str(launch.NOBODY)
    guard.ended(process)
    guard.close()


def test_the_watchdog_reads_its_charge_to_the_end() -> None:
    charge = watchdog.Charge()

    is_over = charge.read(["watch 10 15\n", "watch 11 2\n", "remove /a b\n", "forget 10\n"])

    assert not is_over
    assert charge.groups == {11: 2}
    assert charge.folders == ["/a b"]
    assert charge.read(["done\n", "watch 12 15\n"])


def test_a_log_is_set_aside_when_it_has_grown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.embedded.process.LOG_BYTES", 10)
    log = tmp_path / "web.log"
    log.write_text("line one\nline two\nline three\n")

    set_aside(log)

    assert log.read_text() == ""
    assert tail(tmp_path / "web.old.log", 2) == "line two\nline three"
    assert tail(tmp_path / "none.log") == ""
