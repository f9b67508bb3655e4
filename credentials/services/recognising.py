"""Read our own documents the short way, and say so aloud if it is ever wrong."""

import logging
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256
from threading import Lock
from typing import Any

from credentials import selectors
from credentials.core import canonical, recognition, report, standing

_log = logging.getLogger(__name__)
# A list takes some twenty kilobytes.
MAX_LISTS = 256

_recogniser = recognition.Recogniser()
_lists: OrderedDict[bytes, report.CheckedList | None] = OrderedDict()
_lock = Lock()


def recognise(data: bytes) -> recognition.Recognised | None:
    """Read a signed document of ours as it is stored; None where the long way must be asked."""
    before = _recogniser.differed
    found = _recogniser.read(data)
    if _recogniser.differed != before:
        _log.error("The short way to a hash was wrong: its shape takes the long way from now on.")
    return found


def recognise_held(
    document: Mapping[str, Any], opened: selectors.Opened
) -> recognition.Recognised | None:
    """Recognise what somebody holds if it is, letter for letter, what is stored; else None."""
    if canonical.dumps(document) != opened.document:
        return None
    found = recognise(opened.document)
    return None if found is None else found._replace(document=document)


def read_list(data: bytes) -> report.FoundList:
    """Read a status list of ours as it is published; its signature is checked once.

    Raises:
        MalformedDocument: it is no document.
    """
    name = sha256(data).digest()
    with _lock:
        known = name in _lists
        found = _lists.get(name)
        if known:
            _lists.move_to_end(name)
    if not known:
        found = standing.checked_list(canonical.loads(data))
        with _lock:
            _lists[name] = found
            while len(_lists) > MAX_LISTS:
                _lists.popitem(last=False)
    return canonical.loads(data) if found is None else found
