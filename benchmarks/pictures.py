"""Where the time of an import goes: `python -m benchmarks.pictures [LEARNERS]`.

Runs `benchmarks.bulk` with a sampling profiler in each process, and draws two flame graphs into
docs/pictures: of the command that reads the list, and of the workers that sign.
"""

import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks import bulk, sampling

COUNT = 20_000
FOLDER = bulk.ROOT / "docs" / "pictures"
# What is drawn of which process, and the function that it begins with.
DRAWN = {
    "import": ("services.importing:import_awards", "import_learners"),
    "work": ("services.signing:sign", "a worker that signs"),
}


def main() -> None:
    """Measure with the profiler, and draw."""
    count = int(sys.argv[1].replace("_", "")) if len(sys.argv) > 1 else COUNT
    with tempfile.TemporaryDirectory(prefix="acquis-bench-") as folder:
        os.environ["BENCH_PROFILE"] = folder
        bulk.measure(count)
        FOLDER.mkdir(exist_ok=True)
        for what, (begin, words) in DRAWN.items():
            stacks: Counter[sampling.Stack] = Counter()
            for path in Path(folder).glob(f"{what}-*.json"):
                stacks += sampling.read(path)
            drawn = sampling.picture(
                stacks,
                title=f"{words}: microseconds of processor time for each of {count:,} credentials",
                each=count,
                begin=begin,
            )
            (FOLDER / f"{what}.svg").write_text(drawn, encoding="utf-8")
            sys.stdout.write(f"docs/pictures/{what}.svg\n")


if __name__ == "__main__":
    main()
