"""The harness itself: a judge who sees nothing would let everything hold."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests import anvil
from tests.chaos import bugs, lies, mutants, recipes
from tests.chaos.board import POINTS, Board
from tests.chaos.children import fork
from tests.chaos.runs import COVERS, storms
from tests.chaos.storm import Outcome

ROOT = Path(__file__).resolve().parent.parent.parent
# Those that any seed catches, whatever the machine does between the strikes: each send and each
# revocation shows them. What depends on chance is for `make chaos MUTANTS=1`.
CAUGHT_AT_ONCE = (
    "sent before it is stored",
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


class Script:
    """A stage on which every seed ends as it is told to."""

    def __init__(self, folder, **wrong):
        self.folder, self.wrong, self.ran = folder, wrong, []

    def run(self, seed):
        self.ran.append(seed)
        verdicts = self.wrong.get(f"seed_{seed}", [])
        is_wrong = verdicts.pop(0) if verdicts else False
        place = self.folder / f"seed-{seed}"
        place.mkdir(exist_ok=True)
        killed = Counter(POINTS[1:] if seed < COVERS else POINTS)
        nothing = Counter()
        return Outcome(
            seed, ["it was wrong"] if is_wrong else [], nothing, killed, nothing, nothing, 1.0, 1.0,
            folder=place,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("again", "wrong", "count", "expected"),
    [
        (False, {}, 3, (0, [0, 1, 2])),
        (False, {"seed_1": [True]}, 3, (1, [0, 1, 2])),
        (True, {"seed_1": [True]}, 3, (0, [0, 1, 1, 2])),
        (True, {"seed_1": [True, True]}, 3, (1, [0, 1, 1, 2])),
        (True, {"seed_0": [True], "seed_2": [True]}, 3, (1, [0, 0, 1, 2, 2])),
        (False, {}, COVERS, (1, list(range(COVERS)))),
        (True, {}, COVERS, (0, list(range(COVERS + 1)))),
    ],
)
def test_a_run_ends_well_only_if_what_may_be_chance_was_chance(
    tmp_path, again, wrong, count, expected
):
    stage = Script(tmp_path, **{name: list(verdicts) for name, verdicts in wrong.items()})

    ends = storms(stage, first=0, count=count, report=None, again=again)

    assert (ends, stage.ran) == expected
    assert (tmp_path / "seed-1-first").exists() == (again and "seed_1" in wrong)


@pytest.mark.chain
@anvil.needed
def test_planted_bugs_are_caught():
    planted = [word for name in CAUGHT_AT_ONCE for word in ("--mutant", name)]

    run = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "tests.chaos", "--seeds", "3", *planted],
        cwd=ROOT,
        env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    assert run.stdout.count("caught by seed") == len(CAUGHT_AT_ONCE), run.stdout + run.stderr
    assert run.returncode == 0
