"""Where processor time goes: a sampling profiler of this process, and its picture.

Every millisecond of processor time the stack is written down, weighed with the time since the last
one: a signal waits until a call into C has ended, so that the call gets all of its time. The
picture is a flame graph: who calls stands below who is called, and width is time.

Source: Brendan Gregg, "The Flame Graph", Communications of the ACM 59(6), 2016.
"""

import json
import signal
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self
from xml.sax.saxutils import escape, quoteattr

INTERVAL = 0.001
Stack = tuple[str, ...]
# Of the picture, in pixels; narrower than a pixel is nothing.
WIDTH, ROW, NARROW, TEXT, SHORTEST = 1200, 17, 1.0, 7.0, 3
# Told apart by whose code it is.
COLOURS = {
    "django": "#7fb3a6", "psycopg2": "#8fa8d0", "cryptography": "#c9a0c0", "": "#c9c4b8",
    "credentials": "#e08a5b", "learners": "#e8ae6b", "blockchain": "#d9c05f", "badges": "#e59f86",
    "issuers": "#d8a27a", "benchmarks": "#b8b8b8",
}  # fmt: skip


class Sampler:
    """Counts where the main thread stands, while a block runs."""

    def __init__(self) -> None:
        self.stacks: Counter[Stack] = Counter()
        self._last = 0.0

    def __enter__(self) -> Self:
        self._last = time.process_time()
        signal.signal(signal.SIGPROF, self._count)
        signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop counting."""
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _count(self, _signal: int, frame: FrameType | None) -> None:
        names = []
        while frame is not None:
            names.append(_named(frame))
            frame = frame.f_back
        now = time.process_time()
        self.stacks[tuple(reversed(names))] += round((now - self._last) * 1e6)
        self._last = now

    def write(self, path: Path) -> None:
        """Write down what was counted."""
        path.write_text(json.dumps([[list(stack), found] for stack, found in self.stacks.items()]))


def read(path: Path) -> Counter[Stack]:
    """Read what `write` wrote."""
    return Counter({tuple(stack): found for stack, found in json.loads(path.read_text())})


def _named(frame: FrameType) -> str:
    """Return the module and the function of a frame."""
    code = frame.f_code
    module = frame.f_globals.get("__name__", "")
    return f"{module}:{getattr(code, 'co_qualname', code.co_name)}"


class _Flame:
    """A function, with what it took, and whom it called."""

    def __init__(self, name: str) -> None:
        self.name, self.taken = name, 0
        self.called: dict[str, _Flame] = {}

    def add(self, stack: Iterable[str], taken: int) -> None:
        self.taken += taken
        here = self
        for name in stack:
            here = here.called.setdefault(name, _Flame(name))
            here.taken += taken

    @property
    def depth(self) -> int:
        return 1 + max((each.depth for each in self.called.values()), default=0)


def picture(stacks: Counter[Stack], *, title: str, each: int, begin: str = "") -> str:
    """Draw a flame graph, as SVG.

    Args:
        stacks: what was counted.
        title: said above it.
        each: how many pieces of work there were: widths are told in microseconds of one.
        begin: the function that stands at the bottom; what is below it is left out.
    """
    root = _Flame("")
    for stack, taken in stacks.items():
        places = [at for at, name in enumerate(stack) if name.endswith(begin)]
        if places:
            root.add(stack[places[0] :], taken)
    height = (root.depth - 1) * ROW + 40
    boxes = "\n".join(_boxes(root, 0.0, height - ROW - 6, WIDTH / max(root.taken, 1), each))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
        f' font-family="sans-serif" font-size="11" role="img" aria-label={quoteattr(title)}>\n'
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>\n'
        f'<text x="6" y="18" font-size="14">{escape(title)}</text>\n{boxes}\n</svg>\n'
    )


def _boxes(flame: _Flame, left: float, y: int, unit: float, each: int) -> Iterator[str]:
    """Draw what a function called, and upon it what that called."""
    for called in sorted(flame.called.values(), key=lambda one: -one.taken):
        width = called.taken * unit
        if width < NARROW:
            continue
        owner, _, name = called.name.partition(":")
        colour = COLOURS.get(owner.partition(".")[0], COLOURS[""])
        said = f"{called.name}, {called.taken / each:.1f} µs"
        fits = int(width / TEXT)
        label = f"{name} {called.taken / each:.0f}" if fits > len(name) + 4 else name[:fits]
        words = f'<text x="{left + 3:.1f}" y="{y + 12}">{escape(label)}</text>'
        yield (
            f'<g><title>{escape(said)}</title><rect x="{left:.1f}" y="{y}" width="{width:.1f}"'
            f' height="{ROW - 1}" fill="{colour}"/>' + (words if fits > SHORTEST else "") + "</g>"
        )
        yield from _boxes(called, left, y - ROW, unit, each)
        left += width
