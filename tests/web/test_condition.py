"""How a chain does, judged by what was written down of it."""

from datetime import UTC, datetime, timedelta

import pytest

from credentials.serializers.condition import PATIENCE, Condition, of

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATELY, LONG_AGO = NOW - timedelta(seconds=5), NOW - PATIENCE - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("is_configured", "asked_at", "answered_at", "is_paused", "expected"),
    [
        (True, LATELY, LATELY, False, Condition.WELL),
        (True, LATELY, LATELY, True, Condition.PAUSED),
        (True, LATELY, LONG_AGO, False, Condition.SILENT),
        (True, LATELY, LONG_AGO, True, Condition.SILENT),
        (True, LATELY, None, False, Condition.SILENT),
        (True, LONG_AGO, LONG_AGO, False, Condition.UNATTENDED),
        (True, None, None, False, Condition.UNUSED),
        (False, LATELY, LATELY, False, Condition.FORMER),
        (False, None, None, True, Condition.FORMER),
    ],
)
def test_the_gravest_truth_is_told(is_configured, asked_at, answered_at, is_paused, expected):
    found = of(
        is_configured=is_configured,
        asked_at=asked_at,
        answered_at=answered_at,
        is_paused=is_paused,
        now=NOW,
    )

    assert found == expected


def test_one_answer_that_is_late_is_not_yet_silence():
    found = of(
        is_configured=True,
        asked_at=NOW,
        answered_at=NOW - PATIENCE,
        is_paused=False,
        now=NOW,
    )

    assert found == Condition.WELL
