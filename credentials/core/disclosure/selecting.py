"""JSON pointers, and the part of a document that they name.

What is selected brings along what names it: the id and the type of every object on the way.

Sources: RFC 6901 (JSON Pointer); Data Integrity ECDSA Cryptosuites 1.0 section 3.4.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

# Every member of a large transcript, one by one, takes some hundreds.
MAX_POINTERS = 512
MAX_POINTER = 1024

_INDEX = re.compile(r"0|[1-9][0-9]{0,5}")
_BAD_ESCAPE = re.compile(r"~(?![01])")
# What names an object, and is shown with whatever is shown of it.
_NAMES = ("id", "type")


class PointerError(ValueError):
    """A JSON pointer is malformed, or leads nowhere in the document.

    Attributes:
        pointer: the pointer.
    """

    def __init__(self, message: str, *, pointer: str) -> None:
        """Keep the pointer; the message begins with it."""
        super().__init__(f"{pointer[:200] or '(empty)'}: {message}")
        self.pointer = pointer


class _Branch(dict[str, "_Branch"]):
    """What the pointers say of one place: which of its members, or all of it."""

    whole = False


def parse(pointer: str) -> tuple[str, ...]:
    """Split a JSON pointer into its tokens.

    Raises:
        PointerError: too long, empty, not beginning with a slash, or with a wrong escape.

    Source: RFC 6901 sections 3 and 4.
    """
    if len(pointer) > MAX_POINTER:
        raise PointerError(f"a pointer takes at most {MAX_POINTER} characters", pointer=pointer)
    if not pointer.startswith("/"):
        raise PointerError("a JSON pointer begins with a slash, as /name does", pointer=pointer)
    if _BAD_ESCAPE.search(pointer):
        raise PointerError("a tilde is written ~0, a slash within a name ~1", pointer=pointer)
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:])


def select(document: Mapping[str, Any], pointers: Iterable[str]) -> dict[str, Any]:
    """Return the part of a document that the pointers name, with its contexts.

    Members and items keep their order; arrays close up over what is left out. Nothing is copied:
    make no change to what is returned.

    Args:
        document: a JSON object without a proof.
        pointers: JSON pointers, in any order, one within another or twice as they like.

    Raises:
        PointerError: too many; one is malformed, leads nowhere, or into `@context` or `proof`.

    Source: Data Integrity ECDSA Cryptosuites 1.0 section 3.4 (selectJsonLd).
    """
    root = _Branch()
    for number, pointer in enumerate(pointers, start=1):
        if number > MAX_POINTERS:
            raise PointerError(f"more than {MAX_POINTERS} pointers", pointer=pointer)
        tokens = parse(pointer)
        if tokens[0] in {"@context", "proof"}:
            raise PointerError("it is not a part of what is said", pointer=pointer)
        _require_place(document, tokens, pointer)
        branch = root
        for token in tokens:
            branch = branch.setdefault(token, _Branch())
        branch.whole = True
    selected: dict[str, Any] = _take(document, root)
    return {"@context": document["@context"], **selected}


def _require_place(document: Mapping[str, Any], tokens: Iterable[str], pointer: str) -> None:
    value: Any = document
    for token in tokens:
        if isinstance(value, Mapping) and token in value:
            value = value[token]
        elif isinstance(value, list) and _INDEX.fullmatch(token) and int(token) < len(value):
            value = value[int(token)]
        else:
            raise PointerError("the document has nothing there", pointer=pointer)


def _take(value: Any, branch: _Branch) -> Any:
    if branch.whole:
        return value
    if isinstance(value, list):
        return [_take(value[int(token)], branch[token]) for token in sorted(branch, key=int)]
    return {
        name: member if name in _NAMES else _take(member, branch[name])
        for name, member in value.items()
        if name in branch or name in _NAMES
    }
