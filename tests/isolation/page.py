"""The page of the matrix, docs/isolation.md: who is answered what, address by address.

`MATRIX=page` writes it, and `MATRIX=whole` with its figures; every run of the tests compares what
it asks with what stands there.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.isolation import judging, walls
from tests.isolation.identities import SHORT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.isolation.routes import Route

PAGE = Path(__file__).parents[2] / "docs" / "isolation.md"
PARTS = {
    "/console/": "The console of an organisation",
    "/operator/": "The operator's pages",
    "/account/": "Signing in",
    "/": "Everybody's",
}
# How the figures call what stood.
WALLS = {
    walls.BOTH: "both walls",
    walls.DATABASE: "every filter in code forgotten",
    walls.CODE: "no row-level security",
}
FIRST = ("| `/", "| POST `/")
FIGURES, MATRIX = "<!-- figures -->", "<!-- matrix -->"
REMEDY = "write it anew: MATRIX=page pytest tests/isolation/test_routes.py -k part-of-the-address"


def cell(answer: Any) -> str:
    """Return how an answer is written: what it means, or its status."""
    status = answer.status_code
    if status in range(300, 400):
        return "sign in" if judging.refuses(answer) else "→"
    return "✓" if status in range(200, 300) else str(status)


def line(route: Route, method: str, cells: Sequence[str]) -> str:
    """Return the line of an address in the table."""
    return f"| {'' if method == 'GET' else 'POST '}`{route}` | {' | '.join(cells)} |"


def part_of(template: str) -> str:
    """Return the title under which an address stands."""
    return next(title for begins, title in PARTS.items() if template.startswith(begins))


def cells() -> dict[str, list[str]]:
    """Return what stands on the page: by address, the cells."""
    return {
        address: [part.strip() for part in line.strip("|").split("|")][1:]
        for address, line in _lines().items()
    }


def _lines() -> dict[str, str]:
    """Return the lines of the page by address, whatever method is asked."""
    lines = [each for each in PAGE.read_text().splitlines() if each.startswith(FIRST)]
    return {each.split("`")[1]: each for each in lines}


def write(
    rows: Mapping[str, str], *, among: Sequence[str], figures: Mapping[str, Sequence[int]]
) -> None:
    """Write the page anew between its marks.

    Args:
        rows: Lines that are new, by address; the others stay.
        among: The addresses that there are.
        figures: By which walls stood: addresses, identities, requests, refused, leaks. Those that
            are not told stay.
    """
    text = PAGE.read_text()
    left = {each: line for each, line in (_lines() | dict(rows)).items() if each in among}
    tables = []
    heading = f"| address | {' | '.join(SHORT.values())} |\n|---|{'---|' * len(SHORT)}"
    for title in PARTS.values():
        mine = sorted(template for template in left if part_of(template) == title)
        listed = "\n".join(left.pop(each) for each in mine)
        tables.append(f"## {title}\n\n{heading}\n{listed}\n")
    text = _between(text, MATRIX, "\n".join(tables))
    PAGE.write_text(_between(text, FIGURES, _figures(text, figures)))


def _figures(text: str, new: Mapping[str, Sequence[int]]) -> str:
    heading = "| asked with | addresses | identities | requests | refused | leaks |"
    lines = {each.split("|")[1].strip(): each for each in text.split(FIGURES)[1].splitlines()[4:-1]}
    whole = {name.partition(":")[0] for name in new if ":" in name}
    lines = {
        name: line
        for name, line in lines.items()
        if name.partition(":")[0] not in new and name not in whole
    }
    lines |= {
        name: f"| {name} | {' | '.join(f'{n:,}' for n in row)} |" for name, row in new.items()
    }
    if not lines:
        return ""
    return "\n".join([heading, "|---|" + "--:|" * 5, *lines.values()]) + "\n"


def _between(text: str, mark: str, new: str) -> str:
    before, _mark, rest = text.partition(mark)
    _old, _mark, after = rest.partition(mark)
    inside = f"\n{new}\n" if new else ""
    return f"{before}{mark}\n{inside}{mark}{after}"
