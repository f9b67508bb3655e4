"""Questions about the links that a holder made of a badge."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from credentials import models, selectors
from credentials.selectors.holding.privacy import Privacy, Shown
from issuers.core import envelope
from learners import selectors as people

if TYPE_CHECKING:
    import uuid as uuids
    from datetime import datetime

KEY = re.compile(r"[0-9a-f]{64}")
# Of one badge.
MOST = 100


@dataclass(frozen=True, slots=True)
class Link:
    """A link, as its holder reads it."""

    row: models.AudienceLink
    label: str
    is_open: bool


def key_of(*, secret: str) -> str:
    """Return as what a secret is kept: it has 128 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def label_context(*, uuid: uuids.UUID) -> bytes:
    """Return what a sealed label is bound to: moved to another row, it does not open."""
    return b"acquis/link/1|" + uuid.bytes


def links_of(*, credential: models.Credential, now: datetime) -> list[Link]:
    """Return the links of a badge, the newest first, at most MOST; two queries.

    Raises:
        Erased: the learner was erased.
    """
    key = people.data_key(learner=credential.learner)
    rows = models.AudienceLink.objects.of(credential.issuer_id).filter(credential=credential)
    return [
        Link(
            row,
            envelope.decrypt(
                bytes(row.label), dek=key, associated=label_context(uuid=row.uuid)
            ).decode(),
            is_open=row.taken_back_at is None and row.ends_at > now,
        )
        for row in rows.order_by("-id")[:MOST]
    ]


def find_open(*, key: str, now: datetime) -> tuple[models.AudienceLink, models.Credential] | None:
    """Return an open link by what its secret is kept as, and its badge; two queries."""
    if not KEY.fullmatch(key):
        return None
    # Whoever issued it: a digest of 128 random bits is the name.
    link = (
        models.AudienceLink.objects.named(key=key)
        .select_related("credential")
        .filter(taken_back_at=None, ends_at__gt=now)
        .first()
    )
    found = link and selectors.find_by_token(token=link.credential.token)
    return (link, found) if link and found else None


def shown_at(*, link: models.AudienceLink) -> Shown:
    """Return what a link shows: what its holder chose for it, whatever the page shows."""
    return Shown(Privacy.UNLISTED, link.shows_name, link.shows_evidence, link.shows_results)
