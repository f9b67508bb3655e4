"""Check the demonstration from outside: every credential through HTTP, as a stranger would."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

# Two web workers with a few threads each answer; more would only queue.
AT_ONCE = 4
TIMEOUT_SECONDS = 30
PAUSE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Expected:
    """A credential and what must come of it: no failing check at all.

    Or exactly the one that the data asks for.
    """

    address: str
    failing: str | None = None

    def is_met_by(self, report: Mapping[str, object]) -> bool:
        """Tell whether the report says what was expected, with the anchor final."""
        checks = report.get("checks")
        if not isinstance(checks, list):
            return False
        by_name = {check["name"]: check for check in checks}
        failed = [check["reason"] for check in checks if check["outcome"] == "failed"]
        open_ = [check["reason"] for check in checks if check["outcome"] == "inconclusive"]
        return (
            not open_
            and failed == ([self.failing] if self.failing else [])
            and by_name["anchored"]["reason"] == "anchored_final"
        )


# What its holder keeps private, or had erased, since the demonstration was first there.
KEPT_BACK = ("HTTP 403", "HTTP 410")


@dataclass(frozen=True, slots=True)
class Checked:
    """What the last round found: who met the expectation, and the report of who did not."""

    met: frozenset[str]
    unmet: Mapping[str, str]


def check_until_met(
    expected: Sequence[Expected], *, seconds: float, tell: Callable[[int], None]
) -> Checked:
    """Ask for every report until all say what was expected, or the time is over.

    Args:
        expected: Addresses of credential pages.
        seconds: How long to go on.
        tell: Called with the number met so far after each round.
    """
    deadline = time.monotonic() + seconds
    met: set[str] = set()
    unmet: dict[str, str] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while True:
            waiting = [item for item in expected if item.address not in met]
            # One stands for all while nothing is final yet: two hundred reports a round would only
            # slow the workers.
            probe = waiting[:1]
            unmet = {}
            for round_ in (probe, waiting[1:]):
                for item, answer in zip(round_, pool.map(_report, round_), strict=True):
                    is_met = isinstance(answer, Mapping) and item.is_met_by(answer)
                    if is_met or answer in KEPT_BACK:
                        met.add(item.address)
                    else:
                        unmet[item.address] = _words(answer)
                if unmet:
                    break
            tell(len(met))
            if len(met) == len(expected) or time.monotonic() > deadline:
                for item in expected:
                    if item.address not in met:
                        unmet.setdefault(item.address, "not asked")
                return Checked(frozenset(met), unmet)
            time.sleep(PAUSE_SECONDS)


def _report(item: Expected) -> Mapping[str, object] | str:
    request = urllib.request.Request(f"{item.address}/report.json")  # noqa: S310 - our own pages
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            report: Mapping[str, object] = json.load(answer)
            return report
    except urllib.error.HTTPError as error:
        return f"HTTP {error.code}"
    except (OSError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


def _words(answer: Mapping[str, object] | str) -> str:
    if isinstance(answer, str):
        return answer
    checks = answer.get("checks")
    if not isinstance(checks, list):
        return "no report"
    return ", ".join(f"{check['name']}: {check['reason']}" for check in checks)
