"""Attach a file that an award will rest on: encrypted at once, and served at its own address."""

import hashlib
import secrets
import uuid as uuids
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from credentials import models, selectors
from issuers import models as issuers
from issuers.core import envelope
from issuers.services import limiting
from learners import models as learner_rows
from learners import selectors as learners

MAX_FILE_BYTES = 5_000_000
# What a browser shows or saves without running anything in it. The bytes decide, never a name.
_BEGINNINGS = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}
TEXT = "text/plain"
# Whatever else a file may be, it is served as one of these.
MEDIA_TYPES = frozenset({*_BEGINNINGS.values(), TEXT})


@transaction.atomic
def attach(
    *, issuer: issuers.Issuer, learner: learner_rows.Learner, content: bytes, now: datetime
) -> models.EvidenceFile:
    """Keep a file as evidence for a learner's awards, encrypted under the learner's key.

    Its name is not kept: it may say anything. An award names the file by its uuid, and its title
    is the `name` of the evidence. It is erased with the learner's key.

    Args:
        issuer: Whose learner it is.
        learner: Whom it is about.
        content: PDF, PNG, JPEG or text in UTF-8; at most 5 MB.
        now: The instant.

    Raises:
        ValidationError: the learner is another issuer's or was erased; the file is empty, too large
            or of another kind, or more than the issuer's quota.
    """
    if learner.issuer_id != issuer.pk:
        raise ValidationError({"learner": _("This learner is not yours.")})
    if not content or len(content) > MAX_FILE_BYTES:
        raise ValidationError({"file": _("Give a file of 1 byte to 5 MB.")})
    media_type = kind(content)
    if media_type is None:
        raise ValidationError(
            {"file": _("Give a PDF, a PNG or JPEG image, or plain text in UTF-8.")}
        )
    limiting.require_room(
        issuer=issuer,
        kind=limiting.Kind.STORAGE,
        more=len(content),
        used=lambda: models.EvidenceFile.objects.of(issuer).aggregate(n=Sum("size"))["n"] or 0,
        unit=1_000_000,
    )
    try:
        data_key = learners.data_key(learner=learner)
    except learners.Erased as error:
        raise ValidationError({"learner": _("This learner was erased.")}) from error
    name = uuids.uuid4()
    return models.EvidenceFile.objects.of(issuer).create(
        uuid=name,
        token=secrets.token_urlsafe(16),
        issuer=issuer,
        learner=learner,
        media_type=media_type,
        size=len(content),
        digest=hashlib.sha384(content).digest(),
        sealed=envelope.encrypt(
            content,
            dek=data_key,
            nonce=secrets.token_bytes(12),
            associated=selectors.evidence_context(uuid=name),
        ),
        attached_at=now,
    )


def kind(content: bytes) -> str | None:
    """Return the media type that the bytes have; None where it is none of those that are kept."""
    for beginning, media_type in _BEGINNINGS.items():
        if content.startswith(beginning):
            return media_type
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return (
        TEXT
        if all(character.isprintable() or character in "\t\n\r" for character in text)
        else None
    )
