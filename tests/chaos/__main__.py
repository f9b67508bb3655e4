"""Run seeds, or mutants; say what came of each, and how to have it again."""

import argparse
import sys
from pathlib import Path

from tests import anvil

LOGS = Path(__file__).resolve().parent.parent.parent / "build" / "chaos"


def main() -> int:
    """Read what is asked for, and do it."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many, beginning with --first")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, help="this one alone")
    parser.add_argument("--mutant", action="append", default=[], help="plant this bug")
    parser.add_argument("--mutants", action="store_true", help="plant every bug, one by one")
    parser.add_argument("--report", type=Path, help="write the figures here, as JSON")
    parser.add_argument("--again", action="store_true", help="try once more what may be chance")
    parser.add_argument("--jobs", type=int, default=1, help="how many at the same time")
    asked = parser.parse_args()
    if anvil.binary() is None:
        sys.stderr.write(f"anvil is not installed: {anvil.INSTALL}\n")
        return 2
    # Not at the top: they import Django's models, which are there after `stage.built` only.
    from tests.chaos import abreast, stage

    if asked.mutants or asked.mutant:
        with stage.built(LOGS) as one:
            from tests.chaos import runs

            return runs.hunt(one, names=asked.mutant, seeds=asked.seeds, report=asked.report)
    first, count = (asked.seed, 1) if asked.seed is not None else (asked.first, asked.seeds)
    jobs = min(asked.jobs, count)
    with abreast.built(jobs, LOGS) if jobs > 1 else stage.built(LOGS) as some:
        from tests.chaos import runs

        return runs.storms(
            some, first=first, count=count, report=asked.report, again=asked.again, jobs=jobs
        )


if __name__ == "__main__":
    raise SystemExit(main())
