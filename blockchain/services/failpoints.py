"""Named places where a worker may die. Nothing happens there, except in tests that make it die.

A test replaces `reached` and raises, or kills the process; the list lets it prove that it missed no
place.
"""

from collections.abc import Callable

POINTS = (
    "commit: rows written",
    "seal: rows written",
    "seal: committed",
    "manifest: written",
    "sign: nothing written",
    "sign: attempt written",
    "sign: committed",
    "fill: attempt written",
    "bump: attempt written",
    "send: not sent",
    "send: sent",
    "send: noted",
    "follow: chain read",
    "follow: move written",
    "adopt: attempt written",
)


def nothing(point: str) -> None:
    """Let the worker live."""


reached: Callable[[str], None] = nothing


def reach(point: str) -> None:
    """Pass one of POINTS."""
    reached(point)
