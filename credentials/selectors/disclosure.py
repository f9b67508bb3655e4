"""Questions about showing a badge in part: what may be hidden, and the part that is left."""

from __future__ import annotations

import re
import uuid as uuids
from typing import TYPE_CHECKING

from badges.core import schema
from credentials import models
from credentials.core import canonical
from credentials.core.disclosure import parts, suite
from credentials.selectors import editions, opened

if TYPE_CHECKING:
    from collections.abc import Collection

_NAME = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Anonymous = parts.Anonymous
NotABadge = parts.NotABadge
UnknownPart = parts.UnknownPart


def name(*, uuid: uuids.UUID) -> str:
    """Return the id of every part of a badge; no page answers to it."""
    return uuid.urn


def find_whole(*, name: str) -> models.Credential | None:
    """Return the badge of which a part bears this id, with issuer and learner; one query."""
    if not _NAME.fullmatch(name):
        return None
    # Whoever issued it: 122 random bits are the name.
    return (
        models.Credential.objects.named(uuid=uuids.UUID(name))
        .select_related("issuer", "learner", "holding")
        .first()
    )


def hideable(*, credential: models.Credential) -> tuple[str, ...]:
    """Return the names of the parts that may be hidden, in the order in which they are shown.

    Raises:
        NotABadge: it is something else.
        NotSigned, Erased: there is nothing to show.
    """
    document = canonical.loads(opened(credential=credential).document)
    return tuple(part.name for part in parts.parts(document))


def require_hideable(*, credential: models.Credential, hidden: Collection[str]) -> None:
    """Return if these parts may be hidden together, raise otherwise.

    Raises:
        UnknownPart: the badge has no such part that may be hidden.
        Anonymous: nothing would be left that says whom it is about.
        NotABadge, NotSigned, Erased: as `hideable`.
    """
    parts.shown(canonical.loads(opened(credential=credential).document), hidden)


def shown_in_part(
    *, credential: models.Credential, edition: models.Edition, hidden: Collection[str]
) -> bytes:
    """Return a badge without some of its parts, with a proof of what is left.

    The same parts hidden give the same bytes.

    Args:
        credential: The badge.
        edition: Its signed edition of the kind DISCLOSURE.
        hidden: Names of the parts to hide.

    Raises:
        UnknownPart, Anonymous: as `require_hideable`.
        Erased: the learner was erased.

    Source: Data Integrity ECDSA Cryptosuites 1.0 section 3.6.6 (add derived proof).
    """
    base = canonical.loads(editions.opened(credential=credential, edition=edition))
    part = suite.derive(base, selective=parts.shown(base, hidden))
    # What is mandatory is what the standard wants; if that is ever not so, it must not leave here.
    schema.validate({name: value for name, value in part.items() if name != "proof"})
    return canonical.dumps(part)
