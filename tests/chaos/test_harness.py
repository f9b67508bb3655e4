"""The harness itself: a judge who sees nothing would let everything hold."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import anvil
from tests.chaos import bugs, lies, mutants, recipes
from tests.chaos.board import POINTS, Board
from tests.chaos.children import fork
from tests.chaos.runs import COVERS

ROOT = Path(__file__).resolve().parent.parent.parent
# Those that any seed catches, whatever the machine does between the strikes: each send and each
# revocation shows them. What depends on chance is for `make chaos MUTANTS=1`.
CAUGHT_AT_ONCE = (
    "sent before it is stored",
    "sent before its manifest is written",
    "revoked bit forgotten in the published list",
)


@pytest.mark.parametrize("mutant", bugs.ALL, ids=lambda mutant: mutant.name)
def test_every_bug_can_still_be_planted(mutant):
    assert fork("mutant", mutant.plant).wait() == 0


def test_a_bug_whose_line_is_gone_is_not_planted_in_silence():
    gone = mutants.Change("blockchain.services.attempts", "store", "no such line", "")

    with pytest.raises(LookupError, match="store"):
        gone.make()


def test_twenty_seeds_are_bent_on_every_fail_point_twice():
    chosen = [point for seed in range(COVERS) for point in recipes.of_seed(seed)]

    assert {point: chosen.count(point) >= 2 for point in POINTS} == dict.fromkeys(POINTS, True)


def test_whoever_reaches_an_armed_point_dies_there_and_is_counted():
    board = Board()
    board.arm("send: sent", 1)

    ends = [fork("worker", lambda: board.reached("send: sent")).wait() for _each in range(2)]

    assert ends == [-signal.SIGKILL, 0]
    assert (board.killed()["send: sent"], board.passed()["send: sent"]) == (1, 2)


def test_a_process_that_is_killed_while_it_counts_holds_up_nobody():
    board = Board()

    def die() -> None:
        with board._locked():
            os.kill(os.getpid(), signal.SIGKILL)

    assert fork("worker", die).wait() == -signal.SIGKILL
    assert fork("worker", lambda: board.reached("send: sent")).wait(5) == 0


def asked(method, *params):
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}


def test_a_stale_node_answers_as_of_its_own_head():
    frozen = lies.Frozen(head=10, final=4)
    question = asked("eth_call", {}, "latest")

    assert lies.rewind(question, frozen) is None
    assert question["params"][1] == hex(10)
    assert lies.rewind(asked("eth_getBlockByNumber", hex(11)), frozen) == (None, "")
    told = {"result": {"blockNumber": hex(11)}}
    assert lies.unlearn(asked("eth_getTransactionReceipt", "0x1"), told, frozen)
    assert told["result"] is None


@pytest.mark.chain
@anvil.needed
def test_planted_bugs_are_caught_by_one_seed_each():
    planted = [word for name in CAUGHT_AT_ONCE for word in ("--mutant", name)]

    run = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "tests.chaos", "--seeds", "1", *planted],
        cwd=ROOT,
        env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    assert run.stdout.count("caught by seed") == len(CAUGHT_AT_ONCE), run.stdout + run.stderr
    assert run.returncode == 0
