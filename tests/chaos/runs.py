"""Many seeds, and what they add up to."""

import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

from tests.chaos import bugs
from tests.chaos.board import POINTS
from tests.chaos.storm import Outcome, Stage

# A run as long as this must have killed somebody at each fail point.
COVERS = 20
# Seeds that are run beyond those asked for, where a fail point was missed and `again` is asked.
MORE = 6


class Runs(Protocol):
    """What runs a seed: a stage, or several."""

    def run(self, seed: int, /) -> Outcome: ...


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def storms(
    stage: Runs,
    *,
    first: int,
    count: int,
    report: Path | None,
    again: bool = False,
    jobs: int = 1,
) -> int:
    """Run seeds; return how the process should exit.

    Args:
        stage: Where they are run.
        first: The first seed.
        count: How many.
        report: Where the figures go.
        again: Whether what may be chance is tried once more, for a gate that must tell a fault of
            a change from the machine's mood: a seed that is wrong is run again, and one that then
            holds is *unsteady*; of those one is let pass, and said. Where nobody died at a fail
            point, a few seeds more are run.
        jobs: How many seeds may run at the same time: as many as there are stages.
    """
    outcomes: list[Outcome] = []
    twice: list[int] = []
    for outcome in _ran(stage, range(first, first + count), jobs):
        outcomes.append(_told(outcome))
        seed = outcome.seed
        if again and outcomes[-1].wrong:
            kept = outcomes[-1].folder.with_name(f"seed-{seed}-first")
            shutil.rmtree(kept, ignore_errors=True)
            outcomes[-1].folder.rename(kept)
            outcomes.append(_told(stage.run(seed)))
            if outcomes[-1].wrong:
                twice.append(seed)
        _write(report, outcomes)
    for seed in range(first + count, first + count + MORE if again else 0):
        if count < COVERS or not _missed(outcomes):
            break
        outcomes.append(_told(stage.run(seed)))
    wrong = [outcome.seed for outcome in outcomes if outcome.wrong]
    summary = figures(outcomes)
    held, seconds = len(outcomes) - len(wrong), summary["seconds"]
    say(f"{held} of {len(outcomes)} runs hold; {seconds:.0f} seconds")
    say(json.dumps({name: summary[name] for name in ("operations", "faults", "killed")}, indent=1))
    missed = _missed(outcomes) if count >= COVERS else []
    if missed:
        say(f"Nobody died at: {', '.join(missed)}")
    if wrong:
        say(f"Wrong: {wrong}, twice: {twice}")
    is_bad = bool(twice) or len(wrong) > 1 if again else bool(wrong)
    return int(is_bad or bool(missed))


def _ran(stage: Runs, seeds: Iterable[int], jobs: int) -> Iterator[Outcome]:
    """Yield what came of each seed, in their order."""
    if jobs == 1:
        # In this thread: a stage forks, and what is forked has no other.
        yield from map(stage.run, seeds)
        return
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(stage.run, seeds)


def _told(outcome: Outcome) -> Outcome:
    """Say what came of a seed, and how to have it again."""
    say(_line(outcome))
    for each in outcome.wrong:
        say(f"    {each}")
    if outcome.wrong:
        say(f"    again: make chaos SEED={outcome.seed}    logs: {outcome.folder}")
    return outcome


def _missed(outcomes: Sequence[Outcome]) -> list[str]:
    """Return the fail points at which nobody died."""
    killed = figures(outcomes)["killed"]
    return [point for point in POINTS if not killed.get(point)]


def _write(report: Path | None, outcomes: Sequence[Outcome]) -> None:
    if report is not None:
        report.write_text(json.dumps(figures(outcomes), indent=1))


def _line(outcome: Outcome) -> str:
    verdict = "WRONG" if outcome.wrong else "holds"
    return (
        f"seed {outcome.seed:4}  {verdict}  {outcome.seconds:5.1f} s, settled in"
        f" {outcome.settled:4.1f} s, {outcome.counts['awards']} awards, {outcome.batches} batches,"
        f" {outcome.killed.total()} killed at fail points, {outcome.counts['reorganisation']}"
        f" reorganisations, {outcome.touched.total()} answers spoilt"
    )


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Add up what came of the seeds."""
    operations, faults, killed, passed = (
        Counter[str](),
        Counter[str](),
        Counter[str](),
        Counter[str](),
    )
    for outcome in outcomes:
        operations += outcome.counts
        faults += outcome.touched
        killed += outcome.killed
        passed += outcome.passed
    return {
        "seeds": len(outcomes),
        "wrong": [outcome.seed for outcome in outcomes if outcome.wrong],
        "seconds": sum(outcome.seconds for outcome in outcomes),
        "slowest": max((outcome.seconds for outcome in outcomes), default=0.0),
        "batches": sum(outcome.batches for outcome in outcomes),
        "operations": dict(sorted(operations.items())),
        "faults": dict(sorted(faults.items())),
        "killed": {point: killed[point] for point in POINTS},
        "passed": {point: passed[point] for point in POINTS},
    }


def hunt(stage: Stage, *, names: Sequence[str], seeds: int, report: Path | None) -> int:
    """Plant bugs one by one; return how the process should exit: 0 where each is caught."""
    found: dict[str, dict[str, Any]] = {}
    for mutant in bugs.ALL:
        if names and mutant.name not in names:
            continue
        tried: list[int] = []
        for seed in mutant.seeds(seeds):
            tried.append(seed)
            outcome = stage.run(seed, mutant.plant)
            if outcome.wrong:
                break
        found[mutant.name] = {
            "caught": bool(outcome.wrong),
            "seed": tried[-1],
            "seeds": len(tried),
            "by": [each.strip().splitlines()[-1][:160] for each in outcome.wrong[:2]],
        }
        verdict = f"caught by seed {tried[-1]}" if outcome.wrong else f"SURVIVED {len(tried)} seeds"
        say(f"{mutant.name:44} {verdict}")
        for each in found[mutant.name]["by"]:
            say(f"    {each}")
        if report is not None:
            report.write_text(json.dumps(found, indent=1))
    caught = sum(each["caught"] for each in found.values())
    say(f"{caught} of {len(found)} bugs are caught")
    unexplained = [
        each.name for each in bugs.ALL
        if each.name in found and not found[each.name]["caught"] and not each.survives_because
    ]  # fmt: skip
    return int(bool(unexplained))
