"""Measure everything that is promised, and print it beside what others reach: `make bench`.

    make bench                      all parts, seven to ten minutes
    make bench ONLY=race,bulk       some of them

Each part is a program of its own (`python -m benchmarks.PART`), so that none has the memory or the
warm caches of another; they run one after the other. The table is printed, and what stands behind
it is written to benchmarks/results.json: the machine, the versions, the figures, and of which
commit those of each part are. The table of all that was measured so far goes into
docs/performance.md.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks import figures, table

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results.json"
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- Written by make bench, from here -->\n", "<!-- to here -->\n"
PARTS = ("race", "blockcerts", "bulk", "verifying", "serving", "artefacts", "anchoring", "lists",
         "console")  # fmt: skip
PACKAGES = ("django", "cryptography", "pynacl", "pyld", "pyoxigraph", "psycopg2-binary", "gunicorn",
            "weasyprint")  # fmt: skip


def main() -> None:
    """Measure, print, write."""
    wanted = [each for each in sys.argv[1:] if each] or list(PARTS)
    unknown = [each for each in wanted if each not in PARTS]
    if unknown:
        raise SystemExit(f"There is no part {unknown[0]}. There are: {', '.join(PARTS)}.")
    known = json.loads(RESULTS.read_text())["figures"] if RESULTS.exists() else {}
    failed = []
    for part in wanted:
        found = run(part)
        if found is None:
            failed.append(part)
        else:
            known |= found
    RESULTS.write_text(json.dumps(said(known, wanted), indent=1, ensure_ascii=False) + "\n")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), known), encoding="utf-8")
    sys.stdout.write("\n" + "\n".join(table.lines(known, set(wanted))) + "\n")
    if failed:
        raise SystemExit(f"Not measured: {', '.join(failed)}; their own words are above.")


def run(part: str) -> dict[str, Any] | None:
    """Run a part, let it speak, and return the figures that it leaves; None where it failed."""
    sys.stdout.write(f"\n== {part}\n")
    sys.stdout.flush()
    start, load = time.monotonic(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="acquis-bench-") as folder:
        place = Path(folder) / "figures.json"
        ended = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", f"benchmarks.{part}"],
            cwd=ROOT,
            env={**os.environ, figures.PLACE: str(place)},
            check=False,
        )
        if ended.returncode:
            return None
        found: dict[str, Any] = json.loads(place.read_text()) if place.exists() else {}
    seconds = time.monotonic() - start
    sys.stdout.write(f"({seconds:.0f} s, load {load:.1f} before)\n")
    return found | {
        f"{part}_load": round(load, 2),
        f"{part}_took_s": round(seconds, 1),
        f"{part}_commit": _answer("git", "rev-parse", "HEAD")[:10],
    }


def page(text: str, known: dict[str, Any]) -> str:
    """Return the page with the table of everything that was measured."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    written = "\n".join(table.lines(known, set(PARTS)))
    loads = [known[f"{part}_load"] for part in PARTS if f"{part}_load" in known]
    others = f"Other work on the machine when the parts began: load {min(loads)} to {max(loads)}.\n"
    return f"{before}{BEGIN}\n{written}\n\n{others if loads else ''}\n{END}{after}"


def said(known: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
    """Return what is written down."""
    return {
        "commit": _answer("git", "rev-parse", "HEAD"),
        "is_clean": not _answer("git", "status", "--porcelain", "--untracked-files=no"),
        "measured": wanted,
        "machine": {
            "processor": _processor(),
            "cores": os.cpu_count(),
            "system": platform.platform(),
        },
        "versions": {
            "python": platform.python_version(),
            "node": _answer("node", "--version"),
            **{name: metadata.version(name) for name in PACKAGES},
        },
        "figures": dict(sorted(known.items())),
    }


def _answer(*command: str) -> str:
    try:
        return subprocess.run(  # noqa: S603 - our own words
            command, cwd=ROOT, capture_output=True, text=True, check=False
        ).stdout.strip()
    except OSError:
        return ""


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


if __name__ == "__main__":
    main()
