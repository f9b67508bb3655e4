"""What happens by chance: each is one operation, drawn by its weight."""

from collections.abc import Callable

from tests.chaos.board import POINTS
from tests.chaos.crew import ring
from tests.chaos.lies import LIES
from tests.chaos.nodes import FAULTS
from tests.chaos.world import World

CALM, DEAR, STORM = (1, 5), (40, 90), (300, 900)  # gwei; the cap is 200


def issue(world: World) -> None:
    world.issue(world.rng.randint(1, 4))


def revoke(world: World) -> None:
    world.revoke()


def mine(world: World) -> None:
    world.mine(world.rng.choice([1, 1, 1, 2]))


def reorganise(world: World) -> None:
    world.reorganise(world.rng.randint(1, 5))


def forget(world: World) -> None:
    """All nodes lose what waits."""
    world.count("mempool wiped")
    world.chain.ask("anvil_dropAllTransactions")


def fees(world: World) -> None:
    world.level = world.rng.choice(world.rng.choice([CALM, CALM, DEAR, STORM]))
    world.count("fees beyond the cap" if world.level in STORM else "fees changed", f"{world.level}")


def foreign(world: World) -> None:
    """Our nonce is used by others; sometimes a reorganisation takes that back."""
    if world.use_nonce_elsewhere() and world.rng.random() < 0.8:
        world.mine()
        if world.rng.random() < 0.5:
            world.reorganise(1)


def spoil(world: World) -> None:
    """Give one node a fault, or make it well again. Two do not lie at once: see docs."""
    number = world.rng.randrange(len(world.nodes.faults))
    fault = world.rng.choice(["", *FAULTS])
    if fault in LIES:
        if not _honest_elsewhere(world, number):
            return
        world.count("a node lies", f"{number} {fault}")
    elif fault:
        if _lies_elsewhere(world, number):
            return
        world.count(f"a node is {fault}" if fault != "loses replies" else "a node loses replies")
    world.tell(f"node {number}: {fault or 'well'}")
    world.nodes.spoil(number, fault)


def _honest_elsewhere(world: World, number: int) -> bool:
    """A lie is told only where all others answer, and truly: of one node alone all is believed."""
    return not any(fault for other, fault in enumerate(world.nodes.faults) if other != number)


def _lies_elsewhere(world: World, number: int) -> bool:
    return any(fault in LIES for other, fault in enumerate(world.nodes.faults) if other != number)


def heal(world: World) -> None:
    world.nodes.heal()


def kill(world: World) -> None:
    """Kill somebody wherever they are."""
    world.count("killed anywhere")
    world.crew.kill_one(world.rng)


def arm(world: World) -> None:
    """Let the next ones that come by a place die there."""
    point = world.rng.choice(POINTS)
    world.tell(f"armed: {point}")
    world.board.arm(point, world.rng.randint(1, 2))


def delay(world: World) -> None:
    """Let the next ones that come by a place be slow there, with all the locks that they hold."""
    point = world.rng.choice(POINTS)
    world.count("a worker is slow", point)
    world.board.delay(point, world.rng.randint(1, 2))


def crash_database(world: World) -> None:
    world.crash_database()


def flush_broker(world: World) -> None:
    world.count("broker flushed")
    world.flush_broker()


def ring_often(world: World) -> None:
    """Alarms ring several times over and in any order."""
    world.count("alarms doubled and shuffled")
    world.crew.clerk("ring", ring(world.rng, 3))


def schedulers(world: World) -> None:
    """A second scheduler begins, or ends."""
    world.crew.schedulers_wanted = 3 - world.crew.schedulers_wanted
    world.count("two schedulers" if world.crew.schedulers_wanted == 2 else "one scheduler")


OPERATIONS: dict[Callable[[World], None], int] = {
    issue: 12, revoke: 4, mine: 26, reorganise: 12, forget: 4, fees: 5, foreign: 3, spoil: 16,
    heal: 4, kill: 6, arm: 14, delay: 6, crash_database: 1, flush_broker: 2, ring_often: 3,
    schedulers: 2,
}  # fmt: skip


def strike(world: World) -> None:
    """Let one thing happen."""
    [operation] = world.rng.choices(list(OPERATIONS), list(OPERATIONS.values()))
    operation(world)
