"""Questions about what awards say while they wait, and about the files that they rest on."""

import json
import uuid as uuids
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from credentials import models
from issuers.core import envelope
from learners import selectors as learners


@dataclass(frozen=True, slots=True)
class EvidenceContent:
    """A file of evidence, decrypted."""

    body: bytes
    media_type: str


def evidence_address(*, token: str) -> str:
    """Return the public address of a file of evidence; no query."""
    return f"{settings.PUBLIC_URL}/evidence/{token}"


def evidence_context(*, uuid: uuids.UUID) -> bytes:
    """Return what a sealed file is bound to: moved to another row, it does not open."""
    return b"acquis/evidence/1|" + uuid.bytes


def evidence_content(*, token: str) -> EvidenceContent | None:
    """Return the file of that token; None where there is none; two queries.

    Raises:
        Erased: the learner was erased; nobody can read it any more.
    """
    # Whoever issued it: 128 random bits are the name.
    row = models.EvidenceFile.objects.named(token=token).select_related("learner").first()
    if row is None:
        return None
    body = envelope.decrypt(
        bytes(row.sealed),
        dek=learners.data_key(learner=row.learner),
        associated=evidence_context(uuid=row.uuid),
    )
    return EvidenceContent(body, row.media_type)


def details_context(*, uuid: uuids.UUID) -> bytes:
    """Return what the details of an award are bound to: moved to another row, they do not open."""
    return b"acquis/award/1|" + uuid.bytes


def waiting_details(
    *, credential: models.Credential, data_key: bytes | None = None
) -> dict[str, Any] | None:
    """Return what an award will say, while it waits to be signed; None where nothing, or signed.

    Args:
        credential: The row, with its learner.
        data_key: The learner's, where it is at hand; otherwise one query.

    Raises:
        Erased: the learner was erased.
    """
    if credential.details is None:
        return None
    return opened_details(
        bytes(credential.details),
        uuid=credential.uuid,
        data_key=data_key or learners.data_key(learner=credential.learner),
    )


def opened_details(details: bytes, *, uuid: uuids.UUID, data_key: bytes) -> dict[str, Any]:
    """Decrypt what an award will say; no query.

    Args:
        details: As the row holds them.
        uuid: Of the row.
        data_key: The learner's.

    Raises:
        EnvelopeError: they are another row's, or damaged.
    """
    plain = envelope.decrypt(details, dek=data_key, associated=details_context(uuid=uuid))
    values: dict[str, Any] = json.loads(plain)
    return values
