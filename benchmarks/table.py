"""What is to be reached, and how the figures of a run are written beside it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

Figures: TypeAlias = Mapping[str, float]

# Of issue eddsa-rdfc-2022 by @digitalbazaar/vc; the tests ask for half of it (tests/test_speed.py).
SEAL_RATIO = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        work: What is done.
        part: Which part of the run measures it.
        found: Works the figure out of what the parts left.
        goal: What is to be reached.
        unit: Of both.
        is_most: Whether the goal is the most that may be taken; else the least that must be done.
        peer: What another program reaches in the same run, in words.
    """

    work: str
    part: str
    found: Callable[[Figures], float]
    goal: float
    unit: str
    is_most: bool = False
    peer: Callable[[Figures], str] = lambda _figures: ""

    def is_reached(self, figures: Figures) -> bool:
        """Say whether the goal is reached."""
        found = self.found(figures)
        return found <= self.goal if self.is_most else found >= self.goal


def _named(name: str) -> Callable[[Figures], float]:
    return lambda figures: figures[name]


def _each_second(name: str) -> Callable[[Figures], float]:
    return lambda figures: 1e6 / figures[name]


def _peer(name: str) -> Callable[[Figures], str]:
    return lambda figures: f"{1e6 / figures[name]:,.0f} /s"


def _blockcerts(figures: Figures) -> str:
    return f"{figures['blockcerts_peer_s']:.1f} s against {figures['blockcerts_ours_s']:.2f} s"


ROWS = (
    Row("seal, one core", "race", _each_second("seal_us"), 10_000, "/s",
        peer=_peer("seal_peer_us")),
    Row("… against @digitalbazaar/vc", "race", _named("seal_ratio"), SEAL_RATIO, "times"),
    Row("… against Blockcerts cert-issuer, 10,000, whole process", "blockcerts",
        _named("blockcerts_ratio"), 50, "times", peer=_blockcerts),
    Row("100,000 learners to sealed batches, 2 cores", "bulk", _named("bulk_sealed_s"), 30, "s",
        is_most=True),
    Row("… most memory of any process", "bulk", _named("bulk_mb"), 200, "MB", is_most=True),
    Row("… to final on a chain", "bulk", _named("bulk_final_s"), 60, "s", is_most=True),
    Row("… cost of each, against 1,000", "bulk", _named("bulk_growth"), 1.15, "times",
        is_most=True),
    Row("verify ours, all checks, one core", "verifying", _each_second("verify_us"), 5_000, "/s",
        peer=_peer("verify_peer_us")),
    Row("verify a stranger's proof, against @digitalbazaar/vc", "verifying",
        _named("verify_ratio"), 2, "times"),
    Row("… whose graph is hostile, until refused", "verifying", _named("hostile_s"), 2, "s",
        is_most=True),
    Row("public page, no cache before us", "serving", _named("page_per_s"), 1_500, "/s"),
    Row("… 99th percentile", "serving", _named("page_p99_ms"), 30, "ms", is_most=True),
    Row("document, no cache before us", "serving", _named("document_per_s"), 4_000, "/s"),
    Row("receipt, no cache before us", "serving", _named("receipt_per_s"), 4_000, "/s"),
    Row("page behind nginx", "serving", _named("nginx_per_s"), 50_000, "/s"),
    Row("PDF, one file each, one core", "artefacts", _named("pdf_per_s"), 35, "pages/s"),
    Row("PDF, in bulk, one core", "artefacts", _named("pdf_bulk_per_s"), 55, "pages/s"),
    Row("bake a PNG of 330 kB", "artefacts", _named("bake_us"), 50, "µs", is_most=True),
    Row("root of 65,536 leaves", "anchoring", _named("root_ms"), 150, "ms", is_most=True),
    Row("… a proof", "anchoring", _named("proof_us"), 30, "µs", is_most=True),
    Row("console list, 1,000,000 credentials, 95th percentile", "lists", _named("list_p95_ms"),
        150, "ms", is_most=True),
    Row("… its whole page, server time, 95th percentile", "lists", _named("list_page_p95_ms"), 150,
        "ms", is_most=True),
    Row("console, the slowest page, 200,000 credentials, 95th percentile", "console",
        _named("console_p95_ms"), 200, "ms", is_most=True),
    Row("… asked for the first time", "console", _named("console_first_ms"), 200, "ms",
        is_most=True),
    Row("… queries of the list that asks the most", "console", _named("console_queries"), 12, "",
        is_most=True),
)  # fmt: skip


def lines(figures: Figures, parts: set[str]) -> Iterator[str]:
    """Write the table, as Markdown, of the parts that were measured."""
    yield "| work | goal | found | | the peer |"
    yield "|---|--:|--:|---|--:|"
    for row in ROWS:
        if row.part not in parts:
            continue
        try:
            found, peer = row.found(figures), row.peer(figures)
        except KeyError:
            yield f"| {row.work} | {_goal(row)} | not measured | | |"
            continue
        mark = "✓" if row.is_reached(figures) else f"✗ {_missing(row, found):.1f} times off"
        yield f"| {row.work} | {_goal(row)} | {_number(found)} {row.unit} | {mark} | {peer} |"


def _goal(row: Row) -> str:
    return f"{'≤' if row.is_most else '≥'} {_number(row.goal)} {row.unit}"


def _missing(row: Row, found: float) -> float:
    return found / row.goal if row.is_most else row.goal / found


def _number(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"  # noqa: PLR2004 - three digits
