"""Questions about one credential of an organisation, for its people: all of its story."""

import uuid as uuids
from collections.abc import Sequence

from blockchain import selectors as anchoring
from blockchain.selectors import Placing
from credentials import models
from issuers import models as issuers

Issued = models.Credential
# Heavy, and of no use on a page of one.
_HEAVY = (
    "sealed", "details", "issuer__logo", "achievement__image", "achievement__drawing",
    "achievement__document", "intake__file", "intake__table", "intake__checked",
)  # fmt: skip


def find_issued(*, issuer: issuers.Issuer, uuid: uuids.UUID) -> models.Credential | None:
    """Return that credential of the issuer, whatever its state; one query."""
    return (
        models.Credential.objects.of(issuer)
        .select_related("issuer", "achievement", "learner", "intake", "preparation")
        .defer(*_HEAVY)
        .filter(uuid=uuid)
        .first()
    )


def story(*, credential: models.Credential) -> Sequence[models.CredentialEvent]:
    """Return what happened to a credential and who did it, the newest first; one query."""
    return list(
        models.CredentialEvent.objects.of(credential.issuer_id)
        .select_related("actor")
        .filter(credential=credential)
        .order_by("-id")
    )


def placings(*, credential: models.Credential) -> Sequence[Placing]:
    """Return how far its record has come, on each chain; at most one query."""
    return anchoring.placings(leaf=bytes(credential.leaf)) if credential.leaf else []
