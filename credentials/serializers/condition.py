"""How a chain does, in one word, judged by what a worker wrote down of it.

docs/runbook.md has what to do about each.
"""

from datetime import datetime, timedelta
from enum import StrEnum

# Workers ask every few seconds. After this long without an answer something is wrong, and not slow.
PATIENCE = timedelta(minutes=5)


class Condition(StrEnum):
    """How a chain does."""

    WELL = "well"
    PAUSED = "paused"
    SILENT = "silent"
    UNATTENDED = "unattended"
    UNUSED = "unused"
    FORMER = "former"


def of(
    *,
    is_configured: bool,
    asked_at: datetime | None,
    answered_at: datetime | None,
    is_paused: bool,
    now: datetime,
) -> Condition:
    """Judge a chain; the first of these that is true.

    Args:
        is_configured: It is among the settings: one that is not is *former*.
        asked_at: When a worker last asked it: never, and it is *unused*; too long ago, and it is
            *unattended*, for the workers are what does not work.
        answered_at: When it last answered: too long ago, and it is *silent*.
        is_paused: An account that we would submit with submits nothing: it is *paused*.
        now: The instant of the judgement.
    """
    if not is_configured:
        return Condition.FORMER
    if asked_at is None:
        return Condition.UNUSED
    if now - asked_at > PATIENCE:
        return Condition.UNATTENDED
    if answered_at is None or now - answered_at > PATIENCE:
        return Condition.SILENT
    return Condition.PAUSED if is_paused else Condition.WELL
