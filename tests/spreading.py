"""How `-n` spreads the tests: what shares a stack stays together, and the longest goes first.

xdist begins with the files that have most tests, so that those of a stack, which are few and take
minutes, would come last, and one worker would wait for the other. (Its own way to group, a mark, is
lost under pytest 9.2.) A test that hangs ends its worker (faulthandler_timeout in pyproject.toml).
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from xdist.scheduler.loadfile import LoadFileScheduling

if TYPE_CHECKING:
    import pytest
    from xdist.remote import Producer
    from xdist.workermanage import WorkerController

# Files that use one installation, by the name of their group.
TOGETHER = {
    "tests/browser/test_demo.py": "the demonstration",
    "tests/browser/test_every_page.py": "the demonstration",
    "tests/browser/test_whole_job.py": "the demonstration",
}
# Whatever takes more than ten seconds, the longest first: `pytest --durations` tells.
LONGEST = (
    "the demonstration",
    "tests/isolation/test_routes.py",
    "tests/flows/test_embedded_stack.py",
    "tests/flows/test_anchoring_chain.py",
    "tests/flows/test_leaving.py",
    "tests/browser/test_states.py",
    "tests/flows/test_compose.py",
    "tests/isolation/test_models.py",
    "tests/chaos/test_harness.py",
    "tests/web/test_console.py",
    "tests/isolation/test_tasks.py",
    "tests/flows/test_proof_without_us.py",
    "tests/services/credentials/leaving/test_mirroring.py",
    "tests/services/credentials/leaving/test_moving.py",
    "tests/services/test_growth.py",
    "tests/isolation/test_violations.py",
    "tests/services/credentials/audit/test_corruptions.py",
    "tests/services/credentials/leaving/test_trails.py",
    "tests/services/credentials/leaving/test_hostile_rows.py",
    "tests/web/test_exports.py",
    "tests/services/credentials/test_listing.py",
    "tests/flows/test_mirror.py",
    "tests/test_architecture.py",
)
PLACES = {scope: place for place, scope in enumerate(LONGEST)}


class Waiting(OrderedDict[str, dict[str, bool]]):
    """Units of work that nobody has begun; whoever asks for the next gets the longest."""

    def popitem(self, last: bool = True) -> tuple[str, dict[str, bool]]:  # noqa: FBT001, FBT002 - as its base says
        scope = min(self, key=lambda one: (PLACES.get(one, len(PLACES)), -len(self[one])))
        return scope, self.pop(scope)


class LongestFirst(LoadFileScheduling):  # type: ignore[misc]  # it has no types
    """A file is a unit of work, or some that belong together."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        self.workqueue = Waiting()

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return TOGETHER.get(file, file)

    def remove_node(self, node: WorkerController) -> str | None:
        """Give to others what a worker that died had not begun; return what it died of.

        That is not begun again, as xdist would: a test that hangs would take each worker's time.
        """
        left = [
            (scope, nodeid)
            for scope, unit in self.assigned_work.pop(node).items()
            for nodeid, is_done in unit.items()
            if not is_done
        ]
        for scope, nodeid in left[1:]:
            self.workqueue.setdefault(scope, {})[nodeid] = False
        for other in self.assigned_work:
            self._reschedule(other)
        return left[0][1] if left else None


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LongestFirst | None:
    """Spread by files, unless somebody asks for another way."""
    return LongestFirst(config, log) if config.getvalue("dist") == "loadfile" else None
