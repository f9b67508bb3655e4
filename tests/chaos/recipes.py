"""How to lead a worker to a fail point, so that no run of twenty seeds misses one."""

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from tests.chaos import clerks
from tests.chaos.board import POINTS
from tests.chaos.lies import LIES
from tests.chaos.world import Broken, World

PATIENCE_SECONDS = 6.0
UNFINISHED = (
    "SELECT (SELECT count(*) FROM credentials_credential WHERE state = 'due')"
    " + (SELECT count(*) FROM blockchain_commitment WHERE batch_id IS NULL)"
    " + (SELECT count(*) FROM blockchain_batch WHERE state NOT IN ('finalized', 'failed'))"
)
IN_FLIGHT = "SELECT count(*) FROM blockchain_batch WHERE state IN ('signed', 'broadcast')"
BROADCAST = "SELECT count(*) FROM blockchain_batch WHERE state = 'broadcast'"
IN_BLOCK = "SELECT count(*) FROM blockchain_batch WHERE state IN ('mined', 'confirmed')"
UNPUBLISHED = "SELECT count(*) FROM credentials_statuslist WHERE published_version < version"
UNSTATED = (
    "SELECT count(*) FROM credentials_statuslist l WHERE l.published_at IS NOT NULL AND NOT EXISTS"
    " (SELECT FROM credentials_statement s WHERE s.status_list_id = l.id"
    " AND s.at >= l.published_at)"
)
# The head of an issuer's trail, which is put on record once in a seed.
UNHEADED = (
    "SELECT count(*) FROM issuers_issuer i WHERE NOT EXISTS"
    " (SELECT FROM credentials_statement s WHERE s.issuer_id = i.id AND s.kind = 'head')"
)
DUE = "SELECT count(*) FROM credentials_credential WHERE state = 'due'"
# Recipes in turn; a seed takes a few of them, so that twenty seeds take each several times.
PER_SEED = 3


def of_seed(seed: int) -> list[str]:
    """Return the points that a seed is bent on."""
    return [POINTS[(seed * PER_SEED + turn) % len(POINTS)] for turn in range(PER_SEED)]


def follow(world: World, point: str) -> None:
    """Lead somebody to the point and let them die there."""
    world.tell(f"recipe: {point}")
    kind = point.partition(":")[0]
    before = world.board.killed()[point]
    RECIPES.get(kind, anchor_something)(world, point, lambda: world.board.killed()[point] > before)
    world.counts["recipe served" if world.board.killed()[point] > before else "recipe missed"] += 1
    world.tell("served" if world.board.killed()[point] > before else "missed")


def until(world: World, done: Callable[[], bool], *, mines: bool = True) -> bool:
    """Let time and blocks pass until something is so, for a while."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        if time.monotonic() > deadline:
            return False
        world.crew.tend()
        if mines:
            world.mine()
        time.sleep(0.05)
    return True


def _none(world: World, statement: str) -> bool:
    return bool(world.rows(statement)[0][0] == 0)


def ease(world: World) -> None:
    """Leave one node ill at most, and none that lies: with the others, work goes on."""
    ill = [number for number, fault in enumerate(world.nodes.faults) if fault]
    for number in ill[1:]:
        world.nodes.spoil(number, "")
    if ill and world.nodes.faults[ill[0]] in LIES:
        world.nodes.spoil(ill[0], "")


def calm(world: World) -> None:
    """Let everything that waits become final, in fair weather."""
    world.nodes.heal()
    world.level = 1
    until(world, lambda: _none(world, UNFINISHED))


def anchor_something(world: World, point: str, died: Callable[[], bool]) -> None:
    """Award, and wait: most points lie on this way."""
    ease(world)
    world.level = min(world.level, 90)
    world.board.arm(point)
    world.issue(2)
    until(world, died)


def revoke_something(world: World, point: str, died: Callable[[], bool]) -> None:
    ease(world)
    world.issue(1)
    until(world, lambda: _none(world, DUE))
    world.board.arm(point)
    for _try in range(3):
        world.revoke()
        if until(world, died, mines=False):
            return


def open_gap(world: World, point: str, died: Callable[[], bool]) -> None:
    """See `gap`; whoever fills it dies, and the next one fills it all the same."""
    gap(world)
    world.board.arm(point)
    until(world, died, mines=False)


def gap(world: World) -> None:
    """A stranger uses our nonce, we go on with the next, and his transaction vanishes for good."""
    calm(world)
    if not world.use_nonce_elsewhere():
        return
    world.mine()
    world.issue(1)
    until(world, lambda: not _none(world, IN_FLIGHT), mines=False)
    world.chain.ask("anvil_dropAllTransactions")
    world.chain.reorganise(1)
    world.count("gap of nonces")


def robbed(world: World) -> None:
    """A stranger takes the nonce of what waits, and a reorganisation gives it back in the end."""
    calm(world)
    world.issue(2)
    until(world, lambda: not _none(world, IN_FLIGHT), mines=False)
    if not world.use_nonce_elsewhere():
        return
    world.mine(2)
    seen = world.board.answered() + 20
    until(world, lambda: world.board.answered() > seen, mines=False)
    world.chain.reorganise(2)
    world.remember()
    world.count("foreign use undone")


def miscounted(world: World) -> None:
    """The node that is asked first says that the nonce of what waits was used, for good.

    Long enough for whoever believes it to give the nonce up and to sign for another one: who looks
    reads the chain once, and who sends follows.
    """
    calm(world)
    world.issue(2)
    until(world, lambda: not _none(world, BROADCAST), mines=False)
    world.nodes.spoil(0, "used nonces")
    looked = world.board.passed()["follow: chain read"] + 3
    until(world, lambda: world.board.passed()["follow: chain read"] >= looked, mines=False)
    seen = world.board.answered() + 20
    until(world, lambda: world.board.answered() > seen, mines=False)
    world.nodes.heal()
    world.count("nonces counted wrong")


def _answered(world: World, seen: int) -> bool:
    return world.board.answered() > seen


def lied_to(world: World) -> None:
    """The node that is asked first shows a branch of its own, then anchors that never were."""
    for lie in ("other blocks", "false anchors"):
        calm(world)
        world.issue(1)
        until(world, lambda: not _none(world, IN_FLIGHT), mines=False)
        world.nodes.spoil(0, lie)
        seen = world.board.answered() + 20
        until(world, partial(_answered, world, seen))
        world.nodes.heal()
        world.count("lied to by the first node")


def crowded(world: World) -> None:
    """One worker is slow while it seals, and more leaves arrive: another one seals beside it."""
    calm(world)
    world.board.delay("seal: rows written", 2)
    for _turn in range(3):
        committed = world.board.passed()["commit: rows written"]
        world.issue(1)
        until(world, partial(_committed, world, committed), mines=False)
    until(world, lambda: _none(world, UNFINISHED))
    world.count("sealed side by side")


def _committed(world: World, before: int) -> bool:
    return world.board.passed()["commit: rows written"] > before


def undone(world: World) -> None:
    """The block of an anchor is taken away, and no node remembers what it held."""
    calm(world)
    world.issue(1)
    until(world, lambda: not _none(world, BROADCAST), mines=False)
    world.mine()
    until(world, lambda: not _none(world, IN_BLOCK), mines=False)
    world.chain.ask("anvil_dropAllTransactions")
    world.chain.reorganise(1)
    world.count("anchor undone")


def raise_fees(world: World, point: str, died: Callable[[], bool]) -> None:
    """See `dear`; whoever offers more dies."""
    dear(world)
    world.board.arm(point)
    until(world, died)


def dear(world: World) -> None:
    """What was offered is no longer enough, and stays so."""
    calm(world)
    world.issue(1)
    until(world, lambda: not _none(world, IN_FLIGHT), mines=False)
    world.level = 60


def restore(world: World, point: str, died: Callable[[], bool]) -> None:
    """An older database comes back, and the manifests tell it what it has lost.

    Nothing is issued or signed in between: what the database alone knew is lost for good, and no
    concern of the witness.
    """
    world.nodes.heal()
    world.level = 1
    world.catch_up()
    if not until(world, lambda: _none(world, DUE)):
        return
    world.issue(3)
    if not until(world, lambda: _is_all_told(world), mines=False):
        return
    world.snapshot()
    world.tell("kept the database")
    world.resume()
    until(world, lambda: _none(world, UNFINISHED))
    world.mine(world.rng.randint(0, 6))
    _lose(world, point)
    world.board.arm(point)
    _rebuild(world)
    world.resume()
    until(world, died)


def _is_all_told(world: World) -> bool:
    """Say whether nothing is left to be signed, published or put on record."""
    return all(_none(world, count) for count in (DUE, UNPUBLISHED, UNSTATED, UNHEADED))


def _lose(world: World, point: str) -> None:
    world.restore()
    if point.startswith("recommit"):  # signed, and promised to nobody but the tables that go now
        world.issue(2)
        world.crew.clerk("sign", clerks.sign)
    if world.rng.random() < 0.5 or point.startswith("recommit"):
        world.count("witness lost")
        world.servers.execute(
            "TRUNCATE blockchain_attempt, blockchain_commitment, blockchain_batch,"
            " blockchain_sender", name="chaos",
        )  # fmt: skip
    else:
        world.count("older database restored")


def _rebuild(world: World) -> None:
    """Run the command, again when it dies; without the chain, the workers adopt what is on it."""
    alone = world.rng.random() < 0.5
    if alone:
        for number in range(len(world.nodes.faults)):
            world.nodes.spoil(number, "down")
    for _try in range(5):
        status = world.crew.clerk("rebuild_proofs", clerks.rebuild)
        world.tell(f"rebuild_proofs{' without the chain' if alone else ''}: {status}")
        if status == 0:
            break
    else:
        raise Broken("rebuild_proofs does not succeed")
    world.nodes.heal()
    if alone:  # as it says itself: "run it again when the chain answers"
        world.board.arm("adopt: attempt written", 0)
        world.crew.clerk("rebuild_proofs", clerks.rebuild)


def award_something(world: World, point: str, died: Callable[[], bool]) -> None:
    """The clerk dies, and is sent again."""
    world.board.arm(point)
    world.issue(2)
    with suppress(AssertionError):
        world.catch_up()


RECIPES: dict[str, Callable[[World, str, Callable[[], bool]], None]] = {
    "issue": award_something,
    "revoke": revoke_something,
    "publish": revoke_something,
    "fill": open_gap,
    "bump": raise_fees,
    "adopt": restore,
    "recommit": restore,
}
