"""Print the matrix after the tests, and write it into the documentation, for `make interop`.

Only a run in which every verifier was asked and every test passed changes the page.
"""

import pytest

from tests.interop import matrix

_outcomes: dict[str, str] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember how a test ended: by its call, or by a set-up that failed or skipped."""
    if report.when == "call" or report.outcome != "passed":
        _outcomes[report.nodeid] = report.outcome


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: int, config: pytest.Config
) -> None:
    """Print the table and the notes, and what became of the page."""
    items = config.stash.get(matrix.ITEMS, [])
    found = matrix.rows(items, _outcomes)
    theirs = matrix.rows(items, _outcomes, theirs=True)
    terminalreporter.section("format x verifier")
    terminalreporter.write_line(matrix.table(found))
    terminalreporter.write_line(matrix.notes(found))
    terminalreporter.section("format x maker")
    terminalreporter.write_line(matrix.table(theirs))
    passed = [_outcomes.get(item.nodeid) == "passed" for item in items]
    if exitstatus != pytest.ExitCode.OK or not all(passed):
        said = "not everything was asked and passed (the reasons of what was skipped are below)"
        terminalreporter.write_line(f"docs/interoperability.md is left as it was: {said}.")
        return
    current = matrix.PAGE.read_text()
    after = matrix.page(current, found, theirs)
    matrix.PAGE.write_text(after)
    said = "is up to date" if after == current else "was written"
    terminalreporter.write_line(f"docs/interoperability.md {said}.")
