"""Verbs of a holder on links: make one for somebody, take it back; and to have it opened."""

from __future__ import annotations

import secrets
import uuid as uuids
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from credentials import models
from credentials.selectors.holding import links
from learners import selectors as people
from learners.services import wallets

if TYPE_CHECKING:
    from datetime import datetime

    from credentials.selectors.holding.privacy import Shown
    from issuers import models as issuers

# Open ones of one badge.
MOST_OPEN = 20


@transaction.atomic
def make(
    *,
    issuer: issuers.Issuer,
    credential: models.Credential,
    label: str,
    shown: Shown,
    days: int,
    now: datetime,
) -> str:
    """Make a link for somebody; return the secret that goes after the `#`, and is kept nowhere.

    Args:
        issuer: Whose badge it is.
        credential: The badge, of whoever makes the link.
        label: For whom, in the holder's words.
        shown: What it shows.
        days: How long it is good.
        now: The instant.

    Raises:
        ValidationError: there are too many.
        Erased: the learner was erased.
    """
    mine = models.AudienceLink.objects.of(issuer).filter(credential=credential)
    if mine.filter(taken_back_at=None, ends_at__gt=now).count() >= MOST_OPEN:
        raise ValidationError(_("Twenty links are open: take one back, or wait until one is over."))
    secret, uuid = secrets.token_urlsafe(16), uuids.uuid4()
    sealed = wallets.seal(
        label.encode(),
        key=people.data_key(learner=credential.learner),
        context=links.label_context(uuid=uuid),
    )
    models.AudienceLink.objects.of(issuer).create(
        uuid=uuid,
        issuer=issuer,
        credential=credential,
        key=links.key_of(secret=secret),
        label=sealed,
        shows_name=shown.name,
        shows_evidence=shown.evidence,
        shows_results=shown.results,
        created_at=now,
        ends_at=now + timedelta(days=days),
    )
    return secret


def take_back(
    *, issuer: issuers.Issuer, credential: models.Credential, uuid: uuids.UUID, now: datetime
) -> bool:
    """Let a link of a badge be over; return whether there was one that was not."""
    mine = models.AudienceLink.objects.of(issuer).filter(credential=credential, uuid=uuid)
    return mine.filter(taken_back_at=None).update(taken_back_at=now) == 1


def note_opened(*, issuer: issuers.Issuer, link: models.AudienceLink, now: datetime) -> None:
    """Count that a link was opened."""
    rows = models.AudienceLink.objects.of(issuer).filter(pk=link.pk)
    rows.update(views=F("views") + 1, viewed_at=now)
