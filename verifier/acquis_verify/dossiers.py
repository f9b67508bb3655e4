"""Read what somebody kept: a dossier as HTML or JSON, or a badge with its receipt beside it.

Of a dossier its data are read and nothing else: what its page would show is never looked at.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from blockchain.core import anchor
from credentials.core import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

# A dossier holds a badge, two lists and a script.
MAX_BYTES = 8 * 1024 * 1024
TYPE, VERSION = "AcquisDossier", 1
_DATA = re.compile(rb'<script id="dossier" type="application/json">(.*?)</script>', re.DOTALL)


class Unreadable(ValueError):  # noqa: N818 - it says what is wrong
    """The file is none of the kinds that are read here; the message says what to give."""


@dataclass(frozen=True, slots=True)
class Version:
    """A statement as it was last put on record; of a status list, with the list."""

    statement: Mapping[str, Any]
    receipt: anchor.AnchorProof
    published: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Dossier:
    """A badge, and what was kept with it."""

    document: Mapping[str, Any]
    receipts: tuple[anchor.AnchorProof, ...] = ()
    history: Version | None = None
    versions: Mapping[str, Version] = field(default_factory=dict)


def read(data: bytes, receipt: bytes | None = None) -> Dossier:
    """Return what a file holds.

    Args:
        data: a dossier (HTML, or its data as JSON), or a signed badge (JSON).
        receipt: the receipt of a badge that is no dossier.

    Raises:
        Unreadable: it is none of these.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(f"the file takes more than {MAX_BYTES // 1024 // 1024} MB")
    found = _DATA.search(data)
    try:
        members = json.loads(found[1] if found else data)
        if isinstance(members, dict) and members.get("type") == TYPE:
            return _dossier(members)
        document = canonical.loads(data)
        receipts = () if receipt is None else (_receipt(receipt),)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable(f"give a proof dossier (HTML), or a badge (JSON): {error}") from None
    return Dossier(document, receipts)


def _dossier(members: Mapping[str, Any]) -> Dossier:
    if members["version"] != VERSION:
        raise Unreadable("it is of a later edition: get a newer acquis-verify")
    return Dossier(
        document=canonical.loads(members["document"]),
        receipts=tuple(_receipt(each) for each in members["receipts"]),
        history=None if members["history"] is None else _version(members["history"]),
        versions={str(each["address"]): _version(each) for each in members["versions"]},
    )


def _version(members: Mapping[str, Any]) -> Version:
    published = members.get("list")
    return Version(
        statement=canonical.loads(members["statement"]),
        receipt=_receipt(members["receipt"]),
        published=None if published is None else canonical.loads(published),
    )


def _receipt(text: str | bytes) -> anchor.AnchorProof:
    return anchor.from_json(canonical.loads(text))
