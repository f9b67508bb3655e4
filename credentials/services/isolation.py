"""Verify what a stranger hands us in a process of its own, which can be killed.

A small document can hold a graph whose canonical form nobody lives to see, and the library that
works on it hears no signal and holds the lock of the interpreter: neither a timeout nor a thread
helps. So the walk runs in a child (credentials.core.__main__) that

- is killed at the deadline, and bounded in memory and processor time should we die first,
- sees no secret: an empty environment, no file of ours open, no network library loaded,
- answers in plain JSON, which is read strictly, and is gone: the next document gets another one,
- is one of few: who comes when all are busy is told to try again.

Where it gives no answer, the checks that need no canonical form are made here, and the others say
so. `children` says how a child is had in a millisecond.
"""

import logging
import pickle
import re
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from credentials.core import __main__ as checker
from credentials.core import canonical, endorsements, given, verification
from credentials.core.report import Check, Endorsement, Material, Outcome, Report
from credentials.services import children

SECONDS = 2.0
# More for each badge of a transcript: four times what one takes.
SECONDS_EACH = 0.1
# For each process that serves requests: two cores are what the smallest machine has.
MAX_CHILDREN = 2
# A page may wait this long for its turn; with the deadline it stays under three seconds.
MAX_WAIT = 0.5
CHECKER = "credentials.core.__main__"

# The seven checks, and what was found about each endorsement.
Answer: TypeAlias = tuple[tuple[Check, ...], tuple[Endorsement, ...]]

_children = threading.BoundedSemaphore(MAX_CHILDREN)
_idle: list[children.Child] = []
_lock = threading.Lock()
_log = logging.getLogger(__name__)
_ROOT = Path(__file__).resolve().parents[2]
# Why nothing was taken out of a PDF: the codes of `credentials.core.attached`, which is loaded only
# where it is to be killed.
_NO_BADGE = {
    "found_pdf": "no badge is attached to the PDF",
    "pdf_several": "more than one badge, or many files, are attached to the PDF",
    "pdf_encrypted": "the PDF is encrypted",
    "pdf_damaged": "the PDF does not follow ISO 32000, or takes too long to read",
}
_REASON = re.compile(r"[a-z][a-z0-9_-]{0,59}")


class Busy(Exception):  # noqa: N818 - it says what is wrong
    """As many documents as this machine can take are being verified: try again in a moment."""


def verify(
    *,
    document: Mapping[str, Any],
    material: Material,
    now: datetime,
    seconds: float | None = None,
) -> Report:
    """Verify a document of unknown origin, in at most `seconds` and a little.

    Args:
        document: As `canonical.loads` returned it.
        material: What was gathered for it, from whomever.
        now: The instant of the verification, aware.
        seconds: How long the child may take, its start included; SECONDS unless told otherwise.

    Returns:
        The report of `verification.verify`, its details cut to `checker.MAX_DETAIL` characters.
        Where the child was killed or crashed, the checks that need a canonical form are
        inconclusive: "too_complex".

    Raises:
        Busy: no child could be started within MAX_WAIT.
    """
    request = pickle.dumps((dict(document), material, now))
    output = _in_turn(request, SECONDS if seconds is None else seconds)
    found = _read(output) if output is not None else None
    if found is None:
        return _without_graph(document, material, now)
    return Report(found[0], now, found[1])


def verify_several(
    *, several: Sequence[tuple[Mapping[str, Any], Material]], now: datetime
) -> tuple[Report, ...]:
    """Verify the badges of one transcript of unknown origin, all in one process.

    Args:
        several: Each document with what was gathered for it.
        now: The instant of the verification, aware.

    Returns:
        A report of each, in order. Where the process gave no answer, each is as `verify` makes it
        then: one badge that takes for ever leaves all of them open.

    Raises:
        Busy: no child could be started within MAX_WAIT.
    """
    request = pickle.dumps(
        ([(dict(document), material) for document, material in several], None, now)
    )
    output = _in_turn(request, SECONDS + SECONDS_EACH * len(several))
    found = _read_several(output, len(several)) if output is not None else None
    if found is None:
        return tuple(_without_graph(document, material, now) for document, material in several)
    return tuple(Report(checks, now, others) for checks, others in found)


def badge_in(*, pdf: bytes) -> given.Given:
    """Return the badge that is attached to a PDF of unknown origin, within SECONDS.

    Args:
        pdf: At most `given.MAX_BYTES`.

    Raises:
        given.Unreadable: none is, or nobody can tell in time.
        Busy: no child could be started within MAX_WAIT.
    """
    request = pickle.dumps((pdf, None, None))
    output = _in_turn(request, SECONDS)
    try:
        said = canonical.loads(output or b"{}", limit=children.MAX_ANSWER)
    except canonical.MalformedDocument:
        said = {}
    if isinstance(said.get("text"), str):
        return given.from_pdf(said["text"])
    reason = str(said.get("reason"))
    if reason not in _NO_BADGE:
        reason = "pdf_damaged"
    raise given.Unreadable(reason, _NO_BADGE[reason])


def _without_graph(document: Mapping[str, Any], material: Material, now: datetime) -> Report:
    report = verification.verify(document, material, now, without_graph=True)
    others = endorsements.examine(document, material, now, without_graph=True)
    return Report(report.checks, now, others)


def _in_turn(request: bytes, seconds: float) -> bytes | None:
    """Ask a child as `_ask` does, once one may be started.

    Raises:
        Busy: none could be within MAX_WAIT.
    """
    if not _children.acquire(timeout=MAX_WAIT):
        raise Busy
    try:
        return _ask(request, seconds)
    finally:
        _children.release()


def _ask(request: bytes, seconds: float) -> bytes | None:
    """Hand the request to a process, return what it answered; None where it gave no answer."""
    deadline = time.monotonic() + seconds
    for _once_more in range(2):
        child = _ready()
        try:
            said = child.ask(request, max(deadline - time.monotonic(), 0.0))
        except children.TooLong:
            _log.info("A verification was stopped after %s seconds.", seconds)
            return None
        except children.Gone:
            continue  # it was idle, and left; or it died before it could say so
        with _lock:
            _idle.append(child)
        if said[:1] != b"+":
            _log.error("A verification gave no answer: %s", _where(said[1:]))
            return None
        return said[1:]
    _log.error("Processes that verify end before they answer.")
    return None


def _ready() -> children.Child:
    """Return a process that waits for a request.

    Raises:
        Busy: none waits, and none can be started.
    """
    with _lock:
        while _idle:
            child = _idle.pop()
            if child.checker == CHECKER:
                return child
            child.end()
    try:
        return children.Child(CHECKER, _ROOT)
    except OSError as error:
        # No process or no memory left: that says nothing about the document.
        _log.warning("No process could be started to verify a document: %s", error)
        raise Busy from error


def dismiss() -> None:
    """End the processes that wait."""
    with _lock:
        while _idle:
            _idle.pop().end()


def _where(errors: bytes) -> str:
    """Return where a traceback ends and in what; its message may hold a person's data."""
    if errors.startswith(b"ended with "):
        return errors.decode(errors="replace")[:40]
    lines = errors.decode(errors="replace").splitlines()
    places = [line.strip() for line in lines if line.startswith('  File "')]
    kind = re.match(r"[\w.]*", lines[-1]) if lines else None
    return f"{kind[0] if kind else ''} {places[-1] if places else ''}".strip() or "no traceback"


def _read(output: bytes) -> Answer | None:
    """Read the answer of a child: exactly the seven checks, each in its form; None if it is not."""
    try:
        return _read_one(canonical.loads(output))
    except (ValueError, KeyError, TypeError) as error:
        _log.error("A verification gave an answer that cannot be read: %s", type(error).__name__)
        return None


def _read_several(output: bytes, count: int) -> list[Answer] | None:
    """Read the answer of a child that was given several; None if it is not one of each."""
    try:
        reports = [_read_one(each) for each in canonical.loads(output)["reports"]]
    except (ValueError, KeyError, TypeError) as error:
        _log.error("A verification gave an answer that cannot be read: %s", type(error).__name__)
        return None
    return reports if len(reports) == count else None


def _read_one(answer: Mapping[str, Any]) -> Answer:
    others = tuple(_endorsement(each) for each in answer["endorsements"])
    checks = tuple(
        _check(number, name, value)
        for number, (name, value) in enumerate(
            zip(verification.NAMES, answer["checks"], strict=True), start=1
        )
    )
    return checks, others


def _endorsement(value: Mapping[str, Any]) -> Endorsement:
    texts = {name: value[name] for name in ("of", "by", "name", "comment", "reason")}
    if (
        set(value) != {*texts, "outcome"}
        or not all(
            isinstance(text, str) and len(text) <= checker.MAX_DETAIL for text in texts.values()
        )
        or not _REASON.fullmatch(texts["reason"])
    ):
        raise ValueError("not an endorsement")
    return Endorsement(outcome=Outcome(value["outcome"]), **texts)


def _check(number: int, name: str, value: Mapping[str, Any]) -> Check:
    detail, reason = value["detail"], value["reason"]
    if (
        set(value) != {"number", "name", "outcome", "reason", "detail"}
        or (value["number"], value["name"]) != (number, name)
        or not _REASON.fullmatch(reason)
        or not isinstance(detail, dict)
        or not all(
            isinstance(text, str) and len(text) <= checker.MAX_DETAIL for text in detail.values()
        )
    ):
        raise ValueError("not a check")
    return Check(number, name, Outcome(value["outcome"]), reason, detail)
