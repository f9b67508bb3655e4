"""One seed: fair weather, a storm with recipes in between, calm, and the verdict."""

import shutil
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos import judge, recipes, weather
from tests.chaos.board import Board
from tests.chaos.nodes import Nodes
from tests.chaos.servers import Servers
from tests.chaos.world import World

STRIKES = 36
# Between two strikes so many alarms are answered, as long as anybody answers.
ALARMS = 2
PATIENCE_SECONDS = 0.6
LEVELS = (1, 60, 150)  # of the base fee, for good; the cap is 200


@dataclass
class Outcome:
    """What came of a seed."""

    seed: int
    wrong: list[str]
    counts: Counter[str]
    killed: Counter[str]
    passed: Counter[str]
    touched: Counter[str]
    seconds: float
    settled: float
    batches: int = 0
    folder: Path = field(default_factory=Path)


@dataclass
class Stage:
    """What serves all seeds."""

    servers: Servers
    nodes: Nodes
    board: Board
    logs: Path

    def run(self, seed: int, plant: Callable[[], None] = lambda: None) -> Outcome:
        """Run a seed and judge it; keep its logs where something is wrong."""
        began = time.monotonic()
        folder = self.logs / f"seed-{seed}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        world = World(
            seed,
            servers=self.servers,
            nodes=self.nodes,
            board=self.board,
            folder=folder,
            plant=plant,
        )
        wrong: list[str] = []
        settled = batches = 0.0
        try:
            world.begin()
            _storm(world)
            _end(world)
            settled = judge.settle(world)
            wrong = judge.judge(world)
            if not wrong and _last_act(world) == "finality broken":
                judge.break_finality(world)
                wrong = judge.judge(world)
            batches = world.rows("SELECT count(*) FROM blockchain_batch")[0][0]
        except AssertionError as broken:
            wrong = [str(broken)]
        except Exception:  # noqa: BLE001 - whatever it is, the next seed has its turn
            wrong = [traceback.format_exc()]
        account = self.nodes.account()
        world.end()
        wrong += account["wrong"] + world.crew.deserted
        outcome = Outcome(
            seed=seed,
            wrong=wrong,
            counts=world.counts,
            killed=self.board.killed(),
            passed=self.board.passed(),
            touched=Counter(account["touched"]),
            seconds=time.monotonic() - began,
            settled=settled,
            batches=int(batches),
            folder=folder,
        )
        outcome.counts["sends watched"] = account["seen"]
        outcome.counts["processes forked"] = world.crew.forked
        if wrong:
            (folder / "wrong.txt").write_text("\n".join(wrong))
        else:
            world.remove()
        return outcome


def _storm(world: World) -> None:
    bent_on = recipes.of_seed(world.seed)
    turns = {
        STRIKES * (turn + 1) // (len(bent_on) + 1): point for turn, point in enumerate(bent_on)
    }
    world.issue(3)
    for strike in range(STRIKES):
        if strike in turns:
            recipes.follow(world, turns[strike])
        weather.strike(world)
        world.crew.tend()
        if strike % 4 == 0:
            judge.glance(world)
        _work(world)


ENDS = (
    "finality broken", "gap of nonces", "fees stay high", "broker flushed", "foreign use undone",
)  # fmt: skip


def _last_act(world: World) -> str:
    return ENDS[world.seed % len(ENDS)]


def _end(world: World) -> None:
    """Let the storm end in a way that nothing later makes good again: no award, no kill."""
    world.board.disarm()
    world.level = world.rng.choice(LEVELS)
    last = _last_act(world)
    world.count(f"end: {last}")
    world.revoke()
    if last == "gap of nonces":
        recipes.lied_to(world)
        recipes.gap(world)
    elif last == "fees stay high":
        recipes.dear(world)
    elif last == "foreign use undone":
        (recipes.robbed if world.seed % 2 == 0 else recipes.miscounted)(world)
    elif last == "broker flushed":
        recipes.undone(world)
        recipes.crowded(world)
        world.issue(2)
        world.flush_broker()


def _work(world: World) -> None:
    """Let work be done, whatever the machine is busy with: a storm without work proves nothing."""
    wanted = world.board.answered() + ALARMS
    deadline = time.monotonic() + PATIENCE_SECONDS
    while world.board.answered() < wanted and time.monotonic() < deadline:
        world.crew.tend()
        time.sleep(0.02)
