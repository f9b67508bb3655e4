"""Print the figures of a run as the tables of docs/reliability.md.

python -m tests.chaos.report seeds.json [mutants.json]
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def main(paths: Sequence[str]) -> None:
    """Print a table for each kind of figure."""
    seeds = json.loads(Path(paths[0]).read_text())
    out = sys.stdout.write
    out(
        f"{seeds['seeds']:,} seeds, {len(seeds['wrong'])} wrong {seeds['wrong'] or ''};"
        f" {seeds['batches']:,} batches; {sum(seeds['killed'].values()):,} killed at fail points;"
        f" {seeds['seconds'] / seeds['seeds']:.1f} s a seed, {seeds['slowest']:.1f} s at most\n\n"
    )
    out(_table("operation or fault", "times", seeds["operations"]))
    out(_table("fault of a node", "answers spoilt", seeds["faults"]))
    out("| fail point | died there | passed |\n|---|---:|---:|\n")
    for point, killed in seeds["killed"].items():
        out(f"| `{point}` | {killed:,} | {seeds['passed'][point]:,} |\n")
    if len(paths) > 1:
        out("\n" + _bugs(json.loads(Path(paths[1]).read_text())))


def _table(what: str, count: str, figures: Mapping[str, int]) -> str:
    rows = "".join(f"| {name} | {number:,} |\n" for name, number in figures.items())
    return f"| {what} | {count} |\n|---|---:|\n{rows}\n"


def _bugs(found: Mapping[str, Mapping[str, Any]]) -> str:
    rows = "".join(
        f"| {name} | {'seed ' + str(each['seed']) if each['caught'] else '**survived**'} |"
        f" {each['seeds']} |\n"
        for name, each in found.items()
    )
    return f"| planted | caught by | seeds tried |\n|---|---|---:|\n{rows}"


if __name__ == "__main__":
    main(sys.argv[1:])
