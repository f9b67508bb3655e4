"""Questions about editions: the same award in another form, with a signature of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credentials import models
from issuers.core import envelope
from learners import selectors as learners

if TYPE_CHECKING:
    import uuid as uuids

Kind = models.Edition.Kind
State = models.Edition.State


def sealing_context(*, uuid: uuids.UUID, kind: str) -> bytes:
    """Return what a sealed edition is bound to: moved to another row, it does not open."""
    return b"acquis/edition/1|" + uuid.bytes + b"|" + kind.encode()


def opened(*, credential: models.Credential, edition: models.Edition) -> bytes:
    """Decrypt a signed edition, a compact JWS or a document; one query.

    Raises:
        Erased: the learner was erased; nobody can read it any more.
    """
    return envelope.decrypt(
        bytes(edition.sealed or b""),
        dek=learners.data_key(learner=credential.learner),
        associated=sealing_context(uuid=credential.uuid, kind=edition.kind),
    )
